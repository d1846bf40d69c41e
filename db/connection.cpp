#include "db/connection.h"

#include <mysql.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string_view>

#include "db/faults.h"

namespace pwreset::db {

namespace {

/// A value in a Connector/C or SOCI connection string, where a quote or backslash would end it.
std::string escaped(std::string_view text) {
    std::string out = "'";
    for (char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

/// Connector/C takes a whole connection string in the place of the host, which is the only way through SOCI to tell it
/// of TLS. Releases and distributions differ in what they do unless it is said. Config has checked that no host holds
/// ';' or
/// '='. An empty host is the socket.
std::string host_string(const ConnectOptions& options, const std::string& host) {
    if (host.empty()) return "host=localhost;ssl-enforce=0;ssl-verify-server-cert=0";
    const char* tls = options.tls ? "1" : "0";
    std::string text = "host=" + (options.tls ? spelled(host) : host) + ";port=" + std::to_string(options.port);
    if (options.tcp) text += ";protocol=1";  // MYSQL_PROTOCOL_TCP
    return text + ";ssl-enforce=" + tls + ";ssl-verify-server-cert=" + tls;
}

constexpr const char* system_ca_bundle = "/etc/ssl/certs/ca-certificates.crt";

std::string mysql_parameters(const ConnectOptions& options, const std::string& host) {
    const auto& schema = options.own_schema.empty() ? options.schema : options.own_schema;
    std::string text = "db=" + escaped(schema) + " user=" + escaped(options.user) + " charset=utf8mb4";
    if (!options.password.empty()) text += " password=" + escaped(options.password);
    text += " host=" + escaped(host_string(options, host));
    if (host.empty()) text += " unix_socket=" + escaped(options.socket);
    if (!host.empty() && options.tls)
        text += " sslca=" + escaped(options.tls_ca.empty() ? system_ca_bundle : options.tls_ca);
    text += " connect_timeout=" + std::to_string(options.connect_timeout);
    text += " read_timeout=" + std::to_string(options.read_timeout);
    text += " write_timeout=" + std::to_string(options.write_timeout);
    return text;
}

/// A server may answer any query by asking for a file of the client's. Said to the open connection, because neither
/// SOCI's `local_infile=0` nor Connector/C's `local-infile=0` in a connection string turns it off.
void forbid_local_infile(st_mysql* handle) {
    const unsigned allowed = 0;
    mysql_options(handle, MYSQL_OPT_LOCAL_INFILE, &allowed);
}

/// One statement, one round trip; whatever the server has as its defaults. Strict mode, so that nothing is cut or
/// zeroed silently. No limit on rows, which would hide a second account; no chain of transactions, in which what
/// follows a commit is never committed. READ COMMITTED keeps transactions out of each other's way, but a binary log of
/// statements does not go with it.
std::string session_settings(bool maria, bool binlog_is_known) {
    const std::string waits = std::to_string(longest_wait.count());
    const std::string isolation = binlog_is_known ? "IF(@@global.log_bin AND @@session.binlog_format = 'STATEMENT', "
                                                    "'REPEATABLE-READ', 'READ-COMMITTED')"
                                                  : "'READ-COMMITTED'";
    return "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,"
           "NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, "
           "completion_type = 0, sql_select_limit = 18446744073709551615, sql_safe_updates = 0, sql_big_selects = 1, "
           "unique_checks = 1, innodb_lock_wait_timeout = " +
           waits + ", lock_wait_timeout = " + waits + (maria ? ", tx_read_only" : ", transaction_read_only") + " = 0" +
           (maria ? ", tx_isolation = " : ", transaction_isolation = ") + isolation;
}

constexpr unsigned unknown_variable = 1193;

bool does(st_mysql* handle, const std::string& sql) { return mysql_real_query(handle, sql.data(), sql.size()) == 0; }

void set_up(st_mysql* handle) {
    forbid_local_infile(handle);
    const bool maria = std::string_view(mysql_get_server_info(handle)).find("MariaDB") != std::string_view::npos;
    if (does(handle, session_settings(maria, true))) return;
    if (mysql_errno(handle) == unknown_variable && does(handle, session_settings(maria, false))) return;
    throw_server_fault(mysql_errno(handle), mysql_error(handle));
}

/// Whether the server says of itself that it takes no writes. A replica may, and so does what was the primary until
/// now.
bool is_read_only(st_mysql* handle) {
    if (!does(handle, "SELECT @@global.read_only, @@global.innodb_read_only")) {
        if (mysql_errno(handle) == unknown_variable) return false;
        throw_server_fault(mysql_errno(handle), mysql_error(handle));
    }
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(handle),
                                                                          &mysql_free_result);
    const MYSQL_ROW row = result ? mysql_fetch_row(result.get()) : nullptr;
    if (row == nullptr) return false;
    const auto is_on = [](const char* value) {
        return value != nullptr && std::string_view(value) != "0" && std::string_view(value) != "OFF";
    };
    return is_on(row[0]) || is_on(row[1]);
}

std::unique_ptr<soci::session> opened(const ConnectOptions& options, const std::string& host) {
    auto made = std::make_unique<soci::session>();
    try {
        made->open(soci::mysql, mysql_parameters(options, host));
    } catch (const soci::soci_error& fault) {
        throw connect_fault(fault, options, host);
    }
    set_up(mysql_handle(*made));
    return made;
}

/// What the hosts that could not be used say, one after another.
Error none_of(const ConnectOptions& options, const std::vector<Error>& faults) {
    if (faults.size() == 1 && options.hosts.size() < 2) return faults.front();
    std::string text = "no server of [database] hosts can be used: ";
    for (const auto& fault : faults) text += (&fault == &faults.front() ? "" : "; ") + fault.message;
    return unavailable(text, faults.back().hint);
}

/// How a host fares that may be passed over for the next one; throws what no other host would change.
std::optional<Error> passed_over(const std::function<void()>& tried) {
    try {
        tried();
    } catch (const Error& fault) {
        if (fault.exit != Exit::unavailable) throw;
        return fault;
    } catch (const Conflict& conflict) {
        return conflict.given_up();
    } catch (const Lost& lost) {
        return lost.given_up();
    }
    return {};
}

std::unique_ptr<soci::session> first_usable(const ConnectOptions& options) {
    std::vector<Error> faults;
    std::unique_ptr<soci::session> read_only;
    for (const auto& host : options.hosts) {
        std::unique_ptr<soci::session> made;
        bool writable = true;
        const auto fault = passed_over([&] {
            made = opened(options, host);
            writable = options.hosts.size() == 1 || !is_read_only(mysql_handle(*made));
        });
        if (fault) {
            faults.push_back(*fault);
            continue;
        }
        if (writable) return made;
        if (!read_only) read_only = std::move(made);
    }
    if (!read_only) throw none_of(options, faults);
    return read_only;
}

}  // namespace

st_mysql* mysql_handle(soci::session& session) {
    // Not dynamic_cast: Debian's SOCI hides the backend's typeinfo.
    return static_cast<soci::mysql_session_backend*>(session.get_backend())->conn_;
}

std::unique_ptr<soci::session> connected(const ConnectOptions& options) {
    if (options.kind != ConnectOptions::Kind::sqlite)
        return options.hosts.empty() ? opened(options, "") : first_usable(options);
    auto made = std::make_unique<soci::session>();
    try {
        made->open(soci::sqlite3, "dbname=\"" + options.path + "\" timeout=" + std::to_string(longest_wait.count()));
    } catch (const soci::soci_error& fault) {
        throw connect_fault(fault, options, "");
    }
    return made;
}

std::string spelled(const std::string& host) {
    if (host == "127.0.0.1") return "127.0.0.01";
    return host == "::1" ? "0::1" : host;
}

std::string with_own_spelling(std::string text, const std::string& host) {
    const std::string theirs = spelled(host);
    const auto at = theirs == host ? std::string::npos : text.find(theirs);
    return at == std::string::npos ? text : text.replace(at, theirs.size(), host);
}

std::string described(const ConnectOptions& options, st_mysql* handle) {
    std::string text = mysql_get_host_info(handle);
    for (const auto& host : options.hosts) text = with_own_spelling(std::move(text), host);
    return text;
}

}  // namespace pwreset::db
