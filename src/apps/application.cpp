#include "src/apps/application.h"

#include <string.h>

#include <algorithm>

#include "db/app/passwords.h"
#include "src/apps/proving.h"
#include "src/apps/schemes/django.h"
#include "src/apps/schemes/scheme.h"
#include "src/apps/users_table.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

using namespace std::chrono_literals;

Value text_value(std::string_view text) { return {ValueType::text, Secret(text), 0}; }

Value copy_of(const Value& value) { return {value.type, value.content.duplicate(), value.number}; }

std::string text_of(const Value& value) {
    return value.type == ValueType::number ? std::to_string(value.number) : std::string(value.content.reveal());
}

Error unreadable(const std::string& fault, const std::string& hint) { return forbidden(fault, hint); }

db::ResetNames::Mode mode_of(StoreMode mode) {
    if (mode == StoreMode::insert) return db::ResetNames::Mode::insert;
    if (mode == StoreMode::delete_insert) return db::ResetNames::Mode::delete_insert;
    if (mode == StoreMode::upsert) return db::ResetNames::Mode::upsert;
    return db::ResetNames::Mode::columns;
}

db::ResetNames names_of(const ResetStore& store, const Env& env) {
    db::ResetNames names;
    names.mode = mode_of(store.mode);
    names.table = store.table;
    for (const auto& column : store.find) names.find.push_back(column.name);
    names.where = store.where;
    names.prefix = store.prefix;
    for (const auto& column : store.set) names.set.push_back(column.name);
    for (const auto& column : store.empty) {
        if (column.value.is_null())
            names.empty.emplace_back(column.name, db::ResetCell{});
        else
            names.empty.emplace_back(column.name, db::ResetCell{.form = db::ResetCell::Form::text,
                                                                .text = text_of(column.value.evaluate({}, env))});
    }
    return names;
}

/// A secret as its file or row holds it, made what the application works with.
Secret decoded(std::string_view held, const std::string& form, const std::string& subject) {
    constexpr std::string_view prefix = "base64:";
    while (held.ends_with('\n') || held.ends_with('\r')) held.remove_suffix(1);
    if (form == "raw" || (form == "base64-prefixed" && !held.starts_with(prefix))) return Secret(held);
    if (form == "base64-prefixed") held.remove_prefix(prefix.size());
    auto bytes = form == "hex" ? unhex(held) : unbase64(held);
    if (!bytes) throw config_error(subject + " is not written as " + form, "look at its file, and at 'decode'");
    Secret secret{std::string_view(*bytes)};
    ::explicit_bzero(bytes->data(), bytes->size());
    return secret;
}

bool is_stored(StoreMode mode) { return mode != StoreMode::ledger && mode != StoreMode::none; }

}  // namespace

Application::Application(const Env& env, const Config& config, const Profile& profile, db::Session& session,
                         db::Accounts& accounts)
    : env_(env), config_(config), profile_(profile), session_(session), accounts_(accounts), clocks_(profile) {
    if (is_stored(profile.store.mode)) store_.emplace(session, names_of(profile.store, env), users_table(config.users));
}

// --- what expressions name -------------------------------------------------------------------------------------------

void Application::read_secrets() {
    if (secrets_read_) return;
    for (const auto& secret : profile_.secrets) {
        Secret held = secret_of(secret);
        const ValueType type = secret.decode == "raw" ? ValueType::text : ValueType::bytes;
        secrets_["secret." + secret.name] = {type, std::move(held), 0};
    }
    secrets_read_ = true;
}

Secret Application::secret_of(const ProfileSecret& secret) {
    const std::string subject = "the secret '" + secret.name + "' of [secrets]";
    if (secret.table.empty()) {
        if (secret.file.empty())
            throw config_error(subject + " is not there",
                               "write " + secret.name + " = { file = \"…\" } into [secrets]");
        return decoded(secret.file.reveal(), secret.decode, subject);
    }
    auto held = db::setting(session_, secret.table, secret.column, secret.where);
    if (!held || held->empty())
        throw config_error(subject + " is not in table '" + secret.table + "'", "check its column and 'where'");
    return decoded(*held, secret.decode, subject);
}

