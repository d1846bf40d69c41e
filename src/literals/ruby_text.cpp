#include "src/literals/ruby_text.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/literals/lines.h"

namespace pwreset {
namespace {

/// The name that ends a text of several lines which begins in this one: "<<~NAME", "<<-NAME", "<<NAME". Empty without.
std::string_view heredoc_name(std::string_view line) {
    const std::size_t at = line.find("<<");
    if (at == line.npos) return {};
    std::string_view name = line.substr(at + 2);
    if (name.starts_with('~') || name.starts_with('-')) name.remove_prefix(1);
    if (!name.empty() && (name.front() == '\'' || name.front() == '"')) name.remove_prefix(1);
    std::size_t size = 0;
    while (size < name.size() && (is_upper(name[size]) || name[size] == '_')) ++size;
    return name.substr(0, size);
}

/// What stands behind "config.NAME ="; empty where the line says something else.
std::string_view assigned_setting(std::string_view line, std::string_view name) {
    const std::size_t dot = line.find('.');
    if (dot == line.npos || dot == 0) return {};
    const auto part_of_name = [](char c) { return is_alphanumeric(c) || c == '_'; };
    if (!std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(dot), part_of_name)) return {};
    line.remove_prefix(dot + 1);
    if (!line.starts_with(name)) return {};
    line = trimmed(line.substr(name.size()));
    if (!line.starts_with('=') || line.starts_with("==")) return {};
    return trimmed(line.substr(1));
}

/// A number, or a number with a unit: "6.hours".
bool is_span(std::string_view value) {
    return is_digit(value.front()) && std::all_of(value.begin(), value.end(), [](char c) {
               return is_digit(c) || is_lower(c) || c == '.' || c == '_';
           });
}

Literal ruby_value(std::string_view value) {
    if (value.empty()) return computed();
    const char quote = value.front();
    if (quote != '\'' && quote != '"') {
        value = trimmed(value.substr(0, value.find(" #")));
        return is_span(value) ? written(value) : computed();
    }
    const std::size_t end = value.find(quote, 1);
    if (end == value.npos) return computed();
    const std::string_view rest = trimmed(value.substr(end + 1));
    const std::string_view content = value.substr(1, end - 1);
    const bool plain = content.find('\\') == content.npos && (quote == '\'' || content.find("#") == content.npos);
    return plain && (rest.empty() || rest.front() == '#') ? written(content) : computed();
}

}  // namespace

Literal ruby_setting(std::string_view text, std::string_view name) {
    Literal found;
    Lines lines(text);
    std::string_view ends;  // the line that ends what is skipped
    for (std::string_view line; lines.next(line);) {
        const std::string_view content = trimmed(line);
        if (content == "__END__") break;
        if (!ends.empty()) {
            if (content == ends) ends = {};
            continue;
        }
        if (line.starts_with("=begin")) ends = "=end";
        if (content.starts_with('#') || !ends.empty()) continue;
        ends = heredoc_name(content);
        const std::string_view value = assigned_setting(content, name);
        if (value.empty()) continue;
        const std::size_t indent = line.find_first_not_of(" \t");
        const bool again = found.kind != Literal::Kind::absent;
        found = again || indent > 2 ? computed() : ruby_value(value);
    }
    return found;
}

}  // namespace pwreset
