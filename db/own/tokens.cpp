#include "db/own/tokens.h"

#include "db/binary.h"
#include "db/bulk.h"
#include "db/own/clocks.h"
#include "db/value_list.h"
#include "db/words.h"
#include "src/base/encoding.h"

namespace pwreset::db {

namespace {

/// What ending a token writes besides its state: the code's MAC has no more use, a link's digest stays for `inspect`. A
/// temporary password that was stored works until its hash has gone from the users table too, and a link until its
/// value has gone from the application's.
constexpr const char* end_token =
    "live = NULL, code_mac = NULL, erase_at = CASE WHEN kind = 'temporary_password' THEN erase_at "
    "WHEN app_ref IS NOT NULL THEN UTC_TIMESTAMP(6) ELSE NULL END";

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
        const Value erase_at = token.code_mac || token.swept ? Value(token.expires_at) : Value(std::nullopt);
        rows.push_back({app, token.account, word_of(token.kind), word_of(token.channel), token.delivery_id,
                        token.attempt, hexed(token.verifier), hexed(token.code_mac), token.key_id, hexed(token.pw_mark),
                        token.pw_form, hexed(token.app_ref), token.issued_at, token.expires_at, erase_at,
                        token.notice ? Value(0) : Value(std::nullopt), hexed(token.recipient), token.recipient_key});
    }
    bulk_insert(session,
                "INSERT INTO pwreset_tokens (app, account, kind, channel, delivery_id, attempt, verifier, code_mac, "
                "key_id, pw_mark, pw_form, app_ref, issued_at, expires_at, erase_at, notice, recipient, "
                "recipient_key, state, live) VALUES",
                "(?, ?, ?, ?, ?, ?, UNHEX(?), UNHEX(?), ?, UNHEX(?), ?, UNHEX(?), ?, ?, ?, ?, UNHEX(?), ?, 'live', 1)",
                rows);
}

std::int64_t supersede_live(Session& session, const std::string& app, const std::vector<std::string>& accounts,
                            Kind kind) {
    if (accounts.empty()) return 0;
    Params params{{"app", app}, {"kind", word_of(kind)}};
    const std::string theirs = value_list("account", accounts, params);
    return session.run(
        "UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
            ", voided_at = UTC_TIMESTAMP(6), "
            "void_reason = CASE WHEN expires_at <= UTC_TIMESTAMP(6) THEN 'expired' ELSE 'superseded' END "
            "WHERE app = :app AND account IN " +
            theirs + " AND kind = :kind AND live = 1",
        params);
}

std::int64_t supersede_live(Session& session, const std::string& app, const std::string& account, Kind kind) {
    return supersede_live(session, app, std::vector{account}, kind);
}

bool void_token_of(Session& session, std::int64_t delivery_id, int attempt, const std::string& reason) {
    return session.run("UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
                           ", voided_at = UTC_TIMESTAMP(6), void_reason = :reason "
                           "WHERE delivery_id = :delivery AND attempt = :attempt AND live = 1",
                       {{"reason", reason}, {"delivery", delivery_id}, {"attempt", attempt}}) > 0;
}

std::optional<std::int64_t> minted_before(Session& session, const std::vector<std::int64_t>& deliveries) {
    if (deliveries.empty()) return {};
    Params params;
    const auto row = session.row(
        "SELECT d.id FROM pwreset_deliveries d JOIN pwreset_tokens t ON t.delivery_id = d.id "
        "AND t.account = d.account AND t.kind = d.kind AND t.attempt >= d.attempts AND t.issued_at >= d.queued_at "
        "WHERE d.id IN " +
            value_list("delivery", deliveries, params) + " LIMIT 1",
        params);
    if (!row) return {};
    return row->integer(0);
}

int attempts_put_back(Session& session, std::int64_t delivery_id) {
    const auto row =
        session.row("SELECT COUNT(*) FROM pwreset_tokens WHERE delivery_id = :delivery AND void_reason = 'put_back'",
                    {{"delivery", delivery_id}});
    return static_cast<int>(row->integer(0));
}

std::int64_t void_live(Session& session, const std::string& app, const std::optional<std::string>& account,
                       const std::optional<std::int64_t>& delivery_id, const std::string& reason, bool links) {
    Params params{{"app", app}, {"reason", reason}};
    const std::string condition = live_condition(account, delivery_id, params) + (links ? "" : " AND kind <> 'link'");
    return session.run("UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
                           ", voided_at = UTC_TIMESTAMP(6), void_reason = :reason WHERE " + condition,
                       params);
}

