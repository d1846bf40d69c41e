#include "src/config/users.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "src/config/users_columns.h"
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
    CHECK(parse(with(protect, "protected = [\"admin\"]\nrole = \"role\"")).users.roles.at(0).column == "role");
}

TEST_CASE("roles may stand in a table of their own") {
    const RoleSource role =
        parse(with(protect, protect + "\nrole = { table = \"s.roles\", user = \"user_id\", role = \"name\" }"))
            .users.roles.at(0);
    CHECK(role.in.table == "s.roles");
    CHECK(role.in.user == "user_id");
    CHECK(role.column == "name");
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

namespace {

std::string users_with(const std::string& lines) { return with(protect, protect + "\n" + lines); }

}  // namespace

TEST_CASE("an identity, or the password, may be a column of another table") {
    const auto users =
        parse(users_with("email = { table = \"email_addresses\", user = \"user_id\", column = \"address\", "
                         "where = { is_default = 1, verified = true, kind = \"work\" } }\n"
                         "password = { table = \"account\", user = \"userId\", column = \"password\" }"))
            .users;
    CHECK(users.email == "address");
    CHECK(users.password == "password");
    const auto& email = users.elsewhere.at(UsersColumn::email);
    CHECK(email.table == "email_addresses");
    CHECK(email.user == "user_id");
    CHECK(email.where == Constants{{"is_default", "1"}, {"verified", "1"}, {"kind", "work"}});
    CHECK(users.elsewhere.at(UsersColumn::password).where.empty());
    CHECK_FALSE(users.elsewhere.contains(UsersColumn::login));
    CHECK(fault_of(users_with("login = { table = \"t\", user = \"u\" }")) ==
          "8:9: missing 'users.login.column' | write login = { table = \"identities\", user = \"user_id\", column = "
          "\"login\" }");
    CHECK(fault_of(users_with("login = { table = \"t\", user = \"u; DROP\", column = \"c\" }")) ==
          "8:31: expected a column name for 'users.login.user' | write letters, digits, '_' and '$', at most 64");
    CHECK(fault_of(users_with("login = { table = \"t\", user = \"u\", column = \"c\", where = { \"a b\" = 1 } }")) ==
          "8:58: expected column names in 'users.login.where' | write where = { meta_key = \"wp_capabilities\" }");
}

TEST_CASE("a further table beside a scope needs what tells the tenants apart") {
    const std::string scope = "scope = { column = \"tenant\", value = \"7\" }\n";
    for (const char* line : {"login = { table = \"t\", user = \"u\", column = \"c\" }",
                             "role = { table = \"t\", user = \"u\", role = \"r\" }",
                             "refuse = [{ table = \"t\", user = \"u\", because = \"x\" }]"}) {
        INFO(line);
        CHECK_THAT(fault_of(users_with(scope + line)), ContainsSubstring("without 'where'"));
    }
}

TEST_CASE("roles may come from several sources") {
    const auto roles =
        parse(users_with("role = [{ flags = { superuser = \"is_superuser\", staff = \"is_staff\" } }, "
                         "{ keys = { \"1\" = \"administrator\" } }, { column = \"role\", list = \"comma\" }]"))
            .users.roles;
    REQUIRE(roles.size() == 3);
    CHECK(roles[0].flags == Constants{{"superuser", "is_superuser"}, {"staff", "is_staff"}});
    CHECK(roles[1].keys == Constants{{"1", "administrator"}});
    CHECK(roles[2].column == "role");
    CHECK(roles[2].list == "comma");
    for (const auto& [line, fault] :
         {std::pair("role = { flags = 1.5 }", "no table for 'users.role.flags'"),
          {"role = { flags = { a = 1.5 } }", "expected text for 'users.role.flags.a'"},
          {"role = { flags = { a = \"b c\" } }", "expected a column name for 'users.role.flags.a'"},
          {"role = { flags = {} }", "no role in 'users.role.flags'"},
          {"role = { flags = { a = \"b\" }, column = \"c\" }", "'users.role.column' means nothing beside 'flags'"},
          {"role = [{ keys = 1.5 }]", "no table for 'users.role.keys'"},
          {"role = [{ keys = { 1 = 1.5 } }]", "expected text for 'users.role.keys.1'"},
          {"role = [{ keys = {} }]", "no account in 'users.role.keys'"},
          {"role = { holders = { table = \"t\", column = \"c\", of = \"login\" }, role = \"r\" }", "no 'users.login'"},
          {"role = { holders = { table = \"t\", column = \"c\", of = \"key\" } }", "missing 'users.role.role'"},
          {"role = { column = \"c\", optional = true }", "'users.role.optional' means nothing beside no 'holders'"},
          {"role = [{ keyz = {} }]", "unknown key 'users.role.keyz'"},
          {"role = [\"role\"]", "expected a table in 'users.role'"}}) {
        INFO(line);
        CHECK_THAT(fault_of(users_with(line)), ContainsSubstring(fault));
    }
}

TEST_CASE("conditions say what is tested, and what it means") {
    const auto users =
        parse(users_with(
                  "refuse = [{ column = \"password\", starts = [\"!\"], because = \"signs in elsewhere\" }, "
                  "{ table = \"account\", user = \"userId\", where = { providerId = \"credential\" }, none = true, "
                  "because = \"no password\" }]\n"
                  "blocked_by = [{ column = \"locked_at\", set = true, says = \"locked\" }, "
                  "{ column = \"status\", is = [3, \"off\"], unless = [true], says = \"closed\" }]"))
            .users;
    REQUIRE(users.refuse.size() == 2);
    CHECK(users.refuse[0].starts == std::vector<std::string>{"!"});
    CHECK(users.refuse[0].words == "signs in elsewhere");
    CHECK(users.refuse[1].in.table == "account");
    CHECK(users.refuse[1].none);
    REQUIRE(users.blocked_by.size() == 2);
    CHECK(users.blocked_by[0].set == true);
    CHECK(users.blocked_by[1].is == std::vector<std::string>{"3", "off"});
    CHECK(users.blocked_by[1].unless == std::vector<std::string>{"1"});
}

TEST_CASE("a condition that says nothing does not load") {
    for (const auto& [inner, fault] :
         {std::pair("column = \"c\", because = \"x\"", "no test beside 'users.refuse.column'"),
          {"column = \"c\", set = true", "missing 'users.refuse.because'"},
          {"set = true, because = \"x\"", "missing 'users.refuse.column'"},
          {"column = \"c\", set = true, user = \"u\", because = \"x\"",
           "'users.refuse.user' means nothing beside no 'table'"},
          {"column = \"c\", set = true, none = true, because = \"x\"",
           "'users.refuse.none' means nothing beside no 'table'"},
          {"table = \"t\", because = \"x\"", "missing 'users.refuse.user'"},
          {"table = \"t\", user = \"u\", set = true, because = \"x\"", "missing 'users.refuse.column'"},
          {"table = \"t\", user = \"u\", column = \"c\", because = \"x\"", "no test beside 'users.refuse.column'"},
          {"column = 1.5", "'users.refuse.column'"},
          {"table = 1.5", "'users.refuse.table'"},
          {"table = \"t\", user = 1.5", "'users.refuse.user'"},
          {"table = \"t\", user = \"u\", where = 1.5", "'users.refuse.where'"},
          {"table = \"t\", user = \"u\", where = { a = 1.5 }", "'users.refuse.where.a'"},
          {"table = \"t\", user = \"u\", none = 1.5", "'users.refuse.none'"},
          {"column = \"c\", is = 1.5", "'users.refuse.is'"},
          {"column = \"c\", is = [1.5]", "'users.refuse.is'"},
          {"column = \"c\", unless = 1.5", "'users.refuse.unless'"},
          {"column = \"c\", starts = 1.5", "'users.refuse.starts'"},
          {"column = \"c\", set = 1.5", "'users.refuse.set'"},
          {"column = \"c\", set = true, because = 1.5", "'users.refuse.because'"},
          {"column = \"c\", set = true, says = \"x\"", "unknown key 'users.refuse.says'"}}) {
        INFO(inner);
        CHECK_THAT(fault_of(users_with("refuse = [{ " + std::string(inner) + " }]")), ContainsSubstring(fault));
    }
    CHECK_THAT(fault_of(users_with("refuse = { column = \"c\" }")),
               ContainsSubstring("expected a list of tables for 'users.refuse'"));
    CHECK_THAT(fault_of(users_with("blocked_by = [{ column = \"c\", set = true, says = 1.5 }]")),
               ContainsSubstring("'users.blocked_by.says'"));
}

TEST_CASE("a key may be kept unique by the application") {
    CHECK(parse(users_with("id = { column = \"uid\", unique = \"application\" }")).users.id_kept_unique);
    CHECK_FALSE(parse(users_with("id = { column = \"uid\" }")).users.id_kept_unique);
    CHECK_THAT(fault_of(users_with("id = { column = \"uid\", unique = 1.5 }")), ContainsSubstring("'users.id.unique'"));
}

TEST_CASE("what a column holds may lead on to roles by other tables") {
    const std::string names =
        "names = { table = \"policies\", id = \"id\", name = \"name\", flags = { admin = \"is_admin\" } }";
    const std::string through = "through = { table = \"access\", from = \"role\", to = \"policy\" }";
    const std::string up = "up = { table = \"roles\", id = \"id\", parent = \"parent\" }";
    const auto config =
        parse(with(protect, protect + "\nrole = [{ column = \"role\", " + up + ", " + through + ", " + names + " }]"));
    REQUIRE(config.users.roles.size() == 1);
    const auto& source = config.users.roles.front();
    CHECK((source.in.table == "users" && source.in.user == "id" && source.column == "role"));
    CHECK((source.through.table == "access" && source.through.from == "role" && source.through.to == "policy"));
    CHECK((source.up.table == "roles" && source.up.parent == "parent"));
    CHECK(source.names_flags == std::vector<std::pair<std::string, std::string>>{{"admin", "is_admin"}});
    CHECK(tables_read(config.users).size() == 4);
    const auto fault_of_role = [&](const std::string& role) {
        return fault_of(with(protect, protect + "\nrole = [{ " + role + " }]"));
    };
    CHECK_THAT(fault_of_role("column = \"role\", " + through), ContainsSubstring("missing 'users.role.names'"));
    CHECK_THAT(fault_of_role("column = \"role\", " + names), ContainsSubstring("'users.role.names' means nothing"));
    CHECK_THAT(fault_of_role("column = \"role\", " + up + ", " + names),
               ContainsSubstring("means nothing beside 'column'"));
    CHECK_THAT(fault_of_role("table = \"t\", user = \"u\", role = \"r\", " + through),
               ContainsSubstring("'users.role.through' means nothing beside no 'column'"));
}

TEST_CASE("times by which many accounts are chosen are columns, with zones of their own where they have them") {
    const auto users = parse(users_with("created_at = \"made\"\n"
                                        "last_login = { column = \"seen\", zone = \"Europe/Berlin\" }\n"
                                        "password_changed_at = { column = \"changed\" }"))
                           .users;
    CHECK(users.created_at == "made");
    CHECK(users.last_login == "seen");
    CHECK(users.password_changed_at == "changed");
    CHECK(users.zones == std::map<UsersColumn, std::string>{{UsersColumn::last_login, "Europe/Berlin"}});
    CHECK(columns_read(users, true) == std::vector<std::string>{"made", "seen", "changed"});
    const auto read = columns_read(users);
    CHECK(std::find(read.begin(), read.end(), "made") == read.end());
    CHECK_THAT(fault_of(users_with("created_at = { zone = \"utc\" }")),
               ContainsSubstring("missing 'users.created_at.column'"));
    CHECK_THAT(fault_of(users_with("created_at = { table = \"t\", column = \"c\" }")),
               ContainsSubstring("unknown key 'users.created_at.table'"));
}
