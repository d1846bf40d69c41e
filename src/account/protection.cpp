#include "src/account/protection.h"

#include <algorithm>

#include "src/account/role_words.h"

namespace pwreset {

namespace {

constexpr std::size_t most_shown = 10;

std::string each_quoted(const std::vector<std::string>& words, const std::string& between) {
    std::string text;
    for (std::size_t i = 0; i < words.size() && i < most_shown; ++i) {
        text += (i > 0 ? between : "") + "'" + words[i] + "'";
    }
    return text + (words.size() > most_shown ? ", …" : "");
}

}  // namespace

Protection protection_by(std::span<const db::Values> sources, const UsersConfig& users) {
    Protection out;
    std::vector<std::string> parts;
    bool all_known = true;
    bool some_found = false;
    for (const auto& values : sources) {
        all_known = all_known && (values.all || values.searched);
        some_found = some_found || !values.found.empty();
        for (const auto& value : values.found) {
            const auto read = read_roles(value.value_or(""), values.list);
            parts.insert(parts.end(), read.parts.begin(), read.parts.end());
            for (const auto& word : read.shown) {
                if (std::find(out.found.begin(), out.found.end(), word) == out.found.end()) out.found.push_back(word);
            }
        }
    }
    for (const auto& word : users.protected_roles) {
        if (std::find(parts.begin(), parts.end(), plain_role(word)) == parts.end()) out.idle.push_back(word);
    }
    out.known = all_known && some_found;
    // Where no account has any role, nobody made an administrator yet: doctor tells that.
    out.is_void = out.known && !parts.empty() && !users.protected_roles.empty() &&
                  out.idle.size() == users.protected_roles.size();
    return out;
}

std::string told(const Protection& protection) {
    const std::string nobody = "no account has the role " + each_quoted(protection.idle, " or ");
    if (protection.found.empty()) return nobody + "; what they hold is no list of words";
    return nobody + "; found are " + each_quoted(protection.found, ", ");
}

std::string void_protection(db::Accounts& accounts, const UsersConfig& users) {
    if (users.protected_roles.empty()) return {};
    const auto sources = accounts.role_values(users.protected_roles);
    const auto protection = protection_by(std::span(sources), users);
    return protection.is_void ? told(protection) : std::string();
}

}  // namespace pwreset
