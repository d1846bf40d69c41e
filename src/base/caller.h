// Who runs us, and for whom.
#pragma once

namespace pwreset {

struct Env;

/// True when the person at the terminal is not the one whose files we may read: setuid, or sudo to another user. Then
/// that person chooses no file. Root is no other user: who became root may read every file anyway.
bool acts_for_another(const Env& env);

}  // namespace pwreset
