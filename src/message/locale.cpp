#include "src/message/locale.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/fold.h"
#include "src/toml/values.h"

namespace pwreset {

namespace {

/// Without its last part, and without the single letter before it, which only announces a part that follows.
void shorten(std::string& tag) {
    do {
        const std::size_t dash = tag.rfind('-');
        tag.resize(dash == tag.npos ? 0 : dash);
    } while (tag.size() >= 2 && tag[tag.size() - 2] == '-');
}

/// Without encoding and modifier, with dashes, and without the mark that Java puts before a script.
std::string spelled_as_tag(std::string_view locale) {
    std::string tag(trimmed(locale.substr(0, locale.find_first_of(".@"))));
    std::replace(tag.begin(), tag.end(), '_', '-');
    tag.erase(std::remove(tag.begin(), tag.end(), '#'), tag.end());
    return tag;
}

/// "q=0.85" in thousandths (RFC 9110, section 12.4.2); nothing where it is no weight.
std::optional<int> weight_of(std::string_view text) {
    if (!begins_with(text, "q=") || text.size() < 3 || text.size() > 7) return {};
    text.remove_prefix(2);
    if ((text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) return {};
    int weight = (text[0] - '0') * 1000;
    int unit = 100;
    for (const char c : text.substr(std::min<std::size_t>(text.size(), 2))) {
        if (!is_digit(c)) return {};
        weight += (c - '0') * unit;
        unit /= 10;
    }
    return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

}  // namespace

std::string language_tag(std::string_view locale) {
    std::string tag = ascii_lower(locale.substr(0, locale.find_first_of(".@")));
    std::replace(tag.begin(), tag.end(), '_', '-');
    return tag;
}

std::optional<std::string> preferred_language(std::string_view asked) {
    std::string best;
    int best_weight = 0;
    for (std::size_t at = 0; at <= asked.size();) {
        const std::string_view choice = asked.substr(at, asked.find(',', at) - at);
        at += choice.size() + 1;
        if (trimmed(choice).empty()) continue;
        const auto semicolon = std::min(choice.find(';'), choice.size());
        const auto weight =
            semicolon == choice.size() ? std::optional(1000) : weight_of(trimmed(choice.substr(semicolon + 1)));
        const std::string tag = spelled_as_tag(choice.substr(0, semicolon));
        if (!weight || (tag != "*" && !is_locale(tag))) return std::nullopt;
        if (*weight > best_weight) best = tag;
        best_weight = std::max(best_weight, *weight);
    }
    return best == "*" ? "" : best;
}

std::optional<std::string> best_locale(std::string_view wish, const std::vector<std::string>& there) {
    for (std::string tag = language_tag(wish); !tag.empty(); shorten(tag)) {
        for (const std::string& candidate : there) {
            if (language_tag(candidate) == tag) return candidate;
        }
    }
    return std::nullopt;
}

}  // namespace pwreset
