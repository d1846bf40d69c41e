// Temporary passwords in the application's users table: what format they are stored in, storing one, and making it void
// again. The only place where pwreset writes what is the application's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/own/deliveries.h"
#include "db/own/tokens.h"
#include "db/session.h"
#include "src/base/channel.h"
#include "src/context.h"
#include "src/hash/password_hash.h"

namespace pwreset {

/// Refuses where temporary passwords are off, the application's hashes are of a format we do not write, or it is not a
/// mail that should carry one: throws Error FORBIDDEN.
void require_temporary_passwords(Context& context, Channel channel);
/// Refuses an account whose password could not be stored, by this login as it is now: it is stored and taken back, with
/// every statement that goes with it. Not to be called within a transaction. Throws Error CONFIG where no password
/// could be (a table without transactions, a column, a right), UNDELIVERABLE where it may be about it alone.
void require_storable(Context& context, const db::AccountRow& account);
/// The hash of a new password, in the format that most of the recent hashes have. Takes as long as the application's
/// own hashing does, so it is not to be called inside a transaction. Throws as above.
PasswordHash hash_for_application(Context& context, const Secret& password);

/// Refuses tables whose writes could not be taken back: throws Error CONFIG. Not to be called within a transaction.
void require_tables_to_try_on(Context& context);
/// Ends the transaction in which storing was tried: nothing of it stays. Throws Error CONFIG where something does.
void take_back(const Config& config, db::Transaction& trial);

/// Stores the hash of an accepted mail's password inside the caller's transaction, with what goes with it and an audit
/// row, unless the account has another hash than `account` had when it was claimed; then false, and its token is void.
/// What was stored is read back. Throws Error CONFIG or UNDELIVERABLE, for the transaction to be left, where it cannot
/// be.
bool store_password(Context& context, const db::DeliveryRow& delivery, const db::AccountRow& account,
                    const PasswordHash& hash);

/// Makes these passwords void inside the caller's transaction, each with an audit row: where the account still has the
/// hash, one of nothing takes its place, and its sessions end. The number that were.
std::int64_t void_passwords(Context& context, const std::vector<db::StoredPassword>& stored, const std::string& reason);
/// Makes those void whose time is past, in transactions of its own: unused ones, that is, for where the application has
/// taken back its demand for a new password the account keeps what it has. The number that were.
std::int64_t void_expired_passwords(Context& context);

}  // namespace pwreset