std::vector<LiveLink> live_links(Session& session, const std::string& app, const std::optional<std::string>& account,
                                 const std::optional<std::int64_t>& delivery_id) {
    Params params{{"app", app}};
    const std::string condition = live_condition(account, delivery_id, params);
    std::vector<LiveLink> links;
    for (const Row& row : session.rows(
             "SELECT account, expires_at FROM pwreset_tokens WHERE " + condition + " AND kind = 'link'", params))
        links.push_back({row.text(0), row.time(1)});
    return links;
}

std::vector<LiveToken> live_tokens(Session& session, const std::string& app, const std::optional<std::string>& account,
                                   std::int64_t after, int most) {
    Params params{{"app", app}, {"after", after}, {"most", most}};
    if (account) params.emplace_back("account", *account);
    // The trail's row of the minting tells the recipient; the ledger only of a token that has none there.
    const std::string minted =
        "(SELECT MAX(a.id) FROM pwreset_audit a WHERE a.delivery_id = t.delivery_id AND a.action = 'mint')";
    std::vector<LiveToken> tokens;
    for (const Row& row : session.rows(
             "SELECT t.id, t.account, t.kind, t.channel, t.delivery_id, t.attempt, COALESCE(j.override_protected, 0), "
             "HEX(COALESCE(t.recipient, m.recipient)), COALESCE(t.recipient_key, m.key_id) FROM pwreset_tokens t "
             "LEFT JOIN pwreset_deliveries d ON d.id = t.delivery_id LEFT JOIN pwreset_jobs j ON j.id = d.job_id "
             "LEFT JOIN pwreset_audit m ON m.id = " +
                 minted +
                 " WHERE t.app = :app AND t.live = 1 AND t.expires_at > UTC_TIMESTAMP(6) AND t.id > :after AND t.kind "
                 "IN " +
                 list_of_words(kind_words) + (account ? " AND t.account = :account" : "") +
                 " ORDER BY t.id LIMIT :most",
             params)) {
        tokens.push_back({.id = row.integer(0),
                          .account = row.text(1),
                          .kind = word_at(row, 2, kind_words),
                          .channel = word_at(row, 3, channel_words),
                          .delivery_id = row.integer(4),
                          .attempt = static_cast<int>(row.integer(5)),
                          .override_protected = row.integer(6) != 0,
                          .recipient = bytes_of(row, 7),
                          .key_id = row.optional_text(8).value_or("")});
    }
    return tokens;
}

std::int64_t void_live_between(Session& session, const std::string& app, const IdRange& deliveries,
                               const std::string& reason, bool links) {
    Params params{{"app", app}, {"reason", reason}, {"after", deliveries.after}, {"to", deliveries.to}};
    const std::string condition = live_condition({}, {}, params);
    return session.run("UPDATE pwreset_tokens SET state = 'void', " + std::string(end_token) +
                           ", voided_at = UTC_TIMESTAMP(6), void_reason = :reason WHERE " + condition +
                           " AND delivery_id > :after AND delivery_id <= :to" + (links ? "" : " AND kind <> 'link'"),
                       params);
}

std::int64_t count_live(Session& session, const std::string& app, const std::optional<std::string>& account,
                        const std::optional<std::int64_t>& delivery_id) {
    Params params{{"app", app}};
    const std::string condition = live_condition(account, delivery_id, params);
    return session.row("SELECT COUNT(*) FROM pwreset_tokens WHERE " + condition, params)->integer(0);
}

std::optional<LiveCode> live_code(Session& session, const std::string& app, const std::string& account, Kind kind) {
    const auto row = session.row(
        "SELECT id, delivery_id, attempt, HEX(code_mac), key_id, attempts, expires_at FROM pwreset_tokens "
        "WHERE app = :app AND account = :account AND kind = :kind AND live = 1 AND expires_at > UTC_TIMESTAMP(6) "
        "AND code_mac IS NOT NULL AND issued_at <= :latest",
        {{"app", app}, {"account", account}, {"kind", word_of(kind)}, {"latest", session.now() + clock_tolerance}});
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
        "SELECT id, state, HEX(pw_mark), pw_form, expires_at FROM pwreset_tokens WHERE delivery_id = :delivery "
        "ORDER BY attempt DESC LIMIT 1",
        {{"delivery", delivery_id}});
    if (!row) return {};
    return Minted{.id = row->integer(0),
                  .state = word_at(*row, 1, token_state_words),
                  .pw_mark = bytes_of(*row, 2),
                  .pw_form = row->optional_text(3),
                  .expires_at = row->time(4)};
}

