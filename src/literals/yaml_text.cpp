#include "src/literals/yaml_text.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/literals/lines.h"

namespace pwreset {
namespace {

/// More than any configuration of a database has: a file of nothing but keys must not cost a search through all of them
/// for each.
constexpr std::size_t most_nodes = 10'000;
/// Of "<<: *other" within what is included itself.
constexpr int most_hops = 8;

/// Without the comment that ends it: a '#' behind a blank, outside of quotes.
std::string_view without_comment(std::string_view line) {
    char quote = '\0';
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (quote != '\0') {
            if (c == quote) quote = '\0';
        } else if (c == '#' && (at == 0 || is_blank(line[at - 1]))) {
            return line.substr(0, at);
        } else if ((c == '\'' || c == '"') && (at == 0 || is_blank(line[at - 1]))) {
            quote = c;
        }
    }
    return line;
}

std::string_view without_quotes(std::string_view key) {
    const bool quoted = key.size() > 1 && (key.front() == '\'' || key.front() == '"') && key.back() == key.front();
    return quoted ? key.substr(1, key.size() - 2) : key;
}

/// A value in quotes that holds no quote and no escape.
Literal in_quotes_of(std::string_view value) {
    if (value.size() < 2 || value.back() != value.front()) return computed();
    const std::string_view content = value.substr(1, value.size() - 2);
    if (content.find(value.front()) != content.npos) return computed();
    if (value.front() == '"' && content.find('\\') != content.npos) return computed();
    return written(content);
}

Literal scalar(std::string_view value) {
    if (value.find("<%") != value.npos) return computed();
    if (value.empty()) return written("");
    if (value.front() == '\'' || value.front() == '"') return in_quotes_of(value);
    // Blocks, lists, references, tags: nothing that a host or a name is written as.
    if (std::string_view("|>[{&*!%@`").find(value.front()) != std::string_view::npos) return computed();
    if (value == "~" || value == "null") return written("");
    return written(value);
}

}  // namespace

YamlText::YamlText(std::string_view text) {
    Lines lines(text);
    for (std::string_view line; lines.next(line);) add(line);
}

void YamlText::add(std::string_view line) {
    line = without_comment(line);
    const std::string_view content = trimmed(line);
    if (content.empty() || content == "---") return;
    // "<% if … %>" decides which lines there are; "<%= … %>" is a value, or a part of one.
    for (std::size_t at = content.find("<%"); at != content.npos; at = content.find("<%", at + 2)) {
        const std::string_view behind = content.substr(at + 2);
        if (!behind.starts_with('=') && !behind.starts_with('#')) program_ = true;
    }
    const std::size_t indent = line.find_first_not_of(' ');
    const std::size_t colon = content.find(':');
    const bool key_alone = colon != content.npos && (colon + 1 == content.size() || is_blank(content[colon + 1]));
    if (line[indent] == '\t') program_ = true;
    if (!key_alone || content.front() == '-' || nodes_.size() >= most_nodes) return;
    while (open_.size() > 1 && nodes_[open_.back()].indent >= indent) open_.pop_back();
    nodes_.push_back(
        {open_.back(), indent, without_quotes(trimmed(content.substr(0, colon))), trimmed(content.substr(colon + 1))});
    open_.push_back(nodes_.size() - 1);
}

std::size_t YamlText::anchored(std::string_view name) const {
    for (std::size_t i = nodes_.size(); i-- > 1;) {
        const std::string_view value = nodes_[i].value;
        if (value.starts_with('&') && value.substr(1) == name) return i;
    }
    return 0;
}

std::size_t YamlText::find(std::size_t from, Path path, int hops) const {
    if (path.empty()) return from;
    std::size_t found = 0;
    std::size_t included = 0;
    for (std::size_t i = from + 1; i < nodes_.size(); ++i) {
        if (nodes_[i].parent != from) continue;
        if (nodes_[i].key == path.front()) found = i;
        if (nodes_[i].key == "<<" && nodes_[i].value.starts_with('*')) included = anchored(nodes_[i].value.substr(1));
    }
    if (found != 0) return find(found, path.subspan(1), hops);
    return included != 0 && hops < most_hops ? find(included, path, hops + 1) : 0;
}

Literal YamlText::value(Path path) const {
    const std::size_t at = find(0, path, 0);
    if (at == 0) return {};
    // What stands below a key is its value, and no text.
    const bool below = at + 1 < nodes_.size() && nodes_[at + 1].parent == at;
    return program_ || below ? computed() : scalar(nodes_[at].value);
}

bool YamlText::has(Path path) const { return find(0, path, 0) != 0; }

}  // namespace pwreset
