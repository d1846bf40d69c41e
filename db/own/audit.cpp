#include "db/own/audit.h"

#include <algorithm>

#include "db/binary.h"
#include "db/bulk.h"
#include "db/faults.h"
#include "db/value_list.h"
#include "src/base/encoding.h"

namespace pwreset::db {

namespace {

AuditRow audit_row(const Row& row, const std::string& app) {
    AuditRow out{.id = row.integer(0),
                 .app = app,
                 .at = row.time(1),
                 .operator_name = row.text(2),
                 .login_uid = row.optional_text(3),
                 .host = row.text(4),
                 .action = row.text(5),
                 .result = row.text(6),
                 .channel = row.optional_text(7),
                 .delivery_id = {},
                 .trace_id = row.text(9),
                 .account = row.optional_text(10),
                 .recipient = bytes_of(row, 11),
                 .ticket = row.optional_text(12),
                 .reason = row.optional_text(13),
                 .detail = row.optional_text(14),
                 .salt = bytes_of(row, 15),
                 .personal = unhex(row.text(16)).value_or(""),
                 .key_id = row.text(17),
                 .mac = unhex(row.text(18)).value_or(""),
                 .seq = {}};
    if (!row.is_null(8)) out.delivery_id = row.integer(8);
    if (!row.is_null(19)) out.seq = row.integer(19);
    out.profile = bytes_of(row, 20);
    return out;
}

constexpr const char* fields =
    "SELECT a.id, a.at, a.operator, a.login_uid, a.host, a.action, a.result, a.channel, a.delivery_id, a.trace_id, "
    "a.account, HEX(a.recipient), a.ticket, a.reason, a.detail, HEX(a.salt), HEX(a.personal), a.key_id, HEX(a.mac), "
    "a.seq, HEX(a.profile)";

/// The index (app, seq) has the chain in its order, and before it the rows without a number in the order of their ids.
/// The server is told, because for a LIMIT it likes to walk the whole table.
const char* by_number(const Session& session) { return session.is_sqlite() ? "" : "FORCE INDEX (seq) "; }

/// Rows with their place in the chain, and whether another one is before them with the same MAC, which has an index of
/// its own: many rows may be made to share all the rest.
std::vector<AuditRow> chain_rows(Session& session, const std::string& app, const std::string& condition,
                                 const Params& params) {
    const char* by_mac = session.is_sqlite() ? "INDEXED BY pwreset_audit_mac " : "FORCE INDEX (mac) ";
    const std::string sql = std::string(fields) +
                            ", HEX(a.chain_mac), a.chain_key_id, "
                            "CASE WHEN EXISTS (SELECT 1 FROM pwreset_audit o " +
                            by_mac +
                            "WHERE o.app = a.app AND o.mac = a.mac AND o.id <> a.id "
                            "AND (o.seq < a.seq OR (a.seq IS NULL AND (o.seq IS NOT NULL OR o.id < a.id)))) "
                            "THEN 1 ELSE 0 END FROM pwreset_audit a " +
                            by_number(session) + "WHERE a.app = :app AND " + condition;
    std::vector<AuditRow> out;
    for (const Row& row : session.rows(sql, params)) {
        out.push_back(audit_row(row, app));
        if (!row.is_null(21)) out.back().chain_mac = unhex(row.text(21));
        out.back().chain_key_id = row.optional_text(22);
        out.back().copy = row.integer(23) == 1;
    }
    return out;
}

}  // namespace

void insert_audit(Session& session, const std::vector<AuditRow>& rows) {
    std::vector<std::vector<Value>> values;
    for (const auto& row : rows) {
        values.push_back({row.app,           row.at,       row.operator_name, row.login_uid,
                          row.host,          row.action,   row.result,        row.channel,
                          row.delivery_id,   row.trace_id, row.account,       hexed(row.recipient),
                          row.ticket,        row.reason,   row.detail,        hexed(row.salt),
                          hex(row.personal), row.key_id,   hex(row.mac),      hexed(row.profile)});
    }
    try {
        bulk_insert(
            session,
            "INSERT INTO pwreset_audit (app, at, operator, login_uid, host, action, result, channel, delivery_id, "
            "trace_id, account, recipient, ticket, reason, detail, salt, personal, key_id, mac, profile) VALUES",
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UNHEX(?), ?, ?, ?, UNHEX(?), UNHEX(?), ?, UNHEX(?), UNHEX(?))", values);
    } catch (const Duplicate&) {
        // Of a row without a number only the id can be taken: MySQL's way to say that it has no other.
        throw no_ids_left();
    }
}

std::vector<PersonalFields> personal_fields(Session& session, const std::string& app,
                                            const std::optional<std::string>& account, std::int64_t after, int most) {
    Params params{{"app", app}, {"after", after}, {"most", most}};
    std::string sql =
        "SELECT id, delivery_id, account, HEX(recipient), ticket, reason, detail FROM pwreset_audit "
        "WHERE app = :app AND id > :after AND salt IS NOT NULL";
    if (account) {
        sql += " AND account = :account";
        params.emplace_back("account", *account);
    }
    std::vector<PersonalFields> out;
    for (const Row& row : session.rows(sql + " ORDER BY id LIMIT :most", params)) {
        PersonalFields found{.id = row.integer(0),
                             .delivery_id = {},
                             .account = row.optional_text(2),
                             .recipient = bytes_of(row, 3),
                             .ticket = row.optional_text(4),
                             .reason = row.optional_text(5),
                             .detail = row.optional_text(6)};
        if (!row.is_null(1)) found.delivery_id = row.integer(1);
        out.push_back(std::move(found));
    }
    return out;
}

std::vector<std::int64_t> audit_rows_about(Session& session, const std::string& app,
                                           const std::vector<std::int64_t>& deliveries) {
    if (deliveries.empty()) return {};
    Params params{{"app", app}};
    std::vector<std::int64_t> ids;
    for (const Row& row : session.rows("SELECT id FROM pwreset_audit WHERE delivery_id IN " +
                                           value_list("delivery", deliveries, params) +
                                           " AND app = :app AND account IS NULL AND salt IS NOT NULL",
                                       params)) {
        ids.push_back(row.integer(0));
    }
    return ids;
}

std::vector<AuditRow> audit_rows(Session& session, const std::string& app, const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return {};
    Params params{{"app", app}};
    std::vector<AuditRow> out;
    const std::string sql = std::string(fields) + " FROM pwreset_audit a WHERE app = :app AND id IN " +
                            value_list("id", ids, params) + " ORDER BY id";
    for (const Row& row : session.rows(sql, params)) out.push_back(audit_row(row, app));
    return out;
}

std::int64_t erase_persons(Session& session, const std::string& app, const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return 0;
    Params params{{"app", app}};
    return session.run(
        "UPDATE pwreset_audit SET account = NULL, recipient = NULL, ticket = NULL, reason = NULL, detail = NULL, "
        "salt = NULL WHERE id IN " +
            value_list("id", ids, params) + " AND app = :app AND salt IS NOT NULL",
        params);
}

std::vector<std::string> audit_details(Session& session, const std::string& app, const std::string& action,
                                       const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return {};
    Params params{{"app", app}, {"action", action}};
    std::vector<std::string> out;
    for (const Row& row :
         session.rows("SELECT detail FROM pwreset_audit WHERE id IN " + value_list("id", ids, params) +
                          " AND app = :app AND action = :action AND detail IS NOT NULL" + session.for_update(),
                      params)) {
        out.push_back(row.text(0));
    }
    return out;
}

namespace {

/// The newest of those that a filter is for (`whose`) as far as the rest of it allows.
std::vector<AuditRow> newest_of(Session& session, const std::string& app, const AuditFilter& filter,
                                const std::string& whose, std::int64_t before, int most) {
    Params params{{"app", app}, {"most", most}};
    std::string sql = std::string(fields) + " FROM pwreset_audit a WHERE app = :app";
    const auto narrow = [&](const char* name, const std::string& condition, const Value& value) {
        if (value.is_null()) return;
        sql += " AND " + condition + " :" + name;
        params.emplace_back(name, value);
    };
    if (before > 0) narrow("before", "id <", before);
    if (whose.empty()) narrow("account", "account =", filter.account);
    // By its bytes as well: to a collation, Süd is Sud.
    narrow("operator", "HEX(operator) = HEX(:operator) AND operator =", filter.operator_name);
    narrow("action", "action =", filter.action);
    narrow("ticket", "ticket =", filter.ticket);
    if (whose.empty()) narrow("delivery", "delivery_id =", filter.delivery_id);
    narrow("since", "at >=", filter.since);
    narrow("until", "at <", filter.until);
    sql += whose + " ORDER BY id DESC LIMIT :most";
    std::vector<AuditRow> out;
    for (const Row& row : session.rows(sql, params)) out.push_back(audit_row(row, app));
    return out;
}

}  // namespace

std::vector<AuditRow> list_audit(Session& session, const std::string& app, const AuditFilter& filter,
                                 std::int64_t before, int most) {
    auto rows = newest_of(session, app, filter, "", before, most);
    if (filter.also.empty()) return rows;
    // For an OR the server would walk the whole trail.
    auto also = newest_of(session, app, filter, " AND id IN " + number_list(filter.also), before, most);
    std::vector<AuditRow> both;
    std::merge(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()),
               std::make_move_iterator(also.begin()), std::make_move_iterator(also.end()), std::back_inserter(both),
               [](const AuditRow& one, const AuditRow& other) { return one.id > other.id; });
    if (both.size() > static_cast<std::size_t>(most)) both.resize(static_cast<std::size_t>(most));
    return both;
}

