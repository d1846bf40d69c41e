// Nothing unproved is minted: what keeps it back, what ends that, and what it is bound to.
#include "src/proof/proof.h"

#include "db/own/delivery_records.h"
#include "src/recovery/inspect.h"
#include "tests/catch.h"
#include "tests/core/recovery/described_shop.h"

using namespace pwreset;
using namespace pwreset::described_shop;

namespace {

/// Nothing stored, and a secret: as Django's, in what has to be shown.
const std::string with_secret =
    "[secrets]\nkey = { file = \"shop.key\" }\n"
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\n"
    "mailed = \"base64url(unix_ms(expires) + '|' + hex(hmac_sha256(secret.key, unix_ms(expires) + email + "
    "password)))\"\n"
    "application_lifetime = \"24h\"\nvoid_by = [\"password\"]\n[reset.store]\nmode = \"none\"\nrevoke = "
    "\"impossible\"\n";

/// A shop of which nothing was shown yet.
struct Unproved : Shop {
    explicit Unproved(const std::string& reset) : Shop(reset) { session.run("DELETE FROM pwreset_proofs"); }

    /// The site writes another secret into its file.
    void keep(const std::string& secret) {
        profile_of_shop.secrets.front().file = NamedSecret(Secret(std::string_view(secret)));
        begin_anew();
    }
    /// Another invocation, with what the profile says by then.
    void begin_anew() {
        shop_at_work.emplace(world.env, config, profile_of_shop, session, accounts);
        at_work = &*shop_at_work;
    }
    void show(ProofWay way) {
        Context context = invocation();
        put_proof(context, way, world.now);
    }
    std::string refused(const std::string& identity = "ada@example.com", const Ask& ask = {}) {
        return thrown_by([&] { request(identity, ask); });
    }
};

}  // namespace

TEST_CASE("a stateless token is not minted before one of the application's own was compared") {
    Unproved shop(with_secret);
    shop.keep("the secret of the shop");
    CHECK(shop.refused() == "CONFIG 78");
    CHECK(shop.refused("ada@example.com", {.dry_run = true}) == "CONFIG 78");
    CHECK(shop.refused("ada@example.com", {.kind = Kind::temporary_password}) == "CONFIG 78");
    CHECK(shop.refused("nobody@example.com") == "CONFIG 78");
    CHECK(shop.last_entry().result == "CONFIG");
    CHECK(shop.post.posted.empty());
    CHECK(shop.outcome("ada@example.com", {.kind = Kind::verify_caller}) == "accepted");
    shop.later(Seconds(121));
    // This one was described by the site itself: nobody ever saw it taken.
    shop.show(ProofWay::token);
    CHECK(shop.refused() == "CONFIG 78");
    shop.show(ProofWay::link);
    CHECK(shop.outcome("ada@example.com") == "accepted");
}

TEST_CASE("what was shown is bound to the secret and to what the profile says") {
    Unproved shop(with_secret);
    shop.keep("the secret of the shop");
    shop.prove();
    CHECK(shop.refused().empty());
    shop.keep("another");
    CHECK(shop.refused() == "CONFIG 78");
    shop.keep("the secret of the shop");
    shop.later(Seconds(121));
    CHECK(shop.refused().empty());
    shop.profile_of_shop.digest = std::string(64, 'a');
    CHECK(shop.refused() == "CONFIG 78");
}

TEST_CASE("a proof that was not written by pwreset is none") {
    for (const std::string change :
         {"operator = 'eve'", "proved_at = '2026-01-01 00:00:00.000000'", "key_id = 'kx'", "mac = x'00'"}) {
        INFO(change);
        Unproved shop(with_secret);
        shop.keep("the secret of the shop");
        shop.prove();
        shop.session.run("UPDATE pwreset_proofs SET " + change + " WHERE way = 'token'");
        CHECK(shop.refused() == "CONFIG 78");
    }
    // Nor does one way stand for the other.
    Unproved shop(with_secret);
    shop.keep("the secret of the shop");
    shop.show(ProofWay::link);
    shop.session.run("UPDATE pwreset_proofs SET way = 'token'");
    CHECK(shop.refused() == "CONFIG 78");
}

TEST_CASE("before the application has taken a link, links go to the test account alone") {
    Unproved shop(by_address);
    shop.account({.id = 43, .email = "tina@example.com"});
    shop.account({.id = 44, .email = "root@example.com", .role = "admin"});
    CHECK(shop.refused() == "CONFIG 78");
    shop.profile_of_shop.test_account = "tina@example.com";
    CHECK(shop.refused() == "CONFIG 78");
    CHECK(shop.outcome("tina@example.com") == "accepted");
    CHECK(shop.refused("tina@example.com", {.kind = Kind::temporary_password}) == "CONFIG 78");
    shop.profile_of_shop.test_account = "root@example.com";
    CHECK(shop.refused("root@example.com", {.override_protected = true}) == "CONFIG 78");
    shop.show(ProofWay::link);
    CHECK(shop.outcome("ada@example.com") == "accepted");
}

TEST_CASE("what waits in the queue when a proof lapses is kept until there is one, or for a day") {
    Unproved shop(by_address);
    shop.prove();
    shop.request("ada@example.com", {.queue = true});
    shop.session.run("DELETE FROM pwreset_proofs");
    shop.deliver();
    CHECK(shop.delivery() == "queued unproved");
    CHECK(shop.tokens().empty());
    SECTION("then it is sent") {
        shop.prove();
        shop.deliver();
        CHECK(shop.delivery() == "queued unproved");
        shop.later(Seconds(301));
        shop.deliver();
        CHECK(shop.delivery() == "sent");
    }
    SECTION("then it has failed") {
        shop.later(Seconds(25 * 3600));
        shop.deliver();
        CHECK(shop.delivery() == "failed gave_up");
        CHECK(shop.tokens().empty());
    }
}

TEST_CASE("a delivery that is held while the proof lapses is let go") {
    Unproved shop(by_address);
    shop.prove();
    shop.looked = [&] { shop.session.run("DELETE FROM pwreset_proofs"); };
    const auto result = shop.request("ada@example.com");
    CHECK(result.delivery == "queued");
    CHECK_THAT(result.warning, ContainsSubstring("nothing is issued"));
    CHECK(shop.post.posted.empty());
}

TEST_CASE("an inspection tells that nothing is issued, and why") {
    Unproved shop(by_address);
    Context context = shop.invocation();
    const auto found = inspect(context, "id:42", {});
    REQUIRE(refusal_of(found, Kind::link));
    CHECK(refusal_of(found, Kind::link)->reason == "unproved");
    CHECK_FALSE(refusal_of(found, Kind::verify_caller));
}

TEST_CASE("the native contract, and what was seen on real code and has no secret, ask for nothing") {
    Desk desk;
    CHECK_FALSE(Suspension(*std::make_unique<Context>(desk.invocation())).any());
    CHECK_FALSE(native_profile().asks_for_token());
    CHECK_FALSE(native_profile().asks_for_link());
}
