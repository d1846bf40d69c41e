#include "src/doctor/users_values.h"

#include <algorithm>
#include <map>

#include "db/app/state.h"
#include "src/account/protection.h"
#include "src/account/role_words.h"
#include "src/apps/users_table.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr const char* values_area = "users";
constexpr std::size_t most_named = 8;

std::string shown_state(const std::optional<std::string>& value, const db::StateReading& read) {
    const std::string_view form = read.form;
    if (form == "time") return "times";
    if (form == "no time" && value && value->size() > 1) return "times that stand for none";
    if (!value) return "NULL";
    return is_utf8(*value) ? "'" + cut_bytes(*value, 40) + "'" : "bytes";
}

/// "'active', 'on'": each once, the first of them.
std::string enumerated(const std::vector<std::string>& words) {
    std::vector<std::string> once;
    for (const auto& word : words) {
        if (std::find(once.begin(), once.end(), word) == once.end()) once.push_back(word);
    }
    const bool more = once.size() > most_named;
    if (more) once.erase(once.begin() + most_named, once.end());
    return listed(once) + (more ? ", …" : "");
}

}  // namespace

Check judge_states(const std::string& column, const db::Values& values, bool means_active,
                   const std::vector<std::string>& listed_values) {
    std::vector<std::string> allowed;
    std::vector<std::string> refused;
    std::vector<std::string> unknown;
    for (const auto& value : values.found) {
        const auto read = db::read_state(value);
        const std::string shown = shown_state(value, read);
        const bool word = std::string_view(read.form) == "word";
        if (!listed_values.empty()) {
            (db::is_listed(value, listed_values) ? allowed : refused).push_back(shown);
        } else if (read.says == db::Says::nothing_known) {
            (means_active ? unknown : refused).push_back(shown);
        } else {
            const bool fit = means_active ? read.says == db::Says::yes : read.says == db::Says::no && !word;
            (fit ? allowed : refused).push_back(shown);
        }
    }
    std::string text = "'" + column + "' ('users." + (means_active ? "active" : "disabled") + "')";
    if (!values.found.empty()) text += ": may be reset with " + (allowed.empty() ? "none" : enumerated(allowed));
    if (values.found.empty()) text += " holds nothing yet";
    if (!refused.empty()) text += "; refused with " + enumerated(refused);
    if (!values.all) text += "; there is more than was looked at";
    const std::string listing =
        "list what means that an account may be reset: active = { column = \"" + column + "\", values = [\"active\"] }";
    if (!unknown.empty())
        return warning(values_area, text + "; not known, so refused: " + enumerated(unknown), listing);
    if (values.found.empty() || !allowed.empty() || !values.all) return fine(values_area, text);
    return warning(values_area, text + ": so nobody may be reset", "is it the column that was meant? else " + listing);
}

namespace {

/// What all the values permit, and why the first reads as none that does.
RoleReading read_all(std::span<const db::Values> sources) {
    RoleReading all;
    for (const auto& values : sources) {
        for (const auto& value : values.found) {
            const auto read = read_roles(value.value_or(""), values.list);
            all.granted.insert(all.granted.end(), read.granted.begin(), read.granted.end());
            if (all.fault.empty()) all.fault = read.fault;
        }
    }
    return all;
}

bool permits_nobody(bool all, const RoleReading& read, const UsersConfig& users) {
    if (!all || read.granted.empty() || users.allowed_roles.empty()) return false;
    return std::none_of(users.allowed_roles.begin(), users.allowed_roles.end(), [&](const std::string& role) {
        return std::find(read.granted.begin(), read.granted.end(), plain_role(role)) != read.granted.end();
    });
}

Check roles_found(const Protection& protection, bool all) {
    std::vector<std::string> quoted;
    for (const auto& role : protection.found) quoted.push_back("'" + role + "'");
    return fine(values_area, "roles found: " + (quoted.empty() ? "none" : enumerated(quoted)) +
                                 (all ? "" : "; there is more than was looked at"));
}

}  // namespace

Checks judge_role_values(std::span<const db::Values> sources, const UsersConfig& users) {
    const auto protection = protection_by(sources, users);
    const auto read = read_all(sources);
    const bool all = std::all_of(sources.begin(), sources.end(), [](const db::Values& values) { return values.all; });
    Checks checks;
    if (protection.is_void) {
        checks.push_back(
            problem(values_area, told(protection),
                    "write the roles of administrators into 'users.protected', as they are stored; or name "
                    "the column or table that holds them in 'users.role'"));
    } else {
        checks.push_back(roles_found(protection, all));
    }
    if (!read.fault.empty()) {
        checks.push_back(warning(values_area, "a role is none of the known forms: " + read.fault,
                                 "its accounts are refused; see 'role' in pwreset.toml(5)"));
    }
    if (permits_nobody(all, read, users)) {
        checks.push_back(warning(values_area, "no account has a role of 'users.allowed_roles': so nobody may be reset",
                                 "write them as they are stored; where several stand in one value, say how: role = { "
                                 "column = \"COLUMN\", list = \"comma\" }"));
    }
    // Where no account has any role, nobody made an administrator yet.
    if (!protection.is_void && protection.known && !protection.found.empty() && !protection.idle.empty())
        checks.push_back(
            warning(values_area, told(protection), "correct 'users.protected', or remove what is not there"));
    return checks;
}

Checks check_users_values(db::Session& session, const UsersConfig& users) {
    db::Accounts accounts(session, users_table(users));
    Checks checks;
    if (!users.scope.column.empty() && !accounts.has_any()) {
        checks.push_back(warning(values_area,
                                 "no account has '" + users.scope.value + "' in '" + users.scope.column +
                                     "' ('users.scope'): so nobody may be reset",
                                 "write the value as the column holds it"));
    }
    if (!users.active.empty()) {
        const auto values = accounts.values_of(UsersColumn::active);
        checks.push_back(judge_states(users.active, values, true, users.active_values));
    }
    if (!users.disabled.empty()) {
        checks.push_back(judge_states(users.disabled, accounts.values_of(UsersColumn::disabled), false, {}));
    }
    if (users.roles.empty()) return checks;
    const auto sources = accounts.role_values(users.protected_roles);
    for (auto& check : judge_role_values(std::span(sources), users)) checks.push_back(std::move(check));
    return checks;
}

}  // namespace pwreset
