// What a person pasted: the tokens of links that may be in it, and what happened to them in the mail. Pure. The layers
// below: pasted_text (a text that knows where it stood), pasted_html, pasted_mail (the parts of a mail), pasted_layer
// (escapes undone).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "src/base/secret.h"

namespace pwreset {

/// What mail programs, filters and people do to a link. The words of word_of() are a contract, see pwreset(1).
enum class Damage {
    soft_line_break,   ///< "=" at the end of a line: quoted-printable that was not undone
    quoted_printable,  ///< "=3D" for "=", the same
    line_break,
    space,
    invisible,  ///< a zero-width character or a soft hyphen
    html_entity,
    percent_encoding,
    upper_case,
    wrapped,      ///< inside another link: rewritten by a mail scanner or a tracker
    punctuation,  ///< a sentence's full stop or a bracket, taken into the link
    text_before,  ///< glued to it
    text_after,
};
std::string_view word_of(Damage damage);

/// One damage, and where.
struct Injury {
    Damage what;
    int digits_before = 0;      ///< of the token
    std::size_t character = 0;  ///< of the text, from 1
    int of = 64;                ///< how many digits, or characters of any kind, the token has
};

/// What may be a token, with its damages undone.
struct Candidate {
    Secret token;  ///< 64 lower-case hexadecimal digits
    std::vector<Injury> injuries{};
};

struct Pasted {
    std::vector<Candidate> candidates{};  ///< at most most_candidates
    int digits = 0;                       ///< of the longest piece that is shorter than a token, from 16 on; else 0
    bool cut_at_end = false;              ///< whether that piece ends its line
    bool code = false;                    ///< six digits and nothing else: that is no link
};

constexpr std::size_t most_candidates = 64;
constexpr std::size_t longest_pasted = 1U << 20U;

/// Looks for them in the parts of the mail that it may be, decoded, and in the text as it is, by undoing known damages,
/// never by guessing a digit. What the encoding of a part stands for is no damage. Work and memory grow with the length
/// of the text, of which the first `longest_pasted` bytes are read.
Pasted read_pasted(const Secret& text);

}  // namespace pwreset
