// The columns of an application's users table: what each is called in the configuration, what it is for, and who reads
// or writes it. SELECT, the examination, the rights a login needs, the sample and what may not be cleared come from
// here.
#pragma once

#include <array>
#include <string_view>

namespace pwreset {

enum class UsersColumn {
    id,
    scope,
    email,
    phone,
    login,
    password,
    locale,
    active,
    disabled,
    role,
    refuse,
    blocked_by,
    second_factor,
    created_at,
    last_login,
    password_changed_at,
    must_change,
    clear,
    empty,
    salt,
    rotate,
    side_hash,
    side,
};

/// What is done with a column.
enum class ColumnUse {
    looked_up,  ///< read with every account, and accounts are found by it
    read,       ///< read with every account
    selected,   ///< read where many accounts are chosen by it, and not with a single one
    compared,   ///< only compared: with a constant, or with nothing
    written,    ///< set beside a temporary password, and never read
};

struct UsersColumnFacts {
    UsersColumn column;
    std::string_view key;      ///< of the configuration
    std::string_view purpose;  ///< completes "the column that holds …"
    ColumnUse use;
    bool required;            ///< a configuration without it does not load
    std::string_view sample;  ///< its name in packaging/grants; empty = not granted there
};

constexpr std::array<UsersColumnFacts, 23> users_columns{{
    {UsersColumn::id, "users.id", "the key of an account", ColumnUse::looked_up, true, "id"},
    {UsersColumn::scope, "users.scope", "whose account it is, where a key alone is not unique", ColumnUse::compared,
     false, ""},
    {UsersColumn::email, "users.email", "its e-mail address", ColumnUse::looked_up, false, "email"},
    {UsersColumn::phone, "users.phone", "its phone number", ColumnUse::looked_up, false, ""},
    {UsersColumn::login, "users.login", "its login name", ColumnUse::looked_up, false, "login"},
    {UsersColumn::password, "users.password", "the hash of its password", ColumnUse::read, false, "password"},
    {UsersColumn::locale, "users.locale", "the language of its messages", ColumnUse::read, false, "locale"},
    {UsersColumn::active, "users.active", "whether it may sign in", ColumnUse::read, false, "active"},
    {UsersColumn::disabled, "users.disabled", "whether it may not", ColumnUse::read, false, ""},
    {UsersColumn::role, "users.role", "its roles", ColumnUse::read, false, "role"},
    {UsersColumn::refuse, "users.refuse", "why it may not be reset", ColumnUse::read, false, ""},
    {UsersColumn::blocked_by, "users.blocked_by", "why it cannot sign in", ColumnUse::read, false, ""},
    {UsersColumn::second_factor, "users.second_factor", "its second factor", ColumnUse::compared, false, ""},
    {UsersColumn::created_at, "users.created_at", "when it was made", ColumnUse::selected, false, ""},
    {UsersColumn::last_login, "users.last_login", "when its owner signed in last", ColumnUse::selected, false, ""},
    {UsersColumn::password_changed_at, "users.password_changed_at", "when its password was changed last",
     ColumnUse::selected, false, ""},
    {UsersColumn::must_change, "temporary_password.must_change", "that a new password is demanded", ColumnUse::compared,
     false, ""},
    {UsersColumn::clear, "temporary_password.clear", "what a new password ends, set to NULL", ColumnUse::written, false,
     ""},
    {UsersColumn::empty, "temporary_password.empty", "what a new password ends, set to ''", ColumnUse::written, false,
     ""},
    {UsersColumn::salt, "temporary_password.salt", "the salt of its password's hash", ColumnUse::compared, false, ""},
    {UsersColumn::rotate, "temporary_password.rotate", "what a new password ends, set to another random text",
     ColumnUse::written, false, ""},
    {UsersColumn::side_hash, "temporary_password.store", "the hash of a password for one sign-in", ColumnUse::compared,
     false, ""},
    {UsersColumn::side, "temporary_password.store", "what goes with it", ColumnUse::written, false, ""},
}};

/// The facts of a column.
constexpr const UsersColumnFacts& facts_of(UsersColumn column) {
    return users_columns[static_cast<std::size_t>(column)];
}

/// Columns that frameworks and their extensions keep a second factor in. What tells that it is in use comes before what
/// only holds a secret: Laravel Fortify's, devise-two-factor's, django-otp's and what applications call it themselves.
constexpr std::array<std::string_view, 14> second_factor_columns{
    "two_factor_confirmed_at",
    "otp_required_for_login",
    "two_factor_enabled",
    "is_2fa_enabled",
    "mfa_enabled",
    "totp_enabled",
    "otp_enabled",
    "two_factor_secret",
    "otp_secret",
    "encrypted_otp_secret",
    "totp_secret",
    "mfa_secret",
    "google2fa_secret",
    "two_factor_code",
};
/// Those that belong to one beside them: its codes for the day the device is lost, and what it is encrypted with.
constexpr std::array<std::string_view, 6> second_factor_companions{
    "two_factor_recovery_codes", "otp_backup_codes",   "encrypted_otp_secret_iv",
    "encrypted_otp_secret_salt", "mfa_recovery_codes", "consumed_timestep",
};

}  // namespace pwreset
