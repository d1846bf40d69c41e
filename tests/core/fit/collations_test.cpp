#include "src/fit/collations.h"

#include "src/apps/preset.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

TableDescription table_with(const std::vector<std::pair<std::string, std::string>>& columns) {
    TableDescription table;
    table.schema = "shop";
    table.facts = db::TableFacts{.engine = "InnoDB"};
    for (const auto& [name, collation] : columns) {
        table.columns.push_back({.name = name,
                                 .type = "varchar",
                                 .bytes = 1020,
                                 .charset = collation.substr(0, collation.find('_')),
                                 .collation = collation,
                                 .declared = "varchar(255)"});
    }
    return table;
}

std::string judged(const std::string& preset, const TableDescription& table, const TableDescription& users) {
    const Preset known = preset_by_name(preset);
    std::string all;
    for (const auto& check : judge_collations(known.config.users, known.profile.store, table, users))
        all += std::string(word_of(check.level)) + ": " + check.finding + "\n";
    return all;
}

}  // namespace

TEST_CASE("a table whose columns compare as those of the accounts is not spoken of") {
    const auto users = table_with({{"email", "utf8mb4_unicode_ci"}});
    CHECK(judged("laravel", table_with({{"email", "utf8mb4_unicode_ci"}, {"token", "utf8mb4_unicode_ci"}}), users)
              .empty());
}

TEST_CASE("a column that finds more accounts than the users table tells apart is told") {
    const auto users = table_with({{"email", "utf8mb4_bin"}});
    CHECK(
        judged("laravel", table_with({{"email", "utf8mb4_general_ci"}}), users) ==
        "warning: column 'email' of [reset.store] compares by utf8mb4_general_ci, and the users table by utf8mb4_bin: "
        "a link ends those of accounts whose address differs by case or accents alone\n");
}

TEST_CASE("a column that lacks letters of an address is told") {
    const auto users = table_with({{"email", "utf8mb4_general_ci"}});
    CHECK(judged("laravel", table_with({{"email", "latin1_swedish_ci"}}), users) ==
          "warning: column 'email' of [reset.store] is latin1: for an address that has other letters no link can be "
          "sent\n");
    CHECK(judged("laravel", table_with({{"email", "latin1_swedish_ci"}}), table_with({{"email", "latin1_swedish_ci"}}))
              .empty());
}

TEST_CASE("a token that stands there as it is may be compared without case") {
    const auto users = table_with({{"email", "utf8mb4_general_ci"}});
    CHECK(judged("better-auth", table_with({{"identifier", "utf8mb4_general_ci"}}), users) ==
          "ok: column 'identifier' of [reset.store] compares without case (utf8mb4_general_ci): what is drawn is long "
          "enough for that\n");
    CHECK(judged("better-auth", table_with({{"identifier", "utf8mb4_bin"}}), users).empty());
    CHECK(judged("s2-hashed", table_with({{"token_hash", "utf8mb4_general_ci"}}), users).empty());
}
