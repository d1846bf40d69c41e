#include "src/hash/password_choice.h"

#include <algorithm>
#include <utility>

namespace pwreset {

namespace {

/// Forty digits alone may be the SHA-1 of anything: they are Redmine's only where a configuration says so.
std::optional<PasswordFormat> format_that_speaks(const std::string& hash) {
    auto format = password_format(hash);
    if (format && has_salt_apart(*format)) format.reset();
    return format;
}

bool is_accepted(const std::optional<PasswordFormat>& format, const std::vector<PasswordFormat>& accepted) {
    return format && std::any_of(accepted.begin(), accepted.end(), [&](const PasswordFormat& one) {
               return name_of_format(one) == name_of_format(*format);
           });
}

using Count = std::pair<std::optional<PasswordFormat>, int>;

void add_to(std::vector<Count>& counts, const std::optional<PasswordFormat>& format) {
    const auto known =
        std::find_if(counts.begin(), counts.end(), [&](const Count& one) { return one.first == format; });
    if (known == counts.end()) {
        counts.emplace_back(format, 1);
    } else {
        ++known->second;
    }
}

}  // namespace

std::optional<PasswordFormat> format_to_write(const std::vector<std::string>& hashes,
                                              const std::vector<PasswordFormat>& accepted) {
    std::vector<Count> counts;
    for (const auto& hash : hashes) {
        if (is_mark(hash)) continue;
        const auto format = accepted.empty() ? format_that_speaks(hash) : password_format(hash);
        if (accepted.empty() || is_accepted(format, accepted)) add_to(counts, format);
    }
    if (counts.empty()) return accepted.empty() ? std::nullopt : std::optional(accepted.front());
    return std::max_element(counts.begin(), counts.end(),
                            [](const Count& one, const Count& other) { return one.second < other.second; })
        ->first;
}

std::string name_of_foreign(const std::vector<std::string>& hashes) {
    const auto foreign = std::find_if(hashes.begin(), hashes.end(),
                                      [](const auto& hash) { return !is_mark(hash) && !format_that_speaks(hash); });
    return foreign == hashes.end() ? "" : name_of_hash(*foreign);
}

}  // namespace pwreset
