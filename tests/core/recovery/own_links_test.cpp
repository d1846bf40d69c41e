// A link of an application that keeps its tokens itself, pasted: whoever issued it, whether it would be taken now.
#include "src/base/encoding.h"
#include "src/hash/digest.h"
#include "src/hash/salted_hash.h"
#include "src/recovery/application_tokens.h"
#include "src/recovery/inspect.h"
#include "tests/catch.h"
#include "tests/core/recovery/described_shop.h"

using namespace pwreset;
using namespace pwreset::described_shop;

namespace {

/// Nothing stored: what is mailed is a digest of the account as it is, as Ghost's.
const std::string proves_itself =
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\n"
    "mailed = \"base64url(unix_ms(expires) + '|' + email + '|' + hex(sha256(unix_ms(expires) + email + password)))\"\n"
    "application_lifetime = \"24h\"\nvoid_by = [\"password\", \"e-mail\"]\n"
    "[reset.store]\nmode = \"none\"\nrevoke = \"impossible\"\n";

/// What the link tells is a MAC of what is stored, as Rodauth's.
const std::string by_mac =
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset?key={token}\"\ntoken = \"random(base64url, 43)\"\n"
    "mailed = \"key + '_' + base64url(sha256('k' + token))\"\napplication_lifetime = \"60m\"\n"
    "[reset.store]\nmode = \"delete-insert\"\ntable = \"password_reset_tokens\"\nfind = { email = \"email\" }\n"
    "set = { token = \"token\", created_at = \"issued\" }\nrevoke = \"delete\"\n";

Inspection paste(Desk& desk, const std::string& text) {
    Context context = desk.invocation();
    return inspect_link(context, Secret(std::string_view(text)), {});
}

/// "gone 42 inferred": of a link that is none of ours, or what the application makes of ours.
std::string taken(Desk& desk, const std::string& text) {
    const auto found = paste(desk, text);
    if (!found.application) return found.link ? "ours alone" : "-";
    const auto& what = found.application->taken;
    return std::string(found.link ? "ours " : "") + std::string(word_of(what.verdict)) + " " + what.account +
           (what.endless ? " endless" : "") + (what.inferred() ? " inferred" : "");
}

const std::string its_token = "IssuedByTheApplication_1";
const std::string its_link = "https://shop.example/reset/" + its_token + "?email=ada%40example.com";

/// The application writes a row of its own for its_token, so long ago.
void application_issues(Shop& shop, Seconds ago) {
    shop.session.run("DELETE FROM password_reset_tokens");
    shop.session.run("INSERT INTO password_reset_tokens VALUES ('ada@example.com', :hash, :at)",
                     {{"hash", make_salted(shop.world.env, SaltedHash::bcrypt, 4, Secret(std::string_view(its_token)))},
                      {"at", db_text(shop.world.now - ago).substr(0, 19)}});
}

}  // namespace

TEST_CASE("a pasted link of ours is found whatever the application's tokens are made of") {
    Shop shop(by_mac);
    shop.request("ada@example.com");
    const std::string mail = shop.mail().text;
    const auto start = mail.find("https://shop.example/reset?key=");
    const std::string link = mail.substr(start, mail.find_first_of("\r\n ", start) - start);
    CHECK(taken(shop, "My link is " + link + " and it fails") == "ours valid 42");
    CHECK(paste(shop, link).link->token.account == "42");
    shop.session.run("DELETE FROM password_reset_tokens");
    CHECK(taken(shop, link) == "ours gone 42 inferred");
}

TEST_CASE("a link that the application issued is judged by what its table holds, and by its clock") {
    Shop shop(by_address);
    application_issues(shop, Seconds(60));
    CHECK(taken(shop, its_link) == "valid 42");
    const auto found = paste(shop, its_link);
    CHECK_FALSE(found.link);
    CHECK(found.application->taken.expires == std::chrono::floor<std::chrono::seconds>(shop.world.now) + Seconds(3540));
    CHECK(taken(shop, "<" + its_link.substr(0, 40) + "=\r\n" + its_link.substr(40) + ">") == "valid 42");
    shop.later(Seconds(3600));
    CHECK(taken(shop, its_link) == "expired 42");
}

TEST_CASE("a link of the application's that its own form replaced is told from one that is gone") {
    Shop shop(by_address);
    application_issues(shop, Seconds(60));
    shop.session.run("UPDATE password_reset_tokens SET token = :hash", {{"hash", std::string(shop_hash)}});
    CHECK(taken(shop, its_link) == "superseded 42 inferred");
    shop.session.run("DELETE FROM password_reset_tokens");
    CHECK(taken(shop, its_link) == "gone 42 inferred");
}

TEST_CASE("a token that stands in a column is looked up where no place of the link names anybody") {
    Shop shop(in_a_column);
    shop.shop("reset_token = 'ItsOwnTokenInAColumn'");
    CHECK(taken(shop, "https://shop.example/reset/ItsOwnTokenInAColumn") == "valid 42 endless");
    CHECK(taken(shop, "ItsOwnTokenInAColumn") == "valid 42 endless");
    CHECK(thrown_by([&] { paste(shop, "https://shop.example/reset/NobodysTokenAtAll0000"); }) == "NOT_FOUND 1");
    CHECK(thrown_by([&] { paste(shop, "no link in here"); }) == "INVALID_INPUT 65");
}

