#include "db/app/transactional.h"

#include "db/inventory.h"
#include "db/names.h"

namespace pwreset::db {

namespace {

/// A table by its names to the server and to people, and how somebody would do without it.
struct WrittenTable {
    std::string schema, name, shown, otherwise;
};

bool engine_has_transactions(Session& session, const std::string& engine) {
    const auto row =
        session.row("SELECT transactions FROM information_schema.engines WHERE engine = :engine", {{"engine", engine}});
    return row && row->text(0) == "YES";
}

/// How many engines were told to roll back on this connection so far.
std::int64_t rollbacks(Session& session) {
    const auto row = session.row("SHOW SESSION STATUS LIKE 'Handler_rollback'");
    return row ? row->integer(1) : 0;
}

/// Whether what is read there takes part in transactions that can be taken back. Aria does take part, and keeps what
/// was written; but it is asked for a savepoint in vain.
bool takes_savepoint(Session& session, const std::string& select) {
    try {
        Transaction transaction(session);
        session.row(select);
        session.run("SAVEPOINT pwreset");
        transaction.roll_back();
        return true;
    } catch (const Refused&) {
        return false;
    }
}

/// Of a view the server shows no engine, and what is behind it our login need not see: whether anything there takes
/// part in a transaction shows when one that has read it ends.
bool view_has_transactions(Session& session, const WrittenTable& table) {
    const std::string from = "SELECT 1 FROM " + backquoted(table.schema) + "." + backquoted(table.name);
    // No row is read where the server opens the tables all the same.
    for (const char* rows : {" WHERE 1 = 0", " LIMIT 1"}) {
        const std::int64_t before = rollbacks(session);
        Transaction transaction(session);
        session.row(from + rows);
        transaction.roll_back();
        if (rollbacks(session) > before) return takes_savepoint(session, from + rows);
    }
    return false;
}

void require_transactions(Session& session, const WrittenTable& table) {
    const auto facts = table_facts(session, table.schema, table.name);
    if (!facts) return;  // it is not there, or closed to us: the statements themselves tell that better
    constexpr const char* why = " knows no transactions, so a password cannot be tried out before it is mailed";
    if (facts->view) {
        if (view_has_transactions(session, table)) return;
        throw config_error("what is behind the view '" + table.shown + "'" + why,
                           "its table has to become one of InnoDB" + table.otherwise);
    }
    if (engine_has_transactions(session, facts->engine)) return;
    throw config_error("table '" + table.shown + "' is " + facts->engine + ", which" + why,
                       "ALTER TABLE " + backquoted(table.schema) + "." + backquoted(table.name) + " ENGINE = InnoDB" +
                           table.otherwise);
}

}  // namespace

void require_transactions(Session& session, const PasswordNames& names) {
    if (session.is_sqlite()) return;
    const auto application = [&](const std::string& table, const std::string& otherwise) {
        const auto [schema, name] = schema_and_table(session.application_schema_name(), table);
        require_transactions(session, WrittenTable{schema, name, table, otherwise});
    };
    application(names.table, ", or enabled = false in [temporary_password]");
    if (names.must_change_in.given())
        application(names.must_change_in.table, ", or without it in 'must_change' of [temporary_password]");
    for (const auto& rows : names.sessions)
        application(rows.table, ", or without it in 'sessions' and 'ends' of [temporary_password]");
    const std::string own = session.row("SELECT DATABASE()")->text(0);
    for (const char* table : {"pwreset_tokens", "pwreset_deliveries", "pwreset_audit"})
        require_transactions(session, WrittenTable{own, table, table, ""});
}

}  // namespace pwreset::db
