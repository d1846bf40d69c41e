#include "src/jobs/csv_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

// An identity has at most 254 bytes; what stands beside it in an export is rarely longer than a postal address.
constexpr std::size_t longest_field = 4096;
constexpr std::size_t longest_row = 65536;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr const char* as_text = "save the file as UTF-8 text";

constexpr int end_of_file = -1;

bool ends_field(int c) { return c == ',' || c == '\r' || c == '\n' || c == end_of_file; }

}  // namespace

CsvReader::CsvReader(std::istream& in) : in_(in) {
    peek();
    if (std::string_view(buffer_.data(), size_).starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    std::vector<std::string> names;
    if (!read_row(names)) fail("no row with the names of the columns", "write them on the first line, such as: email");
    std::set<std::string_view> seen;
    for (field_ = 1; field_ <= names.size(); ++field_) {
        const std::string& name = names[field_ - 1];
        if (name.empty()) fail("column without a name", "write one, or remove the column");
        if (!seen.insert(name).second) fail("column with the name of another", "rename one of them");
    }
    columns_ = std::move(names);
}

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns_.begin());
}

bool CsvReader::next(std::vector<std::string>& fields) {
    if (!read_row(fields)) return false;
    if (fields.size() < columns_.size()) fail("row with fewer fields than columns", "fill it up with commas");
    return true;
}

bool CsvReader::read_row(std::vector<std::string>& fields) {
    fields.clear();
    field_ = 1;
    do {
        row_bytes_ = 0;
        field_line_ = line_;
    } while (take_line_end());
    if (peek() == end_of_file) return false;
    row_line_ = line_;
    fields.push_back(read_field());
    while (peek() == ',') {
        take();
        if (++field_ > columns_.size() && !columns_.empty())
            fail("row with more fields than columns", "put a field that holds a comma between double quotes");
        fields.push_back(read_field());
    }
    take_line_end();
    return true;
}

/// A field up to what ends it, which stays.
std::string CsvReader::read_field() {
    std::string field;
    field_line_ = line_;
    if (peek() == '"') read_quoted(field);
    while (!ends_field(peek())) {
        if (peek() == '"')
            fail("double quote inside a field", "put the field between double quotes, and write \"\" for it");
        append(field, take());
    }
    if (!is_utf8(field)) fail("text that is not UTF-8", as_text);
    return field;
}

/// What stands between quotes, doubled ones made single.
void CsvReader::read_quoted(std::string& field) {
    take();
    while (peek() != end_of_file) {
        const char c = take();
        if (c == '"' && peek() != '"') {
            if (!ends_field(peek())) fail("text behind the closing quote of a field", "write \"\" for a quote inside");
            return;
        }
        if (c == '"') take();
        append(field, c);
    }
    fail("field without a closing quote", "write \"\" for a quote inside a field");
}

void CsvReader::append(std::string& field, char c) const {
    if (field.size() == longest_field)
        fail("field longer than " + std::to_string(longest_field) + " bytes", "shorten it, or look for a stray quote");
    field += c;
}

/// CRLF or LF, if that comes next.
bool CsvReader::take_line_end() {
    if (peek() == '\r') {
        take();
        if (peek() != '\n') fail("carriage return without a line feed", "save the file with CRLF or LF line ends");
    }
    if (peek() != '\n') return false;
    take();
    return true;
}

/// The next byte, or end_of_file.
int CsvReader::peek() {
    if (at_ == size_) {
        in_.read(buffer_.data(), buffer_.size());
        if (in_.bad()) throw io_error("the file broke off while it was read");
        at_ = 0;
        size_ = static_cast<std::size_t>(in_.gcount());
        if (size_ == 0) return end_of_file;
    }
    return static_cast<unsigned char>(buffer_[at_]);
}

/// The byte that peek() has seen.
char CsvReader::take() {
    const char c = buffer_[at_++];
    if (c == '\0') fail("NUL byte", as_text);
    if (c == '\n') ++line_;
    if (++row_bytes_ > longest_row) fail("row longer than " + std::to_string(longest_row) + " bytes", "shorten it");
    return c;
}

void CsvReader::fail(const std::string& fault, const std::string& hint) const {
    throw invalid_input("line " + std::to_string(field_line_) + ", field " + std::to_string(field_) + ": " + fault,
                        hint);
}

}  // namespace pwreset
