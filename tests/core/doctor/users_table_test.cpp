#include "src/doctor/users_table.h"

#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;

namespace {

db::ColumnFacts text(const std::string& name, const std::string& collation = "utf8mb4_general_ci") {
    return {name, "varchar", 760, collation.substr(0, collation.find('_')), collation};
}

TableDescription users() {
    return {"shop",
            "users",
            db::TableFacts{"InnoDB", false, 12000},
            {{"id", "bigint", 0, "", ""}, text("email"), text("password")},
            {{{"id"}, true}, {{"email"}, true}},
            {}};
}

Lines judged(const TableDescription& table, const UsersConfig& config = {}) {
    return shown(judge_users(config, table));
}

/// The one line that is not ok.
std::string fault(const TableDescription& table, const UsersConfig& config = {}) {
    Lines found;
    for (const auto& check : judge_users(config, table))
        if (check.level != Level::ok) found.push_back(shown(check));
    REQUIRE(found.size() == 1);
    return found.front();
}

}  // namespace

TEST_CASE("a users table that fits is described") {
    CHECK(judged(users()) == Lines{"ok: table `shop`.`users` is there, about 12000 rows, with the 3 columns of [users]",
                                   "ok: 'email' ('users.email'): unique index; collation utf8mb4_general_ci, whose "
                                   "look-alikes are refused in code"});
}

TEST_CASE("a table that is not there is a problem, with the nearest name") {
    TableDescription table;
    table.schema = "shop";
    table.name = "users";
    table.neighbours = {"orders", "user"};
    CHECK(judged(table) ==
          Lines{"problem: table `shop`.`users` ('users.table') is not there, or closed to this login > "
                "did you mean 'user'? write it as 'users.table'"});
    table.neighbours = {};
    CHECK(fault(table).ends_with("> correct 'users.table', or give the login SELECT on it"));
}

TEST_CASE("a column that is not there is a problem, with the nearest name") {
    UsersConfig config;
    config.email = "e_mail";
    CHECK(fault(users(), config) ==
          "problem: column 'e_mail' ('users.email') is not in `shop`.`users`, or closed to this login > did you mean "
          "'email'? write it as 'users.email'");
}

TEST_CASE("names of columns are compared as the database does, without case") {
    auto table = users();
    table.columns[1].name = "EMail";
    table.indexes[1].columns = {"EMAIL"};
    CHECK(judged(table).size() == 2);
    CHECK(judge_users({}, table)[1].level == Level::ok);
}

TEST_CASE("a look-up without an index is a warning, with the statement that makes one") {
    auto table = users();
    table.indexes = {{{"id"}, true}};
    CHECK(fault(table) ==
          "warning: 'email' ('users.email') has no index: each look-up reads the whole table > CREATE INDEX "
          "`pwreset_email` ON `shop`.`users` (`email`)");
    table.columns[1].type = "text";
    CHECK(fault(table).ends_with("(`email`(190))"));
}

TEST_CASE("of a view no index is asked") {
    auto table = users();
    table.indexes = {};
    table.facts->view = true;
    for (const auto& check : judge_users({}, table)) CHECK(check.level == Level::ok);
}

TEST_CASE("duplicates, case and character sets are told") {
    auto table = users();
    table.indexes[1].unique = false;
    const auto line = [&](const std::string& collation) {
        table.columns[1] = text("email", collation);
        return judged(table)[1];
    };
    const std::string start = "ok: 'email' ('users.email'): index, not unique: duplicates answer AMBIGUOUS_USER";
    CHECK(line("utf8mb4_bin") == start + "; collation utf8mb4_bin, to which case matters");
    CHECK(line("latin1_swedish_ci") == start +
                                           "; collation latin1_swedish_ci, whose look-alikes are refused in code; "
                                           "what latin1 cannot hold is never found");
}

TEST_CASE("the key has to be found again by its text") {
    auto table = users();
    const auto with = [&](const std::string& type, std::int64_t bytes) {
        table.columns[0] = {"id", type, bytes, "", ""};
        return judge_users({}, table);
    };
    for (const char* type : {"int", "bigint", "uuid", "decimal"}) CHECK(with(type, 0)[1].level == Level::ok);
    CHECK(with("char", 64)[1].level == Level::ok);
    CHECK(shown(with("varchar", 255)[1]) ==
          "warning: the key 'id' is varchar of up to 255 bytes > accounts whose key is longer than 64 bytes cannot be "
          "reset");
    CHECK(shown(with("binary", 16)[1]) == "ok: the key 'id' is binary(16), read as a UUID");
    for (const char* type : {"varbinary", "blob", "longblob"}) CHECK(with(type, 16)[1].level == Level::warning);
    CHECK(with("longtext", 4294967295)[1].level == Level::warning);
    CHECK(with("enum", 9)[1].level == Level::ok);
    table.key_fault = "it is a time, which is not found again by its text";
    CHECK(shown(with("datetime", 0)[1]) ==
          "problem: the key 'id' cannot be used: it is a time, which is not found again by its text > name another key "
          "in [users] id");
}

