#include "db/session.h"

#include <mysql.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <charconv>
#include <chrono>
#include <limits>

#include "db/faults.h"
#include "db/names.h"
#include "db/sqlite_functions.h"

namespace pwreset::db {

struct Session::Connection {
    soci::session soci;
};

namespace {

/// "0000-00-00 00:00:00.000000", "2026-02-31 …": what a server without strict mode lets in.
bool is_impossible_date(std::string_view text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ') return false;
    const auto is_number = [&](std::size_t from, std::size_t to, auto& number) {
        const auto end = text.data() + to;
        return std::from_chars(text.data() + from, end, number).ptr == end;
    };
    if (!is_number(0, 4, year) || !is_number(5, 7, month) || !is_number(8, 10, day)) return false;
    return !std::chrono::year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)).ok();
}

}  // namespace

std::int64_t Row::integer(std::size_t column) const {
    const auto& field = fields_.at(column);
    if (!field) return 0;
    std::int64_t number = 0;
    const auto parsed = std::from_chars(field->data(), field->data() + field->size(), number);
    if (parsed.ec == std::errc::result_out_of_range) return std::numeric_limits<std::int64_t>::max();
    return number;
}

Time Row::time(std::size_t column) const {
    const std::string text = this->text(column);
    return is_impossible_date(text) ? Time{} : parse_db_time(text);
}

std::optional<Time> Row::optional_time(std::size_t column) const {
    if (is_null(column)) return {};
    return time(column);
}

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

/// Connector/C takes a whole connection string in the place of the host, which is the only way through SOCI to make it
/// verify the host name and to give it several hosts. Config has checked that no host holds ';' or '='.
std::string host_string(const ConnectOptions& options) {
    std::string hosts;
    for (const auto& host : options.hosts) hosts += (hosts.empty() ? "" : ",") + host;
    std::string text = "host=" + hosts + ";port=" + std::to_string(options.port);
    if (options.tls) text += ";ssl-enforce=1;ssl-verify-server-cert=1";
    return text;
}

constexpr const char* system_ca_bundle = "/etc/ssl/certs/ca-certificates.crt";

std::string mysql_parameters(const ConnectOptions& options) {
    const auto& schema = options.own_schema.empty() ? options.schema : options.own_schema;
    std::string text = "db=" + escaped(schema) + " user=" + escaped(options.user) + " charset=utf8mb4";
    if (!options.password.empty()) text += " password=" + escaped(options.password);
    if (options.hosts.empty()) {
        text += " host=localhost unix_socket=" + escaped(options.socket);
    } else {
        text += " host=" + escaped(host_string(options));
        if (options.tls) text += " sslca=" + escaped(options.tls_ca.empty() ? system_ca_bundle : options.tls_ca);
    }
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

st_mysql* mysql_handle(soci::session& session) {
    // Not dynamic_cast: Debian's SOCI hides the backend's typeinfo.
    return static_cast<soci::mysql_session_backend*>(session.get_backend())->conn_;
}

sqlite3* sqlite_handle(soci::session& session) {
    // SOCI puts SQLite's C types into a namespace of its own; it is the same connection.
    return reinterpret_cast<sqlite3*>(static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_);
}

/// Binds the parameters and the columns to texts, runs the statement, hands over each row.
template <typename OnRow>
std::int64_t execute(soci::session& session, std::string_view sql, int columns, const Params& params, OnRow on_row) {
    soci::statement statement(session);
    std::vector<soci::indicator> given(params.size(), soci::i_ok);
    std::vector<long long> integers(params.size());
    for (std::size_t i = 0; i < params.size(); ++i) {
        const auto& [name, value] = params[i];
        if (value.is_null()) given[i] = soci::i_null;
        if (value.is_integer()) {
            integers[i] = value.integer();
            statement.exchange(soci::use(integers[i], given[i], name));
        } else {
            statement.exchange(soci::use(value.text(), given[i], name));
        }
    }
    std::vector<std::string> texts(static_cast<std::size_t>(columns));
    std::vector<soci::indicator> found(texts.size(), soci::i_null);
    for (std::size_t i = 0; i < texts.size(); ++i) statement.exchange(soci::into(texts[i], found[i]));
    statement.alloc();
    statement.prepare(std::string(sql));
    statement.define_and_bind();
    statement.execute(columns == 0);
    if (columns == 0) return statement.get_affected_rows();
    while (statement.fetch()) {
        std::vector<std::optional<std::string>> fields(texts.size());
        for (std::size_t i = 0; i < texts.size(); ++i) {
            if (found[i] == soci::i_ok) fields[i] = texts[i];
        }
        on_row(Row(std::move(fields)));
    }
    return 0;
}

constexpr auto ignore_row = [](Row&&) {};

}  // namespace

