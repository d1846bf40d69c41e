// One connection to the application's database, and the few words every statement is made of.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/refusal.h"
#include "src/base/error.h"
#include "src/base/time.h"

struct st_mysql;
namespace soci {
class session;
}

namespace pwreset::db {

/// Where and how to connect. A plain copy of what the configuration says, so that this layer does not know it.
struct ConnectOptions {
    enum class Kind { mysql, sqlite };
    Kind kind = Kind::mysql;
    std::vector<std::string> hosts;  ///< the first that answers and takes writes; empty = `socket`
    int port = 3306;
    bool tcp = false;  ///< always by TCP: Connector/C takes "localhost" for the local server's socket
    std::string socket;
    std::string schema;      ///< the application's tables
    std::string own_schema;  ///< pwreset's tables; empty = the same
    std::string user;
    std::string_view password;  ///< must outlive the session: it is used again to reconnect
    bool tls = true;            ///< required, chain and host name verified; ignored on a socket
    std::string tls_ca;         ///< PEM; empty = the system's bundle
    std::string path;           ///< sqlite: the file
    int connect_timeout = 5;    ///< seconds
    int read_timeout = 30;      ///< seconds
    int write_timeout = 30;     ///< seconds
    /// Bulk inserts as multi-row VALUES (what MySQL understands) also where the server could take arrays.
    bool multi_row = false;
    /// sqlite: what UTC_TIMESTAMP says; empty = the host's clock.
    std::function<Time()> clock{};
};

/// A value bound to a parameter.
class Value {
public:
    Value(std::nullopt_t) {}
    Value(std::int64_t number) : integer_(number), kind_(Kind::integer) {}
    Value(int number) : Value(static_cast<std::int64_t>(number)) {}
    Value(std::string text) : text_(std::move(text)), kind_(Kind::text) {}
    Value(std::string_view text) : Value(std::string(text)) {}
    Value(const char* text) : Value(std::string(text)) {}
    Value(Time time) : Value(db_text(time)) {}
    template <typename T>
    Value(const std::optional<T>& value) {
        if (value) *this = Value(*value);
    }

    bool is_null() const { return kind_ == Kind::null; }
    bool is_integer() const { return kind_ == Kind::integer; }
    const std::string& text() const { return text_; }
    std::int64_t integer() const { return integer_; }

private:
    enum class Kind { null, integer, text };
    std::string text_;
    std::int64_t integer_ = 0;
    Kind kind_ = Kind::null;
};

/// A parameter by its name in the statement, without the colon.
using Params = std::vector<std::pair<std::string, Value>>;

/// One row of an answer; columns count from 0, and asking for one that was not selected is an Error INTERNAL_ERROR.
/// Binary columns are selected as HEX(column).
class Row {
public:
    explicit Row(std::vector<std::optional<std::string>> fields) : fields_(std::move(fields)) {}
    bool is_null(std::size_t column) const { return !field(column); }
    /// "" for NULL.
    std::string text(std::size_t column) const { return field(column).value_or(""); }
    std::optional<std::string> optional_text(std::size_t column) const { return field(column); }
    /// 0 for NULL, the largest there is for what is larger.
    std::int64_t integer(std::size_t column) const;
    /// A date that the calendar does not have (MySQL's 0000-00-00) is the epoch: written by hand into one row, it must
    /// not keep the others from being read. Throws Error INTERNAL_ERROR for what is no date at all.
    Time time(std::size_t column) const;
    std::optional<Time> optional_time(std::size_t column) const;

private:
    const std::optional<std::string>& field(std::size_t column) const;

    std::vector<std::optional<std::string>> fields_;
};

/// A UNIQUE key refused an insert or update: somebody was first. Thrown so that the transaction is left; not an Error.
struct Duplicate : std::exception {
    const char* what() const noexcept override { return "duplicate key"; }
};
/// The server asks for the whole transaction again (deadlock, lock wait, certification); `retrying` does it.
struct Conflict : std::exception {
    const char* what() const noexcept override { return "conflict with another transaction"; }
    /// What to tell when nobody tries again.
    Error given_up() const;
    bool too_large = false;  ///< for the cluster or the binary log: fewer rows next time
    unsigned number = 0;     ///< the server's; 0 is ours, or SQLite's
};
/// The connection is gone. Before COMMIT nothing happened; during it the outcome is not known.
struct Lost : std::exception {
    const char* what() const noexcept override { return "connection lost"; }
    /// What to tell when nobody connects again.
    static Error given_up();
    bool during_commit = false;
};
/// A column's character set cannot hold a text it was compared with: no row equals it.
struct ForeignText : Error {
    ForeignText();
};
/// A statement took longer than it was given, by us or by a setting of the server.
struct TooSlow : Error {
    using Error::Error;
};
/// The server takes no writes; what was written before in the same transaction is rolled back. Another one of the hosts
/// may take them: `retrying` looks for it, and without others it is the configuration that names the wrong server.
struct ReadOnly : Error {
    using Error::Error;
};

/// A connection with the session settings everything relies on (db/connection.h): READ COMMITTED, UTC, strict, utf8mb4.
/// Failures are Error (UNAVAILABLE, CONFIG, …) in words of our own that quote no value, or one of those above.
class Session {
public:
    explicit Session(ConnectOptions options);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Runs a statement; the number of rows it matched (not: changed).
    std::int64_t run(std::string_view sql, const Params& params = {});
    /// Runs an INSERT of one row; the id it was given.
    std::int64_t insert(std::string_view sql, const Params& params);
    /// All rows of an answer, each with all the columns that the statement selects.
    std::vector<Row> rows(std::string_view sql, const Params& params = {});
    /// The same within so many seconds of the server's time. Throws TooSlow. SQLite knows no such bound.
    std::vector<Row> rows_within(int seconds, std::string_view sql, const Params& params = {});
    /// The first row, if there is one.
    std::optional<Row> row(std::string_view sql, const Params& params = {});

