#include "src/config/users_columns.h"

#include <fstream>
#include <sstream>

#include "tests/core/config/fixture.h"

using namespace pwreset;

namespace {

std::string text_of(const std::string& file) {
    std::ifstream in(std::string(PWRESET_SOURCE_DIR) + "/" + file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("the sample has a line for each column of the table") {
    const std::string sample = text_of("packaging/sample.toml");
    for (const auto& facts : users_columns) {
        const std::string key(facts.key.substr(facts.key.rfind('.') + 1));
        INFO(key);
        CHECK((sample.find("\n" + key + " = ") != sample.npos || sample.find("\n# " + key + " = ") != sample.npos));
    }
}

TEST_CASE("the grants of each role read the columns of the table, and no others") {
    std::string columns;
    for (const auto& facts : users_columns) {
        if (!facts.sample.empty()) columns += (columns.empty() ? "" : ", ") + std::string(facts.sample);
    }
    for (const char* role : {"issue", "deliver", "purge", "list", "subject"}) {
        INFO(role);
        CHECK(text_of("packaging/grants/" + std::string(role) + ".sql")
                  .find("GRANT SELECT (" + columns + ") ON @APP@.users TO @LOGIN@;") != std::string::npos);
    }
}

TEST_CASE("each column is in the order of its word, and named once") {
    for (std::size_t i = 0; i < users_columns.size(); ++i) {
        CHECK(static_cast<std::size_t>(users_columns[i].column) == i);
        CHECK(&facts_of(users_columns[i].column) == &users_columns[i]);
    }
}

TEST_CASE("what is read of other tables comes from the same facts") {
    UsersConfig users;
    users.email = "address";
    users.elsewhere[UsersColumn::email] = {"email_addresses", "user_id", {{"is_default", "1"}}};
    users.roles = {{.column = "role_id",
                    .in = {"shop.members", "member", {}},
                    .names_table = "teams",
                    .names_id = "id",
                    .names_name = "name"},
                   {.flags = {{"admin", "is_admin"}}}};
    users.refuse = {{.in = {"bans", "banned", {}}, .words = "banned"},
                    {.column = "deleted_at", .set = true, .words = "gone"}};
    std::vector<std::string> here;
    for (const auto& column : columns_of(users)) here.push_back(column.name + " by " + std::string(column.facts->key));
    CHECK(here == std::vector<std::string>{"id by users.id", "password by users.password", "is_admin by users.role",
                                           "deleted_at by users.refuse"});
    std::vector<std::string> elsewhere;
    for (const auto& read : tables_read(users)) {
        for (const auto& column : read.columns)
            elsewhere.push_back(read.table + "." + column.name + " by " + column.key);
    }
    CHECK(elsewhere == std::vector<std::string>{
                           "email_addresses.user_id by users.email.user",
                           "email_addresses.address by users.email.column",
                           "email_addresses.is_default by users.email.where", "shop.members.member by users.role.user",
                           "shop.members.role_id by users.role.role", "teams.id by users.role.names.id",
                           "teams.name by users.role.names.name", "bans.banned by users.refuse.user"});
    CHECK(columns_kept(users, "app.Users") == std::vector<std::string>{"id", "password", "is_admin", "deleted_at"});
    CHECK(columns_kept(users, "bans") == std::vector<std::string>{"banned"});
    CHECK(columns_kept(users, "sessions").empty());
}

TEST_CASE("rows that accounts are read from are not deleted, but for others of the same table") {
    UsersConfig users;
    users.roles = {{.column = "meta_value", .in = {"usermeta", "user_id", {{"meta_key", "wp_capabilities"}}}}};
    CHECK(keeps_rows(users, "users"));
    CHECK(keeps_rows(users, "shop.USERS", {{"meta_key", "x"}}));
    CHECK(keeps_rows(users, "usermeta"));
    CHECK(keeps_rows(users, "usermeta", {{"meta_key", "WP_Capabilities"}}));
    CHECK(keeps_rows(users, "usermeta", {{"user_id", "7"}}));
    CHECK_FALSE(keeps_rows(users, "usermeta", {{"meta_key", "session_tokens"}}));
    CHECK_FALSE(keeps_rows(users, "sessions"));
}
