#include "src/literals/php_text.h"

#include <algorithm>
#include <array>

#include "src/base/ascii.h"
#include "src/literals/lines.h"

namespace pwreset {
namespace {

bool begins_word(char c) { return is_letter(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80; }
bool goes_on_word(char c) { return begins_word(c) || is_digit(c); }

/// Finds the tokens of a PHP file, from left to right.
class PhpReader {
public:
    explicit PhpReader(std::string_view text) : text_(text) { find_program(); }

    Tokens tokens() {
        while (at_ < text_.size() && step()) {
        }
        return std::move(tokens_);
    }

private:
    bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

    void go_behind(std::string_view what) {
        const std::size_t found = text_.find(what, at_);
        at_ = found == text_.npos ? text_.size() : found + what.size();
    }

    /// What stands before "<?php", or behind "?>", is a page and no program.
    void find_program() {
        const std::size_t open = text_.find("<?", at_);
        at_ = open == text_.npos ? text_.size() : open + 2;
        if (starts("php")) at_ += 3;
    }

    void add(Token::Kind kind, std::size_t from, std::size_t to, bool escapes = false) {
        tokens_.push_back({kind, text_.substr(from, to - from), escapes});
    }

    /// False where the program ends.
    bool step() {
        const char c = text_[at_];
        if (starts("?>")) {
            add(Token::Kind::line_end, at_, at_);
            at_ += 2;
            find_program();
        } else if (starts("//") || (c == '#' && !starts("#["))) {
            skip_line();
        } else if (starts("/*")) {
            at_ += 2;
            go_behind("*/");
        } else if (starts("<<<")) {
            read_heredoc();
        } else if (c == '\'' || c == '"' || c == '`') {
            read_text(c);
        } else if (begins_word(c)) {
            return read_word();
        } else if (is_digit(c)) {
            read_number();
        } else {
            const std::size_t size = starts("=>") ? 2 : 1;
            if (!is_blank(c) && c != '\n') add(Token::Kind::symbol, at_, at_ + size);
            at_ += size;
        }
        return true;
    }

    /// A comment ends with its line, or where the program does.
    void skip_line() {
        while (at_ < text_.size() && text_[at_] != '\n' && !starts("?>")) ++at_;
    }

    void read_text(char quote) {
        const std::size_t from = ++at_;
        bool known = quote != '`';
        while (at_ < text_.size() && text_[at_] != quote) {
            const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
            if (quote == '"' && (text_[at_] == '$' || starts("{$"))) known = false;
            if (text_[at_] == '\\') {
                if (quote == '"' && next != '\\' && next != '"') known = false;
                // 'a\"b' keeps its backslash, which is not what escapes say of other texts.
                if (quote == '\'' && next == '"') known = false;
                ++at_;
            }
            ++at_;
        }
        const bool ended = at_ < text_.size();
        const std::size_t end = std::min(at_, text_.size());
        add(known && ended ? Token::Kind::text : Token::Kind::computed, from, end, true);
        at_ = end + (ended ? 1 : 0);
    }

    /// <<<NAME … NAME: its end stands at the beginning of a line, moved in or not.
    void read_heredoc() {
        const std::size_t from = at_;
        at_ += 3;
        while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == '\'' || text_[at_] == '"')) ++at_;
        const std::size_t name_at = at_;
        while (at_ < text_.size() && goes_on_word(text_[at_])) ++at_;
        const std::string_view name = text_.substr(name_at, at_ - name_at);
        add(Token::Kind::computed, from, at_);
        if (name.empty()) return;
        while (at_ < text_.size()) {
            go_behind("\n");
            while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
            const std::size_t behind = at_ + name.size();
            if (!starts(name) || (behind < text_.size() && goes_on_word(text_[behind]))) continue;
            at_ = behind;
            return;
        }
    }

    bool read_word() {
        const std::size_t from = at_;
        while (at_ < text_.size() && goes_on_word(text_[at_])) ++at_;
        add(Token::Kind::word, from, at_);
        return ascii_lower(tokens_.back().raw) != "__halt_compiler";
    }

