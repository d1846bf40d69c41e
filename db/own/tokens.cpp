#include "db/own/tokens.h"

#include "db/binary.h"
#include "db/bulk.h"
#include "db/value_list.h"
#include "db/words.h"
#include "src/base/encoding.h"

namespace pwreset::db {

namespace {

std::optional<std::string> bytes_of(const Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : unhex(row.text(column));
}

/// What ending a token writes besides its state: the code's MAC has no more use, a link's digest stays for `inspect`. A
/// temporary password that was stored works until its hash has gone from the users table too.
constexpr const char* end_token =
    "live = NULL, code_mac = NULL, erase_at = CASE WHEN kind = 'temporary_password' THEN erase_at ELSE NULL END";

std::string live_condition(const std::optional<std::string>& account, const std::optional<std::int64_t>& delivery_id,
                           Params& params) {
    std::string sql = "app = :app AND live = 1 AND expires_at > UTC_TIMESTAMP(6)";
    if (account) {
        sql += " AND account = :account";
        params.emplace_back("account", *account);
    }
    if (delivery_id) {
        sql += " AND delivery_id = :delivery";
        params.emplace_back("delivery", *delivery_id);
    }
    return sql;
}

}  // namespace

void insert_tokens(Session& session, const std::string& app, const std::vector<NewToken>& tokens) {
    std::vector<std::vector<Value>> rows;
    for (const auto& token : tokens) {
        const Value erase_at = token.code_mac ? Value(token.expires_at) : Value(std::nullopt);
        rows.push_back({app, token.account, word_of(token.kind), word_of(token.channel), token.delivery_id,
                        token.attempt, hexed(token.verifier), hexed(token.code_mac), token.key_id, hexed(token.pw_mark),
                        token.issued_at, token.expires_at, erase_at, token.notice ? Value(0) : Value(std::nullopt)});
    }
    bulk_insert(session,
                "INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, verifier, code_mac, "
                "key_id, pw_mark, issued_at, expires_at, erase_at, notice, state, live) VALUES",
                "(?, ?, ?, ?, ?, ?, UNHEX(?), UNHEX(?), ?, UNHEX(?), ?, ?, ?, ?, 'live', 1)", rows);
}

void supersede_live(Session& session, const std::string& app, const std::string& account, Kind kind) {
    session.run("UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
                    ", voided_at = UTC_TIMESTAMP(6), "
                    "void_reason = CASE WHEN expires_at <= UTC_TIMESTAMP(6) THEN 'expired' ELSE 'superseded' END "
                    "WHERE app = :app AND account = :account AND kind = :kind AND live = 1",
                {{"app", app}, {"account", account}, {"kind", word_of(kind)}});
}

bool void_token_of(Session& session, std::int64_t delivery_id, int attempt, const std::string& reason) {
    return session.run("UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
                           ", voided_at = UTC_TIMESTAMP(6), void_reason = :reason "
                           "WHERE delivery_id = :delivery AND attempt = :attempt AND live = 1",
                       {{"reason", reason}, {"delivery", delivery_id}, {"attempt", attempt}}) > 0;
}

std::int64_t void_live(Session& session, const std::string& app, const std::optional<std::string>& account,
                       const std::optional<std::int64_t>& delivery_id, const std::string& reason) {
    Params params{{"app", app}, {"reason", reason}};
    const std::string condition = live_condition(account, delivery_id, params);
    return session.run("UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
                           ", voided_at = UTC_TIMESTAMP(6), void_reason = :reason WHERE " + condition,
                       params);
}

std::int64_t void_live_between(Session& session, const std::string& app, const IdRange& deliveries,
                               const std::string& reason) {
    Params params{{"app", app}, {"reason", reason}, {"after", deliveries.after}, {"to", deliveries.to}};
    const std::string condition = live_condition({}, {}, params);
    return session.run("UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
                           ", voided_at = UTC_TIMESTAMP(6), void_reason = :reason WHERE " + condition +
                           " AND delivery_id > :after AND delivery_id <= :to",
                       params);
}

std::int64_t count_live(Session& session, const std::string& app, const std::optional<std::string>& account,
                        const std::optional<std::int64_t>& delivery_id) {
    Params params{{"app", app}};
    const std::string condition = live_condition(account, delivery_id, params);
    return session.row("SELECT COUNT(*) FROM pwreset_tokens WHERE " + condition, 1, params)->integer(0);
}

std::optional<LiveCode> live_code(Session& session, const std::string& app, const std::string& account, Kind kind) {
    const auto row = session.row(
        "SELECT id, delivery_id, attempt, HEX(code_mac), key_id, attempts, expires_at FROM pwreset_tokens "
        "WHERE app = :app AND account = :account AND kind = :kind AND live = 1 AND expires_at > UTC_TIMESTAMP(6) "
        "AND code_mac IS NOT NULL",
        7, {{"app", app}, {"account", account}, {"kind", word_of(kind)}});
    if (!row) return {};
    return LiveCode{.id = row->integer(0),
                    .delivery_id = row->integer(1),
                    .attempt = static_cast<int>(row->integer(2)),
                    .code_mac = bytes_of(*row, 3).value_or(""),
                    .key_id = row->text(4),
                    .attempts = static_cast<int>(row->integer(5)),
                    .expires_at = row->time(6)};
}

bool count_try(Session& session, std::int64_t id, int most) {
    return session.run(
               "UPDATE pwreset_tokens SET attempts = attempts + 1 "
               "WHERE id = :id AND live = 1 AND attempts < :most AND expires_at > UTC_TIMESTAMP(6)",
               {{"id", id}, {"most", most}}) == 1;
}

bool consume(Session& session, std::int64_t id) {
    return session.run("UPDATE pwreset_tokens SET state = 'used', used_at = UTC_TIMESTAMP(6), " +
                           std::string(end_token) + " WHERE id = :id AND live = 1 AND expires_at > UTC_TIMESTAMP(6)",
                       {{"id", id}}) == 1;
}

void void_exhausted(Session& session, std::int64_t id, int most) {
    session.run("UPDATE pwreset_tokens SET state = 'void', voided_at = UTC_TIMESTAMP(6), void_reason = 'guessed', " +
                    std::string(end_token) + " WHERE id = :id AND live = 1 AND attempts >= :most",
                {{"id", id}, {"most", most}});
}

std::optional<Minted> last_token_of(Session& session, std::int64_t delivery_id) {
    const auto row = session.row(
        "SELECT id, state, HEX(pw_mark), expires_at FROM pwreset_tokens WHERE delivery_id = :delivery "
        "ORDER BY attempt DESC LIMIT 1",
        4, {{"delivery", delivery_id}});
    if (!row) return {};
    return Minted{.id = row->integer(0),
                  .state = word_at(*row, 1, token_state_words),
                  .pw_mark = bytes_of(*row, 2),
                  .expires_at = row->time(3)};
}

bool password_stored(Session& session, std::int64_t delivery_id, int attempt, const std::string& pw_mark) {
    return session.run(
               "UPDATE pwreset_tokens SET pw_mark = UNHEX(:mark), erase_at = expires_at "
               "WHERE delivery_id = :delivery AND attempt = :attempt AND live = 1 AND kind = 'temporary_password'",
               {{"mark", hex(pw_mark)}, {"delivery", delivery_id}, {"attempt", attempt}}) == 1;
}

void abandon_password(Session& session, std::int64_t delivery_id, int attempt, const std::string& reason) {
    session.run(
        "UPDATE pwreset_tokens SET voided_at = CASE WHEN live = 1 THEN UTC_TIMESTAMP(6) ELSE voided_at END, "
        "void_reason = CASE WHEN live = 1 THEN :reason ELSE void_reason END, "
        "state = 'void', live = NULL, erase_at = NULL WHERE delivery_id = :delivery AND attempt = :attempt",
        {{"reason", reason}, {"delivery", delivery_id}, {"attempt", attempt}});
}

namespace {

constexpr const char* select_stored =
    "SELECT id, delivery_id, account, HEX(pw_mark) FROM pwreset_tokens WHERE kind = 'temporary_password' ";

std::vector<StoredPassword> stored_where(Session& session, const std::string& condition, const Params& params) {
    std::vector<StoredPassword> out;
    for (const Row& row : session.rows(select_stored + condition, 4, params)) {
        out.push_back({row.integer(0), row.integer(1), row.text(2), bytes_of(row, 3).value_or("")});
    }
    return out;
}

}  // namespace

std::vector<StoredPassword> stored_passwords(Session& session, const std::string& app,
                                             const std::optional<std::string>& account,
                                             const std::optional<std::int64_t>& delivery_id) {
    Params params{{"app", app}};
    std::string condition = "AND app = :app AND erase_at IS NOT NULL";
    if (account) {
        condition += " AND account = :account";
        params.emplace_back("account", *account);
    }
    if (delivery_id) {
        condition += " AND delivery_id = :delivery";
        params.emplace_back("delivery", *delivery_id);
    }
    return stored_where(session, condition + " ORDER BY id", params);
}

std::vector<StoredPassword> stored_passwords_between(Session& session, const std::string& app,
                                                     const IdRange& deliveries) {
    return stored_where(session,
                        "AND app = :app AND erase_at IS NOT NULL AND delivery_id > :after AND delivery_id <= :to "
                        "ORDER BY id",
                        {{"app", app}, {"after", deliveries.after}, {"to", deliveries.to}});
}

std::vector<StoredPassword> expired_passwords(Session& session, const std::string& app, int most) {
    return stored_where(session, "AND erase_at <= UTC_TIMESTAMP(6) AND app = :app ORDER BY erase_at, id LIMIT :most",
                        {{"app", app}, {"most", most}});
}

bool claim_stored_password(Session& session, std::int64_t id) {
    return session
        .row(std::string("SELECT 1 FROM pwreset_tokens WHERE id = :id AND erase_at IS NOT NULL") + session.for_update(),
             1, {{"id", id}})
        .has_value();
}

void end_stored_password(Session& session, std::int64_t id, const std::string& void_reason) {
    session.run(
        "UPDATE pwreset_tokens SET "
        "voided_at = CASE WHEN live = 1 THEN UTC_TIMESTAMP(6) ELSE voided_at END, "
        "void_reason = CASE WHEN live = 1 THEN :reason ELSE void_reason END, "
        "state = CASE WHEN live = 1 THEN 'void' ELSE state END, live = NULL, erase_at = NULL WHERE id = :id",
        {{"reason", void_reason}, {"id", id}});
}

void use_stored_password(Session& session, std::int64_t id) {
    session.run(
        "UPDATE pwreset_tokens SET used_at = CASE WHEN live = 1 THEN UTC_TIMESTAMP(6) ELSE used_at END, "
        "state = CASE WHEN live = 1 THEN 'used' ELSE state END, live = NULL, erase_at = NULL WHERE id = :id",
        {{"id", id}});
}

namespace {

/// One optional condition of the listing: the SQL when the filter has a value.
void narrow(std::string& sql, Params& params, const char* name, const char* condition,
            const std::optional<std::string>& value) {
    if (!value) return;
    sql += condition;
    params.emplace_back(name, *value);
}

std::string state_condition(TokenState state) {
    switch (state) {
        case TokenState::live:
            return " AND t.state = 'live' AND t.expires_at > UTC_TIMESTAMP(6)";
        case TokenState::expired:
            return " AND ((t.state = 'live' AND t.expires_at <= UTC_TIMESTAMP(6)) OR t.void_reason = 'expired')";
        case TokenState::used:
            return " AND t.state = 'used'";
        case TokenState::ended:
            return " AND t.state = 'void' AND t.void_reason <> 'expired'";
    }
    return {};
}

/// The word of a filter's value.
template <typename Word>
std::optional<std::string> word_or_none(const std::optional<Word>& value) {
    if (!value) return {};
    return std::string(word_of(*value));
}

std::string filter_conditions(const TokenFilter& filter, Params& params) {
    std::string sql;
    for (std::size_t i = 0; i < filter.accounts.size(); ++i) {
        const std::string name = "account" + std::to_string(i);
        sql += (i ? ", :" : " AND t.account IN (:") + name;
        params.emplace_back(name, filter.accounts[i]);
    }
    if (!filter.accounts.empty()) sql += ")";
    if (filter.state) sql += state_condition(*filter.state);
    narrow(sql, params, "kind", " AND t.kind = :kind", word_or_none(filter.kind));
    narrow(sql, params, "channel", " AND t.channel = :channel", word_or_none(filter.channel));
    // By the jobs' index, not by walking all tokens.
    narrow(sql, params, "ticket",
           " AND t.delivery_id IN (SELECT td.id FROM pwreset_jobs tj JOIN pwreset_deliveries td ON td.job_id = tj.id "
           "WHERE tj.app = t.app AND tj.ticket = :ticket)",
           filter.ticket);
    narrow(sql, params, "operator", " AND j.operator = :operator", filter.operator_name);
    narrow(sql, params, "since", " AND t.issued_at >= :since",
           filter.since ? std::optional(db_text(*filter.since)) : std::nullopt);
    narrow(sql, params, "until", " AND t.issued_at < :until",
           filter.until ? std::optional(db_text(*filter.until)) : std::nullopt);
    return sql;
}

constexpr const char* select_token =
    "SELECT t.id, t.account, t.kind, t.channel, "
    "CASE WHEN t.void_reason = 'expired' OR (t.state = 'live' AND t.expires_at <= UTC_TIMESTAMP(6)) "
    "THEN 'expired' ELSE t.state END, "
    "t.issued_at, t.expires_at, t.used_at, t.voided_at, t.void_reason, t.attempts, t.delivery_id, "
    "d.state, j.operator, j.ticket, j.reason, HEX(t.verifier) "
    "FROM pwreset_tokens t LEFT JOIN pwreset_deliveries d ON d.id = t.delivery_id "
    "LEFT JOIN pwreset_jobs j ON j.id = d.job_id WHERE t.app = :app";
constexpr int token_columns = 17;

TokenRow token_row(const Row& row) {
    return {.id = row.integer(0),
            .account = row.text(1),
            .kind = stored_word(row.text(2), kind_words),
            .channel = stored_word(row.text(3), channel_words),
            .state = stored_word(row.text(4), token_state_words),
            .issued_at = row.time(5),
            .expires_at = row.time(6),
            .used_at = row.optional_time(7),
            .voided_at = row.optional_time(8),
            .void_reason = row.optional_text(9),
            .attempts = static_cast<int>(row.integer(10)),
            .delivery_id = row.integer(11),
            .delivery_state = row.optional_text(12),
            .operator_name = row.optional_text(13),
            .ticket = row.optional_text(14),
            .reason = row.optional_text(15)};
}

}  // namespace

std::vector<TokenRow> list_tokens(Session& session, const std::string& app, const TokenFilter& filter,
                                  std::int64_t before, int most) {
    Params params{{"app", app}, {"most", most}};
    std::string sql = select_token;
    if (before > 0) {
        sql += " AND t.id < :before";
        params.emplace_back("before", before);
    }
    sql += filter_conditions(filter, params) + " ORDER BY t.id DESC LIMIT :most";
    std::vector<TokenRow> out;
    for (const Row& row : session.rows(sql, token_columns, params)) out.push_back(token_row(row));
    return out;
}

std::vector<FoundLink> links_with(Session& session, const std::string& app, const std::vector<std::string>& verifiers) {
    if (verifiers.empty()) return {};
    Params params{{"app", app}};
    std::string list;
    for (const auto& verifier : verifiers) {
        const std::string name = "verifier" + std::to_string(params.size());
        list += (list.empty() ? "UNHEX(:" : ", UNHEX(:") + name + ")";
        params.emplace_back(name, hex(verifier));
    }
    std::vector<FoundLink> out;
    for (const Row& row :
         session.rows(std::string(select_token) + " AND t.verifier IN (" + list + ")", token_columns, params)) {
        out.push_back({bytes_of(row, 16).value_or(""), token_row(row)});
    }
    return out;
}

std::optional<TokenRow> successor_of(Session& session, const std::string& app, const TokenRow& token) {
    const auto row = session.row(
        std::string(select_token) + " AND t.account = :account AND t.kind = :kind AND t.id > :id ORDER BY t.id LIMIT 1",
        token_columns, {{"app", app}, {"account", token.account}, {"kind", token.kind.word}, {"id", token.id}});
    if (!row) return {};
    return token_row(*row);
}

std::vector<TokenFacts> token_facts(Session& session, const std::string& app, const std::string& account,
                                    std::int64_t after, int most) {
    std::vector<TokenFacts> out;
    for (const Row& row : session.rows(
             "SELECT id, kind, channel, "
             "CASE WHEN void_reason = 'expired' OR (state = 'live' AND expires_at <= UTC_TIMESTAMP(6)) "
             "THEN 'expired' ELSE state END, "
             "delivery_id, attempt, attempts, issued_at, expires_at, used_at, voided_at, void_reason, key_id, "
             "CASE WHEN verifier IS NULL THEN 0 ELSE 1 END, CASE WHEN code_mac IS NULL THEN 0 ELSE 1 END, "
             "CASE WHEN pw_mark IS NULL THEN 0 ELSE 1 END, CASE WHEN app_ref IS NULL THEN 0 ELSE 1 END "
             "FROM pwreset_tokens WHERE app = :app AND account = :account AND id > :after ORDER BY id LIMIT :most",
             17, {{"app", app}, {"account", account}, {"after", after}, {"most", most}})) {
        out.push_back({.id = row.integer(0),
                       .kind = row.text(1),
                       .channel = row.text(2),
                       .state = row.text(3),
                       .delivery_id = row.integer(4),
                       .attempt = static_cast<int>(row.integer(5)),
                       .attempts = static_cast<int>(row.integer(6)),
                       .issued_at = row.time(7),
                       .expires_at = row.time(8),
                       .used_at = row.optional_time(9),
                       .voided_at = row.optional_time(10),
                       .void_reason = row.optional_text(11),
                       .key_id = row.optional_text(12),
                       .verifier = row.integer(13) == 1,
                       .code_mac = row.integer(14) == 1,
                       .password_mark = row.integer(15) == 1,
                       .application_reference = row.integer(16) == 1});
    }
    return out;
}

std::int64_t count_tokens(Session& session, const std::string& app, const std::string& account) {
    return session
        .row("SELECT COUNT(*) FROM pwreset_tokens WHERE app = :app AND account = :account", 1,
             {{"app", app}, {"account", account}})
        ->integer(0);
}

std::int64_t delete_tokens(Session& session, const std::string& app, const std::string& account, int most) {
    std::vector<std::int64_t> ids;
    for (const Row& row :
         session.rows("SELECT id FROM pwreset_tokens WHERE app = :app AND account = :account ORDER BY id LIMIT :most",
                      1, {{"app", app}, {"account", account}, {"most", most}})) {
        ids.push_back(row.integer(0));
    }
    if (ids.empty()) return 0;
    Params params;
    return session.run("DELETE FROM pwreset_tokens WHERE id IN " + value_list("id", ids, params), params);
}

std::int64_t erase_codes(Session& session, const std::string& app, int most) {
    // SQLite is built without UPDATE … LIMIT; it has few rows.
    const std::string limit = session.is_sqlite() ? "" : " ORDER BY kind, erase_at LIMIT :most";
    Params params{{"app", app}};
    if (!session.is_sqlite()) params.emplace_back("most", most);
    return session.run(
        "UPDATE pwreset_tokens SET code_mac = NULL, erase_at = NULL "
        "WHERE kind IN ('reset_otp', 'verify_caller') AND erase_at <= UTC_TIMESTAMP(6) AND app = :app" +
            limit,
        params);
}

}  // namespace pwreset::db
