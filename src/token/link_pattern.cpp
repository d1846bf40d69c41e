#include "src/token/link_pattern.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/token/pasted_joint.h"
#include "src/token/pasted_layer.h"
#include "src/token/pasted_mail.h"

namespace pwreset {

namespace {

/// What stands before a place, and the place; the last has none.
struct PatternPart {
    std::string literal;
    std::string place;
};

std::vector<PatternPart> parts_of(std::string_view pattern) {
    std::vector<PatternPart> parts;
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        const auto close = pattern.find('}', std::min(open, pattern.size()));
        if (close == pattern.npos) break;
        parts.push_back(
            {std::string(pattern.substr(0, open)), std::string(pattern.substr(open + 1, close - open - 1))});
        pattern.remove_prefix(close + 1);
    }
    parts.push_back({std::string(pattern), {}});
    return parts;
}

/// A pattern whose query has places: what stands before the query, and its parameters in the order of the pattern.
struct PatternQuery {
    std::vector<PatternPart> head;
    std::vector<std::vector<PatternPart>> parameters;  ///< without a place behind the last one that has some: none
};

/// Nothing where there is no such query, or one that is no list of names with values.
std::optional<PatternQuery> query_of(std::string_view pattern) {
    const auto sign = pattern.find('?');
    if (sign == pattern.npos || pattern.find('#', sign) != pattern.npos) return {};
    PatternQuery query{parts_of(pattern.substr(0, sign + 1)), {}};
    std::size_t told = 0;
    for (std::string_view rest = pattern.substr(sign + 1); !rest.empty();) {
        const auto parameter = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
        query.parameters.push_back(parts_of(parameter));
        const auto& parts = query.parameters.back();
        if (parts.size() < 2) continue;
        if (parts.front().literal.find('=') == std::string::npos) return {};
        told = query.parameters.size();
    }
    query.parameters.resize(told);
    return told == 0 ? std::nullopt : std::optional(std::move(query));
}

bool ends_link(char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>' || c == '"' || c == '\x7F';
}
/// A place holds none of what takes a link apart, unless that is encoded.
bool ends_place(char c) { return c == '/' || c == '?' || c == '&' || c == '#'; }

bool is_same(std::string_view text, std::string_view lower_case) {
    return text.size() == lower_case.size() &&
           std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) { return ascii_lower(a) == b; });
}

/// Without its percent-encoding.
Secret decoded_place(std::string_view text) {
    Secret out(text.size());
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape =
            text[at] == '%' && at + 2 < text.size() && is_hex_digit(text[at + 1]) && is_hex_digit(text[at + 2]);
        out.data()[size++] =
            escape ? static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2])) : text[at];
        if (escape) at += 2;
    }
    out.shrink(size);
    return out;
}

/// A link without what mails put between its characters.
struct MendedLink {
    struct Mend {
        Damage what;
        std::size_t before;  ///< characters of the link
        std::size_t place;   ///< in the layer
    };
    Secret text{most_link_bytes};
    std::vector<std::size_t> from{};  ///< where in the layer each character stands
    std::vector<Mend> mends{};

    std::string_view view() const { return text.reveal(); }
};

/// The link that begins there. Over line breaks only where `joined`: what the next line begins with may be the text.
MendedLink mended_link(std::string_view layer, std::size_t start, bool joined) {
    MendedLink link;
    for (std::size_t at = start; at < layer.size() && link.from.size() < most_link_bytes;) {
        const auto [damage, length] = joint_at(layer.substr(at));
        const bool crossed = damage == Damage::soft_line_break || damage == Damage::invisible ||
                             (joined && damage == Damage::line_break);
        if (length > 0 && !crossed) break;
        if (length > 0) {
            link.mends.push_back({damage, link.from.size(), at});
            at += length;
            continue;
        }
        if (ends_link(layer[at])) break;
        link.text.data()[link.from.size()] = layer[at];
        link.from.push_back(at++);
    }
    link.text.shrink(link.from.size());
    while (!link.mends.empty() && link.mends.back().before == link.from.size()) link.mends.pop_back();
    return link;
}

/// Where in a link its places stand.
class PatternMatch {
public:
    struct Span {
        std::size_t start, end;
    };

    PatternMatch(const std::vector<PatternPart>& parts, std::string_view text) : parts_(parts), text_(text) {}

    bool matches() { return parts_.size() > 1 && match(0, 0); }
    /// The same, the parameters of the query in whatever order, with others among them.
    bool matches_in_any_order(const PatternQuery& query);
    const std::vector<Span>& spans() const { return spans_; }
    /// Where the last of them ends.
    std::size_t end() const {
        std::size_t last = 0;
        for (const auto& span : spans_) last = std::max(last, span.end);
        return last;
    }

private:
    std::optional<std::size_t> match_head(const PatternQuery& query);
    bool match_parameter(const std::vector<PatternPart>& parameter, std::size_t start);
    bool match(std::size_t part, std::size_t at);
    bool match_last(std::size_t part, std::size_t start, std::size_t most);

