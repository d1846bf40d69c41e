#include "db/own/tokens.h"
#include "db/own/token_records.h"

#include <algorithm>

#include "db/own/deliveries.h"
#include "db/retrying.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

const std::string mac("\0\xff'\\ thirty-two bytes, some awkward", 32);

/// The tokens of application "shop".
struct Tokens : Database {
    Tokens() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {}

    NewToken link(const std::string& account, std::int64_t delivery_id = 1) {
        static int count = 0;
        NewToken token = bare(account, Kind::link, delivery_id);
        token.verifier = std::string(28, 'v') + std::to_string(1000 + ++count);
        return token;
    }
    NewToken code(const std::string& account, std::int64_t delivery_id = 1, int attempt = 1) {
        NewToken token = bare(account, Kind::reset_otp, delivery_id);
        token.attempt = attempt;
        token.code_mac = mac;
        token.key_id = "k1";
        return token;
    }
    std::int64_t add(const NewToken& token, const std::string& app = "shop") {
        insert_tokens(session, app, {token});
        return number("SELECT MAX(id) FROM pwreset_tokens");
    }
    NewToken expired(NewToken token) const {
        token.issued_at = now - Seconds(600);
        token.expires_at = now - Seconds(1);
        return token;
    }
    TokenRow row(std::int64_t id) {
        for (const auto& token : list_tokens(session, "shop", {}, id + 1, 1)) return token;
        return {};
    }

    const Time now = session.now();

private:
    NewToken bare(const std::string& account, Kind kind, std::int64_t delivery_id) const {
        NewToken token;
        token.account = account;
        token.kind = kind;
        token.channel = Channel::email;
        token.delivery_id = delivery_id;
        token.attempt = 1;
        token.issued_at = now;
        token.expires_at = now + Seconds(300);
        return token;
    }
};

/// What code_mac and erase_at hold while they are needed.
constexpr const char* kept_macs =
    "SELECT COUNT(*) FROM pwreset_tokens WHERE code_mac IS NOT NULL AND erase_at IS NOT NULL";

}  // namespace

TEST_CASE("a live code is found with all that verifying needs") {
    Tokens tokens;
    const auto id = tokens.add(tokens.code("42", 7, 3));
    const auto code = live_code(tokens.session, "shop", "42", Kind::reset_otp);
    REQUIRE(code);
    CHECK(code->id == id);
    CHECK(code->delivery_id == 7);
    CHECK(code->attempt == 3);
    CHECK(code->code_mac == mac);
    CHECK(code->key_id == "k1");
    CHECK(code->attempts == 0);
    CHECK(code->expires_at == tokens.now + Seconds(300));
    CHECK_FALSE(live_code(tokens.session, "shop", "42", Kind::verify_caller));
    CHECK_FALSE(live_code(tokens.session, "shop", "4", Kind::reset_otp));
    CHECK_FALSE(live_code(tokens.session, "crm", "42", Kind::reset_otp));
    tokens.add(tokens.link("42"));
    CHECK_FALSE(live_code(tokens.session, "shop", "42", Kind::link));
}

TEST_CASE("the key allows one live token for each account and kind") {
    Tokens tokens;
    tokens.add(tokens.code("42"));
    CHECK_THROWS_AS(insert_tokens(tokens.session, "shop", {tokens.code("42", 2)}), Duplicate);
    CHECK_NOTHROW(tokens.add(tokens.link("42")));
    CHECK_NOTHROW(tokens.add(tokens.code("43")));
    CHECK_NOTHROW(tokens.add(tokens.code("42"), "crm"));
}

TEST_CASE("no two links have the same verifier") {
    Tokens tokens;
    const auto first = tokens.link("42");
    auto second = tokens.link("43");
    second.verifier = first.verifier;
    tokens.add(first);
    CHECK_THROWS_AS(insert_tokens(tokens.session, "crm", {second}), Duplicate);
}

