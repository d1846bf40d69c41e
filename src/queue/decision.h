// What becomes of a delivery: why no token is minted for it, and what the relay's verdict means.
#pragma once

#include <optional>
#include <string>

#include "db/app/accounts.h"
#include "db/own/deliveries.h"
#include "src/base/channel.h"
#include "src/base/kind.h"
#include "src/context.h"
#include "src/transport/transport.h"

namespace pwreset {

/// What is stored with a token, so that a retry sees whether the password was changed since.
std::string password_mark(const Context& context, const db::AccountRow& account);
/// What is stored beside the mark of a hash where the application may hash anew when somebody signs in: algorithm and
/// parameters. Nothing elsewhere, and for a hash that says none.
std::optional<std::string> password_form(const Context& context, const std::string& hash);

/// Whether another hash than the marked one may be of the same password: where the application hashes anew at sign-in,
/// one of other parameters may be. One of the same algorithm and parameters is of another password, for an application
/// has no reason to make it; so is what says no parameters, and any where it was not stored what the marked one was.
bool may_be_rehash(const Context& context, const std::string& hash, const std::optional<std::string>& form);
/// Whether the password is another one than when the mark was made, under whichever of our keys that was.
bool password_changed(const Context& context, const db::AccountRow& account, const std::string& mark,
                      const std::optional<std::string>& form);

/// The mark that ends a claimed delivery instead of a token: the account is gone (null) or may not be reset any more,
/// its token was used or its password changed since an earlier attempt, or it is too late. Nothing: mint.
std::optional<db::Mark> why_not_minted(const Context& context, const db::DeliveryRow& delivery,
                                       const db::AccountRow* account, Time now);

/// The mark for what the relay said of a delivery; tried again no sooner than after `pause`.
db::Mark mark_for(const db::DeliveryRow& delivery, const SendResult& result, Time now, Seconds pause);

}  // namespace pwreset
