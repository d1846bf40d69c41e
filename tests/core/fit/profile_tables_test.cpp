#include "src/fit/profile_tables.h"

#include "src/apps/preset.h"
#include "src/doctor/profile_rights.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

db::ColumnFacts described_column(const std::string& name, const std::string& declared, std::int64_t bytes = 0) {
    const std::string type = declared.substr(0, declared.find('('));
    return {.name = name, .type = type, .bytes = bytes, .charset = {}, .collation = {}, .declared = declared};
}

/// Laravel's own table of tokens.
TableDescription laravel_tokens() {
    TableDescription table;
    table.schema = "shop";
    table.name = "password_reset_tokens";
    table.facts = db::TableFacts{.engine = "InnoDB"};
    table.columns = {described_column("email", "varchar(255)", 1020), described_column("token", "varchar(255)", 1020),
                     described_column("created_at", "timestamp")};
    table.indexes = {{{"email"}, true}};
    return table;
}

std::string judged_store(const TableDescription& table, const std::string& preset = "laravel") {
    std::string all;
    for (const auto& check : judge_reset_store(preset_by_name(preset).profile.store, table))
        all += std::string(word_of(check.level)) + ": " + check.finding + "\n";
    return all;
}

}  // namespace

TEST_CASE("a table that takes what a profile writes is fine") {
    CHECK(judged_store(laravel_tokens()) ==
          "ok: table `shop`.`password_reset_tokens` takes what [reset.store] writes\n");
}

TEST_CASE("a table or a column that is not there is a problem each") {
    auto table = laravel_tokens();
    table.columns.erase(table.columns.begin() + 1);
    CHECK(judged_store(table) ==
          "problem: column 'token' ('reset.store.set.token') is not in `shop`.`password_reset_tokens`, or closed to "
          "this login\n");
    table.facts.reset();
    CHECK(judged_store(table) ==
          "problem: table `shop`.`password_reset_tokens` ('reset.store.table') is not there, or closed to this "
          "login\n");
}

TEST_CASE("a column that is too narrow, or of another type, is told before the first mail") {
    auto table = laravel_tokens();
    table.columns[1] = described_column("token", "varchar(40)", 160);
    CHECK(judged_store(table) ==
          "problem: column 'token' of `shop`.`password_reset_tokens` holds 40 characters, and what is written has "
          "60\n");
    table = laravel_tokens();
    table.columns[2] = described_column("created_at", "int");
    CHECK(judged_store(table) ==
          "problem: column 'created_at' of `shop`.`password_reset_tokens` is int, and a time would be written into "
          "it\n");
}

TEST_CASE("what stands for none has to be something that the column takes") {
    TableDescription users;
    users.schema = "shop";
    users.name = "users";
    users.facts = db::TableFacts{.engine = "InnoDB"};
    users.columns = {described_column("reset_password_token", "varchar(255)", 1020)};
    CHECK(judged_store(users, "strapi") == "ok: table `shop`.`users` takes what [reset.store] writes\n");
    users.columns[0].nullable = false;
    CHECK_THAT(judged_store(users, "strapi"), ContainsSubstring("takes no NULL, which 'reset.store.empty."));
}

TEST_CASE("a table without transactions or without an index is a warning") {
    auto table = laravel_tokens();
    table.facts->engine = "MyISAM";
    table.indexes.clear();
    const std::string text = judged_store(table);
    CHECK_THAT(text, ContainsSubstring("warning: table `shop`.`password_reset_tokens` is MyISAM"));
    CHECK_THAT(text, ContainsSubstring("begins no index: each look-up reads the whole table"));
}

TEST_CASE("the least grants of a profile, each table once, with its names") {
    const Preset preset = preset_by_name("laravel");
    RightsNeeded needed = rights_needed(preset.config, false);
    add_profile_rights(preset.config, preset.profile, needed);
    const auto statements = grant_statements(needed, "`pwreset`@`localhost`");
    REQUIRE(statements.size() == 3);
    CHECK_THAT(statements[0].statement, ContainsSubstring("GRANT SELECT (`id`"));
    // By which many accounts are chosen: who has no such column does without this one.
    CHECK(statements[1].statement == "GRANT SELECT (`created_at`) ON `application`.`users` TO `pwreset`@`localhost`");
    CHECK(statements[2].statement ==
          "GRANT SELECT (`email`, `token`, `created_at`), INSERT, DELETE ON `application`.`password_reset_tokens` TO "
          "`pwreset`@`localhost`");
}

TEST_CASE("grants reach the columns that a token is kept in, and no others") {
    const Preset preset = preset_by_name("wordpress");
    RightsNeeded needed = rights_needed(preset.config, false);
    add_profile_rights(preset.config, preset.profile, needed);
    CHECK_THAT(grant_statements(needed, "x").front().statement,
               ContainsSubstring(", UPDATE (`user_activation_key`) ON `application`.`wp_users` TO x"));
}

TEST_CASE("a secret in the application's own settings is read by one column") {
    const Preset preset = preset_by_name("ghost");
    RightsNeeded needed = rights_needed(preset.config, false);
    add_profile_rights(preset.config, preset.profile, needed);
    CHECK(grant_statements(needed, "x").back().statement ==
          "GRANT SELECT (`value`, `key`) ON `application`.`settings` TO x");
}
