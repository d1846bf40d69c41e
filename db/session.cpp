#include "db/session.h"

#include <mysql.h>
#include <soci/mysql/soci-mysql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>

#include "db/connection.h"
#include "db/faults.h"
#include "db/names.h"
#include "db/sqlite_functions.h"

namespace pwreset::db {

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

const std::optional<std::string>& Row::field(std::size_t column) const {
    if (column < fields_.size()) return fields_[column];
    throw internal_error("column " + std::to_string(column) + " of an answer with " + std::to_string(fields_.size()));
}

std::int64_t Row::integer(std::size_t column) const {
    const auto& text = field(column);
    if (!text) return 0;
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
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

sqlite3* sqlite_handle(soci::session& session) {
    // SOCI puts SQLite's C types into a namespace of its own; it is the same connection.
    return reinterpret_cast<sqlite3*>(static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_);
}

/// The columns of the answer to a statement that was run.
std::size_t columns_of(soci::details::statement_backend& statement, bool sqlite) {
    if (sqlite) {
        auto& run = static_cast<soci::sqlite3_statement_backend&>(statement);
        return static_cast<std::size_t>(sqlite_api::sqlite3_column_count(run.stmt_));
    }
    MYSQL_RES* answer = static_cast<soci::mysql_statement_backend&>(statement).result_;
    return answer == nullptr ? 0 : mysql_num_fields(answer);
}

/// What takes the rows of an answer, column by column as text. SOCI wants to be told of each column before a statement
/// runs; its MySQL backend knows how many there are only after. So this is one element to SOCI, and asks the answer at
/// its first row: no number has to agree with a SELECT.
class WholeRow : public soci::details::into_type_base {
public:
    explicit WholeRow(bool sqlite) : sqlite_(sqlite) {}

    void define(soci::details::statement_impl& statement, int& /*position*/) override { statement_ = &statement; }
    void pre_exec(int /*rows*/) override {}
    void pre_fetch() override {}
    void post_fetch(bool found, bool by_fetch) override {
        if (!found) return;
        if (columns_.empty()) open();
        for (auto& column : columns_) column->backend->post_fetch(found, by_fetch, &column->indicator);
    }
    void clean_up() override {
        for (const auto& column : columns_) column->backend->clean_up();
        columns_.clear();
    }
    std::size_t size() const override { return 1; }

    Row row() const {
        std::vector<std::optional<std::string>> fields(columns_.size());
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (columns_[i]->indicator == soci::i_ok) fields[i] = columns_[i]->text;
        }
        return Row(std::move(fields));
    }

private:
    struct Column {
        std::string text;
        soci::indicator indicator = soci::i_null;
        std::unique_ptr<soci::details::standard_into_type_backend> backend;
    };

    void open() {
        int position = 1;
        for (std::size_t left = columns_of(*statement_->get_backend(), sqlite_); left > 0; --left) {
            // In a place of its own: the backend keeps the address of the text.
            auto& column = *columns_.emplace_back(std::make_unique<Column>());
            column.backend.reset(statement_->make_into_type_backend());
            column.backend->define_by_pos(position, &column.text, soci::details::x_stdstring);
        }
    }

    bool sqlite_;
    soci::details::statement_impl* statement_ = nullptr;
    std::vector<std::unique_ptr<Column>> columns_;
};

/// The parameters of a statement, where SOCI can point to them while it runs.
class Bound {
public:
    Bound(soci::statement& statement, const Params& params) : given_(params.size()), integers_(params.size()) {
        for (std::size_t i = 0; i < params.size(); ++i) {
            const auto& [name, value] = params[i];
            given_[i] = value.is_null() ? soci::i_null : soci::i_ok;
            if (value.is_integer()) {
                integers_[i] = value.integer();
                statement.exchange(soci::use(integers_[i], given_[i], name));
            } else {
                statement.exchange(soci::use(value.text(), given_[i], name));
            }
        }
    }

private:
    std::vector<soci::indicator> given_;
    std::vector<long long> integers_;
};

void prepare(soci::statement& statement, std::string_view sql) {
    statement.alloc();
    statement.prepare(std::string(sql));
    statement.define_and_bind();
}

}  // namespace

Session::Session(ConnectOptions options) : options_(std::move(options)) { connect(); }
Session::~Session() = default;

