#include "db/own/token_records.h"

#include "db/binary.h"
#include "db/value_list.h"
#include "src/base/encoding.h"

namespace pwreset::db {

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
    // By its bytes as well: to a collation, Süd is Sud.
    narrow(sql, params, "operator", " AND j.operator = :operator AND HEX(j.operator) = HEX(:operator)",
           filter.operator_name);
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
    for (const Row& row : session.rows(sql, params)) out.push_back(token_row(row));
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
    for (const Row& row : session.rows(std::string(select_token) + " AND t.verifier IN (" + list + ")", params)) {
        out.push_back({bytes_of(row, 16).value_or(""), token_row(row)});
    }
    return out;
}

std::optional<TokenRow> successor_of(Session& session, const std::string& app, const TokenRow& token) {
    const auto row = session.row(
        std::string(select_token) + " AND t.account = :account AND t.kind = :kind AND t.id > :id ORDER BY t.id LIMIT 1",
        {{"app", app}, {"account", token.account}, {"kind", token.kind.word}, {"id", token.id}});
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
             "delivery_id, attempt, attempts, issued_at, expires_at, used_at, voided_at, void_reason, key_id, pw_form, "
             "CASE WHEN verifier IS NULL THEN 0 ELSE 1 END, CASE WHEN code_mac IS NULL THEN 0 ELSE 1 END, "
             "CASE WHEN pw_mark IS NULL THEN 0 ELSE 1 END, CASE WHEN app_ref IS NULL THEN 0 ELSE 1 END, "
             "CASE WHEN recipient IS NULL THEN 0 ELSE 1 END "
             "FROM pwreset_tokens WHERE app = :app AND account = :account AND id > :after ORDER BY id LIMIT :most",
             {{"app", app}, {"account", account}, {"after", after}, {"most", most}})) {
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
                       .password_form = row.optional_text(13),
                       .verifier = row.integer(14) == 1,
                       .code_mac = row.integer(15) == 1,
                       .password_mark = row.integer(16) == 1,
                       .application_reference = row.integer(17) == 1,
                       .recipient = row.integer(18) == 1});
    }
    return out;
}

std::int64_t count_tokens(Session& session, const std::string& app, const std::string& account) {
    return session
        .row("SELECT COUNT(*) FROM pwreset_tokens WHERE app = :app AND account = :account",
             {{"app", app}, {"account", account}})
        ->integer(0);
}

std::int64_t delete_tokens(Session& session, const std::string& app, const std::string& account, int most) {
    std::vector<std::int64_t> ids;
    for (const Row& row :
         session.rows("SELECT id FROM pwreset_tokens WHERE app = :app AND account = :account ORDER BY id LIMIT :most",
                      {{"app", app}, {"account", account}, {"most", most}})) {
        ids.push_back(row.integer(0));
    }
    if (ids.empty()) return 0;
    Params params;
    return session.run("DELETE FROM pwreset_tokens WHERE id IN " + value_list("id", ids, params), params);
}

}  // namespace pwreset::db
