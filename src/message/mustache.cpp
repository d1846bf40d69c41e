#include "src/message/mustache.h"

#include <algorithm>
#include <utility>

#include "src/base/error.h"

namespace pwreset {

namespace {

using Tag = MustachePiece::Kind;

constexpr std::string_view white = " \t\n\v\f\r";

std::string_view trimmed(std::string_view text) {
    const std::size_t start = text.find_first_not_of(white);
    if (start == text.npos) return {};
    return text.substr(start, text.find_last_not_of(white) - start + 1);
}

// --- parsing ---------------------------------------------------------------------------------------------------------

Tag kind_of(char sign) {
    switch (sign) {
        case '#':
            return Tag::section;
        case '^':
            return Tag::inverted;
        case '/':
            return Tag::end;
        case '!':
            return Tag::comment;
        case '=':
            return Tag::change;
        case '>':
            return Tag::partial;
        case '{':
        case '&':
            return Tag::unescaped;
        default:
            return Tag::value;
    }
}

bool shows_itself(Tag kind) { return kind == Tag::value || kind == Tag::unescaped; }

/// Takes a template apart, tag by tag.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    void parse() {
        for (std::size_t at = 0; (at = text_.find(open_, at)) != text_.npos;) {
            const std::size_t end = take_tag(at);
            if (end == text_.npos) return;
            at = std::max(end, shown_);
        }
        take_text(text_.size());
        for (const std::size_t section : sections_) {
            faults.push_back({MustacheFault::Kind::unclosed_section, pieces[section].text, pieces[section].position});
        }
    }

    std::vector<MustachePiece> pieces;
    std::vector<MustacheFault> faults;

private:
    /// The tag that begins here, and the text before it. Where the tag ends; npos when nothing more can be taken.
    std::size_t take_tag(std::size_t start) {
        const std::size_t inside = start + open_.size();
        const std::size_t sign = std::min(text_.find_first_not_of(white, inside), text_.size());
        const Tag kind = sign < text_.size() ? kind_of(text_[sign]) : Tag::value;
        const bool braces = kind == Tag::unescaped && text_[sign] == '{';
        const std::string close = (braces ? "}" : kind == Tag::change ? "=" : "") + close_;
        const std::size_t name = kind == Tag::value ? inside : sign + 1;
        const std::size_t name_end = text_.find(close, name);
        if (name_end == text_.npos) {
            faults.push_back({MustacheFault::Kind::unclosed_tag, close, start});
            return text_.npos;
        }
        const std::size_t end = name_end + close.size();
        take_text_before(start, end, kind);
        take(kind, trimmed(text_.substr(name, name_end - name)), start);
        if (sections_.size() <= Mustache::most_depth) return end;
        faults.push_back({MustacheFault::Kind::depth, pieces.back().text, start});
        return text_.npos;
    }

    /// What stands before a tag. A tag that is alone on its line takes blanks and line end with it, if it shows
    /// nothing.
    void take_text_before(std::size_t start, std::size_t end, Tag kind) {
        std::size_t line = start;
        while (line > 0 && (text_[line - 1] == ' ' || text_[line - 1] == '\t')) --line;
        const bool first = line == 0 || text_[line - 1] == '\n';
        std::size_t next = std::min(text_.find_first_not_of(" \t", end), text_.size());
        const bool last = next == text_.size() || text_[next] == '\n' || text_.substr(next, 2) == "\r\n";
        const bool alone = first && last && !shows_itself(kind);
        take_text(alone ? line : start);
        if (alone && next < text_.size()) next += text_[next] == '\n' ? 1 : 2;
        shown_ = alone ? next : end;
    }

    void take_text(std::size_t end) {
        if (end > shown_) pieces.push_back({Tag::text, std::string(text_.substr(shown_, end - shown_))});
    }

    void take(Tag kind, std::string_view name, std::size_t position) {
        const std::size_t index = pieces.size();
        pieces.push_back({kind, std::string(name), position});
        if (kind == Tag::section || kind == Tag::inverted) sections_.push_back(index);
        if (kind == Tag::end) end_section(name, position, index);
        if (kind == Tag::change) change_delimiters(name, position);
    }

    /// Sections within it that were forgotten end with it.
    void end_section(std::string_view name, std::size_t position, std::size_t index) {
        const auto opened = std::find_if(sections_.rbegin(), sections_.rend(),
                                         [&](std::size_t section) { return pieces[section].text == name; });
        if (opened == sections_.rend()) {
            faults.push_back({MustacheFault::Kind::unopened_section, std::string(name), position});
            return;
        }
        for (auto forgotten = sections_.rbegin(); forgotten != opened; ++forgotten) {
            faults.push_back(
                {MustacheFault::Kind::unclosed_section, pieces[*forgotten].text, pieces[*forgotten].position});
        }
        pieces[*opened].end = index;
        sections_.erase(opened.base() - 1, sections_.end());
    }

