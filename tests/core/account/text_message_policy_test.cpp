#include "src/account/text_message_policy.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

std::string verdict(const std::string& region, const std::vector<std::string>& countries) {
    SmsConfig sms;
    sms.countries = countries;
    const auto no = country_refusal(sms, "IR", region, "account 'id:42'");
    return no ? no->reason + " " + no->error.code + ": " + no->error.message : "may";
}

}  // namespace

TEST_CASE("text messages go to the region of the users, unless countries are listed") {
    const std::string to_germany =
        "country FORBIDDEN: account 'id:42' has a number of 'DE', where no text messages are sent";
    CHECK(verdict("IR", {}) == "may");
    CHECK(verdict("DE", {}) == to_germany);
    CHECK(verdict("DE", {"DE", "AT"}) == "may");
    CHECK(verdict("DE", {"AT"}) == to_germany);
    CHECK(verdict("IR", {"DE"}) != "may");
    CHECK(verdict("", {}) ==
          "country FORBIDDEN: account 'id:42' has a number of no country, where no text messages are sent");
}