std::string Application::digest_of_secrets(const Secret& key) {
    read_secrets();
    // Of each a digest first, so that no copy of one is left behind.
    std::string all = "pwreset-secrets-1;";
    for (const auto& [name, value] : secrets_) all += name + ":" + hmac_sha256(key, value.content.reveal()) + ";";
    return hmac_sha256(key, all);
}

Values Application::values_of(const db::AccountRow& account, const db::ReadCells& cells) {
    read_secrets();
    Values names;
    for (const auto& [name, value] : secrets_) names[name] = copy_of(value);
    names["key"] = text_value(account.id);
    names["email"] = text_value(account.email);
    names["login"] = text_value(account.login);
    names["password"] = text_value(account.password.value_or(""));
    for (std::size_t i = 0; i < profile_.reads.size() && i < cells.size(); ++i)
        names[profile_.reads[i].name] = clocks_.read(profile_.reads[i], cells[i]);
    if (cells.size() > profile_.reads.size())
        names[std::string(addresses_name)] = text_value(cells.back().value_or(""));
    return names;
}

std::map<std::string, db::ReadCells> Application::read(const std::vector<std::string>& accounts) {
    std::map<std::string, db::ReadCells> found;
    if (!profile_.reads.empty()) {
        std::vector<std::string> columns;
        for (const auto& column : profile_.reads) columns.push_back(column.column);
        found = db::read_columns(session_, accounts_.names(), accounts_.key_form(), columns, accounts);
    }
    const auto& addresses = profile_.scheme_keys.addresses;
    if (!addresses.table.empty()) {
        const db::RowsOfAccounts rows{addresses.table, addresses.user, addresses.column, addresses.where};
        for (auto& [account, values] : db::read_rows(session_, rows, accounts_.key_form(), accounts)) {
            std::string lines;
            for (const auto& value : values) lines += value + "\n";
            found[account].resize(profile_.reads.size());
            found[account].emplace_back(std::move(lines));
        }
    }
    return found;
}

std::string Application::other_digest(std::string_view token) {
    if (profile_.scheme == Scheme::none || profile_.scheme == Scheme::jwt_hs256) return {};
    if (!clock_of_django_token(token)) return {};
    read_secrets();
    const auto key = digest_of_django_key(secrets_.at(profile_.scheme_keys.key).content);
    const bool by_sha1 = bits_of_scheme_token(profile_, token) < std::size_t{least_link_bits};
    if (!key || (*key == DjangoDigest::sha1) == by_sha1) return {};
    return by_sha1 ? "SHA-1" : "SHA-256";
}

// --- minting ---------------------------------------------------------------------------------------------------------

/// What the application's clock is to show, so that a token ends when it should and never later.
Application::Moments Application::moments(Time now, Seconds lifetime, const Values& known) const {
    const Time start = std::chrono::floor<std::chrono::seconds>(now);
    const Seconds life = std::min(lifetime, longest_life);
    if (profile_.native()) return {now, now + life};
    if (profile_.uses("expires") || !profile_.application_lifetime) return {start, clocks_.representable(start + life)};
    const Seconds allowed = *profile_.application_lifetime;
    Time issued = clocks_.representable(start + std::min(life, allowed) - allowed);
    if (!profile_.not_before.empty()) {
        const auto floor = known.find(profile_.not_before);
        if (floor != known.end()) issued = std::max(issued, clocks_.moment_of(floor->second));
    }
    if (issued > start && profile_.future_refused) {
        throw unreadable("the application's own clock is ahead, so that it would refuse the link",
                         "compare the clocks of the application's hosts and of the database");
    }
    return {issued, issued + allowed};
}

