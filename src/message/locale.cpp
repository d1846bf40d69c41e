#include "src/message/locale.h"

#include <algorithm>

#include "src/base/ascii.h"

namespace pwreset {

namespace {

/// Without its last part, and without the single letter before it, which only announces a part that follows.
void shorten(std::string& tag) {
    do {
        const std::size_t dash = tag.rfind('-');
        tag.resize(dash == tag.npos ? 0 : dash);
    } while (tag.size() >= 2 && tag[tag.size() - 2] == '-');
}

}  // namespace

std::string language_tag(std::string_view locale) {
    std::string tag = ascii_lower(locale.substr(0, locale.find_first_of(".@")));
    std::replace(tag.begin(), tag.end(), '_', '-');
    return tag;
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
