// The tokens of a program's text, as far as its values need them: PHP and Python differ in how these are found, not in
// what a list of keys and values is.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "src/literals/literal.h"

namespace pwreset {

struct Token {
    enum class Kind {
        word,      ///< a name, with its '$' in PHP
        number,    ///< as it is written
        text,      ///< `raw` is what stands between the quotes
        computed,  ///< a text that would be put together when the program runs, or that never ends
        symbol,    ///< one character, or "=>"
        line_end,  ///< in Python, outside of brackets
    };
    Kind kind = Kind::symbol;
    std::string_view raw;    ///< into the text of the program
    bool escapes = false;    ///< of a text: a backslash stands before each backslash and quote that is meant
    std::size_t indent = 0;  ///< in Python: how far its line is moved in

    bool is(std::string_view symbol) const { return kind == Kind::symbol && raw == symbol; }
    bool is_word(std::string_view word) const { return kind == Kind::word && raw == word; }
    bool opens() const { return is("(") || is("[") || is("{"); }
    bool closes() const { return is(")") || is("]") || is("}"); }
};

using Tokens = std::vector<Token>;

/// The number that begins at a digit: in decimal digits, or computed where it is written otherwise.
Token number_at(std::string_view text, std::size_t at);
/// What a text stands for.
Secret text_of(const Token& token);
/// Whether a text stands for just this.
bool stands_for(const Token& token, std::string_view text);
/// The value that begins at a token: a text, a number, or the words true and false, where one of the symbols (or the
/// end of its line) follows it. Anything longer is computed.
Literal value_at(const Tokens& tokens, std::size_t at, std::string_view enders);

/// Where a value stands in lists of keys and values within each other.
struct EntryPlace {
    Literal::Kind kind = Literal::Kind::absent;  ///< computed: there is no telling where, or whether
    std::size_t at = 0;                          ///< where the value begins
};
/// tokens[at] opens the outermost list, `arrow` stands between a key and its value ("=>" or ":"), and `path` are the
/// keys on the way. Where a key is written twice, the last one counts.
EntryPlace find_entry(const Tokens& tokens, std::size_t at, std::span<const std::string_view> path,
                      std::string_view arrow);
/// The value there.
Literal entry_at(const Tokens& tokens, std::size_t at, std::span<const std::string_view> path, std::string_view arrow);

}  // namespace pwreset
