// What must hold of a whole profile: no single key shows it. The sections of SPEC §8 are the reasons.
#include <algorithm>

#include "src/apps/profile_reader.h"
#include "src/base/ascii.h"
#include "src/config/users_columns.h"

namespace pwreset {

namespace {

bool same_name(std::string_view a, std::string_view b) { return ascii_lower(a) == ascii_lower(b); }

bool names_account(const Expression& value) {
    return value.names("key") || value.names("email") || value.names("login");
}

/// Holds one profile against the rules, each fault at the place where it stands.
class Rules {
public:
    Rules(const ConfigText& text, const Config& config, const Profile& profile)
        : section_(text, "reset"), store_(text, "reset.store"), config_(config), profile_(profile) {}

    void hold() const {
        what_is_read();
        what_is_mailed();
        if (profile_.store.of_codes) what_codes_are();
        if (!profile_.has_links() && !profile_.store.of_codes) return;
        if (profile_.has_links()) what_is_drawn();
        what_is_written();
        what_clocks_mean();
        how_it_is_revoked();
        what_is_weak();
    }

private:
    void what_is_read() const;
    void what_is_mailed() const;
    void what_codes_are() const;
    void what_is_drawn() const;
    void what_is_written() const;
    void caches() const;
    void columns() const;
    void rows() const;
    void what_clocks_mean() const;
    void how_it_is_revoked() const;
    void what_is_weak() const;
    void written(const NamedExpression& column, std::string_view key) const;
    void not_ours(const std::string& table, std::string_view key) const;
    bool is_constant(const Expression& value) const;
    bool row_mode() const {
        return profile_.store.mode == StoreMode::insert || profile_.store.mode == StoreMode::delete_insert ||
               profile_.store.mode == StoreMode::upsert;
    }

