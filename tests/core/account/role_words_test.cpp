#include "src/account/role_words.h"

#include <algorithm>

#include "src/account/eligibility.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

bool has(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool protects(const std::string& value, const std::string& list = {}) {
    return has(read_roles(value, list).parts, "admin");
}
bool permits(const std::string& value, const std::string& list = {}) {
    return has(read_roles(value, list).granted, "user");
}
std::string fault(const std::string& value, const std::string& list = {}) { return read_roles(value, list).fault; }

}  // namespace

TEST_CASE("protection matches the whole value or any part of it, in every form of a list") {
    for (const char* value : {"admin",
                              "ADMIN",
                              " Admin\t",
                              "user,admin",
                              "admin user",
                              "user; admin",
                              "user|ADMIN",
                              "[\"user\",\"Admin\"]",
                              "{\"admin\":true}",
                              "{\"roles\":[{\"name\":\"admin\"}]}",
                              "[\"\\u0061dmin\"]",
                              "\"admin\"",
                              "a:1:{s:5:\"admin\";b:1;}",
                              "a:2:{i:0;s:4:\"user\";i:1;s:5:\"admin\";}",
                              "a:1:{s:5:\"roles\";a:1:{i:0;s:5:\"admin\";}}",
                              "O:4:\"Role\":1:{s:4:\"name\";s:5:\"admin\";}",
                              "user\nadmin",
                              "cn=admin,ou=shop",
                              "[\"admin\"",
                              "'admin'",
                              "user\u00a0admin",
                              "\u200badmin\u200b",
                              "user،admin",
                              "user؛ Admin",
                              "user，admin",
                              "user、admin",
                              "user • admin",
                              "user→admin",
                              "Shop » Admin",
                              "admin@corp.example",
                              "shop.admin",
                              "#user#admin#",
                              "*admin*",
                              "[\"user\",[\"editor\",[\"admin\"]]]",
                              "[{\"id\":3,\"role\":{\"slug\":\"admin\"}}]",
                              "\"[\\\"admin\\\"]\"",
                              "a:2:{i:1;s:5:\"admin\";i:0;s:4:\"user\";}",
                              "a:2:{s:5:\"admin\";s:1:\"1\";s:4:\"user\";i:1;}",
                              "a:1:{i:0;a:2:{s:2:\"id\";i:7;s:4:\"name\";s:5:\"admin\";}}",
                              "s:5:\"admin\";",
                              "a:1:{i:0;s:5:\"admin\""}) {
        INFO(value);
        CHECK(protects(value));
    }
    for (const char* value : {"administrator", "admin2", "non-admin", "sys_admin", "", "user",
                              "a:1:{i:0;s:13:\"administrator\";}", "[\"non-admin\"]"}) {
        INFO(value);
        CHECK_FALSE(protects(value));
    }
}

TEST_CASE("a role of several words protects wherever it stands, with whatever blanks between them") {
    for (const char* value :
         {"Super Admin", "super  admin", "Super\u00a0Admin", "user,Super Admin", "user/Super Admin", "user،Super Admin",
          "cn=Super Admin,ou=Groups,dc=shop", "[\"Super Admin\"]", "{\"role\":\"Super Admin\"}", "CORP\\Super Admin",
          "a:1:{i:0;s:11:\"Super Admin\";}", "Super Admin@corp.example", "(Super Admin)"}) {
        INFO(value);
        CHECK(has(read_roles(value, "").parts, plain_role("super admin")));
    }
    CHECK(has(read_roles("کاربر،مدیر\u200cکل", "").parts, plain_role("مدیر\u200cکل")));
    CHECK_FALSE(has(read_roles("super,admin", "").parts, plain_role("super admin")));
}

TEST_CASE("case makes no difference in any script") {
    CHECK(has(read_roles("АДМИНИСТРАТОР", "").parts, plain_role("администратор")));
    CHECK(has(read_roles("PRÜFER,Kunde", "").parts, plain_role("Prüfer")));
    CHECK(has(read_roles("ΔΙΑΧΕΙΡΙΣΤΉΣ", "").parts, plain_role("διαχειριστήσ")));
}

