// Comma-separated values (RFC 4180) come in: files of many users, as spreadsheets and databases write them. What goes
// out is in src/base/csv.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// Reads a file row by row; memory does not grow with it. Lines end in CRLF or LF; a field in quotes may hold line
/// ends, delimiters and doubled quotes; a byte order mark and lines without anything on them are skipped. A field may
/// have 4096 bytes, a row 65536.
///
/// What is wrong with one row alone is told by fault(), and the next is read. What makes the rest of the file another
/// than it was meant to be is thrown as Error INVALID_INPUT: text that is not UTF-8, a quote that nothing closes, a
/// carriage return alone. Either has line and field, both from 1, and never text of the file. Throws Error IO_ERROR
/// when the stream breaks. After an error nothing more can be read.
class CsvReader {
public:
    /// `in` must outlive this. Throws Error INVALID_INPUT for UTF-16.
    explicit CsvReader(std::istream& in);

    /// The first line that holds something, as it stands there and without its end, before it is read as a row; cut
    /// where it is longer than 16 KiB.
    std::string_view first_line();
    /// What stands between fields; a comma when this is not called. '\0': each line is one field, quotes and all.
    void separate_by(char delimiter) { delimiter_ = delimiter; }
    /// Puts the next row in the place of `fields`, as far as it could be read; false at the end of the file.
    bool next(std::vector<std::string>& fields);
    /// The line on which the last row begins, from 1.
    std::int64_t line() const { return row_line_; }
    /// The same of one of its fields, counted from 1, and of what should follow them.
    std::int64_t line_of(std::size_t field) const;
    /// What is wrong with the last row: "NUL byte". Empty: nothing. It stands in the last of the fields that were read.
    const std::string& fault() const { return fault_; }

private:
    int peek();
    char take();
    bool fill();
    bool take_line_end();
    void skip_line();
    bool at_field_end();
    void read_field(std::string& field);
    void read_quoted(std::string& field);
    void append(std::string& field, char c, bool quoted);
    [[noreturn]] void note(std::string fault);
    [[noreturn]] void fail(const std::string& fault, const std::string& hint) const;

    std::istream& in_;
    char delimiter_ = ',';
    std::array<char, 16384> buffer_{};
    std::size_t at_ = 0;    ///< the next byte of the buffer
    std::size_t size_ = 0;  ///< bytes in the buffer
    std::int64_t line_ = 1;
    std::int64_t row_line_ = 1;
    std::size_t row_bytes_ = 0;              ///< of the row, up to here
    std::vector<std::int64_t> field_lines_;  ///< where the fields of the last row begin
    std::string fault_;
};

}  // namespace pwreset