std::vector<AuditRow> page_rows(Session& session, const std::string& app, const std::vector<Time>& moments) {
    if (moments.empty()) return {};
    Params params{{"app", app}};
    std::vector<AuditRow> out;
    const std::string sql = std::string(fields) + " FROM pwreset_audit a WHERE at IN " +
                            value_list("at", moments, params) +
                            " AND app = :app AND account IS NULL AND detail LIKE 'rows=%' ORDER BY id";
    for (const Row& row : session.rows(sql, params)) out.push_back(audit_row(row, app));
    return out;
}

bool recipient_of_another(Session& session, const std::string& app, const std::vector<std::string>& digests,
                          const std::string& account, int most) {
    Params params{{"app", app}, {"account", account}, {"most", most}};
    std::vector<std::string> digits;
    for (const auto& digest : digests) digits.push_back(hex(digest));
    return session
        .row(
            "SELECT 1 FROM (SELECT account, recipient FROM pwreset_audit WHERE app = :app ORDER BY id DESC LIMIT "
            ":most) "
            "newest WHERE account IS NOT NULL AND account <> :account AND LOWER(HEX(recipient)) IN " +
                value_list("digest", digits, params) + " LIMIT 1",
            params)
        .has_value();
}

std::vector<AuditRow> unsealed_audit(Session& session, const std::string& app, std::int64_t after, int most) {
    // The index has the rows without a number in the order of their ids. Asked for that order, MariaDB would not see
    // it, and read and sort all there are for each page.
    auto rows = chain_rows(session, app, "a.seq IS NULL AND a.id > :after LIMIT :most",
                           {{"app", app}, {"after", after}, {"most", most}});
    std::sort(rows.begin(), rows.end(), [](const auto& one, const auto& other) { return one.id < other.id; });
    return rows;
}

