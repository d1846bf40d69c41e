// Sealing: giving committed audit rows their numbers and their places in the chain. One process at a time does it for
// all, so that writers never wait for each other; whoever finds it busy relies on the one who is at it.
#pragma once

#include <chrono>

#include "src/audit/chain.h"
#include "src/context.h"

namespace pwreset {

/// Seals what is committed and not sealed yet, in transactions of at most 1000 rows, for at most about `patience`.
/// A row that pwreset did not write, or a copy of one, stays unsealed for ever: it is evidence. Rows that should have
/// been sealed over an hour ago get an entry before them, SEALED_LATE, which cannot be removed without them. False when
/// somebody else is sealing, when the chain has gone on under another key, or when time ran out.
/// Throws Error, db::Lost as every access to the database.
bool seal(Context& context, std::chrono::milliseconds patience);
/// What a command does at its end: seals what it recorded, and leaves this host's mark, if it recorded something. Never
/// fails, never waits for another sealer; what it cannot do, the next command does.
void seal_quietly(Context& context) noexcept;
/// The same in the course of long work, at most once a second.
void seal_in_passing(Context& context) noexcept;
/// seal_quietly() when the scope ends, by a failure too.
class SealAtEnd {
public:
    explicit SealAtEnd(Context& context) : context_(context) {}
    ~SealAtEnd() { seal_quietly(context_); }
    SealAtEnd(const SealAtEnd&) = delete;
    SealAtEnd& operator=(const SealAtEnd&) = delete;

private:
    Context& context_;
};

/// The end of the chain: its last row, or the checkpoint where all rows were purged, or the Link before the first row.
Link chain_head(Context& context);
/// What unsealed rows are judged by.
struct SealingRules {
    const Keyring& keys;
    std::optional<Time> latest_purged{};  ///< of a purged row
    std::optional<Time> key_since{};      ///< since when our key is the recorded one
};
/// Whether an unsealed row may be sealed: genuine, no copy, younger than what was purged already, if anything was, and
/// not made with a key that had been replaced long before.
bool is_sealable(const db::AuditRow& row, const SealingRules& rules);
/// Whether our key is not the recorded one any more: there was a rotation since this command began.
bool is_key_replaced(Context& context);
/// The rules as the tables give them now.
SealingRules sealing_rules(Context& context);

}  // namespace pwreset
