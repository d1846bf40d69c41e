#include "cmd/output/listing.h"

#include <algorithm>
#include <charconv>
#include <ostream>
#include <utility>

#include "cmd/output/envelope.h"
#include "cmd/output/json.h"
#include "src/base/csv.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

/// Rows a table waits for before it fixes its widths: more than a screen, and nothing one notices waiting for.
constexpr std::size_t measured_rows = 200;
constexpr std::size_t gap = 2;
/// Columns of the terminal below which a text is not pressed before the times have given way, and below which nothing
/// is pressed at all; a line that is still too long then loses its end.
constexpr std::size_t readable = 12;
constexpr std::size_t least = 4;

void append_number(std::string& line, std::int64_t number) {
    char digits[20];  // the longest is -9223372036854775808
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    line.append(digits, static_cast<std::size_t>(end - digits));
}

const char* truth(bool value) { return value ? "true" : "false"; }

void append_json(std::string& line, const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) {
        append_json_string(line, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        append_number(line, *number);
    } else if (const auto* time = std::get_if<Time>(&cell)) {
        line += '"';
        line += rfc3339(*time);
        line += '"';
    } else if (const auto* value = std::get_if<bool>(&cell)) {
        line += truth(*value);
    } else {
        line += "null";
    }
}

void append_csv(std::string& line, const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) {
        append_csv_cell(line, *text);
    } else if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        append_number(line, *number);
    } else if (const auto* time = std::get_if<Time>(&cell)) {
        line += rfc3339(*time);
    } else if (const auto* value = std::get_if<bool>(&cell)) {
        line += truth(*value);
    }
}

}  // namespace

Listing::Listing(Env& env, Format format, std::string list, std::vector<Column> columns, std::string trace_id)
    : env_(env), format_(format), list_(std::move(list)), columns_(std::move(columns)), trace_id_(std::move(trace_id)) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::string& key = keys_.emplace_back(i == 0 ? "{" : ",");
        append_json_string(key, columns_[i].field);
        key += ':';
        if (!columns_[i].title.empty()) shapes_.push_back({i, display_width(columns_[i].title)});
    }
    if (format_ == Format::table && env_.terminal.out) now_ = env_.clock();
}

void Listing::row(const std::vector<Cell>& cells) {
    if (cells.size() != columns_.size()) throw internal_error("a row of a listing does not have its number of cells");
    if (rows_ == 0) open_document();
    switch (format_) {
        case Format::table:
            table_row(cells);
            break;
        case Format::csv:
            csv_row(cells);
            break;
        case Format::json:
        case Format::ndjson:
            json_row(cells);
            break;
    }
    ++rows_;
}

void Listing::finish(const std::string& next) {
    if (rows_ == 0) open_document();
    if (format_ == Format::table) release_table();
    if (format_ == Format::json) {
        line_ = "],\"next\":";
        if (next.empty()) {
            line_ += "null";
        } else {
            append_json_string(line_, next);
        }
        line_ += "},\"trace_id\":";
        append_json_string(line_, trace_id_);
        line_ += "}\n";
        write_line();
    }
    check_output(env_);
}

/// What stands before the first row: for JSON the envelope of envelope.h, up to the list.
void Listing::open_document() {
    line_.clear();
    if (format_ == Format::json) {
        line_ = "{\"success\":true,\"data\":{";
        append_json_string(line_, list_);
        line_ += ":[";
    }
    if (format_ == Format::csv) {
        for (const Column& column : columns_) {
            if (!line_.empty()) line_ += ',';
            line_ += csv_cell(column.field);
        }
        line_ += "\r\n";
    }
    write_line();
}

void Listing::json_row(const std::vector<Cell>& cells) {
    line_.clear();
    if (format_ == Format::json && rows_ > 0) line_ += ',';
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line_ += keys_[i];
        append_json(line_, cells[i]);
    }
    line_ += '}';
    if (format_ == Format::ndjson) line_ += '\n';
    write_line();
}

/// RFC 4180 ends its lines with CRLF, and a spreadsheet expects them.
void Listing::csv_row(const std::vector<Cell>& cells) {
    line_.clear();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line_ += ',';
        append_csv(line_, cells[i]);
    }
    line_ += "\r\n";
    write_line();
}

void Listing::table_row(const std::vector<Cell>& cells) {
    std::vector<std::string> texts;
    texts.reserve(shapes_.size());
    for (const Shape& shape : shapes_) texts.push_back(table_text(columns_[shape.cell], cells[shape.cell]));
    if (widths_known_) return table_line(texts);

    for (std::size_t i = 0; i < shapes_.size(); ++i) shapes_[i].measure(cells[shapes_[i].cell], texts[i]);
    held_.push_back(std::move(texts));
    if (held_.size() == measured_rows) release_table();
}

