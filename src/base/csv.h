// The cells of comma-separated values (RFC 4180) that listings write.
#pragma once

#include <string>
#include <string_view>

namespace pwreset {

/// Text as a cell of a CSV file: made printable, quoted where needed, with an apostrophe in front of what a spreadsheet
/// would run: a leading = + - @ (their full-width forms too), tab, CR or LF. A plus followed by digits only is a phone
/// number and stays.
std::string csv_cell(std::string_view text);
/// The same at the end of a line, without a copy of text that needs no change: a listing has millions of cells.
void append_csv_cell(std::string& line, std::string_view text);

}  // namespace pwreset
