// What a gateway's answer says: its body as text, whatever the encoding, and the configuration's words looked for in
// it. A piece of another word is none ("OK" is not in "NOK"), and what is denied is not said ("NOT OK").
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pwreset {

/// The body in UTF-8, without a byte order mark: UTF-16 where its mark says so, and Latin-1 where it is no UTF-8.
std::string answer_text(std::string_view body);

/// Where the text says the word (or words), as a whole and in the same case; nothing where it does not. A word with
/// stars in it is a pattern for all of the text, blanks around it aside: each star stands for anything, or nothing.
std::optional<std::size_t> place_of(std::string_view text, std::string_view word);
/// The same, but nothing where what stands before it denies it: "NOT OK", "ERROR: no OK". Patterns are not denied.
std::optional<std::size_t> place_of_yes(std::string_view text, std::string_view word);
/// Whether a word of an answer is one of the configuration's, which may have stars in it.
bool is_word(std::string_view said, std::string_view configured);

/// The word that an answer in plain text begins with, up to a blank; empty for markup.
std::string first_word(std::string_view text);

}  // namespace pwreset
