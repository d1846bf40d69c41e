#include "src/account/pasted_identity.h"

#include <string_view>
#include <utility>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/fold.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

/// As often as programs wrap one in another: a quoted name, a link, brackets, and some room.
constexpr int most_layers = 8;

constexpr std::pair<std::string_view, std::string_view> pairs[] = {
    {"\"", "\""}, {"'", "'"},   {"`", "`"},   {"<", ">"},   {"(", ")"},      {"[", "]"},   {"{", "}"},
    {"*", "*"},   {"|", "|"},   {"“", "”"},   {"„", "“"},   {"„", "”"},      {"„", "\""},  {"‚", "‘"},
    {"‘", "’"},   {"«", "»"},   {"»", "«"},   {"‹", "›"},   {"›", "‹"},      {"＜", "＞"}, {"（", "）"},
    {"「", "」"}, {"『", "』"}, {"《", "》"}, {"〈", "〉"}, {"&lt;", "&gt;"}};
constexpr std::string_view schemes[] = {"mailto:", "tel:", "sms:", "smsto:", "callto:", "sip:", "whatsapp:", "smtp:"};
/// What mail programs and forms write before it.
constexpr std::string_view labels[] = {
    "e-mail:", "email:", "mail:", "to:", "from:", "cc:", "tel.:", "phone:", "telefon:", "mobil:", "mobile:"};
constexpr std::string_view bullets[] = {"•", "‣", "◦", "·", "-", "–", "—", "*", ">"};
constexpr std::string_view stops[] = {",", ";", ".", ":", "،", "؛", "。", "，", "；", "!"};

/// "%40" as the character it stands for; a text that is not encoded so stays.
std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = text[i] == '%' ? unhex(text.substr(i + 1, 2)) : std::nullopt;
        out += byte && byte->size() == 1 ? byte->front() : text[i];
        if (byte && byte->size() == 1) i += 2;
    }
    return out;
}

/// Whether what stands beside an address names no other one, and is of one line: then it may be dropped.
bool is_beside(std::string_view text, std::string_view address) {
    if (printable(text) != text) return false;
    return text.find('@') == text.npos || ascii_lower(text).find(ascii_lower(address)) != std::string::npos;
}

std::string without_scheme(std::string_view text) {
    for (const auto scheme : schemes) {
        if (!begins_with(text, scheme)) continue;
        const std::string_view rest = text.substr(scheme.size());
        return percent_decoded(rest.substr(0, rest.find_first_of("?;")));
    }
    return std::string(text);
}

/// The address of "Ana Weber <ana@example.com>", of Outlook's "ana@example.com<mailto:ana@example.com>" and "Ana Weber
/// [mailto:ana@example.com]", of a link in Markdown, or before a comment: "ana@example.com (Ana Weber)".
std::string_view addressed(std::string_view text) {
    const auto close = text.empty() ? text.npos : std::string_view(">])").find(text.back());
    const auto open = close == text.npos ? text.npos : text.rfind("<[("[close]);
    if (open == text.npos || text.find_first_not_of(text[open]) == open + 1) return text;
    const auto before = text.substr(0, open);
    const auto inner = text.substr(open + 1, text.size() - open - 2);
    const bool comments = inner.find('@') == inner.npos && inner.find("%40") == inner.npos;
    if (comments && before.find('@') != before.npos) return printable(inner) == inner ? before : text;
    // Brackets around digits are part of a number.
    if (comments && close > 0) return text;
    return is_beside(before, without_scheme(inner)) ? inner : text;
}

std::string_view without_pair(std::string_view text) {
    for (const auto& [open, close] : pairs) {
        if (text.size() <= open.size() + close.size() || !text.starts_with(open) || !text.ends_with(close)) continue;
        return text.substr(open.size(), text.size() - open.size() - close.size());
    }
    return text;
}

/// Without "To:", or the bullet of a list.
std::string_view without_label(std::string_view text) {
    for (const auto label : labels) {
        if (begins_with(text, label)) return text.substr(label.size());
    }
    for (const auto bullet : bullets) {
        std::size_t behind = bullet.size();
        if (text.starts_with(bullet) && behind < text.size() && is_blank(next_code_point(text, behind)))
            return text.substr(bullet.size());
    }
    return text;
}

std::string_view without_stop(std::string_view text) {
    for (const auto stop : stops) {
        if (text.size() > stop.size() && text.ends_with(stop)) return text.substr(0, text.size() - stop.size());
    }
    return text;
}

bool has_prefix(std::string_view text) { return text.starts_with("id:") || text.starts_with("login:"); }

bool is_direction(char32_t c) {
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::string without_wrapping(std::string_view typed) {
    std::string text(trimmed(typed));
    for (int layer = 0; layer < most_layers && !has_prefix(text); ++layer) {
        const std::string before = text;
        text = std::string(trimmed(addressed(text)));
        text = std::string(trimmed(without_pair(text)));
        text = std::string(trimmed(without_label(text)));
        text = std::string(trimmed(without_scheme(text)));
        text = std::string(trimmed(without_stop(text)));
        if (text == before) break;
    }
    return text;
}

std::string without_directions(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        if (!is_direction(next_code_point(text, at))) out += text.substr(start, at - start);
    }
    return out;
}

}  // namespace pwreset
