#include "src/jobs/csv_reader.h"

#include <algorithm>
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

/// Thrown where a row cannot be read on; the rest of its line is left out.
struct BrokenRow {};

std::string too_long(const char* what, std::size_t most) {
    return what + (" longer than " + std::to_string(most) + " bytes");
}

}  // namespace

CsvReader::CsvReader(std::istream& in) : in_(in) {
    while (size_ < byte_order_mark.size() && fill()) {
    }
    const std::string_view begin(buffer_.data(), size_);
    if (begin.starts_with("\xFF\xFE") || begin.starts_with("\xFE\xFF")) fail("text in UTF-16", as_text);
    if (begin.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
}

std::string_view CsvReader::first_line() {
    while (take_line_end()) {
    }
    const auto end = [&] { return std::find(buffer_.begin() + at_, buffer_.begin() + size_, '\n') - buffer_.begin(); };
    if (at_ > 0) {
        std::copy(buffer_.begin() + at_, buffer_.begin() + size_, buffer_.begin());
        size_ -= at_;
        at_ = 0;
    }
    while (static_cast<std::size_t>(end()) == size_ && fill()) {
    }
    std::string_view line(buffer_.data(), static_cast<std::size_t>(end()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool CsvReader::next(std::vector<std::string>& fields) {
    fields.clear();
    field_lines_.clear();
    fault_.clear();
    while (take_line_end()) {
    }
    row_bytes_ = 0;
    row_line_ = line_;
    if (peek() == end_of_file) return false;
    try {
        for (;;) {
            field_lines_.push_back(line_);
            fields.emplace_back();
            read_field(fields.back());
            if (delimiter_ == '\0' || peek() != delimiter_) break;
            take();
            if (row_bytes_ > longest_row) note(too_long("row", longest_row));
        }
    } catch (const BrokenRow&) {
        skip_line();
    }
    take_line_end();
    return true;
}

std::int64_t CsvReader::line_of(std::size_t field) const {
    return field >= 1 && field <= field_lines_.size() ? field_lines_[field - 1] : row_line_;
}

bool CsvReader::at_field_end() {
    const int c = peek();
    return c == '\r' || c == '\n' || c == end_of_file || (delimiter_ != '\0' && c == delimiter_);
}

/// A field up to what ends it, which stays.
void CsvReader::read_field(std::string& field) {
    const bool quotes = delimiter_ != '\0';
    if (quotes && peek() == '"') read_quoted(field);
    while (!at_field_end()) {
        if (quotes && peek() == '"') note("double quote inside a field that does not begin with one");
        append(field, take(), false);
    }
    if (!is_utf8(field)) fail("text that is not UTF-8", as_text);
}

/// What stands between quotes, doubled ones made single.
void CsvReader::read_quoted(std::string& field) {
    take();
    while (peek() != end_of_file) {
        const char c = take();
        if (c == '"' && peek() != '"') {
            if (!at_field_end()) note("text behind the closing quote of a field");
            return;
        }
        if (c == '"') take();
        append(field, c, true);
    }
    fail("field without a closing quote", "write \"\" for a quote inside a field");
}

/// What stands in quotes and is too long has swallowed other rows.
void CsvReader::append(std::string& field, char c, bool quoted) {
    const bool long_row = row_bytes_ > longest_row;
    if (field.size() < longest_field && !long_row) {
        field += c;
        return;
    }
    const std::string fault = long_row ? too_long("row", longest_row) : too_long("field", longest_field);
    if (quoted) fail(fault, "shorten it, or look for a stray quote");
    note(fault);
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

void CsvReader::skip_line() {
    while (peek() != '\n' && peek() != end_of_file) ++at_;
}

/// Reads more behind what is there; false when there is no more, or no room.
bool CsvReader::fill() {
    if (size_ == buffer_.size()) return false;
    in_.read(buffer_.data() + size_, static_cast<std::streamsize>(buffer_.size() - size_));
    if (in_.bad()) throw io_error("the file broke off while it was read");
    const auto count = static_cast<std::size_t>(in_.gcount());
    size_ += count;
    return count > 0;
}

/// The next byte, or end_of_file.
int CsvReader::peek() {
    if (at_ == size_) {
        at_ = size_ = 0;
        if (!fill()) return end_of_file;
    }
    return static_cast<unsigned char>(buffer_[at_]);
}

/// The byte that peek() has seen.
char CsvReader::take() {
    const char c = buffer_[at_];
    if (c == '\0') note("NUL byte");
    ++at_;
    if (c == '\n') ++line_;
    ++row_bytes_;
    return c;
}

void CsvReader::note(std::string fault) {
    fault_ = std::move(fault);
    throw BrokenRow();
}

void CsvReader::fail(const std::string& fault, const std::string& hint) const {
    const std::size_t field = std::max<std::size_t>(field_lines_.size(), 1);
    const std::int64_t line = field_lines_.empty() ? line_ : field_lines_.back();
    throw invalid_input("line " + std::to_string(line) + ", field " + std::to_string(field) + ": " + fault, hint);
}

}  // namespace pwreset
