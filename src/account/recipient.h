// Where a message to an account goes: always what its row holds, never what somebody typed.
#pragma once

#include <string>

#include "db/app/accounts.h"
#include "src/base/channel.h"
#include "src/config/config.h"

namespace pwreset {

/// The stored address, or the stored number in E.164; empty when the account has none, or a number that cannot be read.
std::string recipient_of(const db::AccountRow& account, Channel channel, const UsersConfig& users);
/// The same, so that it can be shown and read out.
std::string masked_recipient(const db::AccountRow& account, Channel channel, const UsersConfig& users);

}  // namespace pwreset