    static constexpr int most_steps = 10000;

    const std::vector<PatternPart>& parts_;
    std::string_view text_;
    std::vector<Span> spans_;
    int steps_ = 0;
};

/// From a part on. A place is as short as it can be: what stands behind it is the first of its kind.
bool PatternMatch::match(std::size_t part, std::size_t at) {
    const auto& literal = parts_[part].literal;
    const auto there = text_.substr(at, literal.size());
    if (part == 0 ? !is_same(there, ascii_lower(literal)) : there != literal) return false;
    at += literal.size();
    std::size_t most = at;
    while (most < text_.size() && !ends_place(text_[most])) ++most;
    if (parts_[part + 1].place.empty()) return match_last(part, at, most);
    for (std::size_t end = at + 1; end <= most && ++steps_ < most_steps; ++end) {
        spans_.resize(part);
        spans_.push_back({at, end});
        if (match(part + 1, end)) return true;
    }
    return false;
}

/// The last place: to where the end of the pattern begins, or as far as it may go, since ends are lost.
bool PatternMatch::match_last(std::size_t part, std::size_t start, std::size_t most) {
    const auto& literal = parts_[part + 1].literal;
    std::size_t end = literal.empty() ? text_.npos : text_.find(literal, start + 1);
    if (end > most) end = most;
    spans_.resize(part);
    spans_.push_back({start, end});
    return end > start;
}

/// Where the query begins, the places before it found.
std::optional<std::size_t> PatternMatch::match_head(const PatternQuery& query) {
    const std::string& last = query.head.back().literal;
    if (query.head.size() == 1)
        return is_same(text_.substr(0, last.size()), ascii_lower(last)) ? last.size() : std::optional<std::size_t>();
    PatternMatch head(query.head, text_);
    if (!head.matches() || text_.substr(head.end(), last.size()) != last) return {};
    spans_ = head.spans();
    return head.end() + last.size();
}

/// One parameter of the pattern, found among those of the link.
bool PatternMatch::match_parameter(const std::vector<PatternPart>& parameter, std::size_t start) {
    const std::string_view query = text_.substr(start, text_.find('#', start) - start);
    for (std::size_t at = 0; at < query.size();) {
        const auto text = query.substr(at, query.find('&', at) - at);
        const std::size_t from = start + at;
        at += text.size() + 1;
        if (parameter.size() < 2) {
            if (text == parameter.front().literal) return true;
            continue;
        }
        PatternMatch match(parameter, text);
        if (!match.matches()) continue;
        for (const auto& span : match.spans()) spans_.push_back({from + span.start, from + span.end});
        return true;
    }
    return false;
}

bool PatternMatch::matches_in_any_order(const PatternQuery& query) {
    spans_.clear();
    const auto start = match_head(query);
    return start && std::all_of(query.parameters.begin(), query.parameters.end(),
                                [&](const auto& parameter) { return match_parameter(parameter, *start); });
}

/// Reads one text after the other, layer by layer.
class LinkReading {
public:
    LinkReading(std::string_view pasted, const std::string& pattern)
        : pasted_(pasted), parts_(parts_of(pattern)), query_(query_of(pattern)) {
        site_ = ascii_lower(parts_.front().literal);
    }

    void take(const PastedText& text);
    void take_alone(const PastedText& text);

    std::vector<PatternedLink> out{};

private:
    void take_link(const PastedText& text, const PastedText& layer, std::size_t start, bool joined);
    void note(PatternedLink& link, Damage what, std::size_t before, std::size_t place) const;
    void note_escapes(PatternedLink& link, const PastedText& text, const PastedText& layer, const MendedLink& mended,
                      PatternMatch::Span token, bool wrapped) const;
    void add(PatternedLink link);

    std::string_view pasted_;
    std::vector<PatternPart> parts_;
    std::optional<PatternQuery> query_;
    std::string site_;  ///< what every link begins with, in small letters
};

void LinkReading::take(const PastedText& text) {
    if (parts_.size() < 2 || site_.empty()) return;
    for (const bool joined : {false, true}) {
        for (const PastedText& layer : layers_of(text.view())) {
            const auto view = layer.view();
            for (std::size_t at = 0; at < view.size(); ++at) {
                if (ascii_lower(view[at]) == site_.front()) take_link(text, layer, at, joined);
            }
        }
    }
}

