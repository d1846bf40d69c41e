// A Python module as text: the values that it writes out. Nothing of it runs.
#pragma once

#include <span>
#include <string_view>

#include "src/literals/tokens.h"

namespace pwreset {

/// A module's text, which must outlive this.
class PythonText {
public:
    explicit PythonText(std::string_view text);

    /// What "NAME = …" says. Where it is changed, or assigned under a condition, it is computed.
    Literal assigned(std::string_view name) const;
    /// A value of the dictionary that "NAME = {…}" makes, by its keys.
    Literal entry(std::string_view name, std::span<const std::string_view> path) const;
    /// Whether this text stands anywhere in it, as a whole.
    bool mentions(std::string_view text) const;
    /// The text that stands behind another one and a comma: setdefault('NAME', 'value').
    Literal behind(std::string_view text) const;

private:
    /// Where the value of its one assignment begins; 0 where there is none, or another changes it (`changed`).
    std::size_t assignment(std::string_view name, bool& changed) const;

    Tokens tokens_;
};

}  // namespace pwreset
