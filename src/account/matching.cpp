#include "src/account/matching.h"

#include <algorithm>

#include "src/account/phone.h"
#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

const std::string& compared(const db::AccountRow& account, db::AccountKey key) {
    switch (key) {
        case db::AccountKey::id:
            return account.id;
        case db::AccountKey::email:
            return account.email;
        case db::AccountKey::phone:
            return account.phone;
        case db::AccountKey::login:
            break;
    }
    return account.login;
}

Error not_found(std::string message, std::string hint) {
    return {Exit::no_user, "USER_NOT_FOUND", std::move(message), std::move(hint)};
}

std::string spelled(const Identity& identity) {
    if (identity.key == db::AccountKey::id) return "id:" + identity.text;
    if (identity.key == db::AccountKey::login) return "login:" + identity.text;
    return identity.text;
}

/// "typed 'ı' U+0131, stored 'i' U+0069": the first place where the two differ.
std::string first_difference(const std::string& typed, const std::string& stored) {
    std::size_t a = 0;
    std::size_t b = 0;
    while (a < typed.size() && b < stored.size()) {
        const char32_t left = next_code_point(typed, a);
        const char32_t right = next_code_point(stored, b);
        if (left != right) return "typed " + name_character(left) + ", stored " + name_character(right);
    }
    if (a < typed.size()) return "typed " + name_character(next_code_point(typed, a)) + ", stored nothing there";
    if (b < stored.size()) return "typed nothing, stored " + name_character(next_code_point(stored, b));
    return "no visible difference";
}

Error look_alike(const Identity& identity, const db::AccountRow& account) {
    return not_found("'" + spelled(identity) + "' only looks like the identity of an account: " +
                         first_difference(identity.text, compared(account, identity.key)),
                     "if that account is meant, use id:" + account.id);
}

Error ambiguous(const Identity& identity, const std::vector<db::AccountRow>& accounts) {
    std::string ids;
    for (std::size_t i = 0; i < accounts.size() && i < 10; ++i) ids += (i ? ", id:" : "id:") + accounts[i].id;
    return {Exit::no_user, "AMBIGUOUS_USER",
            "'" + spelled(identity) + "' is the identity of " + std::to_string(accounts.size()) + " accounts",
            "use one of " + ids};
}

template <typename Equal>
std::vector<db::AccountRow> those(const std::vector<db::AccountRow>& accounts, Equal equal) {
    std::vector<db::AccountRow> out;
    std::copy_if(accounts.begin(), accounts.end(), std::back_inserter(out), equal);
    return out;
}

db::AccountRow matched_by_phone(const Identity& identity, const std::vector<db::AccountRow>& candidates) {
    const auto same = those(candidates, [&](const auto& row) {
        const auto stored = parse_phone(row.phone, identity.region).phone;
        return stored && stored->e164 == identity.text;
    });
    if (same.size() == 1) return same.front();
    if (same.size() > 1) throw ambiguous(identity, same);
    throw not_found("no account has the phone number '" + identity.text + "'", "check the number with the caller");
}

}  // namespace

db::AccountRow matched(const Identity& identity, const std::vector<db::AccountRow>& candidates) {
    if (identity.key == db::AccountKey::phone) return matched_by_phone(identity, candidates);
    if (candidates.empty()) {
        throw not_found("no account has the identity '" + spelled(identity) + "'",
                        "check the spelling with the caller");
    }
    const auto exact = those(candidates, [&](const auto& row) { return compared(row, identity.key) == identity.text; });
    if (exact.size() == 1) return exact.front();
    if (exact.size() > 1) throw ambiguous(identity, exact);
    if (identity.key == db::AccountKey::id)
        throw not_found("no account has the identity '" + spelled(identity) + "'", {});
    const auto folded = those(candidates, [&](const auto& row) {
        return ascii_lower(compared(row, identity.key)) == ascii_lower(identity.text);
    });
    if (folded.size() == 1) return folded.front();
    if (folded.size() > 1) throw ambiguous(identity, folded);
    throw look_alike(identity, candidates.front());
}

std::vector<db::AccountRow> candidates_for(db::Accounts& accounts, const Identity& identity) {
    if (identity.key == db::AccountKey::phone) return accounts.candidates(identity.key, identity.spellings);
    return accounts.candidates(identity.key, {identity.text, ascii_lower(identity.text)});
}

std::string find_account_key(db::Accounts& accounts, const Identity& identity) {
    return identity.key == db::AccountKey::id ? identity.text : find_account(accounts, identity).id;
}

db::AccountRow find_account(db::Accounts& accounts, const Identity& identity) {
    if (!accounts.has(identity.key)) {
        throw usage_error("this application has no column for '" + spelled(identity) + "'",
                          "name it in [users], or use another form of identity");
    }
    auto account = matched(identity, candidates_for(accounts, identity));
    accounts.load_roles(account);
    return account;
}

}  // namespace pwreset
