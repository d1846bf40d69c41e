#include "src/expression/words.h"

#include <array>
#include <utility>

namespace pwreset {
namespace {

/// What everybody's names are; those of a profile's own are said as they are written.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> names_in_words{{
    {"token", "the token"},
    {"key", "the account's key"},
    {"email", "the account's e-mail address"},
    {"login", "the account's login"},
    {"password", "the account's stored password"},
    {"issued", "the time of issue"},
    {"expires", "the time of expiry"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> alphabets_in_words{{
    {"hex", "hexadecimal digits"},
    {"alnum", "letters and digits"},
    {"base64url", "letters, digits, '-' and '_'"},
    {"lower36", "small letters and digits"},
}};

std::string quoted_words(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string name_in_words(const std::string& name) {
    for (const auto& [known, words] : names_in_words) {
        if (known == name) return std::string(words);
    }
    if (name.starts_with("secret.")) return "the secret " + quoted_words(name.substr(7));
    return quoted_words(name);
}

std::string draw_in_words(const ExpressionNode& random) {
    const std::string count = std::to_string(random.number) + " random ";
    for (const auto& [known, words] : alphabets_in_words) {
        if (letters_of_alphabet(known) == random.text) return count + std::string(words);
    }
    return count + "letters of " + quoted_words(random.text);
}

/// "a, b and c".
std::string list_in_words(const std::vector<ExpressionNode>& parts) {
    std::string list;
    for (const auto& part : parts) {
        if (&part != &parts.front()) list += &part == &parts.back() ? " and " : ", ";
        list += in_words(part);
    }
    return list;
}

/// What a function is of: in brackets when it is several.
std::string object_in_words(const ExpressionNode& node) {
    const bool several = node.kind == ExpressionNode::Kind::join;
    return several ? "(" + in_words(node) + ")" : in_words(node);
}

std::string call_in_words(const ExpressionNode& call) {
    const std::string words(call.rule->words);
    switch (call.rule->function) {
        case Function::random:
            return draw_in_words(call);
        case Function::lower:
        case Function::unix_seconds:
        case Function::unix_ms:
        case Function::iso:
        case Function::ts14:
            return object_in_words(call.parts.front()) + " " + words;
        case Function::json:
            return words + " of (" + list_in_words(call.parts) + ")";
        case Function::hmac_sha1:
        case Function::hmac_sha256:
        case Function::hmac_sha512:
        case Function::blake2b:
        case Function::chacha20_magento:
            return words + " under " + object_in_words(call.parts.front()) + " of " +
                   object_in_words(call.parts.back());
        default:
            return words + " of " + object_in_words(call.parts.front());
    }
}

}  // namespace

std::string in_words(const ExpressionNode& node) {
    switch (node.kind) {
        case ExpressionNode::Kind::null:
            return "nothing (NULL)";
        case ExpressionNode::Kind::literal:
            return quoted_words(node.text);
        case ExpressionNode::Kind::number:
            return std::to_string(node.number);
        case ExpressionNode::Kind::name:
            return name_in_words(node.text);
        case ExpressionNode::Kind::join:
            return list_in_words(node.parts);
        case ExpressionNode::Kind::call:
            return call_in_words(node);
    }
    return "";
}

}  // namespace pwreset
