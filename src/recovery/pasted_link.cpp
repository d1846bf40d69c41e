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

/// Of the application's own form, where its tables hold nothing that tells whose it is.
Error held_by_nobody() {
    return {Exit::failed, "NOT_FOUND", "the link is whole, but neither ours nor one that the application holds now",
            "it was used, withdrawn or replaced by a newer one, or was never issued: nothing tells which; look the "
            "account up by its address"};
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
    if (!pasted.candidates.empty()) return has_own_links(context) ? held_by_nobody() : never_ours(context);
    if (has_own_links(context)) return nothing_like_its_links();
    return pasted.digits > 0 ? cut(pasted) : nothing_there();
}

/// What of it is of the application's own form; those that are no 64 digits are candidates, too.
std::vector<PatternedLink> patterned_in(const Context& context, const Secret& text, Pasted& pasted) {
    if (!has_own_links(context) || pasted.code) return {};
    auto links = read_links(text, context.config.reset.link);
    for (const auto& link : links) {
        const bool known = std::any_of(pasted.candidates.begin(), pasted.candidates.end(), [&](const auto& candidate) {
            return candidate.token.reveal() == link.token.reveal();
        });
        if (!known) pasted.candidates.push_back({link.token.duplicate(), link.injuries});
    }
    return links;
}

/// What the application's tables say of the first of these that it would take or, where it would take none, of the
/// first whose account is known.
std::optional<ApplicationLink> put_to_application(const Context& context, std::vector<PatternedLink>& links, Time now) {
    constexpr std::size_t most_put = 8;  // comparing with a slow hash takes its time
    std::optional<ApplicationLink> first;
    if (links.size() > most_put) links.resize(most_put);
    for (const auto& link : links) {
        const PresentedLink presented{link.token.reveal(), link.places};
        for (const auto& account : context.application().meant_by(presented)) {
            Taken taken = context.application().take(presented, account, now);
            const bool better = !first || (first->taken.inferred() && !taken.inferred());
            if (better) first = ApplicationLink{std::move(taken), link.injuries};
        }
        if (first && !first->taken.inferred()) break;
    }
    return first;
}

/// One of ours, as the application's tables have it.
std::optional<ApplicationLink> taken_of_ours(Context& context, const PastedLink& ours, const Secret& token,
                                             const std::vector<PatternedLink>& links, Time now) {
    const auto found = std::find_if(links.begin(), links.end(),
                                    [&](const auto& link) { return link.token.reveal() == token.reveal(); });
    const auto accounts = context.accounts.by_ids({ours.token.account});
    if (found == links.end() || accounts.empty()) return {};
    return ApplicationLink{context.application().take({found->token.reveal(), found->places}, accounts.front(), now),
                           {}};
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

FoundLink find_link(Context& context, const Secret& text, Time now) {
    const std::string& app = context.config.application;
    Pasted pasted = read_pasted(text);
    auto links = patterned_in(context, text, pasted);
    std::vector<std::string> verifiers;
    for (const auto& candidate : pasted.candidates) verifiers.push_back(link_verifier(candidate.token));
    auto found = db::links_with(context.session, app, verifiers);
    if (found.empty()) {
        auto theirs = put_to_application(context, links, now);
        if (!theirs) throw not_found(context, pasted);
        return {{}, std::move(theirs)};
    }
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
    auto taken = taken_of_ours(context, link, pasted.candidates[first].token, links, now);
    return {std::move(link), std::move(taken)};
}

}  // namespace pwreset