    Section section_;
    Section store_;
    const Config& config_;
    const Profile& profile_;
};

/// Under another name a password hash would pass for a plain column.
void Rules::what_is_read() const {
    for (const auto& column : profile_.reads) {
        if (same_name(column.column, config_.users.password) || is_known_second_factor(column.column)) {
            section_.fail("reads", "'" + column.column + "' is a credential, and not to be read under another name",
                          "the hash of the password is 'password' in expressions");
        }
    }
    const auto is = [&](const auto& column) { return column.name == profile_.not_before; };
    if (!profile_.not_before.empty() && std::none_of(profile_.reads.begin(), profile_.reads.end(), is))
        section_.fail("not_before", "no name of 'reset.reads' in 'reset.not_before'", "say there which column it is");
}

void Rules::what_is_mailed() const {
    if (profile_.mailed.given() && profile_.mailed.credential()) {
        section_.fail("mailed", "a secret or a password hash would be mailed",
                      "what is mailed holds them only through a digest: hmac_sha256(secret.NAME, …)");
    }
    for (const auto& place : profile_.places) {
        if (!place.value.credential() && !place.value.drawn()) continue;
        section_.fail("places", "the place '" + place.name + "' holds a secret",
                      "only {token} is kept out of logs and answers: put it there");
    }
}

void Rules::what_codes_are() const {
    const auto& store = profile_.store;
    if (profile_.has_links())
        store_.fail("kind", "a table of codes beside links", "remove 'token', 'mailed' and 'scheme' of [reset]");
    if (!row_mode() && store.mode != StoreMode::columns)
        store_.fail("kind", "codes, and no place to store them", "write mode = \"delete-insert\", and which table");
    const auto names = [](const auto& column) { return column.value.names("code"); };
    if (std::none_of(store.set.begin(), store.set.end(), names))
        store_.fail("set", "no column of 'reset.store.set' holds the code", "write { otp = \"code\" }");
}

void Rules::what_is_drawn() const {
    if (profile_.scheme != Scheme::none) {
        if (profile_.token.given() || profile_.mailed.given())
            section_.fail("scheme", "'reset.scheme' beside 'reset.token' or 'reset.mailed'", "write one of them");
        if (profile_.store.mode != StoreMode::none)
            store_.fail("mode", "'reset.scheme' and a place to store what it makes",
                        "write mode = \"none\": it stores nothing");
        if (profile_.scheme == Scheme::jwt_hs256 && !profile_.uses("expires"))
            section_.fail("scheme", "no claim of 'reset.jwt.claims' says when the token ends",
                          "write { exp = \"unix(expires)\" }: without one it never ends");
        return;
    }
    if (profile_.store.mode == StoreMode::none) {
        if (!profile_.mailed.given())
            section_.fail("mailed", "missing 'reset.mailed'", "say what the link carries: nothing is stored");
        return;
    }
    if (!profile_.token.given()) section_.fail("token", "missing 'reset.token'", "write token = \"random(hex, 64)\"");
    double bits = profile_.token.bits();
    for (const auto& part : profile_.parts) {
        if (profile_.token.names(part.name)) bits += part.value.bits();
    }
    if (bits < least_link_bits) {
        section_.fail(
            "token",
            "only " + std::to_string(static_cast<int>(bits)) + " bits are drawn, capitals and small letters being one",
            "draw at least 112: random(hex, 28), random(alnum, 22)");
    }
}

/// Whether nothing in it differs from one token to the next.
bool Rules::is_constant(const Expression& value) const {
    if (value.drawn() || value.salted() || names_account(value)) return false;
    for (const char* name : {"token", "issued", "expires", "password"}) {
        if (value.names(name)) return false;
    }
    const auto names = [&](const auto& one) { return value.names(one.name); };
    return std::none_of(profile_.parts.begin(), profile_.parts.end(), names) &&
           std::none_of(profile_.reads.begin(), profile_.reads.end(), names);
}

/// SPEC §8.3: nothing that says who somebody is or what they may, and no constant but in a row of our own.
void Rules::written(const NamedExpression& column, std::string_view key) const {
    for (const auto& used : columns_of(config_.users)) {
        if (!same_name(used.name, column.name)) continue;
        store_.fail(
            key,
            "'" + column.name + "' is written, and it is the column that holds " + std::string(used.facts->purpose),
            "a profile writes what the application's own reset would, and nothing else of an account");
    }
    if (is_known_second_factor(column.name))
        store_.fail(key, "'" + column.name + "' is written, and it belongs to a second factor", "leave it out");
}

void Rules::columns() const {
    const auto& store = profile_.store;
    if (!store.table.empty())
        store_.fail("table", "'reset.store.table' beside mode = \"columns\"", "the columns are those of the users row");
    if (!store.find.empty())
        store_.fail("find", "'reset.store.find' beside mode = \"columns\"", "the row is the account's");
    for (const auto& column : store.set) {
        written(column, "set");
        if (is_constant(column.value))
            store_.fail("set", "a constant for the column '" + column.name + "'",
                        "only a row that is inserted may hold one; what stands for none goes into 'empty'");
    }
    for (const auto& column : store.empty) written(column, "empty");
}

void Rules::not_ours(const std::string& table, std::string_view key) const {
    if (bare_table(table).starts_with("pwreset_"))
        store_.fail(key, "'" + table + "' is a table of pwreset's own", "name one of the application's");
}

void Rules::rows() const {
    const auto& store = profile_.store;
    if (store.table.empty()) store_.fail("table", "missing 'reset.store.table'", "name the table of tokens");
    not_ours(store.table, "table");
    if (same_name(store.table, config_.users.table))
        store_.fail("table", "'reset.store.table' is the users table", "write mode = \"columns\"");
    if (keeps_rows(config_.users, store.table, store.where)) {
        store_.fail("table", "accounts are read from '" + store.table + "'",
                    "say in 'where' by which constant its rows of tokens are others than those of [users]");
    }
    const auto finds = [](const auto& column) { return names_account(column.value) && !column.value.drawn(); };
    if (store.find.empty() || !std::all_of(store.find.begin(), store.find.end(), finds)) {
        store_.fail("find", "no 'reset.store.find' that names the account",
                    "write find = { user_id = \"key\" }: rows are never written or deleted without it");
    }
    for (const auto& [column, text] : store.prefix) {
        const auto is = [&, name = column](const auto& one) { return same_name(one.name, name); };
        if (std::none_of(store.set.begin(), store.set.end(), is))
            store_.fail("prefix", "the column '" + column + "' of 'prefix' is not in 'set'", "say what it holds");
    }
}

/// Rows are deleted there: those of the account, and of no table that says who somebody is.
void Rules::caches() const {
    for (const auto& cache : profile_.store.caches) {
        const auto names = [](const auto& column) { return names_account(column.value); };
        if (std::none_of(cache.find.begin(), cache.find.end(), names))
            store_.fail("caches", "rows of '" + cache.table + "' would be deleted without naming the account",
                        "write find = { cid = \"'values:user:' + key\" }");
        not_ours(cache.table, "caches");
        if (keeps_rows(config_.users, cache.table, {}))
            store_.fail("caches", "accounts are read from '" + cache.table + "'", "no row of it is deleted");
    }
}

void Rules::what_is_written() const {
    const auto& store = profile_.store;
    for (const auto& column : store.set) {
        if (column.value.credential())
            store_.fail("set", "a secret or a password hash would be written into '" + column.name + "'",
                        "what is stored holds them only through a digest");
    }
    const bool stored = store.mode == StoreMode::columns || row_mode();
    if (!stored && (!store.set.empty() || !store.find.empty() || !store.table.empty()))
        store_.fail("mode", "columns beside mode = \"" + std::string(word_of(store.mode)) + "\"",
                    "nothing is written there");
    if (stored && store.set.empty()) store_.fail("set", "missing 'reset.store.set'", "say what the columns hold");
    if (store.mode == StoreMode::columns) columns();
    if (row_mode()) rows();
    caches();
    if (store.purge && !row_mode())
        store_.fail("purge", "'reset.store.purge' without a table of tokens", "remove it: no row is one");
}

void Rules::what_clocks_mean() const {
    if (profile_.native()) return;
    if (profile_.uses("expires")) return;
    const bool issued = profile_.uses("issued") || profile_.scheme != Scheme::none;
    const bool endless = section_.given("application_lifetime") && !profile_.application_lifetime;
    if (issued && !profile_.application_lifetime) {
        section_.fail("application_lifetime", "missing 'reset.application_lifetime'",
                      "say how long the application takes a token after it was issued");
    }
    if (!issued && !endless) {
        section_.fail("application_lifetime", "the application has no clock for its tokens",
                      "write application_lifetime = \"none\": pwreset then ends them itself");
    }
    if (endless && profile_.store.revocation == Revocation::impossible)
        store_.fail("revoke", "a token without an end that cannot be taken back", "say how: revoke = \"empty\"");
}

void Rules::how_it_is_revoked() const {
    const auto& store = profile_.store;
    if (profile_.native()) return;
    if (store.revocation == Revocation::remove && !row_mode())
        store_.fail("revoke", "'delete' without a table of tokens", "write revoke = \"empty\"");
    if (store.revocation == Revocation::empty && (store.empty.empty() || store.mode == StoreMode::none))
        store_.fail("revoke", "'empty' without 'reset.store.empty'",
                    "say what stands for none: empty = { token = \"null\" }");
    if ((store.revocation == Revocation::bump) == store.bump_column.empty())
        store_.fail("bump", "'reset.store.bump' goes with revoke = \"bump\"",
                    "write bump = { column = \"last_login\" }");
    for (const auto& column : columns_of(config_.users)) {
        // By when somebody signed in nothing is decided but who is chosen among many.
        if (column.facts->use == ColumnUse::selected) continue;
        if (!store.bump_column.empty() && same_name(column.name, store.bump_column))
            store_.fail("bump",
                        "'" + store.bump_column + "' is the column that holds " + std::string(column.facts->purpose),
                        "only a time that nothing else decides by can be moved");
    }
}

void Rules::what_is_weak() const {
    if (profile_.burnt_by_get && !profile_.accept_burn) {
        section_.fail("burn", "the application uses a link up when it is opened, also by a mail scanner",
                      "write accept_burn = true into [reset] if that is to be so all the same");
    }
    const bool demandable = !config_.temporary_password.must_change.empty();
    if (profile_.must_change && (!demandable || !profile_.signs_in)) {
        section_.fail("must_change",
                      "'reset.must_change' goes with 'signs_in' and 'must_change' of [temporary_password]",
                      "say there by which column the application demands a new password");
    }
    if (profile_.signs_in && !profile_.must_change && !config_.users.password.empty()) {
        section_.fail("signs_in", "the application's link signs in, and nothing asks for a new password then",
                      "write must_change = true, and in [temporary_password] by which column it is demanded");
    }
    if (profile_.signs_in && !profile_.accept_sign_in) {
        section_.fail("signs_in", "the application's link signs in instead of asking for a new password",
                      "write accept_sign_in = true into [reset] if that is to be so all the same");
    }
}

}  // namespace

void check_profile(const ConfigText& text, const Config& config, const Profile& profile) {
    Rules(text, config, profile).hold();
}

}  // namespace pwreset
