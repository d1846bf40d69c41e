// The demand for a new password where it is a row of another table: Moodle's is one of mdl_user_preferences.
#pragma once

#include <string>

#include "db/app/column_type.h"
#include "db/app/passwords.h"
#include "db/session.h"

namespace pwreset::db {

/// A text on its way into a column: a BIT column takes 1 and not '1', and everything else is meant as it is written. An
/// ENUM would take a number for the position of a member, and be set to another word.
Value value_for(const Session& session, const ColumnType& type, const std::string& text);

/// Whether the account's row there holds the demand.
bool is_demanded(Session& session, const PasswordNames& names, const std::string& account);
/// Writes it into the account's row there, or a row with it. Throws Error CONFIG or UNDELIVERABLE, in words of
/// password_refusal.h, where the table refuses it, and Conflict where the application wrote one meanwhile.
void write_demand(Session& session, const PasswordNames& names, const std::string& account);
/// Runs the statements for that under a condition that no row meets. Throws Refused, in the server's words.
void try_demand(Session& session, const PasswordNames& names);

}  // namespace pwreset::db
