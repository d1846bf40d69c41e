#include "src/account/matching.h"

#include <algorithm>

#include "src/account/phone.h"
#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/uuid.h"

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

/// "typed 'ı' U+0131, stored 'i' U+0069": the first place where the two differ by more than capitals.
std::string first_difference(const std::string& typed, const std::string& stored) {
    std::size_t a = 0;
    std::size_t b = 0;
    while (a < typed.size() && b < stored.size()) {
        const char32_t left = next_code_point(typed, a);
        const char32_t right = next_code_point(stored, b);
        const bool same =
            left == right || (left < 0x80 && right < 0x80 &&
                              ascii_lower(static_cast<char>(left)) == ascii_lower(static_cast<char>(right)));
        if (!same) return "typed " + name_character(left) + ", stored " + name_character(right);
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

/// Each account once, though several rows of another table may name it.
template <typename Equal>
std::vector<db::AccountRow> those(const std::vector<db::AccountRow>& accounts, Equal equal) {
    std::vector<db::AccountRow> out;
    for (const auto& account : accounts) {
        const auto same = [&](const auto& one) { return !account.id.empty() && one.id == account.id; };
        if (equal(account) && std::none_of(out.begin(), out.end(), same)) out.push_back(account);
    }
    return out;
}

/// In E.164; by all its digits where what is stored is no number that can be.
bool has_number(const db::AccountRow& row, const Identity& identity) {
    const auto stored = parse_phone(row.phone, identity.region).phone;
    return stored ? stored->e164 == identity.text : digits_of(row.phone) == identity.text.substr(1);
}

db::AccountRow matched_by_phone(const Identity& identity, const std::vector<db::AccountRow>& candidates) {
    const auto same = those(candidates, [&](const auto& row) { return has_number(row, identity); });
    if (same.size() == 1) return same.front();
    if (same.size() > 1) throw ambiguous(identity, same);
    throw not_found("no account has the phone number '" + identity.text + "'", "check the number with the caller");
}

/// Letters of ASCII in small; of an address the domain in punycode.
std::string folded_form(db::AccountKey key, const std::string& text) {
    const std::string ascii = key == db::AccountKey::email ? ascii_domain(text) : text;
    return ascii_lower(ascii.empty() ? text : ascii);
}

bool is_exact(const db::AccountRow& row, const Identity& identity) {
    return compared(row, identity.key) == identity.text;
}

/// The row whose key is meant: the same text, or else the only one that is the same UUID in another spelling. Null when
/// there is none, or no single one.
const db::AccountRow* same_key(const Identity& identity, const std::vector<db::AccountRow>& candidates) {
    const auto meant = uuid_bytes(identity.text);
    const db::AccountRow* found = nullptr;
    std::size_t spelled_otherwise = 0;
    for (const auto& row : candidates) {
        if (row.id == identity.with_blanks || row.id == identity.text) return &row;
        const auto bytes = meant ? uuid_bytes(row.id) : std::nullopt;
        if (!bytes || (*bytes != *meant && *bytes != with_time_first(*meant))) continue;
        if (!found || *bytes == *meant) found = &row;
        spelled_otherwise += *bytes == *meant ? 1 : 0;
    }
    return spelled_otherwise > 1 ? nullptr : found;
}

}  // namespace

db::AccountRow matched(const Identity& identity, const std::vector<db::AccountRow>& candidates) {
    if (identity.key == db::AccountKey::phone) return matched_by_phone(identity, candidates);
    if (candidates.empty()) {
        throw not_found("no account has the identity '" + spelled(identity) + "'" + odd_character(identity.text),
                        "check the spelling with the caller");
    }
    if (!identity.with_blanks.empty()) {
        const auto whole =
            those(candidates, [&](const auto& row) { return compared(row, identity.key) == identity.with_blanks; });
        if (whole.size() == 1) return whole.front();
    }
    const auto exact = those(candidates, [&](const auto& row) { return is_exact(row, identity); });
    if (exact.size() == 1) return exact.front();
    if (exact.size() > 1) throw ambiguous(identity, exact);
    if (identity.key == db::AccountKey::id) {
        if (const auto* row = same_key(identity, candidates)) return *row;
        throw not_found("no account has the identity '" + spelled(identity) + "'", {});
    }
    const std::string form = folded_form(identity.key, identity.text);
    const auto folded = those(
        candidates, [&](const auto& row) { return folded_form(identity.key, compared(row, identity.key)) == form; });
    if (folded.size() == 1) return folded.front();
    if (folded.size() > 1) throw ambiguous(identity, folded);
    throw look_alike(identity, candidates.front());
}

namespace {

/// Whether the index can have missed somebody: what it found is not the identity itself, and the column tells capitals
/// from small letters, or holds numbers in forms that nobody foresaw.
bool may_have_missed(db::Accounts& accounts, const Identity& identity, const std::vector<db::AccountRow>& found) {
    if (identity.key == db::AccountKey::id) return false;
    if (identity.key == db::AccountKey::phone) {
        const auto same = [&](const auto& row) { return has_number(row, identity); };
        return !identity.tail.empty() && std::none_of(found.begin(), found.end(), same);
    }
    const auto same = [&](const auto& row) { return is_exact(row, identity); };
    return std::none_of(found.begin(), found.end(), same) && accounts.compares_exactly(identity.key);
}

std::vector<std::string> spellings_for_index(const Identity& identity) {
    auto spellings = identity.spellings;
    if (identity.key == db::AccountKey::phone) return spellings;
    spellings.push_back(identity.text);
    if (identity.key != db::AccountKey::id) spellings.push_back(ascii_lower(identity.text));
    if (!identity.with_blanks.empty()) spellings.push_back(identity.with_blanks);
    std::sort(spellings.begin(), spellings.end());
    spellings.erase(std::unique(spellings.begin(), spellings.end()), spellings.end());
    return spellings;
}

}  // namespace

std::vector<db::AccountRow> candidates_for(db::Accounts& accounts, const Identity& identity) {
    const auto spellings = spellings_for_index(identity);
    auto found = accounts.candidates(identity.key, spellings);
    if (!may_have_missed(accounts, identity, found)) return found;
    try {
        const bool number = identity.key == db::AccountKey::phone;
        const auto more = accounts.search(identity.key, number ? std::vector{identity.tail} : spellings);
        for (const auto& row : more) {
            const auto same = [&](const auto& one) {
                return one.id == row.id && compared(one, identity.key) == compared(row, identity.key);
            };
            if (std::none_of(found.begin(), found.end(), same)) found.push_back(row);
        }
    } catch (const db::TooSlow&) {
        throw not_found("no account has exactly '" + spelled(identity) +
                            "', and looking at all of them for other spellings takes longer than 2 s",
                        "give it as it is stored, or id:KEY; a collation that ignores case needs no such look");
    }
    return found;
}

std::string find_account_key(db::Accounts& accounts, const Identity& identity) {
    if (identity.key != db::AccountKey::id) return find_account(accounts, identity).id;
    const auto candidates = candidates_for(accounts, identity);
    const auto* row = same_key(identity, candidates);
    std::string key = row ? row->id : accounts.canonical(identity.text);
    accounts.require_single(key);
    return key;
}

namespace {

/// Whether what was typed as an address is the login of somebody whose mail goes elsewhere, as with mailboxes.
bool is_login(db::Accounts& accounts, const Identity& identity) {
    if (identity.key != db::AccountKey::email || !accounts.has(db::AccountKey::login)) return false;
    const auto rows = accounts.candidates(db::AccountKey::login, {identity.text});
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.login == identity.text; });
}

}  // namespace

db::AccountRow find_account(db::Accounts& accounts, const Identity& identity) {
    if (!accounts.has(identity.key)) {
        throw usage_error("this application has no column for '" + spelled(identity) + "'",
                          "name it in [users], or use another form of identity");
    }
    const auto candidates = candidates_for(accounts, identity);
    accounts.require_key();
    if (candidates.empty() && is_login(accounts, identity)) {
        throw not_found("no account has the address '" + identity.text + "'",
                        "it is the login of one: use login:" + identity.text);
    }
    if (identity.key == db::AccountKey::id) {
        if (const auto* row = same_key(identity, candidates)) accounts.require_single(row->id);
    }
    auto account = matched(identity, candidates);
    accounts.require_single(account.id);
    accounts.complete({&account, 1});
    return account;
}

const db::AccountRow* only_account(const std::vector<db::AccountRow>& accounts, const std::string& id) {
    const db::AccountRow* found = nullptr;
    for (const auto& account : accounts) {
        if (account.id != id) continue;
        if (found) return nullptr;
        found = &account;
    }
    return found;
}

}  // namespace pwreset
