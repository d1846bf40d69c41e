// An application that keeps its tokens in tables of its own, from the request to what is left of it.
#include "src/hash/salted_hash.h"
#include "src/upkeep/purge.h"
#include "tests/catch.h"
#include "tests/core/recovery/described_shop.h"

using namespace pwreset;
using namespace pwreset::described_shop;

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

TEST_CASE("where the application keeps older tokens beside a newer one, ours is taken out and its own stay") {
    Shop shop(
        "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\ntoken = \"random(hex, 64)\"\n"
        "application_lifetime = \"60m\"\n"
        "[reset.store]\nmode = \"insert\"\ntable = \"verification\"\nfind = { account = \"key\" }\n"
        "set = { account = \"key\", token = \"token\", ends = \"expires\" }\nrevoke = \"delete\"\n");
    shop.session.run("CREATE TABLE verification (account TEXT, token TEXT, ends TEXT)");
    shop.session.run("INSERT INTO verification VALUES ('42', 'its own', '2099-01-01 00:00:00')");
    shop.request("id:42");
    const std::string first = shop.mailed();
    shop.later(Seconds(180));
    shop.request("id:42");
    CHECK(shop.lines("SELECT token FROM verification ORDER BY LENGTH(token)", 1) == Lines{"its own", shop.mailed()});
    CHECK(shop.mailed() != first);
}

TEST_CASE("revoking one delivery takes our value out of the application's tables, and no other") {
    Shop shop(by_address);
    shop.request("ada@example.com");
    CHECK(shop.take_back("ref:" + reference_of(1)).tokens == 1);
    CHECK(shop.held().empty());
    shop.later(Seconds(180));
    shop.request("ada@example.com");
    shop.session.run("UPDATE password_reset_tokens SET token = 'asked for in the application meanwhile'");
    CHECK(shop.take_back("ref:" + reference_of(2)).tokens == 1);
    CHECK(shop.held().size() == 1);
}

TEST_CASE("revoking what an account has takes out what the application itself issued, as long as it is good") {
    Shop shop(by_address);
    shop.session.run("INSERT INTO password_reset_tokens VALUES ('ada@example.com', :hash, :at)",
                     {{"hash", std::string(shop_hash)}, {"at", db_text(shop.world.now).substr(0, 19)}});
    CHECK(shop.take_back("id:42").tokens == 1);
    CHECK(shop.held().empty());
    shop.session.run("INSERT INTO password_reset_tokens VALUES ('ada@example.com', :hash, :at)",
                     {{"hash", std::string(shop_hash)}, {"at", db_text(shop.world.now - Seconds(3601)).substr(0, 19)}});
    CHECK(thrown_by([&] { shop.take_back("id:42"); }) == "NOT_FOUND 1");
    CHECK(shop.held().size() == 1);
}

TEST_CASE("revoking ours and the application's own at once counts both") {
    Shop shop(in_a_column);
    shop.request("id:42");
    shop.shop("reset_token = 'the application drew another one'");
    CHECK(shop.take_back("id:42").tokens == 2);
    CHECK(shop.in_column() == "-");
}

