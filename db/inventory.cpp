#include "db/inventory.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace pwreset::db {

namespace {

/// MariaDB 12 has more values than ON and OFF, all of which end writing.
bool is_on(const std::string& value) { return value != "OFF" && value != "0"; }

/// A limit in seconds with decimals (MariaDB) or in milliseconds (MySQL).
std::chrono::milliseconds milliseconds_of(const std::string& text, int unit) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return std::chrono::milliseconds(std::llround(number * unit));
}

/// SHOW knows both families' names of a variable, and needs no rights.
void read_variables(Session& session, ServerFacts& facts) {
    for (const Row& row :
         session.rows("SHOW SESSION VARIABLES WHERE Variable_name IN ('version', 'time_zone', 'sql_mode', "
                      "'tx_isolation', 'transaction_isolation', 'read_only', 'log_bin', 'binlog_format', "
                      "'max_statement_time', 'max_execution_time', 'max_allowed_packet')")) {
        const std::string name = row.text(0);
        if (name == "version") facts.version = row.text(1);
        if (name == "time_zone") facts.time_zone = row.text(1);
        if (name == "sql_mode") facts.sql_mode = row.text(1);
        if (name == "tx_isolation" || name == "transaction_isolation") facts.isolation = row.text(1);
        if (name == "read_only") facts.read_only = is_on(row.text(1));
        if (name == "log_bin") facts.binlog = is_on(row.text(1));
        if (name == "binlog_format") facts.binlog_format = row.text(1);
        if (name == "max_statement_time") facts.statement_limit = milliseconds_of(row.text(1), 1000);
        if (name == "max_execution_time") facts.statement_limit = milliseconds_of(row.text(1), 1);
        if (name == "max_allowed_packet") facts.packet = row.integer(1);
    }
}

void read_encryption(Session& session, ServerFacts& facts) {
    for (const Row& row : session.rows("SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_version', 'Ssl_cipher')")) {
        (row.text(0) == "Ssl_version" ? facts.tls_version : facts.tls_cipher) = row.text(1);
    }
}

}  // namespace

ServerFacts server_facts(Session& session) {
    ServerFacts facts;
    if (session.is_sqlite()) {
        facts.version = session.row("SELECT sqlite_version()")->text(0);
        return facts;
    }
    facts.connection = session.described();
    read_variables(session, facts);
    read_encryption(session, facts);
    return facts;
}

LoginFacts login_facts(Session& session) {
    LoginFacts facts{session.row("SELECT CURRENT_USER()")->text(0), {}};
    for (const Row& row : session.rows("SHOW GRANTS")) facts.grants.push_back(row.text(0));
    return facts;
}

std::optional<TableFacts> table_facts(Session& session, const std::string& schema, const std::string& table) {
    const auto row =
        session.is_sqlite()
            ? session.row("SELECT NULL, type, 0, 0 FROM sqlite_master WHERE type IN ('table', 'view') AND name = :name",
                          {{"name", table}})
            : session.row(
                  "SELECT engine, table_type, table_rows, auto_increment FROM information_schema.tables "
                  "WHERE table_schema = :schema AND table_name = :name",
                  {{"schema", schema}, {"name", table}});
    if (!row) return {};
    return TableFacts{row->text(0), row->text(1) == "VIEW" || row->text(1) == "view", row->integer(2), row->integer(3)};
}

std::vector<std::string> table_names(Session& session, const std::string& schema) {
    std::vector<std::string> names;
    const auto rows =
        session.is_sqlite()
            ? session.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            : session.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = :schema",
                           {{"schema", schema}});
    for (const Row& row : rows) names.push_back(row.text(0));
    return names;
}