MintedLink Application::mint(const db::AccountRow& account, const db::ReadCells& cells, Time now, Seconds lifetime) {
    if (profile_.ascii_address &&
        std::any_of(account.email.begin(), account.email.end(), [](char c) { return (c & 0x80) != 0; })) {
        throw unreadable("the application cannot read a link for an address with letters beyond ASCII",
                         "send a temporary password, or change the address in the application first");
    }
    Values names = values_of(account, cells);
    const Moments at = moments(now, lifetime, names);
    const Time ends_at = now + std::min(lifetime, longest_life);
    names["issued"] = Clocks::value_of(at.issued);
    names["expires"] = Clocks::value_of(at.expires);
    for (const auto& part : profile_.parts) names[part.name] = part.value.evaluate(names, env_);
    if (profile_.token.given()) names["token"] = profile_.token.evaluate(names, env_);
    MintedLink minted{.mailed = {}, .places = {}, .row = {}, .app_ref = {}, .expires = at.expires};
    if (profile_.scheme != Scheme::none) {
        SchemeToken made = make_scheme_token(env_, profile_, names, clocks_.zone());
        minted.mailed = std::move(made.token);
        minted.expires = made.expires;
        prove_scheme(minted, names, now);
    } else {
        Value mailed = profile_.mailed.given() ? profile_.mailed.evaluate(names, env_) : copy_of(names.at("token"));
        minted.mailed = std::move(mailed.content);
    }
    for (const auto& place : profile_.places)
        minted.places.emplace_back(place.name, text_of(place.value.evaluate(names, env_)));
    if (profile_.store.mode == StoreMode::none && profile_.scheme == Scheme::none)
        prove_mailed(profile_, minted, values_of(account, cells), now);
    if (store_) store_minted(account, names, ends_at, minted);
    return minted;
}

/// What the application's tables are to hold, read as the application would read it.
void Application::store_minted(const db::AccountRow& account, const Values& names, Time ends_at, MintedLink& minted) {
    minted.row = row_of(names, account);
    if (profile_.store.of_codes)
        minted.app_ref = digest_of_times(account.id, names);
    else if (const auto column = proof_column())
        minted.app_ref = sha256(minted.row->set.at(*column).text);
    const bool endless = !profile_.uses("expires") && !profile_.application_lifetime;
    minted.swept = minted.app_ref && (minted.expires > ends_at || endless);
    minted.expires = std::min(minted.expires, ends_at);
    prove(minted, names);
}

MintedLink Application::mint_code(const db::AccountRow& account, const db::ReadCells& cells, const Secret& code,
                                  Time now, Seconds lifetime) {
    Values names = values_of(account, cells);
    const Moments at = moments(now, lifetime, names);
    names["issued"] = Clocks::value_of(at.issued);
    names["expires"] = Clocks::value_of(at.expires);
    names["code"] = {ValueType::text, code.duplicate(), 0};
    for (const auto& part : profile_.parts) names[part.name] = part.value.evaluate(names, env_);
    MintedLink minted{.mailed = {}, .places = {}, .row = {}, .app_ref = {}, .expires = at.expires};
    store_minted(account, names, now + std::min(lifetime, longest_life), minted);
    return minted;
}

db::ResetCell Application::cell_of(const Expression& value, const Values& names, const db::AccountRow& account) const {
    using CellForm = db::ResetCell::Form;
    if (value.is_null()) return {};
    const Value found = value.evaluate(names, env_);
    if (found.type == ValueType::time) return clocks_.cell_of(clocks_.moment_of(found));
    if (found.type == ValueType::bytes) return {.form = CellForm::bytes, .text = text_of(found)};
    std::string text = text_of(found);
    const CellForm form = text == account.id ? CellForm::key : CellForm::text;
    return {.form = form, .text = std::move(text)};
}

db::ResetRow Application::row_of(const Values& names, const db::AccountRow& account) const {
    db::ResetRow row{.account = account.id, .find = {}, .set = {}};
    for (const auto& column : profile_.store.find) {
        row.find.push_back(cell_of(column.value, names, account));
        if (row.find.back().text.empty()) {
            throw unreadable("the account has nothing by which the application would find its token",
                             "its column '" + column.name + "' of '" + profile_.store.table + "' would be empty");
        }
    }
    for (const auto& column : profile_.store.set) row.set.push_back(cell_of(column.value, names, account));
    return row;
}

