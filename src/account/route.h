// What is sent to an account, and by which way: chosen from what was asked for, how the account was named, and what it
// has.
#pragma once

#include <optional>

#include "db/app/accounts.h"
#include "src/base/route.h"

namespace pwreset {

/// What was asked for; nothing where the account is to decide.
struct RouteWish {
    std::optional<Kind> kind;
    std::optional<Channel> channel;
};

/// Throws Error USAGE for what cannot be: a text message carries a code only: users are told never to open a link that
/// came in one, and a password would stay readable on the telephone's screen.
void require_possible(const RouteWish& wish);
/// An address gets a link, a phone number a code. Who is named by neither gets mail where it has an address, else a
/// text message. A link or a password goes by mail however the account was named. `account` is null where it was not
/// found.
Route route_for(const RouteWish& wish, db::AccountKey named_by, const db::AccountRow* account);

}  // namespace pwreset
