// What a person pasted, and texts that were decoded out of it: each knows where its bytes stood. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "src/base/secret.h"

namespace pwreset {

struct PastedText {
    Secret text;
    std::vector<std::uint32_t> from;  ///< where each byte stood; one more than bytes: the end

    std::string_view view() const { return text.reveal(); }
    /// Whether more than one byte stood for this one.
    bool escaped(std::size_t at) const { return from[at + 1] - from[at] > 1; }
};

/// A text in the making, of at most so many bytes.
class PastedWriter {
public:
    explicit PastedWriter(std::size_t most);
    void put(char c, std::size_t from);
    /// In UTF-8.
    void put_character(char32_t c, std::size_t from);
    /// `end` is where what it was made of ends.
    PastedText finish(std::size_t end) &&;

private:
    PastedText out_;
    std::size_t size_ = 0;
};

/// A text in which everything stands where it stands.
PastedText as_it_is(std::string_view text);
/// What was pasted, as it is; where it is UTF-16, in UTF-8, and counted in that.
PastedText pasted_text(std::string_view pasted);
/// A piece of a text.
PastedText piece_of(const PastedText& text, std::size_t start, std::size_t end);
/// The text in UTF-8 when it is UTF-16 of either order, with a byte order mark or, as ASCII in it shows, without one.
std::optional<PastedText> from_utf16(const PastedText& text);
/// Without the marks of a reply (">") and blanks with which lines begin; nothing when there are none.
std::optional<PastedText> unquoted(const PastedText& text);

}  // namespace pwreset
