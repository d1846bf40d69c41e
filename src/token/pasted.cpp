#include "src/token/pasted.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "src/base/ascii.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

constexpr std::size_t token_digits = 64;
/// Fewer hexadecimal digits in a row are no piece of a link: words of a language, numbers, colours are made of them.
constexpr std::size_t telling_digits = 16;

constexpr std::array<std::pair<Damage, std::string_view>, 12> damage_words{{
    {Damage::soft_line_break, "soft_line_break"},
    {Damage::quoted_printable, "quoted_printable"},
    {Damage::line_break, "line_break"},
    {Damage::space, "space"},
    {Damage::invisible, "invisible"},
    {Damage::html_entity, "html_entity"},
    {Damage::percent_encoding, "percent_encoding"},
    {Damage::upper_case, "upper_case"},
    {Damage::wrapped, "wrapped"},
    {Damage::punctuation, "punctuation"},
    {Damage::text_before, "text_before"},
    {Damage::text_after, "text_after"},
}};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// --- escapes ---------------------------------------------------------------------------------------------------------

/// What an escape stands for, and its length.
struct Escape {
    char character = 0;
    std::size_t length = 0;  ///< 0: there is none
};

/// "=3D", "%2F": a sign and two digits. Nothing above ASCII is part of a link.
Escape by_sign(std::string_view text, char sign) {
    if (text.size() < 3 || text[0] != sign || !is_hex_digit(text[1]) || !is_hex_digit(text[2])) return {};
    const int value = hex_value(text[1]) * 16 + hex_value(text[2]);
    if (value == 0 || value > 0x7E) return {};
    return {static_cast<char>(value), 3};
}

Escape quoted_printable(std::string_view text) { return by_sign(text, '='); }
Escape percent(std::string_view text) { return by_sign(text, '%'); }

/// The entities that stand in links, by name or by number.
Escape entity(std::string_view text) {
    const std::size_t end = text.substr(0, 10).find(';');
    if (text[0] != '&' || end == text.npos) return {};
    std::string_view name = text.substr(1, end - 1);
    constexpr std::array<std::pair<std::string_view, char>, 6> names{
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"sol", '/'}, {"equals", '='}}};
    for (const auto& [known, character] : names) {
        if (name == known) return {character, end + 1};
    }
    if (!name.starts_with('#')) return {};
    name.remove_prefix(1);
    const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
    if (hexadecimal) name.remove_prefix(1);
    int value = 0;
    const auto [stop, fault] = std::from_chars(name.data(), name.data() + name.size(), value, hexadecimal ? 16 : 10);
    if (fault != std::errc() || stop != name.data() + name.size() || value <= 0 || value > 0x7E) return {};
    return {static_cast<char>(value), end + 1};
}

std::size_t first_entity(std::string_view text) {
    for (auto at = text.find('&'); at != text.npos; at = text.find('&', at + 1)) {
        if (entity(text.substr(at)).length > 0) return at;
    }
    return text.npos;
}

/// The text with escapes undone, and where in the original each character stands.
struct Layer {
    Secret text;
    std::vector<std::uint32_t> from;  ///< one more than characters: the end

    std::string_view view() const { return text.reveal(); }
    bool escaped(std::size_t at) const { return from[at + 1] - from[at] > 1; }
};

/// The layer with one sort of escape undone; nothing when it has none.
std::optional<Layer> undone(const Layer& layer, Escape (*escape)(std::string_view)) {
    const auto text = layer.view();
    Layer out{Secret(text.size()), {}};
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Escape found = escape(text.substr(at));
        out.text.data()[size++] = found.length > 0 ? found.character : text[at];
        out.from.push_back(layer.from[at]);
        at += std::max<std::size_t>(found.length, 1);
    }
    if (size == text.size()) return {};
    out.from.push_back(layer.from[text.size()]);
    out.text.shrink(size);
    return out;
}

/// The text as it is, and with each combination of escapes undone; twice percent-encoded is what wrapped links are.
std::vector<Layer> layers_of(std::string_view text) {
    std::vector<Layer> layers;
    layers.push_back({Secret(text), {}});
    for (std::size_t at = 0; at <= text.size(); ++at) layers[0].from.push_back(static_cast<std::uint32_t>(at));
    for (const auto escape : {quoted_printable, entity, percent, percent}) {
        for (std::size_t i = 0, count = layers.size(); i < count; ++i) {
            if (auto layer = undone(layers[i], escape)) layers.push_back(std::move(*layer));
        }
    }
    return layers;
}

// --- pieces ----------------------------------------------------------------------------------------------------------

/// Digits in a row; and what stands between them and the piece before, if that can be undone.
struct Piece {
    std::size_t start = 0;
    std::size_t end = 0;
    std::optional<Damage> joint{};
    std::size_t joint_at = 0;

    std::size_t size() const { return end - start; }
};

/// The length of a line's end, with a reply's quote marks behind it; 0 where there is none.
std::size_t line_end(std::string_view text) {
    for (const std::string_view sign : {"\r\n", "\n", "<br>", "<br/>", "<br />"}) {
        if (!text.starts_with(sign)) continue;
        const auto behind = text.find_first_not_of(" \t>", sign.size());
        return behind == text.npos ? text.size() : behind;
    }
    return 0;
}

