#include "db/faults.h"

#include <mysql.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "db/connection.h"
#include "db/refusal.h"
#include "db/server_errors.h"
#include "src/base/printable.h"

namespace pwreset::db {

namespace {

/// "the database server is read-only (error 1290)"; the server's own text where the table has no better one.
std::string words_of(const ServerError& error, unsigned number, const std::string& message) {
    if (error.fault.empty()) return "the database refused: " + printable(message);
    return std::string(error.fault) + " (error " + std::to_string(number) + ")";
}

[[noreturn]] void throw_conflict(unsigned number, bool too_large) {
    Conflict conflict;
    conflict.number = number;
    conflict.too_large = too_large;
    throw conflict;
}

[[noreturn]] void throw_sqlite_fault(int code) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            throw Duplicate{};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw Conflict{};
        case SQLITE_FULL:
        case SQLITE_IOERR:
            throw io_error("the database file cannot be written", "is the disk full?");
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_NOTADB:
            throw unavailable("the database file cannot be used", "check [database] path and its permissions");
        default:
            throw config_error("the database refused a statement (SQLite error " + std::to_string(code) + ")",
                               "are the tables there? 'pwreset migrate' makes them; check the names in [users]");
    }
}

}  // namespace

Error Conflict::given_up() const {
    const ServerError& error = server_error(number);
    if (number == 0 || error.fault.empty()) return unavailable("the database was too busy", "try again in a moment");
    const std::string busy = too_large ? "" : "the database was too busy: ";
    return unavailable(busy + words_of(error, number, {}), std::string(error.hint));
}

Error Lost::given_up() {
    return unavailable("the connection to the database was lost", "what was committed stays; try again");
}

ForeignText::ForeignText()
    : Error(Exit::config, "CONFIG",
            "a text cannot be compared with a column: its character set lacks a character of it",
            "name another column in [users], or turn it into utf8mb4") {}

Error connect_fault(const soci::soci_error& fault, const ConnectOptions& options, const std::string& host) {
    if (options.kind == ConnectOptions::Kind::sqlite) {
        return unavailable("cannot open the database file '" + printable(options.path) + "'", "check [database] path");
    }
    const std::string where = printable(host.empty() ? options.socket : host);
    std::string text = "cannot connect to the database at '" + where + "'";
    const auto* server = dynamic_cast<const soci::mysql_soci_error*>(&fault);
    if (!server) return unavailable(text, "is the server up, and is [database] right?");
    // The texts of a connection attempt name hosts, logins and faults of TLS; the password is not in them.
    const std::string message = with_own_spelling(fault.get_error_message(), host);
    const ServerError& error = server_error(server->err_num_, message);
    const std::string hint(error.hint);
    const bool known = error.number != 0;
    const bool ours = known && error.meaning == Meaning::settings;
    if (ours && error.fault.empty()) return config_error(words_of(error, server->err_num_, message), hint);
    text += ": " + (known && !error.fault.empty() ? words_of(error, server->err_num_, {}) : printable(message));
    if (ours) return config_error(text, hint);
    return unavailable(text, known && !hint.empty() ? hint : "is the server up, and is [database] right?");
}

Error no_ids_left() {
    return io_error("a table of the database has no id left for a new row",
                    "somebody wrote a row with a huge id: 'pwreset doctor' names the table");
}

void throw_server_fault(unsigned number, const std::string& message) {
    if (const auto refusal = refusal_of(number, message)) throw RefusedBySite(*refusal, number, message);
    const ServerError& error = server_error(number, message);
    const std::string hint(error.hint);
    switch (error.meaning) {
        case Meaning::duplicate:
            throw Duplicate{};
        case Meaning::again:
            throw_conflict(number, false);
        case Meaning::too_large:
            throw_conflict(number, true);
        case Meaning::lost:
            throw Lost{};
        case Meaning::foreign_text:
            throw ForeignText{};
        case Meaning::stopped:
            throw TooSlow{Exit::unavailable, "UNAVAILABLE", words_of(error, number, message), hint};
        case Meaning::away:
            throw unavailable(words_of(error, number, message), hint);
        case Meaning::read_only:
            throw ReadOnly{Exit::unavailable, "UNAVAILABLE", words_of(error, number, message), hint};
        case Meaning::full:
            throw io_error(words_of(error, number, message), hint);
        case Meaning::no_id:
            throw no_ids_left();
        case Meaning::settings:
            throw Refused(config_error(words_of(error, number, message), hint), number, message);
        case Meaning::ours:
            break;
    }
    throw Refused(internal_error("the database refused a statement (error " + std::to_string(number) + ")"), number,
                  message);
}

void throw_statement_fault(const soci::soci_error& fault, bool sqlite) {
    if (sqlite) {
        const auto* own = dynamic_cast<const soci::sqlite3_soci_error*>(&fault);
        throw_sqlite_fault(own ? own->result() : SQLITE_ERROR);
    }
    const auto* server = dynamic_cast<const soci::mysql_soci_error*>(&fault);
    if (server) throw_server_fault(server->err_num_, fault.get_error_message());
    throw internal_error("the database driver refused a statement");
}

}  // namespace pwreset::db