/// A link that begins there, if one does.
void LinkReading::take_link(const PastedText& text, const PastedText& layer, std::size_t start, bool joined) {
    const auto view = layer.view();
    const std::size_t told = std::min<std::size_t>(site_.size(), 8);
    if (out.size() >= most_candidates || !is_same(view.substr(start, told), site_.substr(0, told))) return;
    MendedLink mended = mended_link(view, start, joined);
    if (joined && std::none_of(mended.mends.begin(), mended.mends.end(),
                               [](const auto& mend) { return mend.what == Damage::line_break; }))
        return;
    PatternMatch match(parts_, mended.view());
    if (!match.matches() && !(query_ && match.matches_in_any_order(*query_))) return;
    PatternedLink link;
    PatternMatch::Span token{0, 0};
    for (std::size_t i = 0; i < match.spans().size(); ++i) {
        if (parts_[i].place == "token") token = match.spans()[i];
    }
    for (std::size_t i = 0; i < match.spans().size(); ++i) {
        auto [from, to] = match.spans()[i];
        const auto whole = to;
        if (to == mended.view().size()) to = mended.view().find_last_not_of(".,;:!?)]}'", to - 1) + 1;
        if (to <= from) return;
        Secret value = decoded_place(mended.view().substr(from, to - from));
        if (parts_[i].place == "token") {
            link.token = std::move(value);
            token = {from, to};
        } else {
            link.places.emplace_back(parts_[i].place, value.reveal());
        }
        if (to < whole)
            note(link, Damage::punctuation, token.end - token.start, text.from[layer.from[mended.from[to]]]);
    }
    if (link.token.empty()) return;
    std::size_t word = start;
    while (word > 0 && start - word < most_link_bytes && !ends_link(view[word - 1])) --word;
    const bool wrapped = second_link(view.substr(word, start + told - word)) != view.npos;
    if (wrapped) note(link, Damage::wrapped, 0, text.from[layer.from[start]]);
    for (const auto& mend : mended.mends) {
        if (mend.before >= match.end()) continue;
        const std::size_t before = std::clamp(mend.before, token.start, token.end) - token.start;
        note(link, mend.what, before, text.from[layer.from[mend.place]]);
    }
    note_escapes(link, text, layer, mended, token, wrapped);
    for (auto& injury : link.injuries) injury.of = static_cast<int>(token.end - token.start);
    add(std::move(link));
}

void LinkReading::note(PatternedLink& link, Damage what, std::size_t before, std::size_t place) const {
    constexpr std::size_t most_told = 16;
    if (link.injuries.size() >= most_told) return;
    const auto begun = std::count_if(pasted_.begin(), pasted_.begin() + static_cast<std::ptrdiff_t>(place),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    link.injuries.push_back({what, static_cast<int>(before), static_cast<std::size_t>(begun) + 1});
}

/// Each sort of escape once. What filters escape in the link that they wrap is no damage.
void LinkReading::note_escapes(PatternedLink& link, const PastedText& text, const PastedText& layer,
                               const MendedLink& mended, PatternMatch::Span token, bool wrapped) const {
    for (std::size_t i = 0; i < mended.from.size(); ++i) {
        const std::size_t at = mended.from[i];
        if (!layer.escaped(at)) continue;
        const char sign = text.view()[layer.from[at]];
        if (wrapped && (sign == '%' || sign == '-' || sign == '_')) continue;
        const Damage what =
            sign == '=' ? Damage::quoted_printable : (sign == '%' ? Damage::percent_encoding : Damage::html_entity);
        const bool told = std::any_of(link.injuries.begin(), link.injuries.end(),
                                      [&](const Injury& injury) { return injury.what == what; });
        if (!told) note(link, what, std::clamp(i, token.start, token.end) - token.start, text.from[layer.from[at]]);
    }
}

/// A text that is one word: a token without its link.
void LinkReading::take_alone(const PastedText& text) {
    const auto view = text.view();
    const auto first = view.find_first_not_of(" \t\r\n");
    if (first == view.npos || !out.empty()) return;
    MendedLink mended = mended_link(view, first, true);
    const auto end = mended.from.empty() ? first : mended.from.back() + 1;
    const bool alone = view.find_first_not_of(" \t\r\n", end) == view.npos;
    if (!alone || mended.view().size() >= most_link_bytes || mended.view().find("://") != view.npos) return;
    PatternedLink link;
    link.token = mended.text.duplicate();
    for (const auto& mend : mended.mends) note(link, mend.what, mend.before, text.from[mend.place]);
    for (auto& injury : link.injuries) injury.of = static_cast<int>(mended.view().size());
    add(std::move(link));
}

void LinkReading::add(PatternedLink link) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const auto& other) {
        return other.token.reveal() == link.token.reveal() && other.places == link.places;
    });
    if (!known) out.push_back(std::move(link));
}

}  // namespace

std::vector<PatternedLink> read_links(const Secret& text, const std::string& pattern) {
    const PastedText pasted = pasted_text(text.reveal().substr(0, longest_pasted));
    const PastedMail mail = read_mail(pasted);
    LinkReading reading(pasted.view(), pattern);
    for (const PastedText& part : mail.texts) reading.take(part);
    reading.take(pasted);
    reading.take_alone(pasted);
    std::stable_sort(reading.out.begin(), reading.out.end(),
                     [](const auto& a, const auto& b) { return a.injuries.size() < b.injuries.size(); });
    return std::move(reading.out);
}

}  // namespace pwreset
