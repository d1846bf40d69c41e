#include "src/account/second_factor.h"

#include <algorithm>
#include <array>

#include "db/app/second_factor.h"
#include "db/inventory.h"
#include "db/names.h"
#include "src/account/identity.h"
#include "src/apps/users_table.h"
#include "src/base/ascii.h"

namespace pwreset {

namespace {

/// What tells that it is in use before what only holds a secret: Laravel Fortify's, devise-two-factor's, django-otp's
/// and what applications call it themselves.
constexpr std::array known_columns{
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

std::string column_of(Context& context) {
    const auto& config = context.config;
    if (!config.users.second_factor.empty()) return config.users.second_factor;
    const auto [schema, table] = db::schema_and_table(config.database.name, config.users.table);
    const auto columns = db::columns(context.session, schema, table);
    for (const std::string name : known_columns) {
        const bool there = std::any_of(columns.begin(), columns.end(),
                                       [&](const auto& column) { return ascii_lower(column.name) == name; });
        if (there) return name;
    }
    return {};
}

}  // namespace

std::optional<SecondFactor> second_factor(Context& context, const std::string& account) {
    const std::string column = column_of(context);
    if (column.empty()) return {};
    return SecondFactor{column,
                        db::holds_something(context.session, users_table(context.config.users), column, account)};
}

}  // namespace pwreset
