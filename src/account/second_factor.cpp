#include "src/account/second_factor.h"

#include <algorithm>

#include "db/app/second_factor.h"
#include "db/inventory.h"
#include "db/names.h"
#include "src/account/identity.h"
#include "src/base/ascii.h"
#include "src/base/users_column.h"

namespace pwreset {

namespace {

std::string column_of(const Context& context) {
    const auto& config = context.config;
    if (!config.users.second_factor.empty()) return config.users.second_factor;
    const auto [schema, table] = db::schema_and_table(config.database.name, config.users.table);
    const auto columns = db::columns(context.session, schema, table);
    for (const auto name : second_factor_columns) {
        const bool there = std::any_of(columns.begin(), columns.end(),
                                       [&](const auto& column) { return ascii_lower(column.name) == name; });
        if (there) return std::string(name);
    }
    return {};
}

}  // namespace

std::optional<SecondFactor> second_factor(const Context& context, const std::string& account) {
    const std::string column = column_of(context);
    if (column.empty()) return {};
    return SecondFactor{column, db::holds_something(context.session, context.accounts.names(),
                                                    context.accounts.key_form(), column, account)};
}

std::optional<Refusal> second_factor_refusal(const Context& context, const std::string& account, Kind kind) {
    if (kind != Kind::link || !context.application().profile().signs_in) return {};
    const auto factor = second_factor(context, account);
    if (!factor || factor->set == false) return {};
    const std::string who = "account 'id:" + account + "'";
    const std::string column = "'" + factor->column + "'";
    if (factor->set)
        return Refusal{"second_factor", forbidden(who + " has a second factor (" + column +
                                                      "), and the application's link would sign in without it",
                                                  "help the user in the application itself")};
    return Refusal{"second_factor",
                   forbidden("whether " + who + " has a second factor cannot be told: our login may not read " + column,
                             "give it SELECT on that column: the application's link signs in without asking for one")};
}

}  // namespace pwreset
