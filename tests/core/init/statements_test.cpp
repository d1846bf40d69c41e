#include "src/init/statements.h"

#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

using Lines = std::vector<std::string>;

const RightsNeeded tables{"shop",
                          "pwreset_shop",
                          {{"shop", "users", {"SELECT"}, {"id"}},
                           {"shop", "sessions", {"SELECT", "DELETE"}, {"user_id"}},
                           {"shop", "resets", {"INSERT", "DELETE"}, {}},
                           {"shop", "users", {"SELECT"}, {"id", "email"}}}};

}  // namespace

TEST_CASE("a login is made with its own schema and the least rights on the application's tables") {
    const NewLogin login{"pwreset_shop", "localhost", "pwreset_shop"};
    CHECK(statements_of(login, tables) ==
          Lines{"CREATE DATABASE IF NOT EXISTS `pwreset_shop`",
                "CREATE USER `pwreset_shop`@`localhost` IDENTIFIED BY '…'",
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON `pwreset\\_shop`.* TO "
                "`pwreset_shop`@`localhost`",
                "GRANT SELECT (`id`, `email`) ON `shop`.`users` TO `pwreset_shop`@`localhost`",
                "GRANT SELECT (`user_id`), DELETE ON `shop`.`sessions` TO `pwreset_shop`@`localhost`",
                "GRANT INSERT, DELETE ON `shop`.`resets` TO `pwreset_shop`@`localhost`"});
    CHECK(statement_after_migration(login) ==
          "REVOKE CREATE, ALTER, INDEX ON `pwreset\\_shop`.* FROM `pwreset_shop`@`localhost`");
}

TEST_CASE("a login comes from where the database sees it") {
    const auto host = [](const DatabasePlace& place) { return new_login("u", "s", place).host; };
    CHECK(host({"mysql", "", 0, "/run/my.sock", "shop"}) == "localhost");
    CHECK(host({"mysql", "localhost", 0, "", "shop"}) == "localhost");
    CHECK(host({"mysql", "127.0.0.1", 0, "", "shop"}) == "127.0.0.1");
    CHECK(host({"mysql", "db.example", 0, "", "shop"}) == "%");
}

TEST_CASE("the password stands in the file alone") {
    const auto statements = statements_of({"u", "localhost", "s"}, tables);
    const Secret file = statements_file(statements, Secret("hunter2"));
    const std::string text(file.reveal());
    CHECK(text.find("IDENTIFIED BY 'hunter2';\n") != std::string::npos);
    CHECK(text.find("…") == std::string::npos);
    CHECK(text.ends_with("GRANT INSERT, DELETE ON `shop`.`resets` TO `u`@`localhost`;\n"));
    for (const auto& statement : statements) CHECK(statement.find("hunter2") == std::string::npos);
}

TEST_CASE("a password that is drawn has 32 letters and digits, and no quote") {
    FakeEnv fake;
    const Secret password = drawn_password(fake.env);
    CHECK(password.size() == 32);
    CHECK(is_plain_password(password.reveal()));
    CHECK(is_plain_password("a b-c!"));
    for (const auto* text : {"it's", "a\\b", "a\"b", "a`b", "a\nb", "ü"}) CHECK_FALSE(is_plain_password(text));
}