TEST_CASE("permission takes the whole value, or an element of a list that is declared") {
    CHECK(permits("user"));
    CHECK(permits(" User "));
    for (const char* value : {"user,admin", "[\"user\"]", "user admin", "a:1:{i:0;s:4:\"user\";}", "superuser"}) {
        INFO(value);
        CHECK_FALSE(permits(value));
    }
    CHECK(permits("[\"user\",\"admin\"]", "json"));
    CHECK(permits("editor,user", "set"));
    CHECK(permits("editor, User", "comma"));
    CHECK(permits("editor user", "space"));
    CHECK(permits("editor;user", "semicolon"));
    CHECK(permits("a:1:{s:4:\"user\";b:1;}", "php-serialized"));
    CHECK_FALSE(permits("a:1:{s:4:\"user\";b:0;}", "php-serialized"));
    CHECK_FALSE(permits("{\"user\":false}", "json"));
    CHECK_FALSE(permits("editor user", "comma"));
}

TEST_CASE("a number is a role") {
    CHECK(has(read_roles("1", "").granted, "1"));
    CHECK(has(read_roles("1.00", "").granted, "1"));
    CHECK(has(read_roles("[1, 2]", "json").granted, "2"));
    CHECK(has(read_roles("a:1:{i:0;i:7;}", "php-serialized").parts, "7"));
    CHECK(has(read_roles("a:1:{i:7;b:1;}", "php-serialized").granted, "7"));
    CHECK(has(read_roles("-1", "").granted, "-1"));
    CHECK(has(read_roles("-1", "json").granted, "-1"));
    CHECK(has(read_roles("4294967295", "").parts, "4294967295"));
    CHECK(has(read_roles("[-1, 2.0]", "json").parts, "2"));
}

TEST_CASE("what puts a serialized value together is no part of it") {
    for (const char* value : {"a:1:{i:0;s:4:\"user\";}", "a:2:{i:0;i:3;i:1;i:5;}", "a:1:{s:4:\"user\";b:1;}"}) {
        INFO(value);
        for (const char* role : {"0", "1", "2", "4", "a", "b", "i", "s"})
            CHECK_FALSE(has(read_roles(value, "").parts, role));
    }
}

TEST_CASE("JSON that is null is no role, and one that is a number or true is one") {
    CHECK(read_roles("null", "json").parts.empty());
    for (const char* value :
         {"null", "true", "3", "-1", "1.0", "\"user\"", "\"\"", "[\"\"]", "[\"user\",\"\"]", "[]", "{}"}) {
        INFO(value);
        CHECK(fault(value, "json").empty());
    }
}

TEST_CASE("what is no word, number or list has a fault, and is not shown") {
    CHECK(fault("[\"user\"") == "it is JSON that cannot be read");
    CHECK(fault("user", "json") == "it is JSON that cannot be read");
    CHECK(fault("a:2:{i:0;s:4:\"user\";}") == "it is a serialized value that cannot be read");
    CHECK(fault("O:4:\"Role\":0:{}") == "it is a serialized value that cannot be read");
    CHECK(fault("us\x01"
                "er") == "it holds something that is no word");
    CHECK(fault("\xff\xfe") == "it is no text");
    CHECK(fault(std::string(300, 'x')) == "it holds something that is no word");
    CHECK(fault(std::string(70000, 'x')) == "it is longer than any list of roles");
    for (const char* value : {"user", "", "user,admin", "3", "Head of Sales"}) CHECK(fault(value).empty());
    CHECK(read_roles("a:1:{s:4:\"user\";b:1;}", "").shown == std::vector<std::string>{"user"});
    CHECK(read_roles("\xff\xfe", "").shown.empty());
}

TEST_CASE("an account with a role that reads as none is refused where roles decide") {
    db::AccountRow account;
    account.id = "42";
    account.email = "ana@example.com";
    account.password = "$2y$12$hash";
    account.roles = {"[\"user\""};
    Config config;
    CHECK_FALSE(refusal(account, config, {}));
    config.users.protected_roles = {"admin"};
    REQUIRE(refusal(account, config, {}));
    CHECK(refusal(account, config, {})->reason == "role");
}
