// Temporary passwords in the application's users table: what format they are stored in, storing one, and making it void
// again. The only place where pwreset writes what is the application's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/own/deliveries.h"
#include "db/own/tokens.h"
#include "src/apps/password_hash.h"
#include "src/base/channel.h"
#include "src/context.h"

namespace pwreset {

/// Refuses where temporary passwords are off, the application's hashes are of a format we do not write, or it is not a
/// mail that should carry one: throws Error FORBIDDEN.
void require_temporary_passwords(Context& context, Channel channel);
/// The hash of a new password, in the format that most of the recent hashes have. Takes as long as the application's
/// own hashing does, so it is not to be called inside a transaction. Throws as above.
std::string hash_for_application(Context& context, const Secret& password);

/// Stores the hash of an accepted mail's password inside the caller's transaction, with what goes with it and an audit
/// row, unless the account has another hash than `account` had when it was claimed; then false, and its token is void.
bool store_password(Context& context, const db::DeliveryRow& delivery, const db::AccountRow& account,
                    const std::string& hash);

/// Makes these passwords void inside the caller's transaction, each with an audit row: where the account still has the
/// hash, one of nothing takes its place, and its sessions end. The number that were.
std::int64_t void_passwords(Context& context, const std::vector<db::StoredPassword>& stored, const std::string& reason);
/// Makes those void whose time is past, in transactions of its own: unused ones, that is, for where the application has
/// taken back its demand for a new password the account keeps what it has. The number that were.
std::int64_t void_expired_passwords(Context& context);

}  // namespace pwreset
