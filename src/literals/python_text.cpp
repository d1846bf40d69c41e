#include "src/literals/python_text.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/literals/lines.h"

namespace pwreset {
namespace {

bool begins_name(char c) { return is_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool goes_on_name(char c) { return begins_name(c) || is_digit(c); }

/// Finds the tokens of a Python module, from left to right.
class PythonReader {
public:
    explicit PythonReader(std::string_view text) : text_(text) {}

    Tokens tokens() {
        measure_indent();
        while (at_ < text_.size()) step();
        add(Token::Kind::line_end, at_, at_);
        return std::move(tokens_);
    }

private:
    bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

    void add(Token::Kind kind, std::size_t from, std::size_t to, bool escapes = false) {
        tokens_.push_back({kind, text_.substr(from, to - from), escapes, indent_});
    }

    void measure_indent() {
        indent_ = 0;
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
            ++at_;
            ++indent_;
        }
    }

    void step() {
        const char c = text_[at_];
        if (c == '\n') {
            if (depth_ == 0) add(Token::Kind::line_end, at_, at_);
            ++at_;
            if (depth_ == 0) measure_indent();
        } else if (c == '\\' && (text_.substr(at_).starts_with("\\\n") || text_.substr(at_).starts_with("\\\r\n"))) {
            at_ = text_.find('\n', at_) + 1;
        } else if (c == '#') {
            while (at_ < text_.size() && text_[at_] != '\n') ++at_;
        } else if (c == '\'' || c == '"') {
            read_text(false, true);
        } else if (begins_name(c)) {
            read_word();
        } else if (is_digit(c)) {
            read_number();
        } else {
            if (!is_blank(c)) add_symbol();
            ++at_;
        }
    }

    void add_symbol() {
        add(Token::Kind::symbol, at_, at_ + 1);
        if (tokens_.back().opens()) ++depth_;
        if (tokens_.back().closes() && depth_ > 0) --depth_;
    }

    /// A name, or what stands before a text: r'', b'', f'', u''.
    void read_word() {
        const std::size_t from = at_;
        while (at_ < text_.size() && goes_on_name(text_[at_])) ++at_;
        const std::string prefix = at_ - from <= 2 ? ascii_lower(text_.substr(from, at_ - from)) : "";
        const bool quoted = at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"');
        if (quoted && !prefix.empty() && prefix.find_first_not_of("rbfu") == prefix.npos) {
            return read_text(prefix.find('r') != prefix.npos, prefix == "r" || prefix == "u");
        }
        add(Token::Kind::word, from, at_);
    }

    void read_text(bool raw, bool known) {
        const std::string_view quote = text_.substr(at_, starts("'''") || starts("\"\"\"") ? 3 : 1);
        at_ += quote.size();
        const std::size_t from = at_;
        while (at_ < text_.size() && !starts(quote)) {
            const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
            if (text_[at_] == '\n' && quote.size() == 1) break;  // it never ends
            if (text_[at_] == '\\') {
                // In a raw text a quote keeps its backslash, which nobody writes: all others stay as they are.
                if (raw ? next == quote[0] : next != '\\' && next != '\'' && next != '"') known = false;
                ++at_;
            }
            ++at_;
        }
        const bool ended = at_ < text_.size() && starts(quote);
        const std::size_t end = std::min(at_, text_.size());
        add(known && ended ? Token::Kind::text : Token::Kind::computed, from, end, !raw);
        at_ = end + (ended ? quote.size() : 0);
    }

    void read_number() {
        tokens_.push_back(number_at(text_, at_));
        tokens_.back().indent = indent_;
        at_ += tokens_.back().raw.size();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t indent_ = 0;
    unsigned depth_ = 0;
    Tokens tokens_;
};

bool begins_line(const Tokens& tokens, std::size_t at) {
    return at == 0 || tokens[at - 1].kind == Token::Kind::line_end || tokens[at - 1].is(";");
}

}  // namespace

PythonText::PythonText(std::string_view text) : tokens_(PythonReader(text).tokens()) {}

std::size_t PythonText::assignment(std::string_view name, bool& changed) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
        if (!tokens_[i].is_word(name) || !begins_line(tokens_, i)) continue;
        const Token& next = tokens_[i + 1];
        const bool assigns = next.is("=") && !(i + 2 < tokens_.size() && tokens_[i + 2].is("="));
        // NAME += …, NAME['default'] = …, NAME.update(…), NAME: str = …: whatever follows, it is not this value any
        // more.
        changed = changed || found != 0 || !assigns || tokens_[i].indent > 0;
        if (assigns) found = i + 2;
    }
    return found;
}

Literal PythonText::assigned(std::string_view name) const {
    bool changed = false;
    const std::size_t at = assignment(name, changed);
    if (changed) return computed();
    return at == 0 ? Literal{} : value_at(tokens_, at, ";");
}

Literal PythonText::entry(std::string_view name, std::span<const std::string_view> path) const {
    bool changed = false;
    const std::size_t at = assignment(name, changed);
    if (changed) return computed();
    return at == 0 ? Literal{} : entry_at(tokens_, at, path, ":");
}

bool PythonText::mentions(std::string_view text) const {
    return std::any_of(tokens_.begin(), tokens_.end(), [&](const Token& token) { return stands_for(token, text); });
}

Literal PythonText::behind(std::string_view text) const {
    for (std::size_t i = 0; i + 2 < tokens_.size(); ++i) {
        if (stands_for(tokens_[i], text) && tokens_[i + 1].is(",")) return value_at(tokens_, i + 2, ")");
    }
    return {};
}

}  // namespace pwreset
