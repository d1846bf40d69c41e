#include "src/limits/sms_limits.h"

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/audit/office.h"

using namespace pwreset;

namespace {

/// Takes what a message to the number takes; "taken", or why not.
std::string take(Office& office, const std::string& number) {
    std::vector<Limit> limits;
    append_sms_limits(office.context, number, limits);
    try {
        prepare(office.context, limits);
        db::Transaction transaction(office.session);
        take_limits(office.context, limits, office.session.now());
        transaction.commit();
        return "taken";
    } catch (const Error& error) {
        return error.message.substr(0, error.message.find(';'));
    }
}

}  // namespace

TEST_CASE("each budget of text messages ends by itself") {
    Office office;
    office.config.sms.emplace();
    auto& budget = office.config.sms->budget;
    SECTION("a number") {
        budget.per_number.count = 2;
        CHECK(take(office, "+989121234567") == "taken");
        CHECK(take(office, "+989121234567") == "taken");
        CHECK(take(office, "+989121234567") == "this number has had its text messages");
        CHECK(take(office, "+989121234568") == "taken");
    }
    SECTION("the numbers around it") {
        budget.per_range.count = 2;
        CHECK(take(office, "+989121234567") == "taken");
        CHECK(take(office, "+989121234999") == "taken");
        CHECK(take(office, "+989121234000") == "the numbers around this one have had their text messages");
        CHECK(take(office, "+989121235000") == "taken");
        budget.range_digits = 5;
        budget.per_range.count = 1;
        CHECK(take(office, "+989131100000") == "taken");
        CHECK(take(office, "+989131199999") == "the numbers around this one have had their text messages");
    }
    SECTION("all of an hour") {
        budget.overall.count = 1;
        CHECK(take(office, "+989121234567") == "taken");
        CHECK(take(office, "+4915112345678") == "the text messages of all operators together are used up");
    }
    SECTION("all of a day") {
        budget.per_day.count = 1;
        CHECK(take(office, "+989121234567") == "taken");
        CHECK(take(office, "+4915112345678") == "the day's text messages are used up");
    }
}

TEST_CASE("no counter of text messages names a number") {
    Office office;
    office.config.sms.emplace();
    CHECK(take(office, "+989121234567") == "taken");
    for (const auto& row : office.session.rows("SELECT limit_key FROM pwreset_limits"))
        CHECK(row.text(0).find("9121") == std::string::npos);
    CHECK(office.session.row("SELECT COUNT(*) FROM pwreset_limits")->integer(0) == 4);
}

TEST_CASE("without a gateway there are no budgets of text messages") {
    Office office;
    std::vector<Limit> limits;
    append_sms_limits(office.context, "+989121234567", limits);
    CHECK(limits.empty());
}
