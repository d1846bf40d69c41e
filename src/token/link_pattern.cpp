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

std::string_view query_of(std::string_view link) {
    const auto start = link.find('?');
    return start == link.npos ? std::string_view() : link.substr(start + 1);
}

/// "key={token}" of "key={token}&login={login}", which is shortened by it.
std::string_view next_field(std::string_view& query) {
    const auto field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), field.size() + 1));
    return field;
}

/// The pattern with the fields of its query in the order that a link has them in, and with those of the link that it
/// does not know: programs and their releases differ in that. Empty where the link has not all of the pattern's.
std::string in_order_of(std::string_view link, std::string_view pattern) {
    std::vector<std::string_view> known;
    for (auto query = query_of(pattern); !query.empty();) known.push_back(next_field(query));
    if (known.empty()) return {};
    std::string out(pattern.substr(0, pattern.find('?') + 1));
    for (auto query = query_of(link); !query.empty() && !known.empty();) {
        const auto field = next_field(query);
        const auto name = field.substr(0, field.find('='));
        const auto found = std::find_if(known.begin(), known.end(),
                                        [&](const auto& one) { return one.substr(0, one.find('=')) == name; });
        if (out.back() != '?') out += '&';
        out += found == known.end() ? field : *found;
        if (found != known.end())
            known.erase(found);
        else if (field.find_first_of("{}") != field.npos)
            return {};
    }
    return known.empty() ? out : std::string();
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

    bool matches() { return match(0, 0); }
    const std::vector<Span>& spans() const { return spans_; }

private:
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

/// Reads one text after the other, layer by layer.
class LinkReading {
public:
    LinkReading(std::string_view pasted, const std::string& pattern)
        : pasted_(pasted), pattern_(pattern), parts_(parts_of(pattern)) {
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
    std::string pattern_;
    std::vector<PatternPart> parts_;
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
    std::vector<PatternPart> parts = parts_;
    PatternMatch match(parts, mended.view());
    if (!match.matches()) {
        parts = parts_of(in_order_of(mended.view(), pattern_));
        if (parts.size() < 2 || !match.matches()) return;
    }
    PatternedLink link;
    PatternMatch::Span token{0, 0};
    for (std::size_t i = 0; i < match.spans().size(); ++i) {
        auto [from, to] = match.spans()[i];
        const auto whole = to;
        if (to == mended.view().size()) to = mended.view().find_last_not_of(".,;:!?)]}'", to - 1) + 1;
        if (to <= from) return;
        Secret value = decoded_place(mended.view().substr(from, to - from));
        if (parts[i].place == "token") {
            link.token = std::move(value);
            token = {from, to};
        } else {
            link.places.emplace_back(parts[i].place, value.reveal());
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
        if (mend.before >= match.spans().back().end) continue;
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
