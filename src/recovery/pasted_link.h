// A link that somebody pasted: whether it is ours, what became of it, and what happened to it in the mail.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "db/own/token_records.h"
#include "src/apps/taking.h"
#include "src/base/secret.h"
#include "src/context.h"
#include "src/token/pasted.h"

namespace pwreset {

struct PastedLink {
    enum class Verdict {
        valid,
        expired,
        superseded,  ///< a newer one was made
        used,
        revoked,
        ended,  ///< otherwise: see the token's void_reason
    };
    Verdict verdict = Verdict::valid;
    db::TokenRow token;
    std::optional<db::TokenRow> successor;  ///< the token that superseded it
    std::vector<Injury> injuries;           ///< what had to be undone to find it
    int others = 0;                         ///< further links of ours in the same text
};
/// A link that the application itself issued, or one of nobody's that looks like one and names an account.
struct ApplicationLink {
    Taken taken;
    std::vector<Injury> injuries;
};
struct FoundLink {
    std::optional<PastedLink> ours;
    std::optional<ApplicationLink> application;  ///< of ours too, where the application keeps its tokens in its tables
};
/// The word of the contract: "superseded".
std::string_view word_of(PastedLink::Verdict verdict);

/// Finds it by the digests of what may be a token; what is not ours is put to what the application's tables hold.
/// Nothing is consumed, and no digit guessed. Throws Error INVALID_INPUT when there is nothing like a token in the
/// text, or a code, NOT_FOUND when what there is, is nobody's or was cut.
FoundLink find_link(Context& context, const Secret& text, Time now);

}  // namespace pwreset
