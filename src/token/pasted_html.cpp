#include "src/token/pasted_html.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "src/base/ascii.h"

namespace pwreset {

namespace {

constexpr std::string_view html_blanks = " \t\r\n\f";
constexpr std::size_t longest_entity = 12;

struct Name {
    std::string_view name;
    char32_t character;
};
constexpr std::array<Name, 25> entities{{
    {"amp", '&'},     {"lt", '<'},     {"gt", '>'},       {"quot", '"'},   {"apos", '\''},
    {"sol", '/'},     {"colon", ':'},  {"quest", '?'},    {"equals", '='}, {"num", '#'},
    {"percnt", '%'},  {"period", '.'}, {"lowbar", '_'},   {"plus", '+'},   {"commat", '@'},
    {"semi", ';'},    {"Tab", '\t'},   {"NewLine", '\n'}, {"nbsp", 0xA0},  {"shy", 0xAD},
    {"zwnj", 0x200C}, {"zwj", 0x200D}, {"lrm", 0x200E},   {"rlm", 0x200F}, {"ZeroWidthSpace", 0x200B},
}};

/// Tags that begin a new line.
constexpr std::array<std::string_view, 16> blocks{"br", "p",  "div", "td", "th", "tr", "table",      "li",
                                                  "ul", "ol", "h1",  "h2", "h3", "hr", "blockquote", "pre"};

std::size_t find_small(std::string_view text, std::string_view small, std::size_t from) {
    const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())), text.end(),
                                   small.begin(), small.end(), [](char a, char b) { return ascii_lower(a) == b; });
    return found == text.end() ? text.npos : static_cast<std::size_t>(found - text.begin());
}

/// The name of a tag that starts here, without its slash: "br" of "<br/>"; empty when it is none.
std::string_view tag_name(std::string_view text) {
    text.remove_prefix(text.starts_with("</") ? 2 : 1);
    const auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return is_alphanumeric(c); });
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

/// Finds an end often, without searching to the end of the text more than once in vain.
class Ends {
public:
    Ends(std::string_view text, std::string_view end) : text_(text), end_(end) {}

    /// Behind the next one; npos when there is none.
    std::size_t behind(std::size_t from) {
        if (from >= none_from_) return text_.npos;
        const std::size_t found = find_small(text_, end_, from);
        if (found == text_.npos) none_from_ = from;
        return found == text_.npos ? found : found + end_.size();
    }

private:
    std::string_view text_;
    std::string_view end_;
    std::size_t none_from_ = std::string_view::npos;
};

/// Takes the tags out of a text.
class Seen {
public:
    explicit Seen(const PastedText& text)
        : text_(text),
          view_(text.view()),
          tag_(view_, ">"),
          comment_(view_, "-->"),
          style_(view_, "</style"),
          script_(view_, "</script"),
          out_(view_.size()) {}

    PastedText finish() && {
        for (std::size_t at = 0; at < view_.size();) at = take(at);
        return std::move(out_).finish(text_.from.back());
    }

private:
    std::size_t take(std::size_t at) {
        if (view_[at] == '<') {
            const std::size_t end = tag_end(at);
            if (end != view_.npos) return end;
        }
        const Entity entity = entity_at(view_.substr(at));
        if (entity.length == 0) {
            out_.put(view_[at], text_.from[at]);
            return at + 1;
        }
        out_.put_character(entity.character, text_.from[at]);
        return at + entity.length;
    }

