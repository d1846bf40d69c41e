#include "src/queue/freeze.h"
#include "tests/catch.h"
#include "tests/core/jobs/office.h"

namespace pwreset {
namespace {

std::string numbered(int count) {
    std::string file;
    for (int id = 1; id <= count; ++id) file += "id:" + std::to_string(id) + "\n";
    return file;
}

TEST_CASE("jobs: everybody is sent one, and has a line in the report") {
    JobDesk desk;
    desk.accounts(3);
    const auto job = desk.job("u1@example.com\nnobody@example.com\nu3@example.com\n");
    const auto run = desk.work_off(job);
    CHECK(run.job.state == db::JobState::done);
    CHECK(desk.report(job) == Lines{"1 sent", "2 refused USER_NOT_FOUND", "3 sent"});
    CHECK(desk.post.posted.size() == 2);
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_deliveries WHERE lane = 'bulk'") == 2);
}

TEST_CASE("jobs: any worker goes on with one, a page at a time") {
    JobDesk desk;
    desk.accounts(2);
    const auto job = desk.job(numbered(2));
    Context context = desk.invocation();
    Worker(context, {}, feed_from_jobs(context)).pass([](std::int64_t) {});
    CHECK(desk.state(job) == "done");
    CHECK(desk.post.posted.size() == 2);
}

TEST_CASE("jobs: a process that is killed while it releases a page leaves all or nothing of it") {
    for (const auto* step : {"selected", "releasing", "released"}) {
        JobDesk desk;
        desk.accounts(3);
        const auto job = desk.job(numbered(3));
        desk.killed_at(step, [&] { desk.release(job); });
        const bool done = std::string(step) == "released";
        INFO(step);
        CHECK(desk.number("SELECT COUNT(*) FROM pwreset_deliveries") == (done ? 3 : 0));
        CHECK(desk.number("SELECT COUNT(*) FROM pwreset_job_pages") == (done ? 1 : 0));
        desk.work_off(job);
        CHECK(desk.report(job) == Lines{"1 sent", "2 sent", "3 sent"});
        CHECK(desk.post.posted.size() == 3);
    }
}

TEST_CASE("jobs: of a selection, each has a line in the report, and rows of its own only who is refused or put off") {
    JobDesk desk;
    desk.accounts(4);
    desk.session.run("UPDATE users SET active = 0 WHERE id = 2");
    desk.request("u3@example.com");
    const auto job = desk.job_of({.roles = {"customer"}});
    desk.account({.id = 9, .email = "late@example.com"});
    desk.work_off(job);
    CHECK(desk.report(job) == Lines{"refused FORBIDDEN", "deferred RATE_LIMITED", "sent", "sent"});
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_job_rows") == 2);
    desk.later(desk.config.limits.cooldown);
    desk.work_off(job);
    CHECK(desk.report(job) == Lines{"refused FORBIDDEN", "sent", "sent", "sent"});
    CHECK(desk.state(job) == "done");
}

TEST_CASE("jobs: a selection that is killed while it releases a page goes on where it was") {
    JobDesk desk;
    desk.accounts(12);
    const auto job = desk.job_of({.all = true}, {.command = "request", .rate = 1});
    desk.release(job);
    desk.later(Seconds(5));
    desk.killed_at("releasing", [&] { desk.release(job); });
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_deliveries") == 5);
    for (int page = 0; page < 4; ++page) {
        desk.release(job);
        desk.later(Seconds(5));
    }
    CHECK(desk.number("SELECT COUNT(DISTINCT account) FROM pwreset_deliveries") == 12);
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_deliveries") == 12);
}

TEST_CASE("jobs: while issuing is frozen a job stands still") {
    JobDesk desk;
    desk.accounts(1);
    const auto job = desk.job("id:1\n");
    Context context = desk.invocation();
    freeze(context, {});
    CHECK_FALSE(desk.release(job));
    unfreeze(context, {});
    CHECK(desk.release(job));
}

TEST_CASE("jobs: with a rate a page is what goes in five seconds, and the next waits for its time") {
    JobDesk desk;
    desk.accounts(12);
    const auto job = desk.job(numbered(12), {.command = "request", .rate = 2});
    CHECK(desk.release(job));
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_deliveries") == 10);
    CHECK_FALSE(desk.release(job));
    desk.later(Seconds(5));
    CHECK(desk.release(job));
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_deliveries") == 12);
}

TEST_CASE("jobs: one that is to start later starts later") {
    JobDesk desk;
    desk.accounts(1);
    const auto job = desk.job("id:1\n", {.command = "request", .start_at = desk.world.now + Seconds(60)});
    CHECK_FALSE(desk.release(job));
    desk.later(Seconds(60));
    CHECK(desk.release(job));
}

TEST_CASE("jobs: who has just asked himself is put off, not left out") {
    JobDesk desk;
    desk.accounts(2);
    desk.request("u1@example.com");
    const auto job = desk.job(numbered(2));
    const auto run = desk.work_off(job);
    CHECK(run.job.state == db::JobState::running);
    CHECK(desk.report(job) == Lines{"1 deferred RATE_LIMITED", "2 sent"});
    CHECK(desk.tokens() == Lines{"live", "live"});
    desk.later(desk.config.limits.cooldown);
    desk.work_off(job);
    CHECK(desk.state(job) == "done");
    CHECK(desk.report(job) == Lines{"1 sent", "2 sent"});
    CHECK(desk.tokens() == Lines{"void superseded", "live", "live"});
}

TEST_CASE("jobs: the budget of jobs lets through what is left of it, and takes nobody else's") {
    JobDesk desk;
    desk.accounts(5);
    desk.config.limits.jobs = {3, Seconds(3600)};
    const auto job = desk.job(numbered(5));
    desk.work_off(job);
    CHECK(desk.post.posted.size() == 3);
    CHECK(desk.outcome("u5@example.com") == "accepted");
    desk.later(Seconds(3600));
    desk.work_off(job);
    CHECK(desk.state(job) == "done");
    CHECK(desk.post.posted.size() == 6);
}

TEST_CASE("jobs: policy is asked again when a page is released") {
    JobDesk desk;
    desk.accounts(2);
    const auto job = desk.job(numbered(2));
    desk.session.run("UPDATE users SET role = 'admin' WHERE id = 1");
    desk.session.run("DELETE FROM users WHERE id = 2");
    desk.work_off(job);
    CHECK(desk.report(job) == Lines{"1 refused PROTECTED_ACCOUNT", "2 refused USER_NOT_FOUND"});
    CHECK(desk.post.posted.empty());
}

TEST_CASE("jobs: a text message takes the budgets of its number") {
    JobDesk desk;
    desk.account({.id = 1, .phone = "+989121234567"});
    desk.account({.id = 2, .phone = "+989121234568"});
    desk.config.sms->budget.overall = {1, Seconds(3600)};
    const auto job = desk.job("+989121234567\n+989121234568\n", {.command = "send-otp", .wish = {Kind::reset_otp, {}}});
    desk.work_off(job);
    CHECK(desk.report(job) == Lines{"1 sent", "2 deferred RATE_LIMITED"});
}

}  // namespace
}  // namespace pwreset
