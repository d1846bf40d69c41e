// A link that somebody pasted: whether it is ours, what became of it, and what happened to it in the mail.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "db/own/token_records.h"
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
/// The word of the contract: "superseded".
std::string_view word_of(PastedLink::Verdict verdict);

/// Finds it by the digests of what may be a token; nothing is consumed, and no digit guessed. Throws Error
/// INVALID_INPUT when there is nothing like a token in the text, or a code, NOT_FOUND when what there is, is not ours
/// or was cut.
PastedLink find_link(Context& context, const Secret& text);

}  // namespace pwreset