    /// Behind the tag, the comment or what is never seen; npos when there is none here.
    std::size_t tag_end(std::size_t at) {
        const std::string_view rest = view_.substr(at);
        const std::string_view name = tag_name(rest);
        if (name.empty() && !rest.starts_with("<!") && !rest.starts_with("<?")) return view_.npos;
        const std::size_t comment = rest.starts_with("<!--") ? comment_.behind(at) : view_.npos;
        if (comment != view_.npos) return comment;
        const bool hides = rest[1] != '/';
        std::size_t hidden = at;
        if (hides && begins_with(name, "style")) hidden = style_.behind(at);
        if (hides && begins_with(name, "script")) hidden = script_.behind(at);
        const std::size_t end = tag_.behind(hidden == view_.npos ? at : hidden);
        const bool block = std::any_of(blocks.begin(), blocks.end(), [&](std::string_view one) {
            return one.size() == name.size() && begins_with(name, one);
        });
        if (block && end != view_.npos) out_.put('\n', text_.from[at]);
        return end;
    }

    const PastedText& text_;
    std::string_view view_;
    Ends tag_;
    Ends comment_;
    Ends style_;
    Ends script_;
    PastedWriter out_;
};

/// The value of an attribute, which starts behind its equals sign: where it starts and ends.
std::pair<std::size_t, std::size_t> value_at(std::string_view text, std::size_t at) {
    at = std::min(text.find_first_not_of(html_blanks, at), text.size());
    if (at == text.size()) return {at, at};
    if (text[at] != '"' && text[at] != '\'') return {at, std::min(text.find_first_of(" \t\r\n\f>", at), text.size())};
    return {at + 1, std::min(text.find(text[at], at + 1), text.size())};
}

}  // namespace

Entity entity_at(std::string_view text) {
    if (!text.starts_with('&')) return {};
    const std::size_t end = text.substr(0, longest_entity + 4).find(';');
    if (end == text.npos) return {};
    std::string_view name = text.substr(1, end - 1);
    const auto found =
        std::find_if(entities.begin(), entities.end(), [&](const Name& one) { return one.name == name; });
    if (found != entities.end()) return {found->character, end + 1};
    if (!name.starts_with('#')) return {};
    name.remove_prefix(1);
    const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
    if (hexadecimal) name.remove_prefix(1);
    std::uint32_t value = 0;
    const auto [stop, fault] = std::from_chars(name.data(), name.data() + name.size(), value, hexadecimal ? 16 : 10);
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (fault != std::errc() || stop != name.data() + name.size() || value == 0 || value > 0x10FFFF || surrogate)
        return {};
    return {value, end + 1};
}

bool is_html(std::string_view text) {
    for (std::size_t at = text.find('<'); at != text.npos; at = text.find('<', at + 1)) {
        const std::string_view rest = text.substr(at);
        for (const char* tag : {"<html", "<body", "<head>", "<!doctype html", "<a href", "<table", "<div", "<span",
                                "<p>", "<br>", "<br/>", "<br />"})
            if (begins_with(rest, tag)) return true;
    }
    return find_small(text, "<a ", 0) != text.npos && find_small(text, "href=", 0) != text.npos;
}

PastedText html_links(const PastedText& text) {
    const auto view = text.view();
    PastedWriter out(view.size());
    constexpr std::string_view name = "href";
    for (std::size_t at = find_small(view, name, 0); at != view.npos; at = find_small(view, name, at)) {
        at = std::min(view.find_first_not_of(html_blanks, at + name.size()), view.size());
        if (at == view.size() || view[at] != '=') continue;
        const auto [start, end] = value_at(view, at + 1);
        for (at = start; at < end;) {
            const Entity entity = entity_at(view.substr(at, end - at));
            const char32_t c = entity.length > 0 ? entity.character : static_cast<unsigned char>(view[at]);
            const bool left_out = c == '\t' || c == '\r' || c == '\n';
            if (entity.length > 0 && !left_out) out.put_character(c, text.from[at]);
            if (entity.length == 0 && !left_out) out.put(view[at], text.from[at]);
            at += std::max<std::size_t>(entity.length, 1);
        }
        out.put('\n', text.from[end]);
    }
    return std::move(out).finish(text.from.back());
}

PastedText html_text(const PastedText& text) { return Seen(text).finish(); }

}  // namespace pwreset
