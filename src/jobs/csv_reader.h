// Comma-separated values (RFC 4180) come in: files of many users. What goes out is in src/base/csv.h.
#pragma once

#include <array>
#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// Reads a file row by row; memory does not grow with it. The first row names the columns and every other has as many
/// fields. Lines end in CRLF or LF; a field in quotes may hold line ends, commas and doubled quotes; a byte order mark
/// and lines without anything on them are skipped. A field may have 4096 bytes, a row 65536.
///
/// Throws Error INVALID_INPUT with line and field, both from 1, and never with text of the file: on what is not UTF-8,
/// NUL, a quote out of place, a carriage return alone, a row with more or fewer fields than columns, a column without a
/// name or with that of another, a file without a first row, and beyond the two limits. Throws Error IO_ERROR when the
/// stream breaks. After an error nothing more can be read.
class CsvReader {
public:
    /// Reads the names of the columns. `in` must outlive this.
    explicit CsvReader(std::istream& in);

    const std::vector<std::string>& columns() const { return columns_; }
    /// The place of the column of exactly this name, from 0.
    std::optional<std::size_t> column(std::string_view name) const;
    /// Puts the next row in the place of `fields`; false at the end of the file.
    bool next(std::vector<std::string>& fields);
    /// The line on which the last row begins, from 1.
    std::size_t line() const { return row_line_; }

private:
    int peek();
    char take();
    bool take_line_end();
    bool read_row(std::vector<std::string>& fields);
    std::string read_field();
    void read_quoted(std::string& field);
    void append(std::string& field, char c) const;
    [[noreturn]] void fail(const std::string& fault, const std::string& hint) const;

    std::istream& in_;
    std::array<char, 16384> buffer_{};
    std::size_t at_ = 0;    ///< the next byte of the buffer
    std::size_t size_ = 0;  ///< bytes in the buffer
    std::size_t line_ = 1;
    std::size_t row_line_ = 1;
    std::size_t row_bytes_ = 0;   ///< of the row, up to here
    std::size_t field_ = 1;       ///< of the row, from 1
    std::size_t field_line_ = 1;  ///< where it begins
    std::vector<std::string> columns_;
};

}  // namespace pwreset
