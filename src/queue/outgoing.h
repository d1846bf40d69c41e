// A message on its way out: what was claimed, for whom, and the secret in memory.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "db/app/accounts.h"
#include "db/own/deliveries.h"
#include "db/own/tokens.h"
#include "src/base/channel.h"
#include "src/base/kind.h"
#include "src/base/secret.h"
#include "src/hash/password_hash.h"

namespace pwreset {

/// Made by the claim, gone when it is marked.
struct Outgoing {
    db::DeliveryRow delivery;
    db::AccountRow account;
    Kind kind;
    Channel channel;
    std::string recipient;                                      ///< as stored in the account when it was claimed
    Secret secret;                                              ///< empty where there is no token
    std::vector<std::pair<std::string, std::string>> places{};  ///< of its link, besides the token
    PasswordHash hash;   ///< of a temporary password: what is stored once its mail was accepted
    db::NewToken token;  ///< without a secret only its times: of the change, or of the link that is printed
};

}  // namespace pwreset
