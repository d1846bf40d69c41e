// A PHP program as text: the values that it writes out. Nothing of it runs.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "src/literals/tokens.h"

namespace pwreset {

/// A program's text, which must outlive this.
class PhpText {
public:
    explicit PhpText(std::string_view text);

    /// What define('NAME', …) says. Within braces, behind a condition, or said twice it is computed.
    Literal constant(std::string_view name) const;
    /// What "$name = …;" says, under the same terms.
    Literal assigned(std::string_view name) const;
    /// A value of the list that the file returns, by its keys. Where that is env('NAME', …), as Laravel has it,
    /// `variable` is asked for NAME, and what stands behind the comma counts where there is no such variable.
    Literal returned(std::span<const std::string_view> path,
                     const std::function<Literal(std::string_view name)>& variable = {}) const;

private:
    /// Whether a statement that begins there runs whenever the file does.
    bool unconditional(std::size_t at) const;
    EntryPlace returned_place(std::span<const std::string_view> path) const;

    Tokens tokens_;
    std::vector<unsigned> depth_;     ///< of each token, in brackets of all kinds
    std::size_t conditions_end_ = 0;  ///< of those written without braces: where the last ends
};

}  // namespace pwreset