    void change_delimiters(std::string_view both, std::size_t position) {
        const std::size_t gap = both.find_first_of(white);
        const std::string_view open = both.substr(0, gap);
        const std::string_view close = gap == both.npos ? std::string_view() : trimmed(both.substr(gap));
        if (close.empty() || close.find_first_of(white) != close.npos || both.find('=') != both.npos) {
            faults.push_back({MustacheFault::Kind::change, std::string(both), position});
            return;
        }
        open_ = open;
        close_ = close;
    }

    std::string_view text_;
    std::size_t shown_ = 0;  ///< up to here the text is in pieces
    std::string open_ = "{{";
    std::string close_ = "}}";
    std::vector<std::size_t> sections_;  ///< the pieces that opened those we are in
};

// --- rendering -------------------------------------------------------------------------------------------------------

bool is_shown(const MustacheValue& value) {
    if (const auto* flag = std::get_if<bool>(&value.content)) return *flag;
    if (const auto* text = std::get_if<std::string>(&value.content)) return !text->empty();
    const auto* list = std::get_if<MustacheValue::List>(&value.content);
    return list == nullptr || !list->empty();
}

const MustacheValue* member(const MustacheValue& value, std::string_view name) {
    const auto* table = std::get_if<MustacheValue::Table>(&value.content);
    if (table == nullptr) return nullptr;
    const auto found =
        std::find_if(table->begin(), table->end(), [&](const auto& entry) { return entry.name == name; });
    return found == table->end() ? nullptr : &found->value;
}

void append_html(std::string& out, std::string_view text) {
    for (std::size_t at; (at = text.find_first_of("&<>\"'")) != text.npos; text.remove_prefix(at + 1)) {
        out.append(text.substr(0, at));
        const char c = text[at];
        out.append(c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : "&#39;");
    }
    out.append(text);
}

class Rendering {
public:
    Rendering(const std::vector<MustachePiece>& pieces, const MustacheValue& root, MustacheEscape escape)
        : pieces_(pieces), context_{&root}, escape_(escape) {}

    /// The pieces from the first up to the one before the last.
    void render(std::size_t first, std::size_t last) {
        for (std::size_t at = first; at < last; ++at) {
            const MustachePiece& piece = pieces_[at];
            if (piece.kind == Tag::text) out.append(piece.text);
            if (shows_itself(piece.kind)) render_value(piece);
            if (piece.kind != Tag::section && piece.kind != Tag::inverted) continue;
            render_section(at);
            at = piece.end;
        }
    }

    std::string out;

private:
    void render_value(const MustachePiece& piece) {
        const auto* text = std::get_if<std::string>(&look_up(piece.text).content);
        if (text == nullptr) return;
        const bool escaped = piece.kind == Tag::value && escape_ == MustacheEscape::html;
        escaped ? append_html(out, *text) : void(out.append(*text));
    }

    void render_section(std::size_t at) {
        const MustachePiece& piece = pieces_[at];
        const MustacheValue& value = look_up(piece.text);
        if (is_shown(value) == (piece.kind == Tag::inverted)) return;
        if (piece.kind == Tag::inverted) return render(at + 1, piece.end);
        if (const auto* list = std::get_if<MustacheValue::List>(&value.content)) {
            for (const MustacheValue& element : *list) render_within(element, at);
        } else {
            render_within(value, at);
        }
    }

    void render_within(const MustacheValue& value, std::size_t at) {
        context_.push_back(&value);
        render(at + 1, pieces_[at].end);
        context_.pop_back();
    }

    const MustacheValue& look_up(std::string_view name) const {
        if (name == ".") return *context_.back();
        const std::string_view first = name.substr(0, name.find('.'));
        const MustacheValue* found = nullptr;
        for (auto in = context_.rbegin(); in != context_.rend() && !found; ++in) found = member(**in, first);
        for (std::size_t dot; found && (dot = name.find('.')) != name.npos;) {
            name.remove_prefix(dot + 1);
            found = member(*found, name.substr(0, name.find('.')));
        }
        static const MustacheValue nothing;
        return found ? *found : nothing;
    }

    const std::vector<MustachePiece>& pieces_;
    std::vector<const MustacheValue*> context_;  ///< outermost first
    MustacheEscape escape_;
};

}  // namespace

Mustache::Mustache(std::string_view text) {
    Parser parser(text);
    parser.parse();
    pieces_ = std::move(parser.pieces);
    faults_ = std::move(parser.faults);
}

std::string Mustache::render(const MustacheValue& root, MustacheEscape escape) const {
    if (!faults_.empty()) throw internal_error("a template with faults is to be rendered");
    Rendering rendering(pieces_, root, escape);
    rendering.render(0, pieces_.size());
    return std::move(rendering.out);
}

}  // namespace pwreset