TEST_CASE("a token that is superseded makes room for the next") {
    Tokens tokens;
    const auto old = tokens.add(tokens.code("42"));
    const auto other = tokens.add(tokens.code("43"));
    supersede_live(tokens.session, "shop", "42", Kind::reset_otp);
    const auto next = tokens.add(tokens.code("42", 2));
    CHECK(tokens.row(old).state.word == "void");
    CHECK(tokens.row(old).void_reason == "superseded");
    CHECK(tokens.row(old).voided_at);
    CHECK(tokens.row(next).state.word == "live");
    CHECK(tokens.row(other).state.word == "live");
    CHECK(tokens.number(kept_macs) == 2);
    CHECK_FALSE(consume(tokens.session, old));
}

TEST_CASE("a token that had expired before the next came was not superseded") {
    Tokens tokens;
    const auto old = tokens.add(tokens.expired(tokens.code("42")));
    supersede_live(tokens.session, "shop", "42", Kind::reset_otp);
    CHECK(tokens.row(old).state.word == "expired");
    CHECK(tokens.row(old).void_reason == "expired");
    CHECK_NOTHROW(tokens.add(tokens.code("42", 2)));
}

TEST_CASE("a link that ended keeps its verifier, so that it can be told what became of it") {
    Tokens tokens;
    tokens.add(tokens.link("42"));
    supersede_live(tokens.session, "shop", "42", Kind::link);
    CHECK(tokens.number("SELECT COUNT(*) FROM pwreset_tokens WHERE verifier IS NOT NULL") == 1);
}

TEST_CASE("of sixteen tries at the same moment exactly three are admitted") {
    Tokens tokens;
    const auto id = tokens.add(tokens.code("42"));
    const auto admitted = at_once(tokens.options, 16, [&](Session& session) {
        bool counted = false;
        retrying(session, [&] { counted = count_try(session, id, 3); });
        return static_cast<int>(counted);
    });
    CHECK(std::count(admitted.begin(), admitted.end(), 1) == 3);
    CHECK(tokens.row(id).attempts == 3);
}

TEST_CASE("of sixteen that use a token at the same moment one does") {
    Tokens tokens;
    const auto id = tokens.add(tokens.code("42"));
    const auto used = at_once(tokens.options, 16, [&](Session& session) {
        bool won = false;
        retrying(session, [&] { won = consume(session, id); });
        return static_cast<int>(won);
    });
    CHECK(std::count(used.begin(), used.end(), 1) == 1);
    CHECK(tokens.row(id).state.word == "used");
    CHECK(tokens.row(id).used_at);
    CHECK(tokens.number(kept_macs) == 0);
    CHECK_FALSE(count_try(tokens.session, id, 3));
    CHECK_NOTHROW(tokens.add(tokens.code("42", 2)));
}

TEST_CASE("an expired token is not live") {
    Tokens tokens;
    const auto id = tokens.add(tokens.expired(tokens.code("42")));
    CHECK_FALSE(live_code(tokens.session, "shop", "42", Kind::reset_otp));
    CHECK_FALSE(count_try(tokens.session, id, 3));
    CHECK_FALSE(consume(tokens.session, id));
    CHECK(count_live(tokens.session, "shop", {}, {}) == 0);
    CHECK(void_live(tokens.session, "shop", {}, {}, "revoked") == 0);
    CHECK(tokens.row(id).state.word == "expired");
    CHECK_FALSE(tokens.row(id).void_reason);
}

TEST_CASE("a code that has had its tries ends as guessed") {
    Tokens tokens;
    const auto id = tokens.add(tokens.code("42"));
    for (int i = 0; i < 2; ++i) REQUIRE(count_try(tokens.session, id, 3));
    void_exhausted(tokens.session, id, 3);
    CHECK(tokens.row(id).state.word == "live");
    REQUIRE(count_try(tokens.session, id, 3));
    CHECK_FALSE(count_try(tokens.session, id, 3));
    void_exhausted(tokens.session, id, 3);
    CHECK(tokens.row(id).state.word == "void");
    CHECK(tokens.row(id).void_reason == "guessed");
    CHECK(tokens.number(kept_macs) == 0);
}