TEST_CASE("a key that is not unique is a problem") {
    auto table = users();
    table.indexes[0].unique = false;
    CHECK(fault(table) ==
          "problem: 'id' ('users.id') is not unique: it names no single account > name the primary key in [users] id, "
          "or what tells its accounts apart: scope = { column = \"tenant_id\", value = \"1\" }");
    UsersConfig scoped;
    scoped.scope = {"tenant", "1"};
    table.indexes.push_back({{"tenant", "ID"}, true});
    table.columns.push_back({"tenant", "int", 0, "", ""});
    for (const auto& check : judge_users(scoped, table)) CHECK(check.level == Level::ok);
    table.indexes.back().unique = false;
    const auto lines = judge_users(scoped, table);
    CHECK(std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.level == Level::problem; }));
}

TEST_CASE("a table of roles needs its columns, and an index on the user") {
    UsersConfig users;
    users.roles = {{.column = "name", .in = {"user_roles", "user_id", {}}}};
    const TableRead source = tables_read(users).at(0);
    TableDescription table{"shop",
                           "user_roles",
                           db::TableFacts{"InnoDB", false, 3},
                           {{"user_id", "bigint", 0, "", ""}, text("name")},
                           {{{"user_id"}, false}},
                           {}};
    CHECK(shown(judge_other_table(source, table)) == Lines{"ok: roles are in `shop`.`user_roles`, found by an index"});
    table.indexes = {};
    CHECK(
        shown(judge_other_table(source, table)) ==
        Lines{"warning: 'user_id' ('users.role.user') has no index: each look-up reads the whole table > CREATE INDEX "
              "`pwreset_user_id` ON `shop`.`user_roles` (`user_id`)"});
    table.columns.pop_back();
    CHECK(judge_other_table(source, table).front().level == Level::problem);
    table.facts.reset();
    CHECK(shown(judge_other_table(source, table)).front().starts_with("problem: table `shop`.`user_roles`"));
}

TEST_CASE("what temporary passwords need is looked at") {
    const std::string bcrypt = "$2y$12$" + std::string(53, 'u');
    TemporaryPasswordConfig config;
    const auto lines = [&](const std::vector<std::string>& hashes) {
        return shown(judge_temporary_passwords(config, users(), {}, hashes));
    };
    CHECK(lines({"!", bcrypt}) ==
          Lines{"ok: temporary passwords are stored as bcrypt $2y$ of cost 12, as the recent ones are"});
    CHECK(lines({"$P$Bx", "$P$By", bcrypt}) ==
          Lines{"problem: passwords are stored as phpass (WordPress before 6.8) of 2^13 rounds: no temporary "
                "password can be sent > name in 'formats' of [temporary_password] what else the application takes; "
                "else write enabled = false"});
    config.formats = {BcryptFormat{'y', 12}};
    CHECK(lines({"$P$Bx", "$P$By"}) ==
          Lines{"ok: temporary passwords are stored as bcrypt $2y$ of cost 12, as 'formats' says"});
    config.formats = {};
    CHECK(lines({}).front().starts_with("warning: no account has a password yet"));
    config.must_change = "must_change";
    config.clear = {"emial"};
    CHECK(lines({bcrypt}).size() == 3);
    CHECK(lines({bcrypt}).front().starts_with("problem: column 'must_change' ('temporary_password.must_change')"));
}

TEST_CASE("the table of sessions needs its column, and an index on it") {
    TemporaryPasswordConfig config;
    config.sessions = {{"sessions", "sessions", "user_id"}};
    TableDescription sessions{
        "shop", "sessions", db::TableFacts{"InnoDB", false, 5}, {{"user_id", "bigint", 0, "", ""}}, {}, {}};
    const auto first = [&] {
        return shown(judge_temporary_passwords(config, users(), {sessions}, {"$2y$12$" + std::string(53, 'u')}))
            .front();
    };
    CHECK(first().starts_with("warning: 'user_id' ('temporary_password.sessions.user') has no index"));
    sessions.indexes = {{{"user_id"}, false}};
    CHECK(first().starts_with("ok: temporary passwords are stored"));
    config.sessions.front().where = {{"kind", "web"}};
    CHECK(first().starts_with("problem: column 'kind' ('temporary_password.sessions.where')"));
    config.sessions.front() = {"ends", "sessions", "account"};
    CHECK(first().starts_with("problem: column 'account' ('temporary_password.ends.user')"));
    config.sessions.front() = {"sessions", "sessions", "account"};
    CHECK(first().starts_with("problem: column 'account' ('temporary_password.sessions.user')"));
    sessions.facts.reset();
    CHECK(first().starts_with("problem: table `shop`.`sessions` ('temporary_password.sessions') is not there"));
}

TEST_CASE("a country of phone numbers that is none is a problem") {
    UsersConfig config;
    CHECK(check_phone_numbers(config).empty());
    config.phone = "phone";
    config.phone_region = "IR";
    CHECK(shown(check_phone_numbers(config)) == Lines{"ok: phone numbers without a country code are of 'IR'"});
    config.phone_region = "XQ";
    CHECK(shown(check_phone_numbers(config)) ==
          Lines{"problem: 'users.phone_region' holds 'XQ', which no phone number belongs to > "
                "write the ISO 3166 code of a country, such as \"IR\""});
}