void Listing::Shape::measure(const Cell& value, const std::string& text) {
    width = std::max(width, display_width(text));
    if (std::holds_alternative<std::monostate>(value)) return;
    Kind seen = Kind::text;
    if (std::holds_alternative<std::int64_t>(value)) seen = Kind::number;
    if (std::holds_alternative<Time>(value)) seen = Kind::time;
    kind = kind == Kind::unknown || kind == seen ? seen : Kind::text;
}

/// The widths are settled: writes the heading and the rows that waited for it.
void Listing::release_table() {
    if (widths_known_ || held_.empty()) return;
    widths_known_ = true;
    if (env_.terminal.out) fit_terminal();
    std::vector<std::string> titles;
    for (const Shape& shape : shapes_) titles.push_back(columns_[shape.cell].title);
    table_line(titles, env_.terminal.out_color);
    for (const auto& texts : held_) table_line(texts);
    held_ = {};
}

/// Makes the table fit: times give way first (only their distance is shown), then spare columns go, the last one first,
/// then the widest text is cut, again and again.
void Listing::fit_terminal() {
    const auto total = [this] {
        std::size_t sum = shapes_.empty() ? 0 : gap * (shapes_.size() - 1);
        for (const Shape& shape : shapes_) sum += shape.width;
        return sum;
    };
    const std::size_t room = env_.terminal.width;
    for (Shape& shape : shapes_) {
        if (total() <= room || shape.kind != Kind::time || shape.width <= readable) continue;
        shape.width = readable;
        shape.narrowed = true;
    }
    for (std::size_t i = shapes_.size(); i-- > 0;) {
        if (total() > room && columns_[shapes_[i].cell].spare) leave_out(i);
    }
    while (total() > room) {
        Shape* shape = widest(Kind::text, readable);
        if (!shape) shape = widest(Kind::text, least);
        if (!shape) return;
        --shape->width;
        shape->narrowed = true;
    }
}

void Listing::leave_out(std::size_t shape) {
    const auto at = static_cast<std::ptrdiff_t>(shape);
    shapes_.erase(shapes_.begin() + at);
    for (auto& texts : held_) texts.erase(texts.begin() + at);
}

/// A cell in a column that had to give way: of a time "2026-03-01 13:34 CET (3 min ago)" the distance, of a text its
/// beginning.
std::string Listing::Shape::shortened(const std::string& text) const {
    const auto open = text.find(" (");
    if (kind == Kind::time && open != text.npos) return cut(text.substr(open + 2, text.size() - open - 3), width);
    return cut(text, width);
}

/// The widest column of a kind that is wider than `floor`, or null.
Listing::Shape* Listing::widest(Kind kind, std::size_t floor) {
    Shape* found = nullptr;
    for (Shape& shape : shapes_) {
        if (shape.kind == kind && shape.width > std::max(floor, found ? found->width : 0)) found = &shape;
    }
    return found;
}

/// One line of the table. A cell that is longer than all that were measured pushes the rest of its line; the terminal's
/// edge is kept in any case.
void Listing::table_line(const std::vector<std::string>& texts, bool bold) {
    line_.clear();
    std::size_t padding = 0;  // owed by the cell before: the last one leaves no trailing spaces
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const Shape& shape = shapes_[i];
        const std::string text = shape.narrowed ? shape.shortened(texts[i]) : texts[i];
        const std::size_t taken = display_width(text);
        const std::size_t missing = shape.width > taken ? shape.width - taken : 0;
        const bool right = shape.kind == Kind::number;
        line_.append(padding + (right ? missing : 0), ' ');
        line_ += text;
        padding = gap + (right ? 0 : missing);
    }
    line_.erase(line_.find_last_not_of(' ') + 1);
    if (env_.terminal.out) line_ = cut(line_, env_.terminal.width);
    if (bold) line_ = "\x1b[1m" + line_ + "\x1b[0m";
    line_ += '\n';
    write_line();
}

std::string Listing::table_text(const Column& column, const Cell& cell) const {
    if (const auto* text = std::get_if<std::string>(&cell)) return printable(*text);
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    if (const auto* value = std::get_if<bool>(&cell)) return *value ? "yes" : "no";
    if (const auto* time = std::get_if<Time>(&cell)) {
        if (!env_.terminal.out) return rfc3339(*time);
        return local_text(*time) + (column.relative ? " (" + relative(*time, now_) + ")" : "");
    }
    return "-";
}

void Listing::write_line() {
    env_.out.write(line_.data(), static_cast<std::streamsize>(line_.size()));
    if (!env_.out) check_output(env_);
}

}  // namespace pwreset