std::int64_t newest_audit_id(Session& session) { return session.row("SELECT MAX(id) FROM pwreset_audit")->integer(0); }

std::int64_t audit_id(Session& session, const std::string& app, const std::string& mac) {
    return session
        .row("SELECT MAX(id) FROM pwreset_audit WHERE app = :app AND mac = UNHEX(:mac)",
             {{"app", app}, {"mac", hex(mac)}})
        ->integer(0);
}

std::int64_t count_unsealed(Session& session, const std::string& app) {
    return session.row("SELECT COUNT(*) FROM pwreset_audit WHERE app = :app AND seq IS NULL", {{"app", app}})
        ->integer(0);
}

std::vector<AuditRow> sealed_audit(Session& session, const std::string& app, std::int64_t after, int most, bool lock) {
    return chain_rows(session, app,
                      std::string("a.seq > :after ORDER BY a.seq LIMIT :most") + (lock ? session.for_update() : ""),
                      {{"app", app}, {"after", after}, {"most", most}});
}

ChainEnd chain_end(Session& session, const std::string& app) {
    // One statement, so that no purge comes in between.
    const auto row = session.row(
        std::string("SELECT l.seq, HEX(l.chain_mac), l.chain_key_id, c.seq, HEX(c.chain_mac), c.latest, l.at "
                    "FROM (SELECT 1 AS one) o LEFT JOIN pwreset_checkpoints c ON c.app = :app LEFT JOIN "
                    "(SELECT seq, chain_mac, chain_key_id, at FROM pwreset_audit ") +
            by_number(session) + "WHERE app = :app AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1) l ON 1 = 1",
        {{"app", app}});
    ChainEnd end;
    end.latest_purged = row->optional_time(5);
    const bool purged = row->is_null(0) || row->integer(0) <= row->integer(3);
    end.seq = row->integer(purged ? 3 : 0);
    end.chain_mac = unhex(row->text(purged ? 4 : 1)).value_or("");
    if (purged) return end;
    end.key_id = row->text(2);
    end.latest = row->optional_time(6);
    return end;
}

