#include "cmd/inspect_link.h"

#include <string.h>

#include <algorithm>
#include <istream>

#include "cmd/output/nullable.h"
#include "src/base/ascii.h"
#include "src/base/reference.h"

namespace pwreset {

namespace {

constexpr std::size_t most_lines = 10;
/// As many hexadecimal digits in a row are no address, key or login.
constexpr std::size_t secret_digits = 32;

std::string words_for(Damage damage) {
    switch (damage) {
        case Damage::soft_line_break:
            return "a soft line break of quoted-printable ('=' at the end of a line)";
        case Damage::quoted_printable:
            return "quoted-printable that was not undone ('=3D')";
        case Damage::line_break:
            return "a line break";
        case Damage::space:
            return "a space";
        case Damage::invisible:
            return "an invisible character";
        case Damage::html_entity:
            return "an HTML entity ('&amp;')";
        case Damage::percent_encoding:
            return "percent-encoding ('%3D')";
        case Damage::upper_case:
            return "capital letters";
        case Damage::wrapped:
            return "rewritten by a mail scanner, whose own link is around it";
        case Damage::punctuation:
            return "punctuation taken into the link";
        case Damage::text_before:
            return "text glued to its beginning";
        case Damage::text_after:
            break;
    }
    return "text glued to its end";
}

std::string place_of(const Injury& injury) {
    const std::string character = " (character " + std::to_string(injury.character) + ")";
    if (injury.what == Damage::wrapped) return character;
    if (injury.digits_before == 0) return " before its digits" + character;
    if (injury.digits_before == injury.of) return " after its digits" + character;
    return " after " + std::to_string(injury.digits_before) + " of " + std::to_string(injury.of) + " digits" +
           character;
}

}  // namespace

Secret read_link(Env& env) {
    Secret text;
    if (env.terminal.in) {
        auto line = env.ask("link or token, on one line, not shown: ", true);
        if (line) {
            text = Secret(std::string_view(*line));
            ::explicit_bzero(line->data(), line->size());
        }
    } else {
        // As much at once as makes the stream read into the secret itself and keep no copy.
        text = Secret(longest_pasted + 1);
        env.in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.shrink(static_cast<std::size_t>(env.in.gcount()));
    }
    if (text.size() > longest_pasted)
        throw invalid_input("there is more than 1 MiB on standard input", "keep the part with the link");
    if (text.reveal().find_first_not_of(" \t\r\n") == std::string_view::npos)
        throw invalid_input("nothing was entered", "enter the link, or the part of the mail with the link in it");
    return text;
}

void refuse_secret(const std::string& target) {
    std::size_t digits = 0;
    bool secret = target.find("://") != target.npos;
    for (const char c : target) {
        digits = is_hex_digit(c) ? digits + 1 : 0;
        secret = secret || digits >= secret_digits;
    }
    if (!secret || target.starts_with("ref:")) return;
    throw usage_error("a link or a token has no place on the command line, where everybody on this machine can read it",
                      "'pwreset inspect -' reads it from a prompt or from standard input; revoke this one");
}

std::vector<std::string> damage_lines(const PastedLink& link) {
    std::vector<std::string> lines;
    for (const auto& injury : link.injuries) {
        if (lines.size() == most_lines) break;
        const bool damaged = injury.what != Damage::wrapped;
        lines.push_back((damaged ? "damaged: " : "") + words_for(injury.what) + place_of(injury));
    }
    const auto more = link.injuries.size() - lines.size();
    if (more > 0) lines.push_back("and " + std::to_string(more) + " more places");
    return lines;
}

std::string verdict_text(const PastedLink& link, const std::function<std::string(Time)>& when) {
    using enum PastedLink::Verdict;
    const auto& token = link.token;
    switch (link.verdict) {
        case valid:
            return "valid until " + when(token.expires_at);
        case expired:
            return "expired " + when(token.expires_at);
        case used:
            return "used " + when(token.used_at.value_or(token.expires_at));
        case revoked:
            return "revoked " + when(token.voided_at.value_or(token.expires_at));
        case superseded:
        case ended:
            break;
    }
    std::string text = link.verdict == superseded ? "superseded " : "void (" + token.void_reason.value_or("?") + ") ";
    text += when(token.voided_at.value_or(token.expires_at));
    return link.successor ? text + " by ref " + reference_of(link.successor->delivery_id) : text;
}

void show_link(Sections& out, const PastedLink& link) {
    const auto when = [&](Time time) { return out.when(time); };
    out.line("link", verdict_text(link, when) + "  ref " + reference_of(link.token.delivery_id));
    for (const auto& line : damage_lines(link)) out.line("link", "  " + line);
    if (link.others > 0) {
        out.line("link",
                 "  in the same text: " + std::to_string(link.others) + " more of ours, to be pasted by themselves");
    }
}

Json link_json(const PastedLink& link) {
    const auto& token = link.token;
    Json json{{"verdict", word_of(link.verdict)},
              {"token_id", token.id},
              {"reference", reference_of(token.delivery_id)},
              {"issued_at", rfc3339(token.issued_at)},
              {"expires_at", rfc3339(token.expires_at)},
              {"used_at", time_or_null(token.used_at)},
              {"voided_at", time_or_null(token.voided_at)},
              {"void_reason", text_or_null(token.void_reason)},
              {"superseded_by", link.successor ? Json(reference_of(link.successor->delivery_id)) : Json(nullptr)},
              {"damages", Json::array()},
              {"others", link.others}};
    for (const auto& injury : link.injuries) {
        json["damages"].push_back({{"damage", word_of(injury.what)},
                                   {"digits_before", injury.digits_before},
                                   {"character", injury.character}});
    }
    return json;
}

}  // namespace pwreset