std::vector<ForeignKeyFacts> foreign_keys_to(Session& session, const std::string& schema, const std::string& prefix) {
    std::vector<ForeignKeyFacts> keys;
    for (const Row& row :
         session.rows("SELECT constraint_schema, table_name, constraint_name, referenced_table_name, delete_rule "
                      "FROM information_schema.referential_constraints WHERE unique_constraint_schema = :schema "
                      "AND LEFT(referenced_table_name, :length) = :prefix "
                      "AND NOT (constraint_schema = :schema AND LEFT(table_name, :length) = :prefix) "
                      "ORDER BY constraint_schema, table_name, constraint_name",
                      {{"schema", schema}, {"length", static_cast<int>(prefix.size())}, {"prefix", prefix}})) {
        keys.push_back({row.text(0) + "." + row.text(1), row.text(2), row.text(3), row.text(4)});
    }
    return keys;
}

std::vector<TriggerFacts> triggers_on(Session& session, const std::string& schema, const std::string& prefix) {
    std::vector<TriggerFacts> triggers;
    for (const Row& row :
         session.rows("SELECT trigger_name, event_object_table, action_timing, event_manipulation, "
                      "UPPER(CONVERT(action_statement USING utf8mb4)) LIKE '%SIGNAL%' FROM information_schema.triggers "
                      "WHERE event_object_schema = :schema AND LEFT(event_object_table, :length) = :prefix "
                      "ORDER BY event_object_table, trigger_name",
                      {{"schema", schema}, {"length", static_cast<int>(prefix.size())}, {"prefix", prefix}})) {
        triggers.push_back({row.text(0), row.text(1), row.text(2) + " " + row.text(3), row.integer(4) != 0});
    }
    return triggers;
}

std::vector<ColumnFacts> columns(Session& session, const std::string& schema, const std::string& table) {
    std::vector<ColumnFacts> out;
    const auto rows =
        session.is_sqlite()
            ? session.rows("SELECT name, LOWER(type), NULL, NULL, NULL, 'YES', '' FROM pragma_table_info(:name)",
                           {{"name", table}})
            : session.rows(
                  "SELECT column_name, data_type, character_octet_length, character_set_name, collation_name, "
                  "is_nullable, column_type "
                  "FROM information_schema.columns WHERE table_schema = :schema AND table_name = :name "
                  "ORDER BY ordinal_position",
                  {{"schema", schema}, {"name", table}});
    for (const Row& row : rows) {
        const std::string type = row.text(1);  // SQLite's as written: "varchar(190)"
        out.push_back({row.text(0), type.substr(0, type.find('(')), row.integer(2), row.text(3), row.text(4),
                       row.text(5) == "YES", row.text(6)});
    }
    return out;
}

std::vector<IndexFacts> indexes(Session& session, const std::string& schema, const std::string& table) {
    // A single INTEGER PRIMARY KEY is SQLite's row id, which has no index of its own.
    const auto rows =
        session.is_sqlite()
            ? session.rows(
                  "SELECT '', name, 0, 0 FROM pragma_table_info(:name) WHERE pk = 1 "
                  "AND (SELECT COUNT(*) FROM pragma_table_info(:name) WHERE pk > 0) = 1 UNION ALL "
                  "SELECT l.name, i.name, CASE l.\"unique\" WHEN 1 THEN 0 ELSE 1 END, i.seqno "
                  "FROM pragma_index_list(:name) l, pragma_index_info(l.name) i ORDER BY 1, 4",
                  {{"name", table}})
            : session.rows(
                  "SELECT index_name, column_name, non_unique, seq_in_index FROM information_schema.statistics "
                  "WHERE table_schema = :schema AND table_name = :name AND index_type IN ('BTREE', 'HASH') "
                  "ORDER BY index_name, seq_in_index",
                  {{"schema", schema}, {"name", table}});
    std::vector<IndexFacts> out;
    std::string last;
    for (const Row& row : rows) {
        if (out.empty() || row.text(0) != last) out.push_back({{}, row.integer(2) == 0});
        last = row.text(0);
        out.back().columns.push_back(row.text(1));
    }
    return out;
}

}  // namespace pwreset::db
