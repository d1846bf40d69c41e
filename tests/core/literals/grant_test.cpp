#include "src/literals/grant.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// "SELECT(id email) UPDATE | target | grantee", with "+" when it may be passed on; "none" when nothing was read.
std::string read(const std::string& line) {
    const auto grant = parse_grant(line);
    if (!grant) return "none";
    if (grant->on == Grant::On::role) return "role";
    std::string text;
    for (const auto& privilege : grant->privileges) {
        text += (text.empty() ? "" : "; ") + privilege.name;
        for (const auto& column : privilege.columns) text += " " + column;
    }
    return text + " | " + grant->target + " | " + grant->grantee + (grant->may_pass_on ? " +" : "");
}

}  // namespace

TEST_CASE("a grant of MariaDB 10.11 is read") {
    CHECK(read("GRANT SELECT, INSERT ON `shop`.`users` TO `p`@`localhost`") ==
          "SELECT; INSERT | `shop`.`users` | `p`@`localhost`");
    CHECK(read("GRANT SELECT (`id`, `email`), UPDATE (`password`) ON `shop`.`users` TO `p`@`localhost`") ==
          "SELECT id email; UPDATE password | `shop`.`users` | `p`@`localhost`");
    CHECK(read("GRANT EXECUTE, CREATE ROUTINE ON `shop`.* TO `p`@`localhost` WITH GRANT OPTION") ==
          "EXECUTE; CREATE ROUTINE | `shop`.* | `p`@`localhost` +");
    CHECK(read("GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `p`@`%`") == "EXECUTE | PROCEDURE `shop`.`p` | `p`@`%`");
    CHECK(read("GRANT EXECUTE ON PACKAGE BODY `shop`.`p` TO `p`@`%`") == "EXECUTE | PACKAGE BODY `shop`.`p` | `p`@`%`");
    CHECK(read("GRANT PROXY ON ``@`%` TO `root`@`localhost` WITH GRANT OPTION") ==
          "PROXY | ``@`%` | `root`@`localhost` +");
    CHECK(read("GRANT DELETE ON `sh\\_%`.* TO `r`") == "DELETE | `sh\\_%`.* | `r`");
    CHECK(read("GRANT SELECT ON `shop`.* TO PUBLIC") == "SELECT | `shop`.* | PUBLIC");
}

TEST_CASE("a grant of MySQL 8 and 9 is read") {
    CHECK(read("GRANT APPLICATION_PASSWORD_ADMIN,AUDIT_ADMIN ON *.* TO `root`@`localhost` WITH GRANT OPTION") ==
          "APPLICATION_PASSWORD_ADMIN; AUDIT_ADMIN | *.* | `root`@`localhost` +");
    CHECK(read("GRANT SELECT (`email`, `id`), INSERT (`id`) ON `shop`.`users` TO `p`@`%`") ==
          "SELECT email id; INSERT id | `shop`.`users` | `p`@`%`");
    CHECK(read("GRANT CREATE TEMPORARY TABLES, LOCK TABLES ON `shop`.* TO `p`@`%`") ==
          "CREATE TEMPORARY TABLES; LOCK TABLES | `shop`.* | `p`@`%`");
}

TEST_CASE("a grant of older servers, in single quotes or none, is read") {
    CHECK(read("GRANT SELECT (email, id) ON `shop`.`users` TO 'p'@'10.0.0.%'") ==
          "SELECT email id | `shop`.`users` | `p`@`10.0.0.%`");
    CHECK(read("GRANT PROXY ON ''@'%' TO 'root'@'localhost'") == "PROXY | ``@`%` | `root`@`localhost`");
}

TEST_CASE("a role is seen as one") {
    CHECK(read("GRANT `r` TO `p`@`localhost` WITH ADMIN OPTION") == "role");
    CHECK(read("GRANT `r`@`%`,`s`@`%` TO `p`@`%`") == "role");
    CHECK(read("GRANT reader TO 'p'@'%'") == "role");
}

TEST_CASE("what follows the grantee is neither kept nor taken for an option") {
    CHECK(read("GRANT USAGE ON *.* TO `p`@`localhost` IDENTIFIED BY PASSWORD "
               "'*B69027D44F6E5EDC07F1AEAD1477967B16F28227'") == "USAGE | *.* | `p`@`localhost`");
    CHECK(read("GRANT USAGE ON *.* TO `p`@`%` IDENTIFIED VIA ed25519 USING 'WITH GRANT OPTION' OR unix_socket") ==
          "USAGE | *.* | `p`@`%`");
    CHECK(read("GRANT SELECT ON *.* TO `p`@`%` IDENTIFIED BY PASSWORD '*B6' REQUIRE SSL WITH GRANT OPTION "
               "MAX_QUERIES_PER_HOUR 5") == "SELECT | *.* | `p`@`%` +");
}

TEST_CASE("quotes inside names end nothing") {
    CHECK(read("GRANT SELECT ON `a``b`.`c.d` TO `x``@``y`@`h`") == "SELECT | `a``b`.`c.d` | `x``@``y`@`h`");
    CHECK(read("GRANT SELECT ON `shop`.`users` TO 'it''s'@'h\\'x'") == "SELECT | `shop`.`users` | `it's`@`h'x`");
}

TEST_CASE("what is no grant, or broken off, is nothing") {
    for (const char* line :
         {"", "GRANT", "GRANT ", "REVOKE INSERT ON `mysql`.* FROM `p`@`%`", "SET DEFAULT ROLE `r` FOR `p`@`%`",
          "GRANT SELECT", "GRANT SELECT ON", "GRANT SELECT ON `shop", "GRANT SELECT ON `shop`",
          "GRANT SELECT ON `shop`.", "GRANT SELECT ON `shop`.*", "GRANT SELECT ON `shop`.* TO",
          "GRANT SELECT ON `shop`.* TO `p`@", "GRANT SELECT ( ON `shop`.* TO `p`", "GRANT , ON `shop`.* TO `p`",
          "GRANT PROXY ON TO `p`"}) {
        CHECK(read(line) == "none");
    }
}

TEST_CASE("a schema's pattern means what the server takes it for") {
    CHECK(schema_matches("shop", "shop"));
    CHECK(schema_matches("shop", "Shop"));
    CHECK(schema_matches("%", "shop"));
    CHECK(schema_matches("%", ""));
    CHECK(schema_matches("sh%p", "shop"));
    CHECK(schema_matches("sh_p", "shop"));
    CHECK(schema_matches("my\\_shop", "my_shop"));
    CHECK_FALSE(schema_matches("my\\_shop", "my-shop"));
    CHECK_FALSE(schema_matches("shop", "shops"));
    CHECK_FALSE(schema_matches("shops", "shop"));
    CHECK_FALSE(schema_matches("sh_p", "shp"));
    CHECK_FALSE(schema_matches("", "shop"));
    CHECK_FALSE(schema_matches("%a%a%a%a%a%a%a%a%b", std::string(64, 'a')));
}