TEST_CASE("revoking ends the live tokens of an account, of a delivery or of all, with the reason") {
    Tokens tokens;
    const auto code = tokens.add(tokens.code("42", 1));
    const auto link = tokens.add(tokens.link("42", 2));
    const auto other = tokens.add(tokens.code("43", 3));
    const auto used = tokens.add(tokens.code("44", 4));
    REQUIRE(consume(tokens.session, used));
    tokens.add(tokens.code("42", 5), "crm");
    SECTION("of an account") {
        CHECK(count_live(tokens.session, "shop", "42", {}) == 2);
        CHECK(void_live(tokens.session, "shop", "42", {}, "revoked") == 2);
        CHECK(tokens.row(code).void_reason == "revoked");
        CHECK(tokens.row(other).state.word == "live");
    }
    SECTION("of a delivery") {
        CHECK(count_live(tokens.session, "shop", {}, 2) == 1);
        CHECK(void_live(tokens.session, "shop", {}, 2, "revoked") == 1);
        CHECK(tokens.row(link).state.word == "void");
        CHECK(tokens.row(code).state.word == "live");
    }
    SECTION("of a stretch of deliveries") {
        CHECK(void_live_between(tokens.session, "shop", {1, 5}, "breach", true) == 2);
        CHECK(tokens.row(code).state.word == "live");
        CHECK(tokens.row(link).void_reason == "breach");
        CHECK(tokens.row(other).void_reason == "breach");
    }
    SECTION("of all") {
        CHECK(count_live(tokens.session, "shop", {}, {}) == 3);
        CHECK(void_live(tokens.session, "shop", {}, {}, "breach") == 3);
        CHECK(tokens.row(other).void_reason == "breach");
        CHECK(tokens.number(kept_macs) == 1);
    }
    CHECK(tokens.row(used).state.word == "used");
    CHECK(count_live(tokens.session, "crm", {}, {}) == 1);
}

TEST_CASE("what one attempt minted can be ended by itself") {
    Tokens tokens;
    const auto id = tokens.add(tokens.code("42", 7, 2));
    CHECK_FALSE(void_token_of(tokens.session, 7, 1, "refused"));
    CHECK_FALSE(void_token_of(tokens.session, 8, 2, "refused"));
    CHECK(void_token_of(tokens.session, 7, 2, "refused"));
    CHECK_FALSE(void_token_of(tokens.session, 7, 2, "again"));
    CHECK(tokens.row(id).void_reason == "refused");
}

TEST_CASE("the last token of a delivery is that of its last attempt") {
    Tokens tokens;
    CHECK_FALSE(last_token_of(tokens.session, 7));
    auto first = tokens.code("42", 7, 1);
    first.pw_mark = std::string(32, '\0');
    const auto id = tokens.add(first);
    REQUIRE(consume(tokens.session, id));
    CHECK(last_token_of(tokens.session, 7)->state == TokenState::used);
    CHECK(last_token_of(tokens.session, 7)->pw_mark == first.pw_mark);
    tokens.add(tokens.code("42", 7, 2));
    const auto last = last_token_of(tokens.session, 7);
    CHECK(last->state == TokenState::live);
    CHECK_FALSE(last->pw_mark);
    CHECK(last->expires_at == tokens.now + Seconds(300));
}

TEST_CASE("the MACs of codes that expired are erased, so many at a time") {
    Tokens tokens;
    for (int i = 0; i < 5; ++i) tokens.add(tokens.expired(tokens.code(std::to_string(i))));
    tokens.add(tokens.code("live"));
    tokens.add(tokens.expired(tokens.code("other")), "crm");
    std::int64_t erased = 0;
    for (std::int64_t now = 1; now > 0; erased += now) {
        now = erase_codes(tokens.session, "shop", 3);
        CHECK((tokens.session.is_sqlite() || now <= 3));
    }
    CHECK(erased == 5);
    CHECK(tokens.number(kept_macs) == 2);
    CHECK(live_code(tokens.session, "shop", "live", Kind::reset_otp));
}
