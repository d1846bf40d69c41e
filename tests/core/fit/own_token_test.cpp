// A token of the application's own, and a link that it took: what they show, and what nobody learns by them.
#include "src/fit/own_token.h"

#include "src/hash/salted_hash.h"
#include "src/proof/proof.h"
#include "tests/catch.h"
#include "tests/core/recovery/described_shop.h"

using namespace pwreset;
using namespace pwreset::described_shop;

namespace {

const std::string stateless =
    "[secrets]\nkey = { file = \"shop.key\" }\n"
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\n"
    "mailed = \"base64url(unix_ms(expires) + '|' + hex(hmac_sha256(secret.key, unix_ms(expires) + email + "
    "password)))\"\n"
    "application_lifetime = \"24h\"\nvoid_by = [\"password\"]\n[reset.store]\nmode = \"none\"\nrevoke = "
    "\"impossible\"\n";

struct Site : Shop {
    explicit Site(const std::string& reset) : Shop(reset) {
        session.run("DELETE FROM pwreset_proofs");
        profile_of_shop.test_account = "id:42";
    }
    void keep(const std::string& secret, const std::string& other = {}) {
        profile_of_shop.secrets.front().file = NamedSecret(Secret(std::string_view(secret)));
        profile_of_shop.secrets.front().other = NamedSecret(Secret(std::string_view(other)));
        shop_at_work.emplace(world.env, config, profile_of_shop, session, accounts);
        at_work = &*shop_at_work;
    }
    /// A link that the application makes for account 42, with the secret that it has.
    std::string made_by_application(const std::string& its_secret, Seconds lifetime = Seconds(24 * 3600)) {
        Profile its = profile_of_shop;
        its.secrets.front().file = NamedSecret(Secret(std::string_view(its_secret)));
        Application running(world.env, config, its, session, accounts);
        const auto minted = running.mint(accounts.by_ids({"42"}).front(), {}, world.now, lifetime);
        return "https://shop.example/reset/" + std::string(minted.mailed.reveal());
    }
    /// "ok", or what was found.
    std::string compared(const std::string& text) {
        Context context = invocation();
        const auto checks = check_own_token(context, Secret(std::string_view(text)), {});
        REQUIRE(checks.size() == 1);
        CHECK(last_entry().action == "profile-check");
        CHECK(last_entry().result == (checks.front().level == Level::ok ? "done" : "PROBLEMS"));
        CHECK(last_entry().account == "42");
        return checks.front().level == Level::ok ? "ok" : checks.front().finding;
    }
    std::string taken(const std::string& reference) {
        Context context = invocation();
        const auto checks = check_taken_link(context, reference, {});
        return checks.front().level == Level::ok ? "ok" : checks.front().finding;
    }
    Lines shown() { return lines("SELECT way FROM pwreset_proofs ORDER BY way", 1); }
};

/// The row that the application writes for a link of its own, by clocks so far ahead of UTC.
std::string row_by_clock(Site& site, Seconds ahead) {
    const std::string token = "IssuedByTheApplication_1";
    site.session.run("DELETE FROM password_reset_tokens");
    site.session.run("INSERT INTO password_reset_tokens VALUES ('ada@example.com', :hash, :at)",
                     {{"hash", make_salted(site.world.env, SaltedHash::bcrypt, 4, Secret(std::string_view(token)))},
                      {"at", db_text(site.world.now + ahead).substr(0, 19)}});
    return "https://shop.example/reset/" + token + "?email=ada%40example.com";
}

}  // namespace

TEST_CASE("a token of the application's own shows that the secret is right") {
    Site site(stateless);
    site.keep("right");
    CHECK(site.compared("Please open <" + site.made_by_application("right") + ">") == "ok");
    CHECK(site.shown() == Lines{"token"});
    CHECK(site.last_entry().detail == "a token of the application");
}

