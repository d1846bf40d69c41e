#include "src/base/csv.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

/// What a spreadsheet takes for a formula (OWASP, "CSV Injection"), or for white space in front of one.
bool starts_formula(std::string_view text) {
    if (text.empty()) return false;
    if (text[0] == '+') return text.size() == 1 || !std::all_of(text.begin() + 1, text.end(), is_digit);
    if (std::string_view("=-@\t\r\n").find(text[0]) != std::string_view::npos) return true;
    return text.starts_with("\uFF0B") || text.starts_with("\uFF0D") || text.starts_with("\uFF1D") ||
           text.starts_with("\uFF20");
}

/// Nearly every cell: ASCII that needs neither quotes nor care.
bool is_plain(std::string_view text) {
    const auto plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != ','; };
    return std::all_of(text.begin(), text.end(), plain) && !starts_formula(text);
}

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string cell;
    append_csv_cell(cell, text);
    return cell;
}

void append_csv_cell(std::string& line, std::string_view text) {
    if (is_plain(text)) {
        line += text;
        return;
    }
    std::string shown = (starts_formula(text) ? "'" : "") + printable(text);
    if (shown.find_first_of(",\"") == std::string::npos) {
        line += shown;
        return;
    }
    line += '"';
    for (const char c : shown) {
        if (c == '"') line += '"';
        line += c;
    }
    line += '"';
}

}  // namespace pwreset
