// Rows on their way out: a table for people, JSON, NDJSON or CSV for programs, one row at a time, whatever their
// number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "src/base/env.h"
#include "src/base/time.h"

namespace pwreset {

enum class Format { table, json, ndjson, csv };

/// One value of a row. A time is RFC 3339 UTC for programs and in pipes; local with its distance ("3 min ago") in a
/// table on a terminal.
using Cell = std::variant<std::monostate, std::int64_t, bool, std::string, Time>;

struct Column {
    std::string field;     ///< name in JSON and CSV: a contract, documented in pwreset(1)
    std::string title;     ///< heading of the table; empty = not shown in tables
    bool relative = true;  ///< a time shows its distance as well
    bool spare = false;    ///< left out of a table that would be wider than the terminal
};

/// Writes rows to standard output as they come. Text is made printable in tables and CSV, escaped in JSON; a CSV cell
/// never starts a formula. Memory does not grow with the number of rows. Throws Error IO_ERROR when output fails.
/// Nothing is written before the first row (or finish), so a query that fails at once can still answer with a failure.
class Listing {
public:
    /// `list` is the member of `data` that holds the rows in JSON ("tokens").
    Listing(Env& env, Format format, std::string list, std::vector<Column> columns, std::string trace_id);
    /// One cell for each column, also for those that a table does not show.
    void row(const std::vector<Cell>& cells);
    /// Ends the document (JSON), flushes, checks that everything was written. `next` is the cursor where the listing
    /// can be continued; empty when it is complete. Only JSON has a place for it: elsewhere the command words it on
    /// standard error, as it does when a table has no rows (which leaves standard output empty).
    void finish(const std::string& next = {});
    std::int64_t rows() const { return rows_; }

private:
    enum class Kind { unknown, number, time, text };
    /// A column of the table, as its first rows make it.
    struct Shape {
        std::size_t cell;           ///< which cell of the row it shows
        std::size_t width;          ///< columns of the terminal it takes
        Kind kind = Kind::unknown;  ///< numbers are right-aligned and never cut
        bool narrowed = false;      ///< had to give way: its cells are cut

        void measure(const Cell& value, const std::string& text);
        std::string shortened(const std::string& text) const;
    };

    void open_document();
    void json_row(const std::vector<Cell>& cells);
    void csv_row(const std::vector<Cell>& cells);
    void table_row(const std::vector<Cell>& cells);
    void release_table();
    void fit_terminal();
    void leave_out(std::size_t shape);
    Shape* widest(Kind kind, std::size_t floor);
    void table_line(const std::vector<std::string>& texts, bool bold = false);
    std::string table_text(const Column& column, const Cell& cell) const;
    void write_line();

    Env& env_;
    Format format_;
    std::string list_;
    std::vector<Column> columns_;
    std::string trace_id_;
    std::int64_t rows_ = 0;
    std::string line_;               ///< reused, so that a row allocates nothing
    std::vector<std::string> keys_;  ///< what stands before each JSON value: `{"id":`, `,"state":`
    Time now_;
    std::vector<Shape> shapes_;                   ///< the columns that a table shows
    std::vector<std::vector<std::string>> held_;  ///< the first rows of a table, until the widths are known
    bool widths_known_ = false;
};

}  // namespace pwreset
