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
    std::string character = " (character " + std::to_string(injury.character) + ")";
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
            std::string& copy = *line;
            ::explicit_bzero(copy.data(), copy.size());
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

std::vector<std::string> damage_lines(const std::vector<Injury>& injuries) {
    std::vector<std::string> lines;
    for (const auto& injury : injuries) {
        if (lines.size() == most_lines) break;
        const bool damaged = injury.what != Damage::wrapped;
        lines.push_back((damaged ? "damaged: " : "") + words_for(injury.what) + place_of(injury));
    }
    const auto more = injuries.size() - lines.size();
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

std::string taken_text(const Taken& taken, const std::function<std::string(Time)>& when) {
    switch (taken.verdict) {
        case Taken::Verdict::valid:
            return taken.expires ? "valid until " + when(*taken.expires)
                                 : "valid, for ever: nothing but its use ends it";
        case Taken::Verdict::not_yet:
            return "refused until " + when(taken.issued.value_or(Time())) + ": it was issued by a clock that is ahead";
        case Taken::Verdict::expired:
            return "expired " + when(taken.expires.value_or(Time()));
        case Taken::Verdict::superseded:
            return "replaced: the application holds another one, a newer one if this was ever issued (inferred)";
        case Taken::Verdict::changed:
            return "void: the account is not as it was, by a sign-in or a new password or address, or the link was "
                   "never issued; nothing tells which (inferred)";
        case Taken::Verdict::gone:
            break;
    }
    return "gone: used or withdrawn, or never issued; the application keeps no trace (inferred)";
}

std::string taken_text(const PastedLink& ours, const Taken& taken, const std::function<std::string(Time)>& when) {
    // Only one of ours is live: where the ledger has none after it, it was not we who replaced it.
    if (ours.verdict == PastedLink::Verdict::valid && taken.verdict == Taken::Verdict::superseded)
        return "replaced by the application's own form: it holds a link that is none of ours (inferred)";
    return taken_text(taken, when);
}

namespace {

/// Whoever issued it.
std::vector<std::string> link_lines(const Inspection& found, const std::function<std::string(Time)>& when) {
    std::vector<std::string> lines;
    if (found.link) {
        lines.push_back(verdict_text(*found.link, when) + "  ref " + reference_of(found.link->token.delivery_id));
        if (found.application)
            lines.push_back("  to the application: " + taken_text(*found.link, found.application->taken, when));
    } else if (found.application) {
        lines.push_back(taken_text(found.application->taken, when));
        lines.emplace_back("  none of ours: issued by the application itself; whether it was mailed is not known here");
    }
    for (const auto& line : damage_lines(found.link ? found.link->injuries : found.application->injuries))
        lines.push_back("  " + line);
    return lines;
}

}  // namespace

void show_link(Sections& out, const Inspection& found) {
    if (!found.link && !found.application) return;
    for (const auto& line : link_lines(found, [&](Time time) { return out.when(time); })) out.line("link", line);
    if (found.link && found.link->others > 0) {
        out.line("link", "  in the same text: " + std::to_string(found.link->others) +
                             " more of ours, to be pasted by themselves");
    }
}

namespace {

Json taken_json(const Taken& taken) {
    return {{"verdict", word_of(taken.verdict)},
            {"issued_at", time_or_null(taken.issued)},
            {"expires_at", time_or_null(taken.expires)},
            {"endless", taken.endless},
            {"inferred", taken.inferred()}};
}

Json damages_json(const std::vector<Injury>& injuries) {
    Json json = Json::array();
    for (const auto& injury : injuries) {
        json.push_back({{"damage", word_of(injury.what)},
                        {"digits_before", injury.digits_before},
                        {"character", injury.character}});
    }
    return json;
}

/// Of a link that is none of ours, in the same fields.
Json application_link_json(const ApplicationLink& link) {
    return {{"verdict", word_of(link.taken.verdict)},
            {"token_id", nullptr},
            {"reference", nullptr},
            {"issued_at", time_or_null(link.taken.issued)},
            {"expires_at", time_or_null(link.taken.expires)},
            {"used_at", nullptr},
            {"voided_at", nullptr},
            {"void_reason", nullptr},
            {"superseded_by", nullptr},
            {"damages", damages_json(link.injuries)},
            {"others", 0},
            {"issuer", "application"},
            {"application", taken_json(link.taken)}};
}

}  // namespace

Json link_json(const Inspection& found) {
    if (!found.link) return found.application ? application_link_json(*found.application) : Json(nullptr);
    const PastedLink& link = *found.link;
    const auto& token = link.token;
    return {{"verdict", word_of(link.verdict)},
            {"token_id", token.id},
            {"reference", reference_of(token.delivery_id)},
            {"issued_at", rfc3339(token.issued_at)},
            {"expires_at", rfc3339(token.expires_at)},
            {"used_at", time_or_null(token.used_at)},
            {"voided_at", time_or_null(token.voided_at)},
            {"void_reason", text_or_null(token.void_reason)},
            {"superseded_by", link.successor ? Json(reference_of(link.successor->delivery_id)) : Json(nullptr)},
            {"damages", damages_json(link.injuries)},
            {"others", link.others},
            {"issuer", "pwreset"},
            {"application", found.application ? taken_json(found.application->taken) : Json(nullptr)}};
}

}  // namespace pwreset
