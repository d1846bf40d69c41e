#include "src/init/configuration.h"

#include "src/base/error.h"
#include "src/config/load.h"
#include "src/init/reading.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

FirstConfiguration first_of_shop() {
    return {"/etc/pwreset/shop.toml", "shop", "https://shop.example", "pwreset_shop", "pwreset_shop", "", ".env"};
}

Facts facts_of_shop() {
    Facts facts{"Shop", "native"};
    facts.name = "The Shop";
    facts.database = {"mysql", "db.shop.example", 3307, "", "shop"};
    facts.mail_from = "no-reply@shop.example";
    facts.mail_host = "mail.shop.example";
    facts.settings.push_back({"users", "protected", "[\"admin\"]"});
    facts.settings.push_back({"users", "role", "\"role\""});
    return facts;
}

}  // namespace

TEST_CASE("a first configuration says what each thing is") {
    CHECK(configuration_text(first_of_shop(), facts_of_shop()) ==
          R"(# Made by "pwreset init" from .env. Every key: pwreset.toml(5).
# No password stands in it: they are in files of their own.
application = "shop"  # tells its rows from others' in pwreset's tables: never change it

[database]
host = "db.shop.example"
port = 3307
name = "shop"  # the schema with the application's tables
schema = "pwreset_shop"  # the schema with pwreset's own
user = "pwreset_shop"  # a login of pwreset's own, never the application's
password_file = "shop-database.password"

[users]
profile = "native"  # says where accounts are, and who is protected: 'pwreset profile show'
protected = ["admin"]
role = "role"

[reset]
link = "https://shop.example/reset-password/{token}"  # the page of the application that takes a token

# The relay that takes our mail. Where it asks for a login: user, and password_file.
[mail]
from = "The Shop <no-reply@shop.example>"
host = "mail.shop.example"

[text]
product = "The Shop"  # the name your users know

# Who may do what: Unix groups, or single users. Without this section: the owner of this file alone.
# [operators]
# shop-support = ["support"]
)");
}

TEST_CASE("a first configuration is one that loads") {
    const auto load = [](const Facts& facts) {
        return parse_config(configuration_text(first_of_shop(), facts), "/etc/pwreset/shop.toml", false);
    };
    const Config config = load(facts_of_shop());
    CHECK(config.application == "shop");
    CHECK(config.database.schema == "pwreset_shop");
    CHECK(config.mail.from_name == "The Shop");
    Facts local = facts_of_shop();
    local.database = {"mysql", "127.0.0.1", 0, "", "shop"};
    local.mail_host = "localhost";
    local.mail_port = 1025;
    CHECK(load(local).mail.port == 1025);
    local.database = {"mysql", "", 0, "/run/mysqld/mysqld.sock", "shop"};
    CHECK(load(local).database.socket == "/run/mysqld/mysqld.sock");
}

TEST_CASE("what is not known is left out, and the file says so") {
    const std::string text = configuration_text(first_of_shop(), Facts{"", "native"});
    for (const auto* line : {"\n# host = \"db.shop.example\"  # not known", "\n# name = \"shop\"  # not known",
                             "\n# from = ", "\n# host = \"mail.shop.example\"  # not known", "\n# protected = "})
        CHECK(text.find(line) != std::string::npos);
    CHECK_THROWS_AS(parse_config(text, "/etc/pwreset/shop.toml", false), Error);
}

TEST_CASE("a native application without 'protected' is not decided for anybody") {
    Facts facts = facts_of_shop();
    facts.settings.clear();
    CHECK_THROWS_WITH(parse_config(configuration_text(first_of_shop(), facts), "shop.toml", false),
                      ContainsSubstring("missing 'users.protected'"));
}

TEST_CASE("a secret is named by its file, and of two settings the last one counts") {
    Facts facts = facts_of_shop();
    facts.profile = "devise";
    facts.settings = {
        {"reset.store", "table", "\"a\""}, {"reset.store", "table", "\"b\""}, {"users", "table", "\"u\""}};
    facts.secrets.push_back({"devise", "devise.key", "hex", Secret("6b6579")});
    facts.secrets.push_back({"kernel", "symfony.secret", "raw", Secret("s")});
    const std::string text = configuration_text(first_of_shop(), facts);
    CHECK(text.find("devise = { file = \"shop-devise.key\", decode = \"hex\" }\n") != std::string::npos);
    CHECK(text.find("kernel = { file = \"shop-symfony.secret\" }\n") != std::string::npos);
    CHECK(text.find("[reset.store]\ntable = \"b\"\n") != std::string::npos);
    CHECK(text.find("\"a\"") == std::string::npos);
    CHECK(text.find("6b6579") == std::string::npos);
}

TEST_CASE("a hostile value stays a value") {
    Facts facts = facts_of_shop();
    facts.name = "x\"\n[operators]\n\"user:eve\" = [\"support\"]\n#";
    facts.database.name = "a\\\"b\x7f";
    const std::string text = configuration_text(first_of_shop(), facts);
    CHECK(text.find("\n[operators]") == std::string::npos);
    CHECK(text.find("\"a\\\\\\\"b\\u007F\"") != std::string::npos);
}

TEST_CASE("a name for the application is made of what people call it") {
    CHECK(application_name_of("My Shop!") == "my-shop");
    CHECK(application_name_of("__shop_db") == "shop_db");
    CHECK(application_name_of("فروشگاه") == "");
    CHECK(application_name_of("") == "");
    CHECK(application_name_of(std::string(100, 'a')).size() == 40);
}

TEST_CASE("text of TOML has its quotes, backslashes and control characters escaped") {
    CHECK(toml_text("a\"b\\c\td") == "\"a\\\"b\\\\c\\u0009d\"");
    CHECK(toml_text("گذر") == "\"گذر\"");
    CHECK(toml_key("a_b-1") == "a_b-1");
    CHECK(toml_key("a b") == "\"a b\"");
}
