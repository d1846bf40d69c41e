#include "src/config/users.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("columns and tables are identifiers") {
    for (const std::string& name : std::vector<std::string>{"a b", "a`", "a;", "a.b", "ä", std::string(65, 'a')}) {
        INFO(name);
        CHECK(fault_of(with(protect, protect + "\nid = \"" + name + "\"")) ==
              "8:6: expected a column name for 'users.id' | write letters, digits, '_' and '$', at most 64");
    }
    CHECK(parse(with(protect, protect + "\ntable = \"app.users\"")).users.table == "app.users");
    CHECK(fault_of(with(protect, protect + "\ntable = \"a.b.c\"")) ==
          "8:9: expected a table name for 'users.table' | write table or schema.table, in letters, digits, '_', '$'");
    CHECK(fault_of(with(protect, protect + "\ntable = \".b\"")) ==
          "8:9: expected a table name for 'users.table' | write table or schema.table, in letters, digits, '_', '$'");
    CHECK(fault_of(with(protect, protect + "\nid = \"\"")) == "8:6: empty 'users.id' | name it, or remove the key");
    CHECK(fault_of(with(protect, protect + "\nemail = \"\"")) ==
          "8:9: neither 'users.email' nor 'users.phone' | name the column that mails or texts go to");
    CHECK(fault_of(with("name = \"shop\"", "name = \"a/b\"")) ==
          "4:8: expected a schema name for 'database.name' | write letters, digits, '_', '$' and '-', at most 64");
}

TEST_CASE("protected accounts are named, or said to be none") {
    CHECK(fault_of(with(protect, "")) ==
          "6:1: missing 'users.protected' | "
          "list the roles whose accounts must not be reset, such as protected = [\"admin\"]; [] means none");
    CHECK(fault_of(with(protect, "protected = [\"admin\"]")) ==
          "7:13: no 'users.role' to look up 'users.protected' | "
          "write role = \"COLUMN\", the column of the users table that holds the role");
    CHECK(fault_of(with(protect, protect + "\nallowed_roles = [\"a\"]")) ==
          "8:17: no 'users.role' to look up 'users.allowed_roles' | "
          "write role = \"COLUMN\", the column of the users table that holds the role");
    CHECK(fault_of(with(protect, "protected = \"admin\"")) ==
          "7:13: expected a list for 'users.protected' | write it as [\"one\", \"two\"], or [] for none");
    CHECK(fault_of(with(protect, "protected = [\"admin\", 3]")) ==
          "7:23: expected text for 'users.protected' | write it between double quotes");
    CHECK(fault_of(with(protect, "protected = [\"\"]")) == "7:14: empty text in 'users.protected' | remove it");
    CHECK(parse(with(protect, "protected = [\"admin\"]\nrole = \"role\"")).users.role.column == "role");
}

TEST_CASE("roles may stand in a table of their own") {
    const RoleSource role =
        parse(with(protect, protect + "\nrole = { table = \"s.roles\", user = \"user_id\", role = \"name\" }"))
            .users.role;
    CHECK(role.column.empty());
    CHECK(role.table == "s.roles");
    CHECK(role.user == "user_id");
    CHECK(role.role == "name");
    CHECK(fault_of(with(protect, protect + "\nrole = { table = \"roles\", role = \"name\" }")) ==
          "8:8: missing 'users.role.user' | write role = { table = \"roles\", user = \"user_id\", role = \"name\" }");
}

TEST_CASE("a column of phone numbers needs the country of those without a code") {
    CHECK(fault_of(with(protect, protect + "\nphone = \"mobile\"")) ==
          "8:9: missing 'users.phone_region' | "
          "write the country of numbers without a country code, such as phone_region = \"IR\"");
    CHECK(fault_of(with(protect, protect + "\nphone_region = \"IR\"")) ==
          "8:16: 'users.phone_region' without 'users.phone' | name the column of phone numbers, or remove it");
    for (const char* region : {"ir", "IRN", "98", "I"}) {
        CHECK(fault_of(with(protect, protect + "\nphone = \"mobile\"\nphone_region = \"" + region + "\"")) ==
              "9:16: expected a country for 'users.phone_region' | write its ISO 3166 code, such as \"IR\"");
    }
    const auto users = parse(with(protect, protect + "\nphone = \"mobile\"\nphone_region = \"IR\"")).users;
    CHECK(users.phone == "mobile");
    CHECK(users.phone_region == "IR");
}
