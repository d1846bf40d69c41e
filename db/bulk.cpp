#include "db/bulk.h"

#include <mysql.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "db/faults.h"

namespace pwreset::db {

namespace {

using Rows = std::vector<std::vector<Value>>;
using Statement = std::unique_ptr<MYSQL_STMT, decltype(&mysql_stmt_close)>;

/// Rows a statement: large enough that round trips no longer count, small enough for any max_allowed_packet.
constexpr std::size_t rows_a_statement = 500;
/// To prepare a statement and to close it costs as much as to run two.
constexpr std::size_t few = 2;

Statement prepared(Session& session, const std::string& sql) {
    Statement statement(mysql_stmt_init(session.handle()), &mysql_stmt_close);
    if (!statement) throw std::bad_alloc();
    if (mysql_stmt_prepare(statement.get(), sql.data(), sql.size()) != 0) {
        throw_server_fault(mysql_stmt_errno(statement.get()), mysql_stmt_error(statement.get()));
    }
    return statement;
}

/// The server takes no arrays; nothing was done.
struct ArraysRefused {};

void execute(MYSQL_STMT* statement) {
    constexpr unsigned log_of_statements = 4033;
    constexpr unsigned unknown_function = 5003;
    if (mysql_stmt_execute(statement) == 0) return;
    const unsigned number = mysql_stmt_errno(statement);
    if (number == log_of_statements || number == unknown_function) throw ArraysRefused{};
    throw_server_fault(number, mysql_stmt_error(statement));
}

std::string as_text(const Value& value) { return value.is_integer() ? std::to_string(value.integer()) : value.text(); }

/// What Connector/C points into while a statement runs: one column of a chunk.
struct Column {
    std::vector<std::string> texts;
    std::vector<char*> pointers;
    std::vector<unsigned long> lengths;
    std::vector<char> indicators;
};

Column column_of(const Rows& rows, std::size_t first, std::size_t count, std::size_t index) {
    Column column;
    for (std::size_t i = first; i < first + count; ++i) {
        const Value& value = rows[i].at(index);
        column.texts.push_back(as_text(value));
        column.lengths.push_back(column.texts.back().size());
        column.indicators.push_back(static_cast<char>(value.is_null() ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE));
    }
    for (auto& text : column.texts) column.pointers.push_back(text.data());
    return column;
}

/// How many rows were matched (or inserted) altogether.
std::int64_t run_arrays(Session& session, const std::string& sql, const Rows& rows) {
    std::int64_t matched = 0;
    const auto statement = prepared(session, sql);
    for (std::size_t first = 0; first < rows.size(); first += rows_a_statement) {
        unsigned count = static_cast<unsigned>(std::min(rows_a_statement, rows.size() - first));
        std::vector<Column> columns;
        std::vector<MYSQL_BIND> binds(rows.front().size());
        for (std::size_t i = 0; i < binds.size(); ++i) columns.push_back(column_of(rows, first, count, i));
        for (std::size_t i = 0; i < binds.size(); ++i) {
            binds[i].buffer_type = MYSQL_TYPE_STRING;
            binds[i].buffer = columns[i].pointers.data();
            binds[i].length = columns[i].lengths.data();
            binds[i].u.indicator = columns[i].indicators.data();
        }
        mysql_stmt_attr_set(statement.get(), STMT_ATTR_ARRAY_SIZE, &count);
        mysql_stmt_bind_param(statement.get(), binds.data());
        execute(statement.get());
        matched += static_cast<std::int64_t>(mysql_stmt_affected_rows(statement.get()));
    }
    return matched;
}

/// The same where the server takes arrays. It refuses the first one or none.
std::optional<std::int64_t> matched_by_arrays(Session& session, const std::string& sql, const Rows& rows) {
    if (!session.takes_arrays()) return {};
    try {
        return run_arrays(session, sql, rows);
    } catch (const ArraysRefused&) {
        session.note_arrays_refused();
        return {};
    }
}

void insert_tuples(Session& session, const std::string& into, std::string_view tuple, const Rows& rows) {
    for (std::size_t first = 0; first < rows.size(); first += rows_a_statement) {
        const std::size_t count = std::min(rows_a_statement, rows.size() - first);
        std::string sql = into;
        for (std::size_t i = 0; i < count; ++i) (sql += i ? ", " : " ") += tuple;
        const auto statement = prepared(session, sql);
        std::vector<std::string> texts;
        for (std::size_t i = first; i < first + count; ++i) {
            for (const auto& value : rows[i]) texts.push_back(as_text(value));
        }
        std::vector<MYSQL_BIND> binds(texts.size());
        std::vector<unsigned long> lengths(texts.size());
        const std::size_t width = rows.front().size();
        for (std::size_t i = 0; i < texts.size(); ++i) {
            lengths[i] = texts[i].size();
            binds[i].buffer_type = rows[first + i / width][i % width].is_null() ? MYSQL_TYPE_NULL : MYSQL_TYPE_STRING;
            binds[i].buffer = texts[i].data();
            binds[i].buffer_length = lengths[i];
            binds[i].length = &lengths[i];
        }
        mysql_stmt_bind_param(statement.get(), binds.data());
        execute(statement.get());
    }
}

/// A statement for each row, which on SQLite is already as quick as it gets. How many rows were matched.
std::int64_t run_one_by_one(Session& session, std::string_view with_marks, const Rows& rows) {
    std::string sql;
    int parameter = 0;
    for (char c : with_marks) sql += c == '?' ? ":p" + std::to_string(parameter++) : std::string(1, c);
    std::int64_t matched = 0;
    for (const auto& row : rows) {
        Params params;
        for (std::size_t i = 0; i < row.size(); ++i) params.emplace_back("p" + std::to_string(i), row[i]);
        matched += session.run(sql, params);
    }
    return matched;
}

}  // namespace

void bulk_insert(Session& session, std::string_view into, std::string_view tuple, const Rows& rows) {
    if (rows.empty()) return;
    const std::string one = std::string(into) + " " + std::string(tuple);
    if (session.is_sqlite() || rows.size() <= few) {
        run_one_by_one(session, one, rows);
    } else if (!matched_by_arrays(session, one, rows)) {
        insert_tuples(session, std::string(into), tuple, rows);
    }
}

std::int64_t bulk_update(Session& session, std::string_view sql, const Rows& rows) {
    if (rows.size() <= few) return run_one_by_one(session, sql, rows);
    const auto matched = matched_by_arrays(session, std::string(sql), rows);
    return matched ? *matched : run_one_by_one(session, sql, rows);
}

}  // namespace pwreset::db