TEST_CASE("where a column of the users row ends all links, those that nobody knows of end too") {
    Shop shop(
        "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\n"
        "mailed = \"base64url(key + '|' + unix(expires) + '|' + hex(sha256(unix(expires) + signed_in + password)))\"\n"
        "application_lifetime = \"24h\"\nvoid_by = [\"password\", \"sign-in\"]\n"
        "reads = { signed_in = { column = \"signed_in\", form = \"number\" } }\n"
        "[reset.store]\nmode = \"none\"\nrevoke = \"bump\"\nbump = { column = \"signed_in\", by = \"1s\" }\n");
    shop.session.run("ALTER TABLE users ADD COLUMN signed_in INTEGER DEFAULT 7");
    const auto revoked = shop.take_back("id:42");
    CHECK(revoked.moved);
    CHECK(revoked.tokens == 0);
    CHECK(shop.text("SELECT signed_in FROM users WHERE id = 42") == "8");
    shop.config.users.protected_roles = {"customer"};
    CHECK(thrown_by([&] { shop.take_back("id:42"); }) == "NOT_FOUND 1");
    CHECK(shop.text("SELECT signed_in FROM users WHERE id = 42") == "8");
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

TEST_CASE("where the application knows no end none is made unless ended ones are being taken away") {
    Shop shop(in_a_column);
    CHECK(shop.outcome("id:42") == "accepted");
    shop.later(Seconds(3600));
    CHECK(thrown_by([&] { shop.request("id:42"); }) == "CONFIG 78");
    CHECK(thrown_by([&] { shop.request("id:42", {.queue = true}); }) == "CONFIG 78");
    CHECK(shop.in_column() != "-");
    shop.deliver();
    CHECK(shop.in_column() == "-");
    CHECK(shop.outcome("id:42") == "accepted");
    shop.session.run("UPDATE pwreset_leases SET held_until = '2099-01-01 00:00:00' WHERE name = 'sweep'");
    shop.later(Seconds(180));
    CHECK(thrown_by([&] { shop.request("id:42"); }) == "CONFIG 78");
    shop.deliver();
    CHECK(shop.outcome("id:42") == "accepted");
}

TEST_CASE("a link that was queued in time waits, too, where ended ones are not taken away any more") {
    Shop shop(in_a_column);
    shop.request("id:42", {.queue = true});
    shop.later(Seconds(3600));
    Context context = shop.invocation();
    Worker(context).round(Channel::email);
    CHECK(shop.in_column() == "-");
    CHECK(shop.delivery() == "queued unswept");
    shop.later(Seconds(300));
    shop.deliver();
    CHECK(shop.delivery() == "sent");
    CHECK(shop.in_column() == shop.mailed());
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

TEST_CASE("revoking one delivery takes its value out of the application's tables, whatever else is due") {
    Shop shop(in_a_column);
    shop.request("id:42");
    shop.take_back("ref:" + reference_of(1));
    CHECK(shop.in_column() == "-");
}

TEST_CASE("retention leaves the row of a link whose value is still in the application's tables") {
    Shop shop(by_address);
    shop.request("ada@example.com");
    shop.session.run("UPDATE pwreset_tokens SET state = 'void', live = NULL, erase_at = UTC_TIMESTAMP(6)");
    shop.session.run(
        "CREATE TRIGGER keeps BEFORE DELETE ON password_reset_tokens "
        "BEGIN SELECT RAISE(ABORT, 'kept'); END");
    shop.later(Seconds(100 * 24 * 3600));
    Context context = shop.invocation();
    const auto purged = purge(context, {}, [](const std::string&, std::int64_t) {});
    CHECK_FALSE(purged.kept.empty());
    CHECK(shop.tokens().size() == 1);
}

TEST_CASE("rows of the application's own that are over are purged, and none that lives, or tells no time") {
    Shop shop(by_address);
    const auto hours_ago = [&](int hours) { return db_text(shop.world.now - Seconds(hours * 3600L)).substr(0, 19); };
    const auto row = [&](const std::string& email, const std::string& created) {
        shop.session.run("INSERT INTO password_reset_tokens VALUES (:email, 'of the application', " + created + ")",
                         {{"email", email}});
    };
    row("long@example.com", "'" + hours_ago(24 * 31 + 28) + "'");
    row("month@example.com", "'" + hours_ago(24 * 30) + "'");  // the retention is 30 days, and a zone may differ
    row("day@example.com", "'" + hours_ago(24) + "'");
    row("null@example.com", "NULL");
    row("zero@example.com", "'0000-00-00 00:00:00'");
    shop.request("ada@example.com");
    const auto purged = [&](PurgeRequest request) {
        Context context = shop.invocation();
        const auto result = purge(context, request, [](const std::string&, std::int64_t) {});
        CHECK(result.kept.empty());
        return result.deleted.front();
    };
    const auto went = [](std::int64_t rows) {
        return std::pair<std::string, std::int64_t>{"application_tokens", rows};
    };
    CHECK(purged({.older_than = {}, .max_time = {}, .dry_run = true}) == went(1));
    CHECK(purged({}) == went(1));
    CHECK(shop.held().size() == 5);
    shop.later(Seconds(3 * 3600));
    CHECK(purged({.older_than = Seconds(0), .max_time = {}, .dry_run = false}) == went(1));
    CHECK(
        shop.text("SELECT GROUP_CONCAT(email) FROM (SELECT email FROM password_reset_tokens ORDER BY email) AS held") ==
        "ada@example.com,day@example.com,null@example.com,zero@example.com");
}