    void read_number() {
        tokens_.push_back(number_at(text_, at_));
        at_ += tokens_.back().raw.size();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Tokens tokens_;
};

/// What ends a block that was opened by ':' and not by a brace.
bool ends_a_block(const Token& token) {
    static constexpr std::array words{"endif", "endfor", "endforeach", "endwhile", "endswitch"};
    return token.kind == Token::Kind::word &&
           std::find(words.begin(), words.end(), ascii_lower(token.raw)) != words.end();
}

}  // namespace

PhpText::PhpText(std::string_view text) : tokens_(PhpReader(text).tokens()) {
    unsigned depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        if (tokens_[i].closes() && depth > 0) --depth;
        depth_.push_back(depth);
        if (tokens_[i].opens()) ++depth;
        if (ends_a_block(tokens_[i])) conditions_end_ = i;
    }
}

bool PhpText::unconditional(std::size_t at) const {
    if (depth_[at] != 0 || at < conditions_end_) return false;
    if (at == 0) return true;
    const Token& before = tokens_[at - 1];
    return before.is(";") || before.is("}") || before.kind == Token::Kind::line_end;
}

Literal PhpText::constant(std::string_view name) const {
    Literal found;
    for (std::size_t i = 0; i + 3 < tokens_.size(); ++i) {
        const bool defines = tokens_[i].kind == Token::Kind::word && ascii_lower(tokens_[i].raw) == "define";
        if (!defines || !tokens_[i + 1].is("(") || !stands_for(tokens_[i + 2], name) || !tokens_[i + 3].is(","))
            continue;
        const bool again = found.kind != Literal::Kind::absent;
        found = again || !unconditional(i) ? computed() : value_at(tokens_, i + 4, ")");
    }
    return found;
}

Literal PhpText::assigned(std::string_view name) const {
    Literal found;
    for (std::size_t i = 0; i + 1 < tokens_.size(); ++i) {
        if (!tokens_[i].is_word(name)) continue;
        const bool assigned = tokens_[i + 1].is("=") && !(i + 2 < tokens_.size() && tokens_[i + 2].is("="));
        const bool again = found.kind != Literal::Kind::absent;
        // "$name .= …" and "$name['key'] = …" change it as well; a mere comparison does not.
        const bool operates = tokens_[i + 1].raw.size() == 1 &&
                              std::string_view(".+-*/%&|^?").find(tokens_[i + 1].raw) != std::string_view::npos;
        const bool changed = tokens_[i + 1].is("[") || (operates && i + 2 < tokens_.size() && tokens_[i + 2].is("="));
        if (assigned) found = again || !unconditional(i) ? computed() : value_at(tokens_, i + 2, ";");
        if (!assigned && changed) found = computed();
    }
    return found;
}

EntryPlace PhpText::returned_place(std::span<const std::string_view> path) const {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
        if (depth_[i] != 0 || tokens_[i].kind != Token::Kind::word || ascii_lower(tokens_[i].raw) != "return") continue;
        if (!unconditional(i)) return {Literal::Kind::computed};
        return find_entry(tokens_, i + 1, path, "=>");
    }
    return {};
}

Literal PhpText::returned(std::span<const std::string_view> path,
                          const std::function<Literal(std::string_view name)>& variable) const {
    const EntryPlace place = returned_place(path);
    if (place.kind != Literal::Kind::written) return {place.kind};
    constexpr std::string_view enders = ",])}";
    const std::size_t at = place.at;
    const bool calls_env = variable && at + 3 < tokens_.size() && tokens_[at].is_word("env") &&
                           tokens_[at + 1].is("(") && tokens_[at + 2].kind == Token::Kind::text;
    if (!calls_env) return value_at(tokens_, at, enders);
    Literal given = variable(text_of(tokens_[at + 2]).reveal());
    if (given.kind != Literal::Kind::absent) return given;
    return tokens_[at + 3].is(",") ? value_at(tokens_, at + 4, ")") : Literal{};
}

}  // namespace pwreset
