// Sealing: giving committed audit rows their numbers and their places in the chain. One process at a time does it for
// all, so that writers never wait for each other; whoever finds it busy relies on the one who is at it.
#pragma once

#include <chrono>

#include "src/audit/chain.h"
#include "src/context.h"

namespace pwreset {

/// Seals what is committed and not sealed yet, in transactions of at most 1000 rows, for at most about `patience`.
/// A row that pwreset did not write, or a copy of one, stays unsealed for ever: it is evidence. False when somebody
/// else is sealing, when the chain has gone on under a key that is not ours, or when time ran out.
/// Throws Error, db::Lost as every access to the database.
bool seal(Context& context, std::chrono::milliseconds patience);
/// What a command does at its end: seals what it recorded, if it recorded something. Never fails, never waits for
/// another sealer; what it cannot do, the next command does.
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
/// Whether an unsealed row may be sealed: genuine, no copy, and younger than what was purged already, if anything was.
bool is_sealable(const db::AuditRow& row, const Keyring& keys, const std::optional<Time>& latest_purged);

}  // namespace pwreset
