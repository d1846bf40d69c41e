#include "src/token/pasted.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "src/base/ascii.h"
#include "src/token/mint.h"
#include "src/token/pasted_joint.h"
#include "src/token/pasted_layer.h"
#include "src/token/pasted_mail.h"

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

// --- pieces ----------------------------------------------------------------------------------------------------------

/// Digits in a row; and what stands between them and the piece before, if that can be undone.
struct Piece {
    std::size_t start = 0;
    std::size_t end = 0;
    std::optional<Damage> joint{};
    std::size_t joint_at = 0;

    std::size_t size() const { return end - start; }
};

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

/// Which character of what was pasted stands at an offset, from 1 on.
class Characters {
public:
    explicit Characters(std::string_view text) : text_(text) {
        for (std::size_t at = 0; at < text.size(); at += step) {
            counts_.push_back(count_);
            count_ += begun(text.substr(at, step));
        }
        counts_.push_back(count_);
    }

    std::size_t at(std::size_t offset) const {
        const std::size_t block = offset / step;
        return counts_[block] + begun(text_.substr(block * step, offset % step)) + 1;
    }

private:
    static constexpr std::size_t step = 4096;

    static std::size_t begun(std::string_view text) {
        return static_cast<std::size_t>(std::count_if(
            text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    }

    std::string_view text_;
    std::vector<std::size_t> counts_;  ///< before each block
    std::size_t count_ = 0;
};

/// A text, and a layer of it.
struct Sheet {
    const PastedText& text;
    const PastedText& layer;

    /// Where in what was pasted a character of the layer stands.
    std::size_t place(std::size_t at) const { return text.from[layer.from[at]]; }
};

/// What a token stands in: the link around it, between blanks or brackets.
struct Word {
    std::size_t from = 0;
    std::size_t to = 0;
    std::size_t second = std::string_view::npos;  ///< where the link around it ends and ours begins
};

Word word_around(std::string_view text, std::size_t start, std::size_t end) {
    constexpr std::size_t longest = 4096;
    const auto ends_word = [](char c) { return is_blank(c) || c == '<' || c == '>' || c == '"'; };
    Word word{start, end};
    while (word.from > 0 && start - word.from < longest && !ends_word(text[word.from - 1])) --word.from;
    while (word.to < text.size() && word.to - end < longest && !ends_word(text[word.to])) ++word.to;
    const auto second = second_link(text.substr(word.from, start - word.from));
    if (second != text.npos) word.second = word.from + second;
    return word;
}

/// The same token in another place: told as it is where it had to be mended least, but also that a filter rewrote it.
void merge(Candidate& known, Candidate again) {
    const auto wraps = [](const Injury& injury) { return injury.what == Damage::wrapped; };
    const auto found = std::find_if(again.injuries.begin(), again.injuries.end(), wraps);
    const auto wrapped = found == again.injuries.end() ? std::optional<Injury>() : *found;
    if (wrapped) again.injuries.erase(found);
    const auto other = std::count_if(known.injuries.begin(), known.injuries.end(), std::not_fn(wraps));
    const bool less = again.injuries.size() < static_cast<std::size_t>(other);
    if (less) {
        std::erase_if(known.injuries, std::not_fn(wraps));
        known.injuries.insert(known.injuries.begin(), again.injuries.begin(), again.injuries.end());
    }
    if (wrapped && std::none_of(known.injuries.begin(), known.injuries.end(), wraps))
        known.injuries.push_back(*wrapped);
}

/// Reads one text after the other, layer by layer.
class Reading {
public:
    /// `source`: it is the source of a mail, in whose headers there are digits of all kinds.
    Reading(std::string_view pasted, bool source) : characters_(pasted), source_(source) {}

    /// Tokens that are whole once escapes and joints are undone; and the pieces of those that are not.
    void take_whole(const PastedText& text) {
        for (const PastedText& layer : layers_of(text.view())) {
            const auto pieces = pieces_of(layer.view());
            for (const auto& piece : pieces) {
                if (piece.size() == token_digits) add({text, layer}, {piece}, {});
                longer_ = longer_ || piece.size() > token_digits;
            }
            for (std::size_t i = 0; i < pieces.size() && !full(); ++i) join({text, layer}, pieces, i);
            note_short(layer.view(), pieces);
        }
    }

    /// Tokens that something is glued to. Last, because half an escape before a token looks the same.
    void take_glued(const PastedText& text) {
        if (!longer_) return;
        for (const PastedText& layer : layers_of(text.view())) {
            for (const auto& piece : pieces_of(layer.view())) {
                if (piece.size() > token_digits) trim({text, layer}, piece);
            }
        }
    }

    Pasted out{};

private:
    bool full() const { return out.candidates.size() >= most_candidates || examined_ >= most_examined; }

    /// Pieces from the i-th on that are 64 digits together.
    void join(const Sheet& sheet, const std::vector<Piece>& pieces, std::size_t i) {
        std::size_t digits = pieces[i].size();
        for (std::size_t j = i + 1; j < pieces.size() && digits < token_digits && pieces[j].joint; ++j) {
            digits += pieces[j].size();
            if (digits == token_digits) {
                add(sheet,
                    {pieces.begin() + static_cast<std::ptrdiff_t>(i),
                     pieces.begin() + static_cast<std::ptrdiff_t>(j + 1)},
                    {});
            }
        }
    }

    void trim(const Sheet& sheet, const Piece& piece) {
        add(sheet, {{.start = piece.start, .end = piece.start + token_digits}}, Damage::text_after);
        add(sheet, {{.start = piece.end - token_digits, .end = piece.end}}, Damage::text_before);
    }

    void add(const Sheet& sheet, const std::vector<Piece>& pieces, std::optional<Damage> glued);
    void note(Candidate& candidate, Damage what, std::size_t digits, std::size_t place) const;
    void examine(Candidate& candidate, const Sheet& sheet, const std::vector<Piece>& pieces) const;
    void examine_word(Candidate& candidate, const Sheet& sheet, const Word& word, std::size_t start,
                      std::size_t end) const;
    void note_escape(Candidate& candidate, const Sheet& sheet, std::size_t at, std::size_t digits, bool wrapped) const;
    void note_short(std::string_view text, const std::vector<Piece>& pieces);

    static constexpr std::size_t most_examined = 4096;

    Characters characters_;
    bool source_;
    std::size_t examined_ = 0;
    bool longer_ = false;  ///< whether there are more digits in a row anywhere than a token has
};

void Reading::add(const Sheet& sheet, const std::vector<Piece>& pieces, std::optional<Damage> glued) {
    if (full()) return;
    ++examined_;
    Candidate candidate{Secret(token_digits)};
    std::size_t size = 0;
    for (const auto& piece : pieces) {
        for (std::size_t at = piece.start; at < piece.end; ++at) {
            const char c = sheet.layer.view()[at];
            candidate.token.data()[size++] = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    if (glued) {
        const bool after = *glued == Damage::text_after;
        note(candidate, *glued, after ? token_digits : 0, sheet.place(after ? pieces[0].end : pieces[0].start));
    }
    examine(candidate, sheet, pieces);
    const auto known = std::find_if(out.candidates.begin(), out.candidates.end(), [&](const auto& other) {
        return other.token.reveal() == candidate.token.reveal();
    });
    if (known == out.candidates.end())
        out.candidates.push_back(std::move(candidate));
    else
        merge(*known, std::move(candidate));
}

void Reading::note(Candidate& candidate, Damage what, std::size_t digits, std::size_t place) const {
    const bool told = std::any_of(candidate.injuries.begin(), candidate.injuries.end(), [&](const auto& injury) {
        return injury.what == what && injury.digits_before == static_cast<int>(digits);
    });
    if (!told) candidate.injuries.push_back({what, static_cast<int>(digits), characters_.at(place)});
}

/// What filters escape in the link that they wrap is no damage: they undo it.
void Reading::note_escape(Candidate& candidate, const Sheet& sheet, std::size_t at, std::size_t digits,
                          bool wrapped) const {
    if (!sheet.layer.escaped(at)) return;
    const char sign = sheet.text.view()[sheet.layer.from[at]];
    if (wrapped && (sign == '%' || sign == '-')) return;
    const Damage what =
        sign == '=' ? Damage::quoted_printable : (sign == '%' ? Damage::percent_encoding : Damage::html_entity);
    note(candidate, what, digits, sheet.place(at));
}

/// The token itself: what stood between its digits, and how they were written.
void Reading::examine(Candidate& candidate, const Sheet& sheet, const std::vector<Piece>& pieces) const {
    std::size_t digits = 0;
    bool small = true;
    const std::size_t start = pieces.front().start;
    const Word word = word_around(sheet.layer.view(), start, pieces.back().end);
    const bool wrapped = word.second != std::string_view::npos;
    if (start > 0) note_escape(candidate, sheet, start - 1, 0, wrapped);
    for (const auto& piece : pieces) {
        if (digits > 0 && piece.joint) {
            note_escape(candidate, sheet, piece.joint_at, digits, wrapped);
            note(candidate, *piece.joint, digits, sheet.place(piece.joint_at));
        }
        for (std::size_t at = piece.start; at < piece.end; ++at, ++digits) {
            note_escape(candidate, sheet, at, digits, wrapped);
            const char c = sheet.layer.view()[at];
            if (small && c >= 'A' && c <= 'F') note(candidate, Damage::upper_case, digits, sheet.place(at));
            small = small && !(c >= 'A' && c <= 'F');
        }
    }
    examine_word(candidate, sheet, word, start, pieces.back().end);
}

/// The link around the token.
void Reading::examine_word(Candidate& candidate, const Sheet& sheet, const Word& word, std::size_t start,
                           std::size_t end) const {
    const auto text = sheet.text.view();
    const auto& from = sheet.layer.from;
    const auto& place = sheet.text.from;
    const auto before = text.substr(from[word.from], from[start] - from[word.from]);
    const auto behind = text.substr(from[end], from[word.to] - from[end]);
    if (word.second < start) note(candidate, Damage::wrapped, 0, sheet.place(word.second));
    if (const auto at = before.find("=3D"); at != before.npos)
        note(candidate, Damage::quoted_printable, 0, place[from[word.from] + at]);
    if (const auto at = first_entity(before); at != before.npos)
        note(candidate, Damage::html_entity, 0, place[from[word.from] + at]);
    if (const auto at = first_entity(behind); at != behind.npos)
        note(candidate, Damage::html_entity, token_digits, place[from[end] + at]);
    const auto last = text.find_last_not_of(" \t\r\n");
    const auto rest = text.substr(from[end], last + 1 - std::min<std::size_t>(last + 1, from[end]));
    const bool alone = from[word.from] == text.find_first_not_of(" \t\r\n");
    if (alone && !rest.empty() && rest.find_first_not_of(".,;:!?)]}>'\"") == rest.npos)
        note(candidate, Damage::punctuation, token_digits, sheet.place(end));
}

/// The longest part of a token that was cut.
void Reading::note_short(std::string_view text, const std::vector<Piece>& pieces) {
    for (std::size_t i = 0; i < pieces.size();) {
        std::size_t digits = pieces[i].size();
        std::size_t j = i + 1;
        for (; j < pieces.size() && pieces[j].joint && pieces[j].joint != Damage::space; ++j)
            digits += pieces[j].size();
        const std::size_t start = pieces[i].start;
        const std::size_t end = pieces[j - 1].end;
        const bool longest = digits >= telling_digits && digits<token_digits&& static_cast<int>(digits)> out.digits;
        const auto in_link = [&] {
            return text.substr(0, start).substr(word_around(text, start, end).from).find("://") != text.npos;
        };
        if (longest && (!source_ || in_link())) {
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
    const PastedText pasted = pasted_text(text.reveal().substr(0, longest_pasted));
    if (!normalised_code(pasted.view()).empty()) return {.code = true};
    PastedMail mail = read_mail(pasted);
    Reading reading(pasted.view(), mail.source);
    for (const PastedText& part : mail.texts) reading.take_whole(part);
    reading.take_whole(pasted);
    for (const PastedText& part : mail.texts) reading.take_glued(part);
    reading.take_glued(pasted);
    return std::move(reading.out);
}

}  // namespace pwreset
