// A desk where jobs over many accounts are made: each call is an invocation of its own.
#pragma once

#include <sstream>
#include <string>

#include "src/jobs/input.h"
#include "src/jobs/life.h"
#include "src/jobs/plan.h"
#include "src/jobs/release.h"
#include "src/jobs/report.h"
#include "src/jobs/run.h"
#include "src/jobs/selection.h"
#include "tests/core/desk.h"

namespace pwreset {

struct JobDesk : Desk {
    JobDesk() { config.limits.unapproved = {100000, Seconds(86400)}; }

    /// Accounts first … first + count - 1, "u7@example.com".
    void accounts(int count, int first = 1) {
        for (int id = first; id < first + count; ++id)
            account({.id = id, .email = "u" + std::to_string(id) + "@example.com"});
    }
    /// The plan of a file; with a job, whose rows it writes.
    Plan plan(const std::string& file, std::optional<std::int64_t> job = {}, const BulkRequest& request = {"request"}) {
        Context context = invocation();
        std::istringstream in(file);
        Input input(in, config.users.phone_region);
        return plan_file(context, request, input, job, [](std::int64_t) {});
    }
    /// A job of everybody in the file that was started, or waits for an approval; its number.
    std::int64_t job(const std::string& file, const BulkRequest& request = {"request"}) {
        Context context = invocation();
        const auto id = prepare_job(context, request);
        const auto planned = plan(file, id, request);
        return start_job(context, id, request, planned).id;
    }
    /// The same of whom filters select.
    std::int64_t job_of(const Filters& filters, const BulkRequest& request = {"request"}) {
        Context context = invocation();
        Selection selection(context, filters);
        const auto id = prepare_job(context, request, text_of(selection.filters()));
        const auto planned = plan_selection(context, request, selection, [](std::int64_t) {});
        return start_job(context, id, request, planned).id;
    }
    bool release(std::int64_t id) {
        Context context = invocation();
        return release_page(context, id);
    }
    JobRun work_off(std::int64_t id) {
        Context context = invocation();
        return run_job(context, id, [](std::int64_t, std::int64_t) {});
    }
    std::string state(std::int64_t id) {
        Context context = invocation();
        return std::string(word_of(find_job(context, id).state));
    }
    /// "2 sent", "3 refused USER_NOT_FOUND": the lines of the report.
    Lines report(std::int64_t id) {
        Context context = invocation();
        Lines lines;
        report_job(context, find_job(context, id), [&](const Reported& one) {
            std::string line = one.line ? std::to_string(*one.line) + " " : "";
            lines.push_back(line + one.outcome + (one.code ? " " + *one.code : ""));
        });
        return lines;
    }
    std::int64_t number(const std::string& sql) { return session.row(sql)->integer(0); }
};

}  // namespace pwreset
