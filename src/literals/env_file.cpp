#include "src/literals/env_file.h"

#include <optional>

#include "src/base/ascii.h"
#include "src/literals/lines.h"

namespace pwreset {
namespace {

/// Whether somebody would put something else there: "$NAME", "${NAME}", "$(command)", or a command in backticks.
bool has_expansion(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '`') return true;
        if (text[at] != '$' || at + 1 == text.size()) continue;
        const char next = text[at + 1];
        if (is_letter(next) || next == '_' || next == '{' || next == '(') return true;
    }
    return false;
}

/// What may follow a value in quotes: nothing, or a comment.
bool ends_the_line(std::string_view rest) {
    rest = trimmed(rest);
    return rest.empty() || rest.front() == '#';
}

Literal single_quoted(std::string_view value) {
    const std::size_t end = value.find('\'', 1);
    if (end == value.npos || !ends_the_line(value.substr(end + 1))) return computed();
    const std::string_view content = value.substr(1, end - 1);
    // The libraries do not agree about a backslash here.
    if (content.find('\\') != content.npos) return computed();
    return written(content);
}

Literal double_quoted(std::string_view value) {
    Secret content(value.size());
    std::size_t size = 0;
    for (std::size_t at = 1; at < value.size(); ++at) {
        if (value[at] == '"') {
            if (!ends_the_line(value.substr(at + 1))) return computed();
            content.shrink(size);
            return {Literal::Kind::written, std::move(content)};
        }
        if (value[at] == '$' && has_expansion(value.substr(at, 2))) return computed();
        if (value[at] == '`') return computed();
        if (value[at] == '\\') {
            const char next = at + 1 < value.size() ? value[at + 1] : '\0';
            if (next != '\\' && next != '"' && next != '$') return computed();
            ++at;
        }
        content.data()[size++] = value[at];
    }
    return computed();  // it goes on in the next line, or never ends
}

Literal unquoted(std::string_view value) {
    for (std::size_t at = 1; at < value.size(); ++at) {
        if (value[at] == '#' && is_blank(value[at - 1])) value = value.substr(0, at);
    }
    value = trimmed(value);
    if (value.find_first_of("\\\"' \t") != value.npos || has_expansion(value)) return computed();
    return written(value);
}

Literal value_of(std::string_view value) {
    value = trimmed(value);
    if (value.empty() || value.front() == '#') return written("");
    if (value.front() == '\'') return single_quoted(value);
    if (value.front() == '"') return double_quoted(value);
    return unquoted(value);
}

/// What stands behind "NAME=" or "export NAME=" in a line; nothing where it is another's.
std::optional<std::string_view> assigned(std::string_view line, std::string_view name) {
    line = trimmed(line);
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    if (!line.starts_with(name)) return {};
    line = trimmed(line.substr(name.size()));
    if (!line.starts_with('=')) return {};
    return line.substr(1);
}

/// Whether a value in double quotes goes on in the next line: then that line assigns nothing, whatever it looks like.
bool stays_open(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (trimmed(line).starts_with('#') || equals == line.npos) return false;
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (value.empty() || (value.front() != '"' && value.front() != '\'')) return false;
    for (std::size_t at = 1; at < value.size(); ++at) {
        if (value[at] == '\\')
            ++at;
        else if (value[at] == value.front())
            return false;
    }
    return true;
}

}  // namespace

Literal env_value(std::string_view text, std::string_view name) {
    Literal found;
    Lines lines(text);
    char open = '\0';  // the quote of a value of several lines
    for (std::string_view line; lines.next(line);) {
        if (open != '\0') {
            if (line.find(open) != line.npos) open = '\0';
            continue;
        }
        if (const auto value = assigned(line, name)) found = value_of(*value);
        if (stays_open(line)) open = trimmed(line.substr(line.find('=') + 1)).front();
    }
    // In a file that never ends its quotes nothing is certain.
    if (open != '\0' && found.is_written()) return computed();
    return found;
}

}  // namespace pwreset
