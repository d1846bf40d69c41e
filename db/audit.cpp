#include "db/audit.h"

#include "db/bulk.h"
#include "src/base/encoding.h"

namespace pwreset::db {

namespace {

Value hexed(const std::optional<std::string>& bytes) { return bytes ? Value(hex(*bytes)) : Value(std::nullopt); }

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
                 .recipient = row.is_null(11) ? std::nullopt : unhex(row.text(11)),
                 .ticket = row.optional_text(12),
                 .reason = row.optional_text(13),
                 .detail = row.optional_text(14),
                 .salt = row.is_null(15) ? std::nullopt : unhex(row.text(15)),
                 .personal = unhex(row.text(16)).value_or(""),
                 .key_id = row.text(17),
                 .mac = unhex(row.text(18)).value_or(""),
                 .seq = {}};
    if (!row.is_null(8)) out.delivery_id = row.integer(8);
    if (!row.is_null(19)) out.seq = row.integer(19);
    return out;
}

}  // namespace

void insert_audit(Session& session, const std::vector<AuditRow>& rows) {
    std::vector<std::vector<Value>> values;
    for (const auto& row : rows) {
        values.push_back({row.app, row.at, row.operator_name, row.login_uid, row.host, row.action, row.result,
                          row.channel, row.delivery_id, row.trace_id, row.account, hexed(row.recipient), row.ticket,
                          row.reason, row.detail, hexed(row.salt), hex(row.personal), row.key_id, hex(row.mac)});
    }
    bulk_insert(session,
                "INSERT INTO pwreset_audit (app, at, operator, login_uid, host, action, result, channel, delivery_id, "
                "trace_id, account, recipient, ticket, reason, detail, salt, personal, key_id, mac) VALUES",
                "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UNHEX(?), ?, ?, ?, UNHEX(?), UNHEX(?), ?, UNHEX(?))", values);
}

std::vector<AuditRow> list_audit(Session& session, const std::string& app, const AuditFilter& filter,
                                 std::int64_t before, int most) {
    Params params{{"app", app}, {"most", most}};
    std::string sql =
        "SELECT id, at, operator, login_uid, host, action, result, channel, delivery_id, trace_id, account, "
        "HEX(recipient), ticket, reason, detail, HEX(salt), HEX(personal), key_id, HEX(mac), seq "
        "FROM pwreset_audit WHERE app = :app";
    const auto narrow = [&](const char* name, const std::string& condition, const Value& value) {
        if (value.is_null()) return;
        sql += " AND " + condition + " :" + name;
        params.emplace_back(name, value);
    };
    if (before > 0) narrow("before", "id <", before);
    narrow("account", "account =", filter.account);
    narrow("operator", "operator =", filter.operator_name);
    narrow("action", "action =", filter.action);
    narrow("ticket", "ticket =", filter.ticket);
    narrow("delivery", "delivery_id =", filter.delivery_id);
    narrow("since", "at >=", filter.since);
    narrow("until", "at <", filter.until);
    sql += " ORDER BY id DESC LIMIT :most";
    std::vector<AuditRow> out;
    for (const Row& row : session.rows(sql, 20, params)) out.push_back(audit_row(row, app));
    return out;
}

}  // namespace pwreset::db