TEST_CASE("a token by another secret shows nothing but that, and not for ever") {
    Site site(stateless);
    site.keep("wrong");
    for (int i = 0; i < 10; ++i) {
        CHECK(site.compared(site.made_by_application("right")) ==
              "it is not what the profile makes of the test account and the secret");
    }
    CHECK(thrown_by([&] { site.compared(site.made_by_application("right")); }) == "RATE_LIMITED 75");
    CHECK(site.last_entry().result == "RATE_LIMITED");
    CHECK(site.shown().empty());
    site.later(Seconds(24 * 3600 + 1));
    site.keep("right");
    CHECK(site.compared(site.made_by_application("right")) == "ok");
}

TEST_CASE("the other secret, or the other zone, is told where it would agree") {
    Site site(stateless);
    site.keep("wrong", "right");
    CHECK(site.compared(site.made_by_application("right")) ==
          "it does not agree with the secret 'key', and would with its 'other_file'");
    CHECK(site.shown().empty());

    Site berlin(by_address);
    berlin.profile_of_shop.zone = "application";
    berlin.shop_at_work.emplace(berlin.world.env, berlin.config, berlin.profile_of_shop, berlin.session,
                                berlin.accounts);
    CHECK_THAT(berlin.compared(row_by_clock(berlin, Seconds(2 * 3600))),
               ContainsSubstring("would if the application's clocks stood at +02:00"));
    CHECK(berlin.compared(row_by_clock(berlin, Seconds(-60))) == "ok");
}

TEST_CASE("what shows nothing: an old token, one of ours, one of somebody else's") {
    Site site(stateless);
    site.keep("right");
    CHECK_THAT(site.compared(site.made_by_application("right", Seconds(3600))),
               ContainsSubstring("its clock says that it was asked for 23 h"));
    const std::string link = site.made_by_application("right");
    site.shop("email = 'ida@example.com'");
    CHECK(site.compared(link) == "it is not what the profile makes of the test account and the secret");
    site.prove();
    site.request("id:42");
    const std::string mail = site.mail().text;
    site.session.run("DELETE FROM pwreset_proofs");
    CHECK(site.compared(mail) == "pwreset made that one itself, so it shows nothing");
    CHECK(site.shown().empty());
}

TEST_CASE("there is a test account, and nobody that matters") {
    Site site(stateless);
    site.keep("right");
    const std::string link = site.made_by_application("right");
    site.shop("role = 'admin'");
    CHECK(thrown_by([&] { site.compared(link); }) == "PROTECTED_ACCOUNT 77");
    site.profile_of_shop.test_account = "";
    CHECK(thrown_by([&] { site.compared(link); }) == "CONFIG 78");
    site.profile_of_shop.test_account = "id:4242";
    CHECK(thrown_by([&] { site.compared(link); }) == "USER_NOT_FOUND 67");
    CHECK(site.last_entry().result == "USER_NOT_FOUND");
}

TEST_CASE("a link of pwreset's counts when the application has taken it") {
    Site site(by_address);
    const auto reference = reference_of(site.request("id:42").delivery_id);
    CHECK_THAT(site.taken(reference), ContainsSubstring("nothing shows that the application took that link"));
    SECTION("a new password, and nothing is held") {
        site.shop(std::string("password = '") + other_hash + "'");
        site.session.run("DELETE FROM password_reset_tokens");
        CHECK(site.taken("ref:" + reference) == "ok");
        CHECK(site.shown() == Lines{"link"});
    }
    SECTION("nothing is held, as where a link signs in") {
        site.session.run("DELETE FROM password_reset_tokens");
        CHECK(site.taken(reference) == "ok");
    }
    SECTION("but not one that was revoked") {
        site.take_back("id:42");
        CHECK(site.taken(reference) == "that link was made void");
    }
    SECTION("nor one that another profile made") {
        site.session.run("DELETE FROM password_reset_tokens");
        site.profile_of_shop.digest = std::string(64, 'a');
        CHECK_THAT(site.taken(reference), ContainsSubstring("as they are now"));
    }
    SECTION("nor one of somebody else") {
        site.profile_of_shop.test_account = "id:43";
        site.account({.id = 43, .email = "tina@example.com"});
        CHECK(site.taken(reference) == "that is no link to the test account");
    }
}