/// What may stand between two pieces of a token: the damage and its length.
std::pair<Damage, std::size_t> joint_at(std::string_view text) {
    if (text.starts_with('=')) {
        const auto blanks = std::min(text.find_first_not_of(" \t", 1), text.size());
        const auto end = line_end(text.substr(blanks));
        if (end > 0 && text[blanks] != '<') return {Damage::soft_line_break, blanks + end};
    }
    if (const auto end = line_end(text); end > 0) return {Damage::line_break, end};
    if (text[0] == ' ' || text[0] == '\t') return {Damage::space, 1};
    if (text.starts_with("\u00A0")) return {Damage::space, 2};
    for (const std::string_view sign :
         {"\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u2060", "\uFEFF", "\u00AD", "<wbr>"}) {
        if (text.starts_with(sign)) return {Damage::invisible, sign.size()};
    }
    return {Damage::space, 0};
}

std::vector<Piece> pieces_of(std::string_view text) {
    std::vector<Piece> pieces;
    std::optional<Damage> joint;
    std::size_t joined_at = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (is_hex_digit(text[at])) {
            const bool first = pieces.empty() || pieces.back().end != at;
            if (first) pieces.push_back({.start = at, .end = at, .joint = joint, .joint_at = joined_at});
            pieces.back().end = ++at;
            continue;
        }
        const auto [damage, length] = joint_at(text.substr(at));
        const bool behind_piece = !pieces.empty() && pieces.back().end == at;
        if (length == 0) {
            joint.reset();
        } else if (behind_piece) {
            joint = damage;
            joined_at = at;
        }
        at += std::max<std::size_t>(length, 1);
    }
    return pieces;
}

// --- candidates ------------------------------------------------------------------------------------------------------

class Reading {
public:
    explicit Reading(std::string_view original) : original_(original) {}

    /// Tokens that are whole once escapes and joints are undone; and the pieces of those that are not.
    void take_whole(const Layer& layer) {
        const auto pieces = pieces_of(layer.view());
        for (const auto& piece : pieces) {
            if (piece.size() == token_digits) add(layer, {piece}, {});
        }
        for (std::size_t i = 0; i < pieces.size() && !full(); ++i) join(layer, pieces, i);
        note_short(layer, pieces);
    }

    /// Tokens that something is glued to. Last, because half an escape before a token looks the same.
    void take_glued(const Layer& layer) {
        for (const auto& piece : pieces_of(layer.view())) {
            if (piece.size() > token_digits) trim(layer, piece);
        }
    }

    Pasted out{};

private:
    bool full() const { return out.candidates.size() >= most_candidates; }

    /// Pieces from the i-th on that are 64 digits together.
    void join(const Layer& layer, const std::vector<Piece>& pieces, std::size_t i) {
        std::size_t digits = pieces[i].size();
        for (std::size_t j = i + 1; j < pieces.size() && digits < token_digits && pieces[j].joint; ++j) {
            digits += pieces[j].size();
            if (digits == token_digits) {
                add(layer,
                    {pieces.begin() + static_cast<std::ptrdiff_t>(i),
                     pieces.begin() + static_cast<std::ptrdiff_t>(j + 1)},
                    {});
            }
        }
    }

    void trim(const Layer& layer, const Piece& piece) {
        add(layer, {{.start = piece.start, .end = piece.start + token_digits}}, Damage::text_after);
        add(layer, {{.start = piece.end - token_digits, .end = piece.end}}, Damage::text_before);
    }

    void add(const Layer& layer, const std::vector<Piece>& pieces, std::optional<Damage> glued) {
        if (full()) return;
        Secret token(token_digits);
        std::size_t size = 0;
        for (const auto& piece : pieces) {
            for (std::size_t at = piece.start; at < piece.end; ++at) {
                const char c = layer.view()[at];
                token.data()[size++] = ascii_lower(c);
            }
        }
        const bool known = std::any_of(out.candidates.begin(), out.candidates.end(),
                                       [&](const auto& other) { return other.token.reveal() == token.reveal(); });
        if (known) return;
        Candidate candidate{std::move(token)};
        if (glued) {
            const bool after = *glued == Damage::text_after;
            note(candidate, *glued, after ? token_digits : 0, layer.from[after ? pieces[0].end : pieces[0].start]);
        }
        examine(candidate, layer, pieces);
        out.candidates.push_back(std::move(candidate));
    }