TEST_CASE("a link that proves itself is void once the account is another, and nothing tells why") {
    Shop shop(proves_itself);
    shop.request("ada@example.com");
    const std::string mail = shop.mail().text;
    const auto start = mail.find("https://shop.example/reset/");
    const std::string link = mail.substr(start, mail.find_first_of("\r\n ", start) - start);
    CHECK(taken(shop, link) == "ours valid 42");
    shop.session.run("DELETE FROM pwreset_tokens");
    CHECK(taken(shop, link) == "valid 42");
    shop.shop("password = '" + std::string(other_hash) + "'");
    CHECK(taken(shop, link) == "changed 42 inferred");
    shop.later(Seconds(90000));
    CHECK(taken(shop, link) == "expired 42");
}

TEST_CASE("a link is known by another form in which the application writes its rows, whatever those begin with") {
    Shop shop(
        "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\ntoken = \"random(alnum, 32)\"\n"
        "application_lifetime = \"60m\"\n"
        "[reset.store]\nmode = \"insert\"\ntable = \"verification\"\nprefix = { identifier = \"reset:\" }\n"
        "find = { account = \"key\" }\nrevoke = \"delete\"\n"
        "set = { identifier = \"'reset:' + token\", account = \"key\", ends = \"expires\" }\n"
        "also = [{ identifier = \"hex(sha256('reset:' + token))\" }]\n");
    shop.session.run("CREATE TABLE verification (identifier TEXT, account TEXT, ends TEXT)");
    const auto issue = [&](const std::string& identifier) {
        shop.session.run("INSERT INTO verification VALUES (:identifier, '42', :ends)",
                         {{"identifier", identifier}, {"ends", db_text(shop.world.now + Seconds(60)).substr(0, 19)}});
    };
    issue(hex(sha256("reset:" + its_token)));
    issue("verify:Another_One_0123456789");
    CHECK(taken(shop, "https://shop.example/reset/" + its_token) == "valid 42");
    CHECK(thrown_by([&] { paste(shop, "https://shop.example/reset/Another_One_0123456789"); }) == "NOT_FOUND 1");
}

TEST_CASE("two links of one second are two, where nothing is drawn that tells them apart") {
    Shop shop(proves_itself);
    CHECK(shop.outcome("ada@example.com") == "accepted");
    const std::string first = shop.mail().text;
    CHECK(shop.outcome("ada@example.com", {.override_limits = true}) == "accepted");
    CHECK(shop.mail().text != first);
    CHECK(shop.tokens() == Lines{"void superseded", "live"});
}

TEST_CASE("where the application knows no way to end a link, its own are none to revoke either") {
    Shop shop(proves_itself);
    CHECK(thrown_by([&] { shop.take_back("id:42"); }) == "NOT_REVOCABLE 1");
    CHECK(thrown_by([&] { shop.take_back("ada@example.com"); }) == "NOT_REVOCABLE 1");
}

TEST_CASE("what the application holds of an account is listed, and ours is not twice") {
    Shop shop(by_address);
    Context context = shop.invocation();
    CHECK(application_tokens(context, {"42"}).empty());
    shop.request("ada@example.com");
    CHECK(application_tokens(context, {"42"}).empty());
    application_issues(shop, Seconds(60));
    const auto tokens = application_tokens(context, {"42"});
    REQUIRE(tokens.size() == 1);
    const Time now = std::chrono::floor<std::chrono::seconds>(shop.world.now);
    CHECK(tokens.front().account == "42");
    CHECK(tokens.front().issued == now - Seconds(60));
    CHECK(tokens.front().expires == now + Seconds(3540));
    CHECK(application_tokens(context, {}).empty());
}

TEST_CASE("what the application writes in another form is listed with its own time") {
    Shop shop(
        "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\ntoken = \"random(hex, 64)\"\n"
        "application_lifetime = \"60m\"\n"
        "[reset.store]\nmode = \"columns\"\nset = { reset_token = \"unix(issued) + ':' + bcrypt(token, 4)\" }\n"
        "also = [{ reset_token = \"unix(issued) + ':' + hex(sha256(token))\" }]\nempty = { reset_token = \"null\" }\n"
        "revoke = \"empty\"\n");
    const Time issued = std::chrono::floor<std::chrono::seconds>(shop.world.now) - Seconds(60);
    const auto unix = issued.time_since_epoch().count() / 1'000'000;
    shop.shop("reset_token = '" + std::to_string(unix) + ":" + hex(sha256(its_token)) + "'");
    Context context = shop.invocation();
    const auto tokens = application_tokens(context, {"42"});
    REQUIRE(tokens.size() == 1);
    CHECK(tokens.front().issued == issued);
    CHECK(tokens.front().expires == issued + Seconds(3600));
}

TEST_CASE("a column of the users row that holds no token is not listed as one") {
    Shop shop(in_a_column);
    Context context = shop.invocation();
    CHECK(application_tokens(context, {"42"}).empty());
    shop.shop("reset_token = ''");
    CHECK(application_tokens(context, {"42"}).empty());
    shop.shop("reset_token = 'ItsOwnTokenInAColumn'");
    REQUIRE(application_tokens(context, {"42"}).size() == 1);
    CHECK_FALSE(application_tokens(context, {"42"}).front().expires);
}
