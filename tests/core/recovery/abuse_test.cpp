// What must not become of an application's tables and links (SPEC §8.1 to 8.12), each tried on a whole site.
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/hash/digest.h"
#include "src/recovery/intake.h"
#include "src/recovery/public.h"
#include "src/subject/erase.h"
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

/// A table that holds other purposes too, each token as it is: as Redmine's.
const std::string shared_table =
    "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\ntoken = \"random(hex, 64)\"\n"
    "application_lifetime = \"60m\"\n"
    "[reset.store]\nmode = \"delete-insert\"\ntable = \"shared\"\nfind = { account = \"key\" }\n"
    "where = { action = \"recovery\" }\nset = { value = \"token\", created = \"issued\" }\nrevoke = \"delete\"\n";

struct SharedTable : Shop {
    SharedTable() : Shop(shared_table) {
        session.run("CREATE TABLE shared (account TEXT, action TEXT, value TEXT, created TEXT)");
    }
    Lines actions() { return lines("SELECT action FROM shared ORDER BY action", 1); }
    /// The same account and the same value, for something else.
    void other_purpose() { session.run("INSERT INTO shared SELECT account, 'session', value, created FROM shared"); }
};

std::string asked_by_a_page(Shop& shop) {
    Context context = shop.invocation();
    PublicCall call;
    call.identity = "ada@example.com";
    return thrown_by([&] { take_in(context, call, {}); });
}

}  // namespace

TEST_CASE("what an application keeps as it is stands nowhere in our tables") {
    Shop shop(in_a_column);
    shop.request("id:42");
    const std::string token = shop.mailed();
    REQUIRE(shop.in_column() == token);
    for (const auto& table :
         shop.lines("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'pwreset%'", 1)) {
        for (const auto& column : shop.lines("SELECT name FROM pragma_table_info('" + table + "')", 1)) {
            INFO(table << "." << column);
            CHECK(shop.text("SELECT COUNT(*) FROM " + table + " WHERE INSTR(CAST(" + column + " AS TEXT), '" + token +
                            "')") == "0");
        }
    }
    CHECK(ascii_lower(shop.text("SELECT HEX(app_ref) FROM pwreset_tokens")) == hex(sha256(token)));
}

TEST_CASE("neither a revocation nor a newer link touches rows of another purpose") {
    SharedTable shop;
    shop.request("id:42");
    shop.other_purpose();
    shop.later(Seconds(180));
    shop.request("id:42");
    CHECK(shop.actions() == Lines{"recovery", "session"});
    shop.take_back("id:42");
    CHECK(shop.actions() == Lines{"session"});
    shop.later(Seconds(180));
    shop.request("id:42");
    shop.other_purpose();
    shop.take_back("ref:" + reference_of(3));
    CHECK(shop.actions() == Lines(3, "session"));
}

TEST_CASE("an account without an address takes no rows with it that name none either") {
    Shop shop(by_address);
    shop.account({.id = 43, .email = ""});
    shop.session.run("INSERT INTO password_reset_tokens VALUES ('', :hash, :at)",
                     {{"hash", std::string(shop_hash)}, {"at", db_text(shop.world.now).substr(0, 19)}});
    CHECK(thrown_by([&] { shop.take_back("id:43"); }) == "NOT_FOUND 1");
    CHECK(shop.held().size() == 1);
}

TEST_CASE("what a column holds fills one place of a link, and no more of it") {
    Shop shop(
        "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}?as={login}\"\n"
        "token = \"random(hex, 64)\"\napplication_lifetime = \"none\"\n"
        "[reset.store]\nmode = \"columns\"\nset = { reset_token = \"token\" }\nempty = { reset_token = \"null\" }\n"
        "revoke = \"empty\"\n");
    shop.shop("login = 'a&token=1/../#@evil.example'");
    shop.request("id:42");
    CHECK_THAT(shop.mail().text, ContainsSubstring("?as=a%26token%3D1%2F..%2F%23%40evil.example"));
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

TEST_CASE("a column of the users row is moved by who has the capability for it, and by nobody else") {
    Shop shop(
        "[reset]\nbase = \"https://shop.example\"\nlink = \"{base}/reset/{token}\"\nvoid_by = [\"sign-in\"]\n"
        "mailed = \"base64url(key + '|' + unix(issued) + '|' + hex(sha256(unix(issued) + ':' + seen + password)))\"\n"
        "application_lifetime = \"1h\"\nreads = { seen = { column = \"seen\", form = \"number\" } }\n"
        "[reset.store]\nmode = \"none\"\nrevoke = \"bump\"\nbump = { column = \"seen\" }\n");
    shop.session.run("ALTER TABLE users ADD COLUMN seen INTEGER DEFAULT 7");
    shop.request("id:42");
    shop.config.owner = 1;
    shop.who.uid = 1000;
    shop.who.groups = {"agents"};
    shop.config.operators.emplace();
    (*shop.config.operators)["agents"] = {"support"};
    CHECK(thrown_by([&] { shop.take_back("id:42"); }) == "FORBIDDEN 77");
    CHECK(shop.text("SELECT seen FROM users WHERE id = 42") == "7");
    (*shop.config.operators)["agents"].emplace_back("privileged");
    CHECK(shop.take_back("id:42").tokens == 1);
    CHECK(shop.text("SELECT seen FROM users WHERE id = 42") == "8");
}

TEST_CASE("erasing a person takes away what the application holds of ours, or nothing is erased") {
    Shop shop(in_a_column);
    shop.request("id:42");
    shop.session.run(
        "CREATE TRIGGER keeps BEFORE UPDATE OF reset_token ON users BEGIN SELECT RAISE(ABORT, 'kept'); END");
    const auto erased = [&] {
        Context context = shop.invocation();
        const RowsSeen unseen = [](std::int64_t) {};
        erase(context, find_subject(context, "id:42", erase_action, unseen), {}, unseen);
    };
    CHECK_FALSE(thrown_by(erased).empty());
    CHECK(shop.tokens().size() == 1);
    shop.session.run("DROP TRIGGER keeps");
    CHECK(thrown_by(erased).empty());
    CHECK(shop.tokens().empty());
    CHECK(shop.in_column() == "-");
}

TEST_CASE("what a web page asks for waits until the application was shown to take it") {
    Shop shop(by_address);
    shop.session.run("DELETE FROM pwreset_proofs");
    CHECK(asked_by_a_page(shop).empty());
    Context context = shop.invocation();
    CHECK(work_off_intake(context, 50).queued == 1);
    shop.deliver();
    CHECK(shop.delivery() == "queued unproved");
    CHECK(shop.post.posted.empty());
    shop.prove();
    shop.later(Seconds(300));
    shop.deliver();
    CHECK(shop.delivery() == "sent");
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
