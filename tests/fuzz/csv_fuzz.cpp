// The CSV reader over any file, and the cells that listings write.
#include "src/jobs/csv_reader.h"

#include <algorithm>
#include <sstream>

#include "src/base/csv.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t longest_field = 4096;

/// The columns and the rows below them, or the fault.
struct Outcome {
    Rows rows;
    std::string fault;
    bool operator==(const Outcome&) const = default;
};

/// A file that comes in pieces of so many bytes, as from a pipe.
class Pipe : public std::streambuf {
public:
    Pipe(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}

private:
    int_type underflow() override {
        if (at_ == text_.size()) return traits_type::eof();
        const std::size_t size = std::min(piece_, text_.size() - at_);
        setg(text_.data() + at_, text_.data() + at_, text_.data() + at_ + size);
        at_ += size;
        return traits_type::to_int_type(*gptr());
    }

    std::string text_;
    std::size_t piece_;
    std::size_t at_ = 0;
};

/// "line 3, field 2: …", in which both exist.
void check_place(const std::string& message, std::string_view text) {
    std::size_t line = 0;
    std::size_t field = 0;
    require(std::sscanf(message.c_str(), "line %zu, field %zu: ", &line, &field) == 2, "a fault has line and field");
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    const auto commas = static_cast<std::size_t>(std::count(text.begin(), text.end(), ',')) + 1;
    require(line >= 1 && line <= lines && field >= 1 && field <= commas, "a fault's line and field exist");
}

Outcome read(std::string_view text, std::size_t piece) {
    Pipe pipe{std::string(text), piece};
    std::istream file(&pipe);
    Outcome outcome;
    try {
        CsvReader reader(file);
        outcome.rows.push_back(reader.columns());
        for (std::vector<std::string> row; reader.next(row);) outcome.rows.push_back(row);
        require(std::all_of(reader.columns().begin(), reader.columns().end(),
                            [&](const auto& name) { return reader.columns()[*reader.column(name)] == name; }),
                "each column is found by its name");
    } catch (const Error& error) {
        require(error.code == "INVALID_INPUT", "a faulty file is INVALID_INPUT");
        require_printable(error);
        check_place(error.message, text);
        outcome.fault = error.message;
    }
    return outcome;
}

void check_rows(const Rows& rows) {
    for (const auto& row : rows) {
        require(row.size() == rows.front().size(), "all rows have as many fields as there are columns");
        for (const std::string& field : row) {
            require(field.size() <= longest_field, "a field has a bound");
            require(is_utf8(field) && field.find('\0') == field.npos, "a field is text");
        }
    }
}

/// The rows as RFC 4180 writes them, every field in quotes.
std::string written(const Rows& rows) {
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += i > 0 ? ",\"" : "\"";
            for (const char c : row[i]) text += c == '"' ? "\"\"" : std::string(1, c);
            text += '"';
        }
        text += "\r\n";
    }
    return text;
}

/// A cell that a listing writes is no formula to a spreadsheet, and one field to a reader.
void check_cell(std::string_view text) {
    const std::string cell = csv_cell(text);
    const Outcome back = read("cell\r\n" + cell + "\r\n", 1000);
    if (text.empty() || cell.size() > longest_field) return;
    require(back.fault.empty() && back.rows.size() == 2, "a cell is one field");
    const std::string& shown = back.rows[1][0];
    require(printable(shown) == shown, "a cell is printable");
    require(std::string_view("=-@\t\r\n").find(shown[0]) == std::string_view::npos, "a cell starts no formula");
    require(shown[0] != '+' || shown.find_first_not_of("0123456789", 1) == shown.npos, "a plus is a phone number's");
    require(shown == printable(text) || shown == "'" + printable(text), "a cell holds its text");
}

}  // namespace
}  // namespace pwreset::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset::fuzz;
    const std::string_view text = text_of(data, size);
    const Outcome whole = read(text, size + 1);
    check_rows(whole.rows);
    require(read(text, 3) == whole, "it does not matter in which pieces a file comes");
    if (whole.fault.empty()) require(read(written(whole.rows), size + 1) == whole, "rows are read back as written");
    check_cell(text.substr(0, 1000));
    return 0;
}