void Session::connect() {
    // Only now: where no connection can be made, the dead one stays, and says at each statement that it is lost.
    connection_ = connected(options_);
    lock_wait_ = longest_wait;
    if (is_sqlite()) {
        add_sqlite_functions(sqlite_handle(*connection_), options_.clock);
        run("PRAGMA foreign_keys = ON");
        return;
    }
    const std::string_view server = mysql_get_server_info(handle());
    is_mariadb_ = server.find("MariaDB") != server.npos;
    arrays_refused_ = false;
}

/// What is left of the patience, told to the server where that has become less (or is all there again).
void Session::bound_waiting() {
    if (is_sqlite()) return;
    auto left = longest_wait;
    if (give_up_at_) {
        left = std::clamp(std::chrono::ceil<std::chrono::seconds>(*give_up_at_ - std::chrono::steady_clock::now()),
                          std::chrono::seconds(1), longest_wait);
    }
    if (left == lock_wait_) return;
    lock_wait_ = left;
    const std::string seconds = std::to_string(left.count());
    *connection_ << "SET SESSION innodb_lock_wait_timeout = " + seconds + ", lock_wait_timeout = " + seconds;
}

void Session::reconnect() { connect(); }

std::int64_t Session::run(std::string_view sql, const Params& params) {
    try {
        bound_waiting();
        soci::statement statement(*connection_);
        const Bound bound(statement, params);
        prepare(statement, sql);
        statement.execute(true);
        return statement.get_affected_rows();
    } catch (const soci::soci_error& fault) {
        throw_statement_fault(fault, is_sqlite());
    }
}

std::int64_t Session::insert(std::string_view sql, const Params& params) {
    run(sql, params);
    long long id = 0;
    connection_->get_last_insert_id("", id);
    return id;
}

std::vector<Row> Session::read(std::string_view sql, const Params& params) {
    std::vector<Row> out;
    bound_waiting();
    soci::statement statement(*connection_);
    // cppcheck-suppress unreadVariable  ; the statement reads it when it is executed
    const Bound bound(statement, params);
    const soci::details::into_type_ptr owner(new WholeRow(is_sqlite()));
    const auto* row = static_cast<const WholeRow*>(owner.get());
    statement.exchange(owner);  // which it takes from the owner
    prepare(statement, sql);
    statement.execute(false);
    while (statement.fetch()) out.push_back(row->row());
    return out;
}

std::vector<Row> Session::rows(std::string_view sql, const Params& params) {
    try {
        return read(sql, params);
    } catch (const soci::soci_error& fault) {
        throw_statement_fault(fault, is_sqlite());
    }
}

std::vector<Row> Session::rows_within(int seconds, std::string_view sql, const Params& params) {
    if (is_sqlite()) return rows(sql, params);
    constexpr std::string_view select = "SELECT";
    std::string bounded = "SET STATEMENT max_statement_time = " + std::to_string(seconds) + " FOR " + std::string(sql);
    if (!is_mariadb_) {
        bounded = "SELECT /*+ MAX_EXECUTION_TIME(" + std::to_string(1000 * seconds) + ") */" +
                  std::string(sql.substr(select.size()));
    }
    try {
        return read(bounded, params);
    } catch (const soci::soci_error& fault) {
        throw_statement_fault(fault, false);
    }
}

std::optional<Row> Session::row(std::string_view sql, const Params& params) {
    auto all = rows(sql, params);
    if (all.empty()) return {};
    return std::move(all.front());
}

Time Session::now() { return row("SELECT UTC_TIMESTAMP(6)")->time(0); }

std::string Session::application_schema() const {
    if (options_.own_schema.empty() || is_sqlite()) return {};
    return backquoted(options_.schema) + ".";
}

std::string Session::described() { return db::described(options_, handle()); }

st_mysql* Session::handle() { return is_sqlite() ? nullptr : mysql_handle(*connection_); }

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

bool Session::rollback() noexcept {
    constexpr std::int64_t not_undone = 1196;  // "Some non-transactional changed tables couldn't be rolled back"
    waiting_.clear();
    in_transaction_ = false;
    try {
        run("ROLLBACK");
        if (is_sqlite() || mysql_warning_count(handle()) == 0) return true;
        const auto warnings = rows("SHOW WARNINGS");
        return std::none_of(warnings.begin(), warnings.end(),
                            [&](const Row& row) { return row.integer(1) == not_undone; });
    } catch (...) {
        // The connection is gone, and with it the transaction.
        return true;
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
