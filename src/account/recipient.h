// Where a message to an account goes: always what its row holds, never what somebody typed.
#pragma once

#include <string>

#include "db/accounts.h"
#include "src/account/channel.h"

namespace pwreset {

/// The stored address or number; empty when the account has none.
std::string recipient_of(const db::AccountRow& account, Channel channel);
/// The same, so that it can be shown and read out.
std::string masked_recipient(const db::AccountRow& account, Channel channel);

}  // namespace pwreset