Session::Session(ConnectOptions options) : options_(std::move(options)) { connect(); }
Session::~Session() = default;

void Session::connect() {
    auto made = std::make_unique<Connection>();
    auto& soci = made->soci;
    try {
        if (is_sqlite()) soci.open(soci::sqlite3, "dbname=\"" + options_.path + "\" timeout=10");
        if (!is_sqlite()) soci.open(soci::mysql, mysql_parameters(options_));
    } catch (const soci::soci_error& fault) {
        throw connect_fault(fault, options_);
    }
    // Only now: where no connection can be made, the dead one stays, and says at each statement that it is lost.
    connection_ = std::move(made);
    if (is_sqlite()) {
        add_sqlite_functions(sqlite_handle(soci));
        run("PRAGMA foreign_keys = ON");
        return;
    }
    forbid_local_infile(mysql_handle(soci));
    const std::string_view server = mysql_get_server_info(mysql_handle(soci));
    takes_arrays_ = server.find("MariaDB") != server.npos;
    // One statement, one round trip. Strict mode so that nothing is cut or zeroed silently; the name of the isolation
    // variable differs between the two families.
    run(std::string("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                    "NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, innodb_lock_wait_timeout = 10, ") +
        (takes_arrays_ ? "tx_isolation" : "transaction_isolation") + " = 'READ-COMMITTED'");
}

void Session::reconnect() { connect(); }

std::int64_t Session::run(std::string_view sql, const Params& params) {
    try {
        return execute(connection_->soci, sql, 0, params, ignore_row);
    } catch (const soci::soci_error& fault) {
        throw_statement_fault(fault, is_sqlite());
    }
}

std::int64_t Session::insert(std::string_view sql, const Params& params) {
    run(sql, params);
    long long id = 0;
    connection_->soci.get_last_insert_id("", id);
    return id;
}

std::vector<Row> Session::rows(std::string_view sql, int columns, const Params& params) {
    std::vector<Row> out;
    try {
        execute(connection_->soci, sql, columns, params, [&](Row&& row) { out.push_back(std::move(row)); });
    } catch (const soci::soci_error& fault) {
        throw_statement_fault(fault, is_sqlite());
    }
    return out;
}

std::optional<Row> Session::row(std::string_view sql, int columns, const Params& params) {
    auto all = rows(sql, columns, params);
    if (all.empty()) return {};
    return std::move(all.front());
}

Time Session::now() { return row("SELECT UTC_TIMESTAMP(6)", 1)->time(0); }

std::string Session::application_schema() const {
    if (options_.own_schema.empty() || is_sqlite()) return {};
    return backquoted(options_.schema) + ".";
}

st_mysql* Session::handle() { return is_sqlite() ? nullptr : mysql_handle(connection_->soci); }

// SQLite's deferred BEGIN fails at the first write when another writer is there; IMMEDIATE waits its turn.
void Session::begin() {
    waiting_.clear();
    run(is_sqlite() ? "BEGIN IMMEDIATE" : "START TRANSACTION");
    in_transaction_ = true;
}

void Session::commit() {
    try {
        run("COMMIT");
        committed_after_all();
    } catch (Lost& lost) {
        lost.during_commit = true;
        in_transaction_ = false;
        throw;
    } catch (...) {
        rollback();
        throw;
    }
}

void Session::rollback() noexcept {
    waiting_.clear();
    in_transaction_ = false;
    try {
        run("ROLLBACK");
    } catch (...) {
        // The connection is gone, and with it the transaction.
    }
}

void Session::after_commit(std::function<void()> act) {
    waiting_.push_back(std::move(act));
    if (!in_transaction_) committed_after_all();
}

void Session::committed_after_all() noexcept {
    in_transaction_ = false;
    for (const auto& act : std::exchange(waiting_, {})) {
        try {
            act();
        } catch (...) {
            // Whoever asked for the commit must not take it for failed.
        }
    }
}

}  // namespace pwreset::db
