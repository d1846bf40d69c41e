#include "src/jobs/lookup.h"

#include <algorithm>
#include <map>

#include "src/account/matching.h"

namespace pwreset {

namespace {

/// As many rows as one query answers with at most: there may be more.
constexpr std::size_t most_candidates = 200;

const std::string& column_of(const db::AccountRow& account, db::AccountKey key) {
    if (key == db::AccountKey::email) return account.email;
    return key == db::AccountKey::login ? account.login : account.id;
}

/// Whose text is compared as it is: a number has many forms, and so has a key.
bool is_plain(const Identity& identity) {
    const bool by_text = identity.key == db::AccountKey::email || identity.key == db::AccountKey::login;
    return by_text && identity.with_blanks.empty();
}

/// The one account that has the text byte for byte; null where there is none, or more than one.
const db::AccountRow* only_exact(const std::vector<db::AccountRow>& rows, const Identity& identity) {
    const db::AccountRow* found = nullptr;
    for (const auto& row : rows) {
        if (column_of(row, identity.key) != identity.text) continue;
        if (row.id.empty() || (found && found->id != row.id)) return nullptr;
        found = &row;
    }
    return found;
}

/// One byte-exact row decides whatever else there is, so it may come out of a query for many.
void take_exact(db::Accounts& accounts, db::AccountKey key, const std::vector<Lookup*>& lookups) {
    if (lookups.empty() || !accounts.has(key)) return;
    std::vector<std::string> spellings;
    for (const auto* lookup : lookups) spellings.push_back(lookup->identity.text);
    const auto rows = accounts.candidates(key, spellings);
    if (rows.size() >= most_candidates) return;
    for (auto* lookup : lookups) {
        const auto* row = only_exact(rows, lookup->identity);
        if (!row) continue;
        lookup->account = *row;
    }
}

/// The same of keys, whose rows come complete.
void take_keys(db::Accounts& accounts, std::vector<Lookup>& lookups) {
    std::vector<Lookup*> those;
    std::vector<std::string> keys;
    for (auto& lookup : lookups) {
        if (lookup.identity.key != db::AccountKey::id || !lookup.identity.with_blanks.empty()) continue;
        those.push_back(&lookup);
        keys.push_back(lookup.identity.text);
    }
    if (keys.empty()) return;
    const auto rows = accounts.by_ids(keys);
    for (auto* lookup : those) {
        if (const auto* row = only_account(rows, lookup->identity.text)) lookup->account = *row;
    }
}

void complete(db::Accounts& accounts, const std::vector<Lookup*>& lookups) {
    std::vector<db::AccountRow> rows;
    for (const auto* lookup : lookups) {
        if (lookup->account) rows.push_back(*lookup->account);
    }
    if (rows.empty()) return;
    accounts.complete(rows);
    auto next = rows.begin();
    for (auto* lookup : lookups) {
        if (lookup->account) lookup->account = std::move(*next++);
    }
}

/// The way of a single request, for all that is left.
void find_alone(db::Accounts& accounts, Lookup& lookup) {
    try {
        lookup.account = find_account(accounts, lookup.identity);
    } catch (const Error& error) {
        if (!is_about_one(error)) throw;
        lookup.no = error;
    }
}

void require_single(db::Accounts& accounts, Lookup& lookup) {
    try {
        accounts.require_single(lookup.account->id);
    } catch (const Error& error) {
        if (!is_about_one(error)) throw;
        lookup.no = error;
        lookup.account.reset();
    }
}

}  // namespace

bool is_about_one(const Error& error) {
    return error.exit == Exit::no_user || error.exit == Exit::bad_data || error.exit == Exit::forbidden ||
           error.exit == Exit::failed || error.exit == Exit::limited;
}

void find_all(db::Accounts& accounts, std::vector<Lookup>& lookups) {
    accounts.require_key();
    std::map<db::AccountKey, std::vector<Lookup*>> plain;
    std::vector<Lookup*> together;
    for (auto& lookup : lookups) {
        if (!is_plain(lookup.identity)) continue;
        plain[lookup.identity.key].push_back(&lookup);
        together.push_back(&lookup);
    }
    for (auto& [key, those] : plain) take_exact(accounts, key, those);
    complete(accounts, together);
    take_keys(accounts, lookups);
    for (auto& lookup : lookups) {
        if (lookup.account)
            require_single(accounts, lookup);
        else
            find_alone(accounts, lookup);
    }
}

}  // namespace pwreset