    void note(Candidate& candidate, Damage what, std::size_t digits, std::size_t offset) const {
        const bool told = std::any_of(candidate.injuries.begin(), candidate.injuries.end(), [&](const auto& injury) {
            return injury.what == what && injury.digits_before == static_cast<int>(digits);
        });
        if (told) return;
        const auto begun = std::count_if(original_.begin(), original_.begin() + static_cast<std::ptrdiff_t>(offset),
                                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
        candidate.injuries.push_back({what, static_cast<int>(digits), static_cast<std::size_t>(begun) + 1});
    }

    void examine(Candidate& candidate, const Layer& layer, const std::vector<Piece>& pieces) const;
    void examine_word(Candidate& candidate, const Layer& layer, std::size_t start, std::size_t end) const;
    void note_escape(Candidate& candidate, const Layer& layer, std::size_t at, std::size_t digits) const;
    void note_short(const Layer& layer, const std::vector<Piece>& pieces);

    std::string_view original_;
};

void Reading::note_escape(Candidate& candidate, const Layer& layer, std::size_t at, std::size_t digits) const {
    if (!layer.escaped(at)) return;
    const char sign = original_[layer.from[at]];
    const Damage what =
        sign == '=' ? Damage::quoted_printable : (sign == '%' ? Damage::percent_encoding : Damage::html_entity);
    note(candidate, what, digits, layer.from[at]);
}

/// The token itself: what stood between its digits, and how they were written.
void Reading::examine(Candidate& candidate, const Layer& layer, const std::vector<Piece>& pieces) const {
    std::size_t digits = 0;
    bool small = true;
    const std::size_t start = pieces.front().start;
    if (start > 0) note_escape(candidate, layer, start - 1, 0);
    for (const auto& piece : pieces) {
        if (digits > 0 && piece.joint) {
            note_escape(candidate, layer, piece.joint_at, digits);
            note(candidate, *piece.joint, digits, layer.from[piece.joint_at]);
        }
        for (std::size_t at = piece.start; at < piece.end; ++at, ++digits) {
            note_escape(candidate, layer, at, digits);
            const char c = layer.view()[at];
            if (small && is_upper(c)) note(candidate, Damage::upper_case, digits, layer.from[at]);
            small = small && !is_upper(c);
        }
    }
    examine_word(candidate, layer, start, pieces.back().end);
}

bool ends_word(char c) { return is_blank(c) || c == '<' || c == '>' || c == '"'; }

/// What the token stands in: the link around it.
void Reading::examine_word(Candidate& candidate, const Layer& layer, std::size_t start, std::size_t end) const {
    const auto text = layer.view();
    std::size_t from = start;
    while (from > 0 && !ends_word(text[from - 1])) --from;
    std::size_t to = end;
    while (to < text.size() && !ends_word(text[to])) ++to;
    const auto before = original_.substr(layer.from[from], layer.from[start] - layer.from[from]);
    const auto behind = original_.substr(layer.from[end], layer.from[to] - layer.from[end]);
    const auto scheme = text.substr(from, start - from).find("://");
    const auto second = scheme == text.npos ? text.npos : text.find("://", from + scheme + 3);
    if (second < start) note(candidate, Damage::wrapped, 0, layer.from[second]);
    if (const auto at = before.find("=3D"); at != before.npos)
        note(candidate, Damage::quoted_printable, 0, layer.from[from] + at);
    if (const auto at = first_entity(before); at != before.npos)
        note(candidate, Damage::html_entity, 0, layer.from[from] + at);
    if (const auto at = first_entity(behind); at != behind.npos)
        note(candidate, Damage::html_entity, token_digits, layer.from[end] + at);
    const auto last = original_.find_last_not_of(" \t\r\n");
    const auto rest = original_.substr(layer.from[end], last + 1 - std::min<std::size_t>(last + 1, layer.from[end]));
    const auto first = original_.find_first_not_of(" \t\r\n");
    const bool alone = layer.from[from] == first;
    if (alone && !rest.empty() && rest.find_first_not_of(".,;:!?)]}>'\"") == rest.npos)
        note(candidate, Damage::punctuation, token_digits, layer.from[end]);
}

/// The longest part of a token that was cut.
void Reading::note_short(const Layer& layer, const std::vector<Piece>& pieces) {
    const auto text = layer.view();
    for (std::size_t i = 0; i < pieces.size();) {
        std::size_t digits = pieces[i].size();
        std::size_t j = i + 1;
        for (; j < pieces.size() && pieces[j].joint && pieces[j].joint != Damage::space; ++j)
            digits += pieces[j].size();
        const std::size_t end = pieces[j - 1].end;
        if (digits >= telling_digits && digits<token_digits&& static_cast<int>(digits)> out.digits) {
            const auto behind = text.find_first_not_of(" \t\r.,;:!?)]}>'\"=\u2026", end);
            out.digits = static_cast<int>(digits);
            out.cut_at_end = behind == text.npos || text[behind] == '\n';
        }
        i = j;
    }
}

}  // namespace

std::string_view word_of(Damage damage) {
    for (const auto& [value, word] : damage_words) {
        if (value == damage) return word;
    }
    return {};
}

Pasted read_pasted(const Secret& text) {
    const auto original = text.reveal().substr(0, longest_pasted);
    Reading reading(original);
    reading.out.code = !normalised_code(original).empty();
    if (reading.out.code) return std::move(reading.out);
    const auto layers = layers_of(original);
    for (const auto& layer : layers) reading.take_whole(layer);
    for (const auto& layer : layers) reading.take_glued(layer);
    return std::move(reading.out);
}

}  // namespace pwreset
