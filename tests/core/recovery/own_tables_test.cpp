// An application that keeps its tokens in tables of its own, from the request to what is left of it.
#include "src/config/load.h"
#include "src/hash/salted_hash.h"
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

Config described(const std::string& reset) {
    return parse_config(
        "application = \"shop\"\n[database]\nhost = \"db.example\"\nname = \"shop\"\nuser = \"pwreset\"\n"
        "[users]\nprotected = []\n[mail]\nfrom = \"no-reply@shop.example\"\nhost = \"mail.example\"\n" +
            reset,
        "/etc/pwreset/shop.toml", false);
}

/// A table of tokens by address, hashed, with a time of issue: as Laravel's.
const std::string by_address =
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}?email={email}\"\n"
    "token = \"random(hex, 64)\"\napplication_lifetime = \"60m\"\n"
    "[reset.store]\nmode = \"delete-insert\"\ntable = \"password_reset_tokens\"\nfind = { email = \"email\" }\n"
    "set = { token = \"bcrypt(token, 4)\", created_at = \"issued\" }\nrevoke = \"delete\"\npurge = true\n";

/// A column of the users row that holds the token itself, without a clock: as Strapi's.
const std::string in_a_column =
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\ntoken = \"random(hex, 64)\"\n"
    "application_lifetime = \"none\"\n"
    "[reset.store]\nmode = \"columns\"\nset = { reset_token = \"token\" }\nempty = { reset_token = \"null\" }\n"
    "revoke = \"empty\"\n";

struct Shop : Desk {
    explicit Shop(const std::string& reset) {
        session.run("CREATE TABLE password_reset_tokens (email TEXT PRIMARY KEY, token TEXT, created_at TEXT)");
        session.run("ALTER TABLE users ADD COLUMN reset_token TEXT");
        Config read = described(reset);
        config.reset = read.reset;
        profile_of_shop = read_profile(read, nullptr);
        shop_at_work.emplace(world.env, config, profile_of_shop, session, accounts);
        at_work = &*shop_at_work;
        account({});
    }
    Lines held() { return lines("SELECT email, created_at FROM password_reset_tokens", 2); }
    std::string in_column() { return text("SELECT COALESCE(reset_token, '-') FROM users WHERE id = 42"); }
    /// The token in the link of the newest mail.
    std::string mailed() {
        const std::string mail = this->mail().text;
        const auto start = mail.find("https://shop.example/reset/") + 27;
        return mail.substr(start, 64);
    }

    Profile profile_of_shop;
    std::optional<Application> shop_at_work;
};

}  // namespace

TEST_CASE("what is mailed is what the application's own row verifies, by its own clock") {
    Shop shop(by_address);
    CHECK(shop.outcome("ada@example.com") == "accepted");
    REQUIRE(shop.held().size() == 1);
    CHECK(shop.held().front() == "ada@example.com " + db_text(shop.world.now).substr(0, 19));
    const std::string hash = shop.text("SELECT token FROM password_reset_tokens");
    CHECK(hash.starts_with("$2y$04$"));
    CHECK(verify_salted(SaltedHash::bcrypt, hash, Secret(std::string_view(shop.mailed()))));
    CHECK_FALSE(verify_salted(SaltedHash::bcrypt, hash, Secret(std::string(64, 'a'))));
    CHECK(shop.text("SELECT COUNT(*) FROM pwreset_tokens WHERE app_ref IS NOT NULL AND verifier IS NOT NULL") == "1");
}

TEST_CASE("a link that is to live for a quarter of an hour was issued three quarters ago, for the application") {
    Shop shop(by_address);
    shop.config.reset.link_lifetime = Seconds(900);
    shop.request("ada@example.com");
    CHECK(shop.held().front() == "ada@example.com " + db_text(shop.world.now - Seconds(2700)).substr(0, 19));
}

TEST_CASE("a newer link takes the place of the older one in the application's table") {
    Shop shop(by_address);
    shop.request("ada@example.com");
    const std::string first = shop.text("SELECT token FROM password_reset_tokens");
    shop.later(Seconds(180));
    shop.request("ada@example.com");
    CHECK(shop.held().size() == 1);
    CHECK(shop.text("SELECT token FROM password_reset_tokens") != first);
    CHECK(shop.tokens() == Lines{"void superseded", "live"});
}

TEST_CASE("revoking takes our value out of the application's tables, and no other") {
    Shop shop(by_address);
    shop.request("ada@example.com");
    CHECK(shop.take_back("ada@example.com").tokens == 1);
    CHECK(shop.held().empty());
    shop.later(Seconds(180));
    shop.request("ada@example.com");
    shop.session.run("UPDATE password_reset_tokens SET token = 'asked for in the application meanwhile'");
    CHECK(shop.take_back("ada@example.com").tokens == 1);
    CHECK(shop.held().size() == 1);
}

TEST_CASE("a column of the users row is written, and emptied by revoking") {
    Shop shop(in_a_column);
    shop.request("id:42");
    CHECK(shop.in_column() == shop.mailed());
    shop.take_back("id:42");
    CHECK(shop.in_column() == "-");
}

TEST_CASE("where the application knows no end of its tokens they are ended for it") {
    Shop shop(in_a_column);
    shop.request("id:42");
    shop.later(Seconds(3599));
    shop.deliver();
    CHECK(shop.in_column() != "-");
    shop.later(Seconds(2));
    shop.deliver();
    CHECK(shop.in_column() == "-");
    CHECK(shop.tokens() == Lines{"void expired"});
}

TEST_CASE("the value of somebody else is not ended with ours") {
    Shop shop(in_a_column);
    shop.request("id:42");
    shop.shop("reset_token = 'the application drew another one'");
    shop.later(Seconds(3601));
    shop.deliver();
    CHECK(shop.in_column() == "the application drew another one");
}

TEST_CASE("a mail that the relay refuses for good leaves nothing in the application's tables") {
    Shop shop(by_address);
    shop.post.answers = {{.verdict = Verdict::permanent, .answer = "550 5.1.1 no such user"}};
    shop.request("ada@example.com");
    CHECK(shop.held().empty());
}
