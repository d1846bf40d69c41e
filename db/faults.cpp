#include "db/faults.h"

#include <mysql.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <array>

#include "db/refusal.h"
#include "src/base/printable.h"

namespace pwreset::db {

namespace {

// Numbers from MariaDB's "Error Codes" and MySQL's "Server Error Message Reference"; 2xxx are the client's own.
constexpr unsigned duplicate_entry = 1062;
constexpr std::array conflicts{1205U, 1213U, 1020U, 1047U, 3101U, 3572U};
constexpr std::array too_large{1180U, 1105U};
constexpr std::array lost{2006U, 2013U, 2055U, 1053U, 1927U, 4031U};
constexpr std::array illegal_mix{1267U, 1270U, 1271U};  // of collations
constexpr unsigned no_next_id = 1467;
constexpr std::array disk_full{1021U, 1030U, 1041U, 1114U};
/// Faults of names and rights: the server's text holds identifiers and logins only, never a value.
constexpr std::array about_names{1044U, 1045U, 1049U, 1054U, 1142U, 1143U, 1146U,
                                 1227U, 1290U, 1305U, 1356U, 1370U, 1698U, 1836U};

template <std::size_t N>
bool among(const std::array<unsigned, N>& numbers, unsigned number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

const char* remedy(unsigned number) {
    switch (number) {
        case 1146:
            return "pwreset's own tables are made by 'pwreset migrate'; the users table is named in [users]";
        case 1054:
            return "check the column names in [users]";
        case 1044:
        case 1142:
        case 1143:
        case 1227:
        case 1370:
            return "give the login the least grants from packaging/grants";
        case 1045:
        case 1698:
            return "check [database] user and password_file";
        case 1049:
            return "check [database] name";
        case 1290:
        case 1836:
            return "this server is read-only: name the primary in [database] hosts";
        default:
            return "";
    }
}

Error fault_about_names(unsigned number, const std::string& message) {
    return config_error("the database refused: " + printable(message), remedy(number));
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

Error connect_fault(const soci::soci_error& fault, const ConnectOptions& options) {
    if (options.kind == ConnectOptions::Kind::sqlite) {
        return unavailable("cannot open the database file '" + printable(options.path) + "'", "check [database] path");
    }
    std::string where = options.hosts.empty() ? options.socket : std::string();
    for (const auto& host : options.hosts) where += (where.empty() ? "" : ", ") + host;
    const auto* server = dynamic_cast<const soci::mysql_soci_error*>(&fault);
    if (server && among(about_names, server->err_num_)) {
        return fault_about_names(server->err_num_, fault.get_error_message());
    }
    std::string text = "cannot connect to the database at '" + printable(where) + "'";
    // Connector/C's own connection texts name hosts and TLS faults; the password is not in them.
    if (server) text += ": " + printable(fault.get_error_message());
    return unavailable(text, server && server->err_num_ == CR_SSL_CONNECTION_ERROR
                                 ? "check [database] tls_ca and that the certificate carries this host name"
                                 : "is the server up, and is [database] right?");
}

Error no_ids_left() {
    return io_error("a table of the database has no id left for a new row",
                    "somebody wrote a row with a huge id: 'pwreset doctor' names the table");
}

void throw_server_fault(unsigned number, const std::string& message) {
    if (number == duplicate_entry) throw Duplicate{};
    if (among(conflicts, number)) throw Conflict{};
    if (among(too_large, number)) {
        Conflict conflict;
        conflict.too_large = true;
        throw conflict;
    }
    if (among(lost, number)) throw Lost{};
    if (among(illegal_mix, number)) throw ForeignText{};
    if (among(disk_full, number))
        throw io_error("the database server is out of space", "free space on it and try again");
    if (number == no_next_id) throw no_ids_left();
    if (among(about_names, number)) throw fault_about_names(number, message);
    if (const auto refusal = refusal_of(number, message)) throw Refused(*refusal);
    throw internal_error("the database refused a statement (error " + std::to_string(number) + ")");
}

bool is_too_slow(const soci::soci_error& fault) {
    constexpr std::array too_slow{1969U, 3024U, 1317U};  // MariaDB's, MySQL's, and what either says of a stopped one
    const auto* server = dynamic_cast<const soci::mysql_soci_error*>(&fault);
    return server && among(too_slow, server->err_num_);
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