std::int64_t sealed_up_to(Session& session, const std::string& app, std::int64_t seq) {
    return session
        .row("SELECT COUNT(*) FROM pwreset_audit WHERE app = :app AND seq <= :seq", {{"app", app}, {"seq", seq}})
        ->integer(0);
}

bool seal_audit(Session& session, const std::vector<AuditRow>& rows) {
    std::vector<std::vector<Value>> values;
    for (const auto& row : rows) values.push_back({row.seq, hexed(row.chain_mac), row.chain_key_id, row.id});
    const auto matched = bulk_update(session,
                                     "UPDATE pwreset_audit SET seq = ?, chain_mac = UNHEX(?), chain_key_id = ? "
                                     "WHERE id = ? AND seq IS NULL",
                                     values);
    return matched == static_cast<std::int64_t>(rows.size());
}

std::int64_t delete_sealed(Session& session, const std::string& app, std::int64_t after, std::int64_t last) {
    return session.run("DELETE FROM pwreset_audit WHERE app = :app AND seq > :after AND seq <= :last",
                       {{"app", app}, {"after", after}, {"last", last}});
}

std::int64_t count_sealed_before(Session& session, const std::string& app, Time cut) {
    return session
        .row("SELECT COUNT(*) FROM pwreset_audit WHERE at < :cut AND app = :app AND seq IS NOT NULL",
             {{"cut", cut}, {"app", app}})
        ->integer(0);
}

std::int64_t count_actions(Session& session, const std::string& app, Time since, const std::string& action) {
    return session
        .row("SELECT COUNT(*) FROM pwreset_audit WHERE at >= :since AND app = :app AND action = :action",
             {{"since", since}, {"app", app}, {"action", action}})
        ->integer(0);
}

std::map<std::string, std::int64_t> count_results(Session& session, const std::string& app, Time since,
                                                  const std::vector<std::string>& results) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& result : results) counts[result] = 0;
    for (const Row& row :
         session.rows("SELECT result, COUNT(*) FROM pwreset_audit WHERE at >= :since AND app = :app GROUP BY result",
                      {{"since", since}, {"app", app}})) {
        const auto found = counts.find(row.text(0));
        if (found != counts.end()) found->second = row.integer(1);
    }
    return counts;
}

}  // namespace pwreset::db
