#include "src/account/route.h"

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
using db::AccountKey;

namespace {

db::AccountRow routed(const std::string& email, const std::string& phone) {
    db::AccountRow row;
    row.email = email;
    row.phone = phone;
    return row;
}

const db::AccountRow both = routed("ana@example.com", "09121234567");
const db::AccountRow phone_only = routed("", "09121234567");

std::string way(const RouteWish& wish, AccountKey key, const db::AccountRow& row = both) {
    const auto [kind, channel] = route_for(wish, key, &row);
    return std::string(word_of(kind)) + " by " + std::string(word_of(channel));
}

}  // namespace

TEST_CASE("an address gets a link, a number a code") {
    CHECK(way({}, AccountKey::email) == "link by email");
    CHECK(way({}, AccountKey::phone) == "reset_otp by sms");
}

TEST_CASE("who is named by neither gets mail where there is an address, else a text message") {
    for (const auto key : {AccountKey::id, AccountKey::login}) {
        CHECK(way({}, key) == "link by email");
        CHECK(way({}, key, phone_only) == "reset_otp by sms");
        CHECK(way({}, key, routed("no address", "09121234567")) == "reset_otp by sms");
        CHECK(way({}, key, routed("", "")) == "link by email");
    }
}

TEST_CASE("what is asked for decides where it can") {
    CHECK(way({Kind::reset_otp, {}}, AccountKey::email) == "reset_otp by email");
    CHECK(way({Kind::link, {}}, AccountKey::phone) == "link by email");
    CHECK(way({{}, Channel::email}, AccountKey::phone) == "link by email");
    CHECK(way({{}, Channel::sms}, AccountKey::email) == "reset_otp by sms");
    CHECK(way({Kind::verify_caller, Channel::sms}, AccountKey::id) == "verify_caller by sms");
    CHECK(way({Kind::verify_caller, {}}, AccountKey::phone) == "verify_caller by sms");
}

TEST_CASE("a link is not sent in a text message") {
    try {
        require_possible({Kind::link, Channel::sms});
        FAIL("it would be");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::usage);
    }
    CHECK_NOTHROW(require_possible({Kind::link, {}}));
    CHECK_NOTHROW(require_possible({{}, Channel::sms}));
}
