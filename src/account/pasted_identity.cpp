#include "src/account/pasted_identity.h"

#include <array>
#include <utility>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/fold.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

/// As often as programs wrap one in another: a quoted name, a link, brackets, and some room.
constexpr int most_layers = 6;

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> pairs{{{"\"", "\""},
                                                                               {"'", "'"},
                                                                               {"`", "`"},
                                                                               {"<", ">"},
                                                                               {"(", ")"},
                                                                               {"[", "]"},
                                                                               {"“", "”"},
                                                                               {"„", "“"},
                                                                               {"‘", "’"},
                                                                               {"«", "»"},
                                                                               {"‹", "›"},
                                                                               {"＜", "＞"}}};
constexpr std::array<std::string_view, 5> schemes{"mailto:", "tel:", "sms:", "callto:", "e-mail:"};
constexpr std::array<std::string_view, 9> stops{",", ";", ".", ":", "،", "؛", "。", "，", "；"};

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

/// The address of "Ana Weber <ana@example.com>", or of a link in Markdown.
std::string_view addressed(std::string_view text) {
    if (text.ends_with('>') && text.find('<') != text.npos) {
        const auto from = text.rfind('<') + 1;
        const auto address = text.substr(from, text.size() - 1 - from);
        return is_beside(text.substr(0, from - 1), address) ? address : text;
    }
    const auto link = text.find("](");
    if (text.starts_with('[') && text.ends_with(')') && link != text.npos) {
        const auto address = text.substr(1, link - 1);
        return is_beside(text.substr(link + 2), address) ? address : text;
    }
    return text;
}

std::string_view without_pair(std::string_view text) {
    for (const auto& [open, close] : pairs) {
        if (text.size() <= open.size() + close.size() || !text.starts_with(open) || !text.ends_with(close)) continue;
        return text.substr(open.size(), text.size() - open.size() - close.size());
    }
    return text;
}

std::string without_scheme(std::string_view text) {
    for (const auto scheme : schemes) {
        if (ascii_lower(text.substr(0, scheme.size())) != scheme) continue;
        const std::string_view rest = text.substr(scheme.size());
        return percent_decoded(rest.substr(0, rest.find_first_of("?;")));
    }
    return std::string(text);
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
