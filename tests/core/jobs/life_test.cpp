#include <csignal>
#include <utility>

#include "src/jobs/retention.h"
#include "tests/catch.h"
#include "tests/core/jobs/office.h"

namespace pwreset {
namespace {

struct Approval : JobDesk {
    Approval() {
        accounts(3);
        config.limits.unapproved = {2, Seconds(86400)};
        who.login_uid = "1001";
    }
    /// "FORBIDDEN 77", or nothing: an approval by somebody.
    std::string approved_by(const std::string& name, const std::optional<std::string>& login, std::int64_t job,
                            std::int64_t expected = 3) {
        const Operator before = who;
        who.name = name;
        who.login_uid = login;
        const auto thrown = thrown_by([&] {
            Context context = invocation();
            approve_job(context, job, expected, {});
        });
        who = before;
        return thrown;
    }
};

constexpr const char* three = "id:1\nid:2\nid:3\n";

TEST_CASE("jobs: one of another application is none") {
    JobDesk desk;
    desk.accounts(3);
    const auto job = desk.job(three);
    const std::string ours = desk.config.application;
    desk.config.application = "other";
    Context context = desk.invocation();
    CHECK(thrown_by([&] { pause_job(context, job, {}); }) == "NOT_FOUND 1");
    CHECK(thrown_by([&] { cancel_job(context, job, {}); }) == "NOT_FOUND 1");
    desk.config.application = ours;
    CHECK(desk.state(job) == "running");
}

TEST_CASE("jobs: a large one waits for another operator with another login") {
    Approval desk;
    const auto job = desk.job(three);
    CHECK(desk.state(job) == "waiting");
    CHECK_FALSE(desk.release(job));
    CHECK(desk.approved_by("tom", "1002", job) == "FORBIDDEN 77");
    CHECK(desk.approved_by("eve", "1001", job) == "FORBIDDEN 77");
    CHECK(desk.approved_by("eve", {}, job) == "FORBIDDEN 77");
    CHECK(desk.approved_by("eve", "1002", job, 4) == "USAGE 64");
    CHECK(desk.approved_by("eve", "1002", job) == "");
    CHECK(desk.release(job));
}

TEST_CASE("jobs: an approval that does not come within a day never comes") {
    Approval desk;
    const auto job = desk.job(three);
    desk.later(approval_span);
    CHECK(desk.approved_by("eve", "1002", job) == "FORBIDDEN 77");
}

TEST_CASE("jobs: small ones of one operator add up") {
    Approval desk;
    CHECK(desk.state(desk.job("id:1\n")) == "running");
    CHECK(desk.state(desk.job("id:2\n")) == "running");
    CHECK(desk.state(desk.job("id:3\n")) == "waiting");
    desk.later(Seconds(86401));
    CHECK(desk.state(desk.job("id:3\n")) == "running");
}

TEST_CASE("jobs: where nobody has logged in none is started that has to be approved") {
    Approval desk;
    desk.who.login_uid.reset();
    CHECK(thrown_by([&] { desk.job(three); }) == "FORBIDDEN 77");
}

TEST_CASE("jobs: a paused one is gone on with, a cancelled one never") {
    JobDesk desk;
    desk.accounts(3);
    const auto job = desk.job(three, {.command = "request", .rate = 1});
    desk.release(job);
    Context context = desk.invocation();
    pause_job(context, job, {});
    desk.later(Seconds(60));
    CHECK_FALSE(desk.release(job));
    resume_job(context, job, {});
    CHECK(cancel_job(context, job, {}) == 3);
    CHECK_FALSE(desk.release(job));
    CHECK(thrown_by([&] { resume_job(context, job, {}); }) == "FORBIDDEN 77");
    CHECK(desk.report(job) ==
          Lines{"1 cancelled job_cancelled", "2 cancelled job_cancelled", "3 cancelled job_cancelled"});
    desk.deliver();
    CHECK(desk.post.posted.empty());
}

TEST_CASE("jobs: what a worker has claimed of one that is cancelled does not come back to the queue") {
    JobDesk desk;
    desk.accounts(3);
    const auto job = desk.job(three);
    desk.release(job);
    bool cancelled = false;
    desk.at["accepted"] = [&] {
        if (std::exchange(cancelled, true)) return;
        Context context = desk.invocation();
        cancel_job(context, job, {});
    };
    desk.deliver();
    desk.later(Seconds(3600));
    const auto sent = desk.post.posted.size();
    desk.deliver();
    CHECK(desk.post.posted.size() == sent);
    CHECK(desk.text("SELECT COUNT(*) FROM pwreset_deliveries WHERE state = 'cancelled'") == "3");
}

TEST_CASE("jobs: each step of a life has its entry") {
    JobDesk desk;
    desk.accounts(1);
    const auto job = desk.job("id:1\n");
    Context context = desk.invocation();
    pause_job(context, job, {});
    resume_job(context, job, {});
    desk.work_off(job);
    CHECK(desk.lines("SELECT action, result FROM pwreset_audit WHERE action LIKE 'job-%' ORDER BY id", 2) ==
          Lines{"job-start done", "job-pause done", "job-resume done", "job-end done"});
}

TEST_CASE("jobs: who stops it is told how far it is, and it is paused") {
    JobDesk desk;
    desk.accounts(3);
    const auto job = desk.job(three);
    desk.signal = SIGINT;
    std::string told;
    try {
        desk.work_off(job);
    } catch (const Error& error) {
        told = error.message;
    }
    CHECK(told == "stopped by SIGINT: 0 of 3 queued; job 1 is paused");
    CHECK(desk.state(job) == "paused");
}

TEST_CASE("jobs: rows go when the audit rows that count them go") {
    JobDesk desk;
    desk.accounts(3);
    const auto job = desk.job(three);
    desk.work_off(job);
    Context context = desk.invocation();
    CHECK(purge_job_rows(context, desk.world.now, [] {}) == 0);
    desk.later(Seconds(1));
    CHECK(purge_job_rows(context, desk.world.now, [] {}) == 4);
    CHECK(desk.number("SELECT COUNT(*) FROM pwreset_job_rows") == 0);
}

}  // namespace
}  // namespace pwreset