    /// The database's clock, UTC.
    Time now();
    /// Whether this is SQLite; statements differ where the two do.
    bool is_sqlite() const { return options_.kind == ConnectOptions::Kind::sqlite; }
    bool is_mariadb() const { return is_mariadb_; }
    /// Whether array binding may be used (MariaDB).
    bool takes_arrays() const { return is_mariadb_ && !arrays_refused_ && !options_.multi_row; }
    /// The server turned out to take none, as it does where its binary log is one of statements.
    void note_arrays_refused() { arrays_refused_ = true; }
    /// " FOR UPDATE" where there are row locks; SQLite's transactions hold the whole database.
    const char* for_update() const { return is_sqlite() ? "" : " FOR UPDATE"; }
    /// The schema of the application's tables, quoted and with its dot; empty where it is the default one.
    std::string application_schema() const;
    /// Its bare name; empty on SQLite.
    std::string application_schema_name() const { return is_sqlite() ? std::string() : options_.schema; }
    /// The password that the next connection logs in with; it must outlive the session.
    void use_password(std::string_view password) { options_.password = password; }
    /// Drops the connection and makes a new one, to the first of the hosts that takes writes. Throws Error UNAVAILABLE.
    void reconnect();
    /// Whether reconnect() may find another server.
    bool has_further_hosts() const { return options_.hosts.size() > 1; }
    /// Until then statements wait for locks, and no longer (to the second); longest_wait each while it is empty.
    void give_up_at(std::optional<std::chrono::steady_clock::time_point> when) { give_up_at_ = when; }
    std::optional<std::chrono::steady_clock::time_point> gives_up_at() const { return give_up_at_; }
    /// When a lock was waited for in vain last.
    std::chrono::steady_clock::time_point waited_in_vain() const { return waited_in_vain_; }
    void note_waited_in_vain() { waited_in_vain_ = std::chrono::steady_clock::now(); }
    /// The other end in a few words: "db1.example via TCP/IP". MySQL and MariaDB only.
    std::string described();
    /// Connector/C's handle for the hot paths of this layer; null on SQLite.
    st_mysql* handle();

    void begin();
    void commit();
    /// False where something stays done: a table without transactions was written.
    bool rollback() noexcept;
    /// Does something once the open transaction is committed, never when it is rolled back; at once when none is open.
    /// What it throws is dropped: the commit happened.
    void after_commit(std::function<void()> act);
    /// For a commit during which the connection broke, when it turns out to have happened: does what waited for it.
    void committed_after_all() noexcept;

private:
    void connect();
    /// Throws what SOCI throws.
    std::vector<Row> read(std::string_view sql, const Params& params);
    void bound_waiting();

    ConnectOptions options_;
    std::unique_ptr<soci::session> connection_;
    bool is_mariadb_ = false;
    bool arrays_refused_ = false;
    bool in_transaction_ = false;
    std::optional<std::chrono::steady_clock::time_point> give_up_at_;
    std::chrono::steady_clock::time_point waited_in_vain_{};
    std::chrono::seconds lock_wait_{};            ///< as the server was told
    std::vector<std::function<void()>> waiting_;  ///< for the commit
};

/// A transaction that is rolled back unless it was committed by name.
class Transaction {
public:
    explicit Transaction(Session& session) : session_(session) { session_.begin(); }
    ~Transaction() {
        if (open_) session_.rollback();
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        open_ = false;
        session_.commit();
    }
    /// Takes everything back now. False where something stays done: a table without transactions was written.
    bool roll_back() {
        open_ = false;
        return session_.rollback();
    }

private:
    Session& session_;
    bool open_ = true;
};

}  // namespace pwreset::db
