#include "tests/catch.h"
#include "tests/core/jobs/office.h"

namespace pwreset {
namespace {

using Refused = std::map<std::string, std::int64_t>;

TEST_CASE("jobs: a plan tells who is sent something, and who not and why") {
    JobDesk desk;
    desk.accounts(3);
    desk.account({.id = 8, .email = "boss@example.com", .role = "admin"});
    desk.account({.id = 9, .email = "gone@example.com", .active = 0});
    const auto plan = desk.plan(
        "u1@example.com\nu2@example.com\nid:1\nnobody@example.com\nboss@example.com\n"
        "gone@example.com\nno address\nU2@EXAMPLE.COM\n");
    CHECK(plan.ready == 2);
    CHECK(plan.links == 2);
    CHECK(plan.is_protected == 1);
    CHECK(plan.refused == Refused{{"disabled", 1}, {"malformed", 1}, {"unknown", 1}});
    CHECK(plan.duplicates == 2);
    CHECK(plan.duplicate_lines == std::vector<std::int64_t>{3, 8});
    CHECK(plan.named == 6);
    CHECK(plan.left_out.size() == 4);
    CHECK(plan.left_out.front().line == 4);
}

TEST_CASE("jobs: a plan alone writes nothing") {
    JobDesk desk;
    desk.accounts(2);
    desk.plan("id:1\nid:2\n");
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_jobs") == 0);
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_job_rows") == 0);
}

TEST_CASE("jobs: whom two pages of a file name has one row, the first") {
    JobDesk desk;
    desk.accounts(1100);
    std::string file;
    for (int id = 1; id <= 1100; ++id) file += "id:" + std::to_string(id) + "\n";
    const auto job = desk.job(file + "u5@example.com\n");
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_job_rows") == 1100);
    CHECK(desk.number("SELECT line FROM pwreset_job_rows WHERE account = '5'") == 5);
    CHECK(desk.number("SELECT total FROM pwreset_jobs WHERE id = " + std::to_string(job)) == 1100);
}

TEST_CASE("jobs: many are found by the same rules as one") {
    JobDesk desk;
    desk.accounts(2);
    desk.account({.id = 3, .email = "Capital@example.com"});
    desk.account({.id = 4, .email = "twin@example.com"});
    desk.account({.id = 5, .email = "twin@example.com"});
    const auto plan = desk.plan("capital@example.com\ntwin@example.com\nu1@example.com \nid:2\n");
    CHECK(plan.ready == 3);
    CHECK(plan.refused == Refused{{"ambiguous", 1}});
}

TEST_CASE("jobs: how long it takes at least") {
    CHECK(least_duration({.command = "request", .rate = 200}, 1001) == Seconds(6));
    CHECK_FALSE(least_duration({.command = "request"}, 1001));
}

}  // namespace
}  // namespace pwreset
