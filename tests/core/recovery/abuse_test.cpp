// What must not become of an application's tables and links (SPEC §8.1 to 8.12), each tried on a whole site.
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/hash/digest.h"
#include "src/recovery/public.h"
#include "tests/catch.h"
#include "tests/core/recovery/described_shop.h"

using namespace pwreset;
using namespace pwreset::described_shop;

namespace {

/// Nothing stored; `mailed` is what the link carries.
std::string nothing_stored(const std::string& mailed, const std::string& more = {}) {
    return "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\nvoid_by = [\"password\"]\n"
           "mailed = \"" +
           mailed + "\"\n" + more + "[reset.store]\nmode = \"none\"\nrevoke = \"impossible\"\n";
}

std::string asked_by_a_page(Shop& shop) {
    Context context = shop.invocation();
    PublicCall call;
    call.identity = "ada@example.com";
    return thrown_by([&] { take_in(context, call, {}); });
}

}  // namespace

TEST_CASE("an account without an address takes no rows with it that name none either") {
    Shop shop(by_address);
    shop.account({.id = 43, .email = ""});
    shop.session.run("INSERT INTO password_reset_tokens VALUES ('', :hash, :at)",
                     {{"hash", std::string(shop_hash)}, {"at", db_text(shop.world.now).substr(0, 19)}});
    CHECK(thrown_by([&] { shop.take_back("id:43"); }) == "NOT_FOUND 1");
    CHECK(shop.held().size() == 1);
}

TEST_CASE("a link whose time nobody could read out of it is not mailed") {
    Shop untimed(nothing_stored("base64url(key + '|' + hex(sha256(unix(issued) + password)))",
                                "application_lifetime = \"1h\"\n"));
    CHECK(thrown_by([&] { untimed.request("id:42"); }) == "CONFIG 78");
    CHECK(untimed.post.posted.empty());
    Shop timed(nothing_stored("base64url(key + '|' + unix(issued) + '|' + hex(sha256(unix(issued) + password)))",
                              "application_lifetime = \"1h\"\n"));
    CHECK(timed.outcome("id:42") == "accepted");
}

TEST_CASE("a link that the application would still take a day later is not mailed") {
    const std::string mailed =
        "base64url(key + '|' + unix(issued) + '|' + hex(sha256(unix(issued) + ':' + unix(seen) + password)))";
    const std::string reads =
        "application_lifetime = \"72h\"\nnot_before = \"seen\"\n"
        "reads = { seen = { column = \"seen\", form = \"unix\" } }\n";
    Shop shop(nothing_stored(mailed, reads));
    const auto seen = [&](Seconds ago) {
        const auto at = std::chrono::floor<Seconds>(shop.world.now - ago).time_since_epoch().count();
        shop.shop("seen = " + std::to_string(at));
    };
    shop.session.run("ALTER TABLE users ADD COLUMN seen INTEGER");
    seen(Seconds(80 * 3600));
    CHECK(shop.outcome("id:42") == "accepted");
    shop.later(Seconds(180));
    seen(Seconds(60));  // what was issued before is refused, so it would live for three days from then
    CHECK(thrown_by([&] { shop.request("id:42"); }) == "CONFIG 78");
    CHECK(shop.post.posted.size() == 1);
}

TEST_CASE("no web page silences the application's own form unless that is accepted") {
    Shop shop(by_address);
    CHECK(asked_by_a_page(shop).empty());
    shop.later(Seconds(121));
    shop.profile_of_shop.blocks_form = "the application's own form sends nothing for an hour";
    CHECK(asked_by_a_page(shop) == "CONFIG 78");
    shop.config.web.email = PublicConfig::Mail::code;
    CHECK(asked_by_a_page(shop).empty());
    shop.later(Seconds(121));
    shop.config.web.email = PublicConfig::Mail::link;
    std::string accepting = by_address;
    shop.config.text_of_file =
        described(accepting.insert(accepting.find('\n') + 1, "accept_blocked_form = true\n")).text_of_file;
    CHECK(asked_by_a_page(shop).empty());
}

TEST_CASE("where older links go on working the trail says so") {
    Shop shop(nothing_stored("base64url(key + '|' + unix(issued) + '|' + hex(sha256(unix(issued) + password)))",
                             "application_lifetime = \"1h\"\n"));
    shop.request("id:42");
    const std::string detail = "SELECT COALESCE(detail, '-') FROM pwreset_audit WHERE action = 'mint'";
    CHECK(shop.text(detail) == "links of before go on working");
    Shop other(by_address);
    other.request("id:42");
    CHECK(other.text(detail) == "-");
}
