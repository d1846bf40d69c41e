#include "src/recovery/pasted_link.h"

#include <algorithm>
#include <string>

#include "src/base/error.h"
#include "src/base/time.h"
#include "src/token/link_pattern.h"
#include "src/token/mint.h"
#include "src/token/pasted_layer.h"

namespace pwreset {

namespace {

constexpr std::size_t token_digits = 64;

/// Whether the application's links are not of the native form alone.
bool has_own_links(const Context& context) {
    return context.at_work != nullptr && !context.at_work->profile().native() && !context.config.reset.link.empty();
}

Error never_ours(const Context& context) {
    return {Exit::failed, "NOT_FOUND", "the link is whole, but none of ours",
            "it is of another application, its digits were changed, or it expired more than " +
                duration_text(context.config.retention.tokens) + " ago and was purged"};
}

Error cut(const Pasted& pasted) {
    const std::string digits = std::to_string(pasted.digits) + " of " + std::to_string(token_digits) + " digits";
    const char* where = pasted.cut_at_end ? ": it was cut at the end" : ", others are missing in it";
    return {Exit::failed, "NOT_FOUND", "the link has only " + digits + where,
            "ask the user for the whole link as it stands in the mail, or look the account up by its address"};
}

Error nothing_there() {
    return invalid_input("there is no link and no token in what was entered",
                         "enter the link, its 64 digits, or the part of the mail with the link in it");
}

/// The same of an application whose tokens are of another sort.
Error nothing_like_its_links() {
    return invalid_input("there is no link of the application in what was entered",
                         "enter the link as it stands in the mail, or the part of the mail with the link in it");
}

/// Why nothing was found of what looked like a token; also where nothing did.
Error not_found(const Context& context, const Pasted& pasted) {
    if (pasted.code) {
        return invalid_input("that is a code, not a link",
                             "'pwreset verify-otp' checks the code of a caller; a code for a reset is told to nobody");
    }
    if (!pasted.candidates.empty()) return never_ours(context);
    if (has_own_links(context)) return nothing_like_its_links();
    return pasted.digits > 0 ? cut(pasted) : nothing_there();
}

/// What may be a token: of 64 digits and, where the application's are others, whatever stands in links like its own.
Pasted candidates_in(const Context& context, const Secret& text) {
    Pasted pasted = read_pasted(text);
    if (!has_own_links(context) || pasted.code) return pasted;
    for (auto& link : read_links(text, context.config.reset.link)) {
        const bool known = std::any_of(pasted.candidates.begin(), pasted.candidates.end(), [&](const auto& candidate) {
            return candidate.token.reveal() == link.token.reveal();
        });
        if (!known) pasted.candidates.push_back({std::move(link.token), std::move(link.injuries)});
    }
    return pasted;
}

PastedLink::Verdict verdict_of(const db::TokenRow& token) {
    using enum PastedLink::Verdict;
    if (token.state == TokenState::live) return valid;
    if (token.state == TokenState::expired) return expired;
    if (token.state == TokenState::used) return used;
    if (token.void_reason == "superseded") return superseded;
    return token.void_reason == "revoked" ? revoked : ended;
}

}  // namespace

std::string_view word_of(PastedLink::Verdict verdict) {
    switch (verdict) {
        case PastedLink::Verdict::valid:
            return "valid";
        case PastedLink::Verdict::expired:
            return "expired";
        case PastedLink::Verdict::superseded:
            return "superseded";
        case PastedLink::Verdict::used:
            return "used";
        case PastedLink::Verdict::revoked:
            return "revoked";
        case PastedLink::Verdict::ended:
            break;
    }
    return "ended";
}

PastedLink find_link(Context& context, const Secret& text) {
    const std::string& app = context.config.application;
    Pasted pasted = candidates_in(context, text);
    std::vector<std::string> verifiers;
    for (const auto& candidate : pasted.candidates) verifiers.push_back(link_verifier(candidate.token));
    auto found = db::links_with(context.session, app, verifiers);
    if (found.empty()) throw not_found(context, pasted);
    // The first one in the order of the candidates: the one that had to be mended least.
    std::size_t first = 0;
    const auto of_first = [&](const auto& link) { return link.verifier == verifiers[first]; };
    while (std::none_of(found.begin(), found.end(), of_first)) ++first;
    PastedLink link{.verdict = {},
                    .token = std::find_if(found.begin(), found.end(), of_first)->token,
                    .successor = {},
                    .injuries = std::move(pasted.candidates[first].injuries),
                    .others = static_cast<int>(found.size()) - 1};
    // A site's own link may hold another one before its token: that is no mail scanner's.
    const std::string& pattern = context.config.reset.link;
    if (second_link(pattern.substr(0, pattern.find("{token}"))) != std::string::npos)
        std::erase_if(link.injuries, [](const Injury& injury) { return injury.what == Damage::wrapped; });
    link.verdict = verdict_of(link.token);
    if (link.verdict == PastedLink::Verdict::superseded)
        link.successor = db::successor_of(context.session, app, link.token);
    return link;
}

}  // namespace pwreset
