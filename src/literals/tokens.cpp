#include "src/literals/tokens.h"

#include <optional>

#include "src/base/ascii.h"

namespace pwreset {
namespace {

bool is_ender(const Token& token, std::string_view enders) {
    if (token.kind == Token::Kind::line_end) return true;
    return token.kind == Token::Kind::symbol && token.raw.size() == 1 && enders.find(token.raw[0]) != enders.npos;
}

/// Where the value of a key stands in the list that tokens[at] opens; nothing where the list has no such key. `unknown`
/// is set where a list is put into this one: it may have any key.
std::optional<std::size_t> value_of_key(const Tokens& tokens, std::size_t at, std::string_view key,
                                        std::string_view arrow, bool& unknown) {
    std::optional<std::size_t> found;
    std::size_t depth = 0;
    for (std::size_t i = at; i < tokens.size(); ++i) {
        if (tokens[i].opens()) ++depth;
        if (tokens[i].closes() && --depth == 0) break;
        if (depth != 1) continue;
        const bool after_comma = i > at && (tokens[i - 1].is(",") || i == at + 1);
        if (after_comma && (tokens[i].is("*") || tokens[i].is("."))) unknown = true;
        const bool key_here = after_comma && i + 1 < tokens.size() && tokens[i + 1].is(arrow);
        if (key_here && tokens[i].kind == Token::Kind::text && stands_for(tokens[i], key)) found = i + 2;
        // A key that is put together, or that has a name of its own, may be any.
        const bool named = tokens[i].kind == Token::Kind::computed || tokens[i].kind == Token::Kind::word;
        if (key_here && named) unknown = true;
    }
    return found;
}

/// The bracket that a value begins with: also that of PHP's array(…).
std::optional<std::size_t> opening(const Tokens& tokens, std::size_t at) {
    if (at < tokens.size() && tokens[at].kind == Token::Kind::word && ascii_lower(tokens[at].raw) == "array") ++at;
    if (at >= tokens.size() || !tokens[at].opens()) return {};
    return at;
}

/// Whether what tokens[at] opens is a whole value, not the first part of a longer one ("[…] + OTHERS").
bool is_whole(const Tokens& tokens, std::size_t at, std::string_view enders) {
    std::size_t depth = 0;
    for (std::size_t i = at; i < tokens.size(); ++i) {
        if (tokens[i].opens()) ++depth;
        if (tokens[i].closes() && --depth == 0) return i + 1 == tokens.size() || is_ender(tokens[i + 1], enders);
    }
    return false;
}

}  // namespace

Token number_at(std::string_view text, std::size_t at) {
    std::size_t end = at;
    bool decimal = true;
    for (; end < text.size() && (is_alphanumeric(text[end]) || text[end] == '.' || text[end] == '_'); ++end)
        decimal = decimal && is_digit(text[end]);
    return {decimal ? Token::Kind::number : Token::Kind::computed, text.substr(at, end - at)};
}

Secret text_of(const Token& token) {
    if (!token.escapes) return Secret(token.raw);
    Secret text(token.raw.size());
    std::size_t size = 0;
    for (std::size_t at = 0; at < token.raw.size(); ++at) {
        const char next = at + 1 < token.raw.size() ? token.raw[at + 1] : '\0';
        if (token.raw[at] == '\\' && (next == '\\' || next == '\'' || next == '"')) ++at;
        text.data()[size++] = token.raw[at];
    }
    text.shrink(size);
    return text;
}

bool stands_for(const Token& token, std::string_view text) {
    return token.kind == Token::Kind::text && text_of(token).reveal() == text;
}

Literal value_at(const Tokens& tokens, std::size_t at, std::string_view enders) {
    if (at >= tokens.size()) return computed();
    if (at + 1 < tokens.size() && !is_ender(tokens[at + 1], enders)) return computed();
    const Token& token = tokens[at];
    if (token.kind == Token::Kind::text) return {Literal::Kind::written, text_of(token)};
    if (token.kind == Token::Kind::number) return written(token.raw);
    if (token.kind != Token::Kind::word) return computed();
    const std::string word = ascii_lower(token.raw);
    if (word == "true" || word == "false") return written(word);
    return word == "null" || word == "none" ? written("") : computed();
}

EntryPlace find_entry(const Tokens& tokens, std::size_t at, std::span<const std::string_view> path,
                      std::string_view arrow) {
    auto list = opening(tokens, at);
    if (!list || !is_whole(tokens, *list, ";")) return {Literal::Kind::computed};
    for (std::size_t step = 0; step < path.size(); ++step) {
        bool unknown = false;
        const auto value = value_of_key(tokens, *list, path[step], arrow, unknown);
        if (unknown) return {Literal::Kind::computed};
        if (!value) return {};
        if (step + 1 == path.size()) return {Literal::Kind::written, *value};
        list = opening(tokens, *value);
        if (!list || !is_whole(tokens, *list, ",])}")) return {Literal::Kind::computed};
    }
    return {Literal::Kind::computed};
}

Literal entry_at(const Tokens& tokens, std::size_t at, std::span<const std::string_view> path, std::string_view arrow) {
    const EntryPlace place = find_entry(tokens, at, path, arrow);
    if (place.kind != Literal::Kind::written) return {place.kind};
    return value_at(tokens, place.at, ",])}");
}

}  // namespace pwreset