/// The column of `set` that holds the token, in whatever form: not one that holds a draw of the row's own, such as its
/// id.
std::optional<std::size_t> Application::proof_column() const {
    const auto& set = profile_.store.set;
    const auto found =
        std::find_if(set.begin(), set.end(), [&](const auto& column) { return depends_on_token(column.value); });
    return found == set.end() ? std::nullopt : std::optional<std::size_t>(found - set.begin());
}

void Application::write(const std::vector<MintedLink>& minted) {
    if (!store_) return;
    std::vector<db::ResetRow> rows;
    for (const auto& one : minted) {
        if (one.row) rows.push_back(*one.row);
    }
    store_->put(rows);
    if (!profile_.must_change) return;
    for (const auto& row : rows) db::demand_new_password(session_, password_names(config_), row.account);
}

// --- what is there ---------------------------------------------------------------------------------------------------

db::ResetRow Application::whose(const db::AccountRow& account) {
    db::ResetRow row{.account = account.id, .find = {}, .set = {}};
    const Values names = values_of(account, {});
    for (const auto& column : profile_.store.find) row.find.push_back(cell_of(column.value, names, account));
    return row;
}

bool Application::can_revoke() const {
    return profile_.native() || profile_.store.revocation != Revocation::impossible;
}

std::int64_t Application::revoke(const db::AccountRow& account, const std::vector<std::string>& app_refs) {
    if (profile_.native() || !can_revoke()) return 0;
    if (profile_.store.revocation == Revocation::bump) return bump(account);
    const auto column = proof_column();
    if (!store_ || !column) return 0;
    const db::ResetRow row = whose(account);
    std::int64_t removed = 0;
    for (const auto& cells : store_->held(row, most_held, true)) {
        const auto& held = cells.at(*column);
        if (!held ||
            std::find(app_refs.begin(), app_refs.end(), digest_of_row(account, cells, *column)) == app_refs.end())
            continue;
        removed += store_->remove(row, profile_.store.set[*column].name, *held,
                                  profile_.store.revocation == Revocation::remove);
    }
    if (removed > 0) drop_caches(account);
    return removed;
}

std::int64_t Application::bump(const db::AccountRow& account) {
    const auto moved = db::bump_time(session_, accounts_.names(), accounts_.key_form(), profile_.store.bump_column,
                                     profile_.store.bump_by, account.id);
    drop_caches(account);
    return moved;
}

void Application::drop_caches(const db::AccountRow& account) {
    if (profile_.store.caches.empty()) return;
    const Values names = values_of(account, {});
    for (const auto& cache : profile_.store.caches) {
        std::vector<std::pair<std::string, std::string>> find;
        for (const auto& column : cache.find)
            find.emplace_back(column.name, text_of(column.value.evaluate(names, env_)));
        db::drop_cached(session_, cache.table, find);
    }
}

/// A code is so short that a digest of it would tell it: our ledger knows its row by the account and the times.
std::string Application::digest_of_times(const std::string& account, const Values& known) const {
    std::string text = account;
    for (const char* name : {"issued", "expires"}) {
        const auto found = known.find(name);
        const auto& set = profile_.store.set;
        const bool told = std::any_of(set.begin(), set.end(), [&](const auto& one) { return one.value.names(name); });
        if (!told || found == known.end()) continue;
        const auto seconds = std::chrono::floor<std::chrono::seconds>(Clocks::moment_of(found->second));
        text += "\n" + std::to_string(seconds.time_since_epoch().count());
    }
    return sha256(text);
}

/// What our ledger has of a row, whose column holds something.
std::string Application::digest_of_row(const db::AccountRow& account, const db::ReadCells& row, std::size_t column) {
    if (!profile_.store.of_codes)
        return sha256(cell_text(profile_.store.set[column].name, row.at(column).value_or("")));
    Values known;
    learn_clock(row, known);
    return digest_of_times(account.id, known);
}

}  // namespace pwreset
