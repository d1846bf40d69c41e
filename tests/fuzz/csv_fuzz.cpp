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

/// The rows, each with its fault, and what ended them.
struct Outcome {
    Rows rows;
    std::vector<std::string> faults;
    std::string end;
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

void check_row(const CsvReader& reader, const std::vector<std::string>& row, std::size_t lines) {
    require(!row.empty(), "a row has a field");
    require(reader.line() >= 1 && reader.line() <= static_cast<std::int64_t>(lines), "a row begins on a line");
    require(reader.line_of(row.size()) >= reader.line(), "a field begins on its row's line or behind it");
    for (const std::string& field : row) {
        require(field.size() <= longest_field, "a field has a bound");
        require(field.find('\0') == field.npos, "a field has no NUL");
        require(!reader.fault().empty() || is_utf8(field), "a field is text");
    }
}

Outcome read(std::string_view text, std::size_t piece) {
    Pipe pipe{std::string(text), piece};
    std::istream file(&pipe);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    Outcome outcome;
    try {
        CsvReader reader(file);
        std::int64_t line = 0;
        for (std::vector<std::string> row; reader.next(row);) {
            check_row(reader, row, lines);
            require(reader.line() > line, "each row begins behind the one before");
            line = reader.line();
            outcome.rows.push_back(row);
            outcome.faults.push_back(reader.fault());
        }
    } catch (const Error& error) {
        require(error.code == "INVALID_INPUT", "a faulty file is INVALID_INPUT");
        require_printable(error);
        check_place(error.message, text);
        outcome.end = error.message;
    }
    return outcome;
}

bool is_sound(const Outcome& outcome) {
    return outcome.end.empty() && std::all_of(outcome.faults.begin(), outcome.faults.end(),
                                              [](const std::string& fault) { return fault.empty(); });
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
    require(is_sound(back) && back.rows.size() == 2 && back.rows[1].size() == 1, "a cell is one field");
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
    require(read(text, 3) == whole, "it does not matter in which pieces a file comes");
    if (is_sound(whole)) require(read(written(whole.rows), size + 1) == whole, "rows are read back as written");
    check_cell(text.substr(0, 1000));
    return 0;
}
