#include "db/own/deliveries.h"
#include "db/own/token_records.h"
#include "db/own/tokens.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// Six tokens of three accounts, one in each state and two by each operator; their ids are their order.
struct Listing : Database {
    Listing() : Database(GENERATE(Dialect::mariadb, Dialect::sqlite)) {
        const auto by_tom = deliveries("SUP-1", "tom");
        const auto by_eva = deliveries("SUP-2", "eva");
        add("1", Kind::reset_otp, by_tom[0], 60);
        add("1", Kind::link, by_tom[0], 50);
        add("2", Kind::reset_otp, by_tom[1], 40);
        add("2", Kind::link, by_eva[1], 30);
        add("3", Kind::reset_otp, by_eva[2], 20, -10);
        add("3", Kind::link, 4711, 10, -5);
        insert_tokens(session, "crm", {token("1", Kind::link, 4712, 5, 300)});
        consume(session, 1);
        void_live(session, "shop", "2", {}, "revoked");
        supersede_live(session, "shop", "3", Kind::link);
    }

    std::vector<std::int64_t> ids(const TokenFilter& filter, std::int64_t before = 0, int most = 100) {
        std::vector<std::int64_t> out;
        for (const auto& row : list_tokens(session, "shop", filter, before, most)) out.push_back(row.id);
        return out;
    }

    const Time now = session.now();

private:
    /// The ids of deliveries to accounts 1, 2 and 3.
    std::vector<std::int64_t> deliveries(const std::string& ticket, const std::string& operator_name) {
        const Job job(session, "shop", ticket, operator_name);
        std::vector<std::int64_t> out;
        for (const char* account : {"1", "2", "3"}) {
            insert_deliveries(session, "shop", job.id, {{account, Kind::link, Channel::email}}, {});
            out.push_back(delivery_of_trace(session, "shop", job.trace_id, account)->id);
        }
        return out;
    }
    NewToken token(const std::string& account, Kind kind, std::int64_t delivery, int age, int left) const {
        NewToken token;
        token.account = account;
        token.kind = kind;
        token.channel = kind == Kind::link ? Channel::email : Channel::sms;
        token.delivery_id = delivery;
        token.issued_at = now - Seconds(age);
        token.expires_at = now + Seconds(left);
        return token;
    }
    void add(const std::string& account, Kind kind, std::int64_t delivery, int age, int left = 300) {
        insert_tokens(session, "shop", {token(account, kind, delivery, age, left)});
    }
};

using TokenIds = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("tokens are listed newest first, those of one application") {
    Listing listing;
    CHECK(listing.ids({}) == TokenIds{6, 5, 4, 3, 2, 1});
    TokenFilter nobody;
    nobody.accounts = {"4"};
    CHECK(listing.ids(nobody).empty());
}

TEST_CASE("a listing goes on below the last id it gave") {
    Listing listing;
    CHECK(listing.ids({}, 0, 4) == TokenIds{6, 5, 4, 3});
    CHECK(listing.ids({}, 3, 4) == TokenIds{2, 1});
    CHECK(listing.ids({}, 1, 4).empty());
}

TEST_CASE("each token is in one state") {
    Listing listing;
    const auto in = [&](const char* state) {
        TokenFilter filter;
        filter.state = token_state_of(state);
        for (const auto& row : list_tokens(listing.session, "shop", filter, 0, 100)) CHECK(row.state.word == state);
        return listing.ids(filter);
    };
    CHECK(in("live") == TokenIds{2});
    CHECK(in("used") == TokenIds{1});
    CHECK(in("void") == TokenIds{4, 3});
    CHECK(in("expired") == TokenIds{6, 5});
}

TEST_CASE("each filter narrows the listing, and several narrow it more") {
    Listing listing;
    TokenFilter filter;
    SECTION("accounts") {
        filter.accounts = {"1", "3"};
        CHECK(listing.ids(filter) == TokenIds{6, 5, 2, 1});
    }
    SECTION("kind") {
        filter.kind = Kind::link;
        CHECK(listing.ids(filter) == TokenIds{6, 4, 2});
    }
    SECTION("channel") {
        filter.channel = Channel::sms;
        CHECK(listing.ids(filter) == TokenIds{5, 3, 1});
    }
    SECTION("ticket") {
        filter.ticket = "SUP-2";
        CHECK(listing.ids(filter) == TokenIds{5, 4});
    }
    SECTION("operator") {
        filter.operator_name = "tom";
        CHECK(listing.ids(filter) == TokenIds{3, 2, 1});
        for (const char* other : {"Tom", "tóm", "tom ", "t_m", "t%", "tom\\"}) {
            filter.operator_name = other;
            CHECK(listing.ids(filter).empty());
        }
    }
    SECTION("since and until") {
        filter.since = listing.now - Seconds(50);
        filter.until = listing.now - Seconds(20);
        CHECK(listing.ids(filter) == TokenIds{4, 3, 2});
    }
    SECTION("several, and the page") {
        filter.accounts = {"1", "2"};
        filter.kind = Kind::reset_otp;
        filter.operator_name = "tom";
        CHECK(listing.ids(filter) == TokenIds{3, 1});
        CHECK(listing.ids(filter, 3, 1) == TokenIds{1});
    }
}

TEST_CASE("a filter's text is a text and no SQL") {
    Listing listing;
    TokenFilter filter;
    filter.accounts = {"1' OR '1' = '1", ":app", "1"};
    CHECK(listing.ids(filter) == TokenIds{2, 1});
    filter.ticket = "' OR 1 = 1 -- ";
    CHECK(listing.ids(filter).empty());
}

TEST_CASE("a listed token tells who issued it, unless its delivery is gone") {
    Listing listing;
    const auto rows = list_tokens(listing.session, "shop", {}, 0, 6);
    REQUIRE(rows.size() == 6);
    CHECK(rows[2].account == "2");
    CHECK(rows[2].kind == Kind::link);
    CHECK(rows[2].channel == Channel::email);
    CHECK(rows[2].issued_at == listing.now - Seconds(30));
    CHECK(rows[2].expires_at == listing.now + Seconds(300));
    CHECK(rows[2].voided_at);
    CHECK_FALSE(rows[2].used_at);
    CHECK(rows[2].void_reason == "revoked");
    CHECK(rows[2].delivery_state == "queued");
    CHECK(rows[2].operator_name == "eva");
    CHECK(rows[2].ticket == "SUP-2");
    CHECK(rows[0].delivery_id == 4711);
    CHECK_FALSE(rows[0].delivery_state);
    CHECK_FALSE(rows[0].operator_name);
}