bool password_stored(Session& session, std::int64_t delivery_id, int attempt, const std::string& pw_mark,
                     const std::optional<std::string>& pw_form) {
    Params params{{"mark", hex(pw_mark)}, {"delivery", delivery_id}, {"attempt", attempt}};
    // A login that was set up before there was such a column may not write it, and has nothing to write there.
    if (pw_form) params.emplace_back("form", *pw_form);
    return session.run("UPDATE pwreset_tokens SET pw_mark = UNHEX(:mark), erase_at = expires_at" +
                           std::string(pw_form ? ", pw_form = :form" : "") +
                           " WHERE delivery_id = :delivery AND attempt = :attempt AND live = 1 "
                           "AND kind = 'temporary_password'",
                       params) == 1;
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
    "SELECT id, delivery_id, account, HEX(pw_mark), pw_form FROM pwreset_tokens WHERE kind = 'temporary_password' ";

std::vector<StoredPassword> stored_where(Session& session, const std::string& condition, const Params& params) {
    std::vector<StoredPassword> out;
    for (const Row& row : session.rows(select_stored + condition, params)) {
        out.push_back(
            {row.integer(0), row.integer(1), row.text(2), bytes_of(row, 3).value_or(""), row.optional_text(4)});
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
             {{"id", id}})
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

std::vector<OwedRemoval> owed_removals(Session& session, const std::string& app,
                                       const std::optional<std::string>& account, int most) {
    Params params{{"app", app}, {"most", most}};
    std::string condition =
        "kind IN ('link', 'reset_otp') AND app_ref IS NOT NULL AND erase_at <= UTC_TIMESTAMP(6) AND app = :app";
    if (account) {
        condition += " AND account = :account";
        params.emplace_back("account", *account);
    }
    std::vector<OwedRemoval> owed;
    for (const Row& row : session.rows("SELECT id, account, HEX(app_ref) FROM pwreset_tokens WHERE " + condition +
                                           " ORDER BY erase_at, id LIMIT :most",
                                       params))
        owed.push_back({row.integer(0), row.text(1), bytes_of(row, 2).value_or("")});
    return owed;
}

std::vector<std::string> app_refs_of(Session& session, const std::string& app, const std::string& account) {
    std::vector<std::string> refs;
    for (const Row& row : session.rows("SELECT HEX(app_ref) FROM pwreset_tokens WHERE app = :app AND "
                                       "account = :account AND kind IN ('link', 'reset_otp') AND app_ref IS NOT NULL",
                                       {{"app", app}, {"account", account}}))
        refs.push_back(bytes_of(row, 0).value_or(""));
    return refs;
}

void end_removal(Session& session, std::int64_t id) {
    session.run(
        "UPDATE pwreset_tokens SET erase_at = NULL, voided_at = CASE WHEN live = 1 THEN UTC_TIMESTAMP(6) ELSE "
        "voided_at "
        "END, void_reason = CASE WHEN live = 1 THEN 'expired' ELSE void_reason END, "
        "state = CASE WHEN live = 1 THEN 'void' ELSE state END, live = NULL WHERE id = :id",
        {{"id", id}});
}

std::int64_t erase_codes(Session& session, const std::string& app, int most) {
    // SQLite is built without UPDATE … LIMIT; it has few rows.
    const std::string limit = session.is_sqlite() ? "" : " ORDER BY kind, erase_at LIMIT :most";
    Params params{{"app", app}};
    if (!session.is_sqlite()) params.emplace_back("most", most);
    return session.run(
        "UPDATE pwreset_tokens SET code_mac = NULL, erase_at = NULL "
        "WHERE kind IN ('reset_otp', 'verify_caller') AND app_ref IS NULL AND erase_at <= UTC_TIMESTAMP(6) AND app = "
        ":app" +
            limit,
        params);
}

}  // namespace pwreset::db
