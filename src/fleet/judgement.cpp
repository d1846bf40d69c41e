#include "src/fleet/judgement.h"

#include <utility>

namespace pwreset {

namespace {

/// Refusals in a row that are about us, and may yet be about one mail alone, after which the others wait.
constexpr int most_refusals = 3;
/// Recipients refused in a row without a word of why, after which it may be about us: a limit told in a language that
/// nobody here knows must not condemn a whole queue.
constexpr int most_bare = 10;

/// A mail of a size or an address that the relay does not take says nothing of the next one.
bool may_concern_others(const SendResult& result) {
    return result.concern && *result.concern != Concern::recipient && *result.concern != Concern::size &&
           *result.concern != Concern::smtputf8 && !result.connection_full;
}

}  // namespace

SendResult Judgement::weighed(SendResult result, Bearer& bearer, const std::string& sender, bool interrupted) {
    proven_ = proven_ || result.took_recipient;
    bare_ = result.needs_proof ? bare_ + 1 : result.took_recipient ? 0 : bare_;
    if (result.needs_proof && (!proven_ || bare_ > most_bare)) {
        result.verdict = Verdict::temporary;
        result.counts = false;
        result.concern = Concern::relay;
    }
    if (may_concern_others(result)) {
        refusals_ += result.concerns_all ? most_refusals : 1;
        // One that takes nothing and hangs up would be dialled again for each of them.
        const bool goes_on = bearer.moved || bearer.usable;
        if (refusals_ < most_refusals && goes_on) return result;
        stop_.emplace(unavailable(refusal_words(*result.concern, bearer.name, sender) + ": " + result.answer,
                                  "what is queued waits; nothing is wrong with the users' addresses"),
                      result.concern);
        return result;
    }
    const bool ended = result.verdict == Verdict::accepted || result.verdict == Verdict::permanent;
    if (result.asked && (ended || result.concern == Concern::recipient)) refusals_ = 0;
    bearer.moved = bearer.moved || (result.asked && ended);
    const bool broke = !result.concern && !bearer.moved && result.asked && !bearer.usable && !interrupted;
    if (broke)
        stop_.emplace(unavailable("relay '" + bearer.name + "' takes the connection and breaks it: " + result.answer));
    return result;
}

std::optional<RelayUnavailable> Judgement::take_stop() {
    if (!stop_) return {};
    std::optional<RelayUnavailable> why = std::move(stop_);
    *this = Judgement();
    return why;
}

}  // namespace pwreset
