// Text from a database or a file, made safe for a terminal: nothing in it can move the cursor, change the direction of
// writing or hide a character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pwreset {

/// One step through UTF-8: the code point at `position` (moved past it), or U+FFFD for an invalid byte (moved by one).
char32_t next_code_point(std::string_view text, std::size_t& position);
/// True when every byte belongs to a well-formed sequence (no surrogates, no overlong forms, at most U+10FFFF).
bool is_utf8(std::string_view text);

/// The text with control characters (C0, DEL, C1), bidirectional controls, zero-width and other invisible characters
/// written as `\u{202E}`, and invalid bytes as `\x{FF}`. Safe to print; ordinary text, Persian included, is unchanged.
std::string printable(std::string_view text);
/// Columns the text takes on a terminal: two for wide characters, none for combining ones.
std::size_t display_width(std::string_view text);
/// The text cut to at most `width` columns, the last one an ellipsis when something was cut; never inside a character.
/// Printable text stays printable.
std::string cut(std::string_view text, std::size_t width);
/// The text cut to at most so many bytes, in the same places and without an ellipsis.
std::string cut_bytes(std::string_view text, std::size_t bytes);
/// The character as a person would search for it: `'ı' U+0131`, or `U+200B` when it has no shape of its own.
std::string name_character(char32_t c);

}  // namespace pwreset
