#include "src/account/eligibility.h"

#include <algorithm>

#include "db/own/account_key.h"
#include "src/account/identity.h"
#include "src/account/phone.h"
#include "src/account/role_words.h"
#include "src/base/address.h"
#include "src/base/printable.h"
#include "src/hash/password_format.h"

namespace pwreset {

namespace {

bool contains(const std::vector<std::string>& words, const std::string& role) {
    return std::find(words.begin(), words.end(), plain_role(role)) != words.end();
}

bool has_usable_password(const db::AccountRow& account) { return account.password && !is_mark(*account.password); }

Refusal forbidden_for(const char* reason, const std::string& message, const std::string& hint) {
    return {reason, forbidden(message, hint)};
}

Refusal undeliverable(const char* reason, const std::string& message, const std::string& hint) {
    return {reason, Error(Exit::failed, "UNDELIVERABLE", message, hint)};
}

std::optional<Refusal> address_refusal(const db::AccountRow& account, const std::string& who) {
    if (is_address(account.email, true)) return {};
    const char* hint = account.phone.empty() ? "correct the address in the application first"
                                             : "send a code with '--channel sms', or correct the address first";
    return undeliverable("no_address", who + " has no valid e-mail address stored", hint);
}

/// Whether text messages may go to a number: in the country of the others, where no country is listed.
bool is_served(const Phone& phone, const Config& config) {
    const auto& countries = config.sms ? config.sms->countries : std::vector<std::string>();
    if (countries.empty()) return phone.region == config.users.phone_region;
    return std::find(countries.begin(), countries.end(), phone.region) != countries.end();
}

std::optional<Refusal> phone_refusal(const db::AccountRow& account, const Config& config, const std::string& who) {
    const std::string correct = "correct the number in the application first";
    const std::string instead = is_address(account.email, true) ? "use '--channel email', or " : "";
    if (config.users.phone.empty()) {
        return undeliverable("no_phone", who + " has no phone number: the application has no column for one",
                             "use '--channel email', or name the column in [users] phone");
    }
    if (account.phone.empty()) return undeliverable("no_phone", who + " has no phone number stored", instead + correct);
    const auto [phone, fault] = parse_phone(account.phone, config.users.phone_region);
    if (!phone)
        return undeliverable("bad_phone", who + " has a phone number stored that is none: " + fault, instead + correct);
    if (!phone->given_out) {
        return undeliverable("bad_phone", who + " has a phone number stored that is none: no such number is given out",
                             instead + correct);
    }
    if (!phone->mobile && (!config.sms || config.sms->mobile_only))
        return undeliverable("not_mobile", who + " has a number stored that is no mobile", instead + correct);
    if (is_served(*phone, config)) return {};
    return forbidden_for("country", who + " has a number of '" + phone->region + "', which gets no text messages",
                         instead + "list the country in [sms] countries");
}

bool protects(const RoleReading& read, const UsersConfig& users) {
    return std::any_of(users.protected_roles.begin(), users.protected_roles.end(),
                       [&](const auto& word) { return contains(read.parts, word); });
}

/// The value that protects it, by the whole of it or any part; null when none does.
const db::StoredRole* protecting_role(const db::AccountRow& account, const UsersConfig& users) {
    const auto found = std::find_if(account.roles.begin(), account.roles.end(), [&](const auto& role) {
        return protects(read_roles(role.text, role.list), users);
    });
    return found == account.roles.end() ? nullptr : &*found;
}

/// The role as a message may show it: of a list the one that protects; what is more than a word is cut.
std::string shown_role(const db::StoredRole& role, const UsersConfig& users) {
    constexpr std::size_t longest = 60;
    const auto words = read_roles(role.text, role.list).shown;
    const auto word =
        std::find_if(words.begin(), words.end(), [&](const auto& one) { return protects(read_roles(one, {}), users); });
    const std::string& text = word == words.end() ? role.text : *word;
    return text.size() > longest ? cut_bytes(text, longest) + "…" : text;
}

std::optional<Refusal> role_refusal(const db::AccountRow& account, const UsersConfig& users, const std::string& who) {
    const bool asked = !users.allowed_roles.empty() || !users.protected_roles.empty();
    const auto read = roles_of(account);
    if (asked && !read.fault.empty()) {
        return forbidden_for("role", who + " has a role that is none of the known forms: " + read.fault,
                             "a role is a word, a number or a list of them; see 'role' in pwreset.toml(5)");
    }
    if (users.allowed_roles.empty()) return {};
    const bool allowed = std::any_of(users.allowed_roles.begin(), users.allowed_roles.end(),
                                     [&](const auto& role) { return contains(read.granted, role); });
    if (allowed) return {};
    return forbidden_for("role", who + " has no role in [users] allowed_roles", "roles are given in the application");
}

/// Disabled, or in a state that nobody knows.
Refusal state_refusal(const db::AccountRow& account, const std::string& who) {
    if (account.state.empty())
        return forbidden_for("disabled", who + " is disabled", "enable it in the application first");
    if (account.state_known) {
        return forbidden_for("disabled", who + " is disabled: " + account.state, "enable it in the application first");
    }
    return forbidden_for("state", who + " is in a state that is not known here: " + account.state,
                         "where that means it may be reset, list it: active = { column = \"COLUMN\", values = "
                         "[\"VALUE\"] } in [users]");
}

}  // namespace

bool is_protected(const db::AccountRow& account, const UsersConfig& users) {
    return protecting_role(account, users) != nullptr;
}

std::optional<Refusal> refusal(const db::AccountRow& account, const Config& config, const Route& route,
                               bool override_protected) {
    const UsersConfig& users = config.users;
    const std::string who = "account 'id:" + account.id + "'";
    if (account.id.empty() || account.id.size() > db::longest_key) {
        return forbidden_for("key", "an account without a key of 1 to 64 bytes cannot be reset",
                             "name the table's key in [users] id");
    }
    if (!account.unclear.empty()) {
        return forbidden_for("unclear", who + " is not told apart from others: " + account.unclear,
                             "say in [users] which row there is meant: where = { COLUMN = \"VALUE\" }");
    }
    const bool is_news = route.kind == Kind::password_changed;
    if (!account.enabled && !is_news) return state_refusal(account, who);
    if (!account.refused.empty() && !is_news) {
        return forbidden_for("refused", who + " may not be reset: " + account.refused.front(),
                             "[users] refuse says so; what it is about is changed in the application");
    }
    const bool by_mail = route.channel == Channel::email;
    if (auto no = by_mail ? address_refusal(account, who) : phone_refusal(account, config, who)) return no;
    if (route.kind == Kind::verify_caller || route.kind == Kind::password_changed) return {};
    if (!users.password.empty() && !has_usable_password(account)) {
        return forbidden_for("no_password", who + " has no password: it signs in by another way",
                             "send the user to the single sign-on");
    }
    const auto* role = protecting_role(account, users);
    if (role && !override_protected) {
        return Refusal{"protected", Error(Exit::forbidden, "PROTECTED_ACCOUNT",
                                          who + " is protected by its role '" + shown_role(*role, users) + "'",
                                          "who has the capability 'privileged' may use --override-protected")};
    }
    return role_refusal(account, users, who);
}

}  // namespace pwreset
