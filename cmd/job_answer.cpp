#include "cmd/job_answer.h"

#include <charconv>
#include <ostream>

#include "cmd/hints.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

Json optional_text(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }
Json optional_time(const std::optional<Time>& time) { return time ? Json(rfc3339(*time)) : Json(nullptr); }
Json optional_number(const std::optional<std::int64_t>& number) { return number ? Json(*number) : Json(nullptr); }

std::string shown(const Stage& stage, Time time) { return stage.env.terminal.out ? local_text(time) : rfc3339(time); }

std::string listed(const std::map<std::string, std::int64_t>& counts) {
    std::string text;
    for (const auto& [word, count] : counts) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + word;
    return text;
}

std::string lines_of(const std::vector<std::int64_t>& lines, std::int64_t count) {
    std::string text = lines.size() == 1 ? "line " : "lines ";
    for (std::size_t i = 0; i < lines.size(); ++i) text += (i ? ", " : "") + std::to_string(lines[i]);
    return text + (static_cast<std::int64_t>(lines.size()) < count ? " …" : "");
}

/// How long it takes, where a rate says so; of links also whether the first ends before the last leaves.
std::string duration_of(const Stage& stage, const BulkRequest& request, const Plan& plan) {
    const auto least = least_duration(request, plan.ready);
    if (!least) return "as quick as the relay takes it; --rate holds it back";
    std::string text = duration_text(*least) + " at " + std::to_string(*request.rate) + " a second";
    const Seconds lifetime = stage.config->reset.link_lifetime;
    if (plan.links > 0 && *least > lifetime) {
        text += "; each link lives " + duration_text(lifetime) +
                " from when its mail leaves, so the first end before the last leave";
    }
    return text;
}

/// What goes on letting people in after all is sent, as far as is known of the application.
std::vector<std::string> left_open(const Stage& stage) {
    std::vector<std::string> open{"the old password of each, until its owner chooses another"};
    std::string sessions;
    for (const auto& rows : stage.config->temporary_password.sessions)
        sessions += (sessions.empty() ? "'" : ", '") + rows.table + "'";
    open.push_back(sessions.empty() ? "who is signed in: nothing is known here of the application's sessions"
                                    : "who is signed in: the sessions in " + sessions + " are not ended by a mail");
    open.emplace_back("API tokens, JWTs and what remembers a browser: nothing of that is known here, or ended");
    return open;
}

Json json_of(const Stage& stage, const BulkRequest& request, const Plan& plan) {
    Json refused = Json::object();
    for (const auto& [why, count] : plan.refused) refused[why] = count;
    Json left_out = Json::array();
    for (const auto& row : plan.left_out) {
        left_out.push_back({{"line", optional_number(row.line)},
                            {"identity", row.typed},
                            {"code", row.code},
                            {"message", row.message}});
    }
    const auto least = least_duration(request, plan.ready);
    return {{"command", request.command},
            {"accounts", plan.ready},
            {"links", plan.links},
            {"codes", plan.codes},
            {"deferred", plan.deferred},
            {"protected", plan.is_protected},
            {"refused", std::move(refused)},
            {"left_out", std::move(left_out)},
            {"duplicates", plan.duplicates},
            {"skipped", plan.skipped},
            {"excluded", plan.excluded},
            {"unknown", plan.unknown},
            {"rate", optional_number(request.rate)},
            {"seconds", least ? Json(least->count()) : Json(nullptr)},
            {"start_at", optional_time(request.start_at)},
            {"still_open", Json(left_open(stage))}};
}

void line(std::ostream& out, const char* what, const std::string& text) {
    std::string label = what;
    label.resize(12, ' ');
    out << "  " << label << text << "\n";
}

std::string ready_words(const Plan& plan) {
    std::string text = std::to_string(plan.ready);
    auto add = [&text, separator = ": "](std::int64_t count, const char* what) mutable {
        if (count == 0) return;
        text += separator + std::to_string(count) + " " + what + (count == 1 ? "" : "s");
        separator = ", ";
    };
    add(plan.links, "link");
    add(plan.codes, "code");
    return text;
}

void plan_for_people(const Stage& stage, std::ostream& out, const BulkRequest& request, const Plan& plan) {
    out << "plan of a job: " << request.command << "\n";
    line(out, request.command == "revoke" ? "to revoke" : "to send", ready_words(plan));
    if (plan.deferred > 0)
        line(out, "put off", std::to_string(plan.deferred) + " of these, until their cooldown has ended");
    const std::int64_t others = plan.refusals() - plan.is_protected;
    if (others > 0) line(out, "refused", std::to_string(others) + ": " + listed(plan.refused));
    if (plan.is_protected > 0) line(out, "protected", std::to_string(plan.is_protected) + ", which are in no job");
    for (const auto& row : plan.left_out) {
        const std::string at = row.line ? "line " + std::to_string(*row.line) + ": " : "";
        out << "              " << at << printable(row.message) << "\n";
    }
    if (plan.refusals() > static_cast<std::int64_t>(plan.left_out.size()))
        out << "              … and " << plan.refusals() - static_cast<std::int64_t>(plan.left_out.size()) << " more\n";
    if (plan.duplicates > 0)
        line(out, "twice",
             std::to_string(plan.duplicates) + ", sent once: " + lines_of(plan.duplicate_lines, plan.duplicates));
    if (plan.skipped > 0) line(out, "skipped", std::to_string(plan.skipped));
    if (plan.excluded > 0) line(out, "left out", std::to_string(plan.excluded) + ", by --exclude");
    if (plan.unknown > 0)
        line(out, "unknown", std::to_string(plan.unknown) + ", of whom nobody can tell, and who are not sent anything");
    if (request.start_at) line(out, "starts", shown(stage, *request.start_at));
    if (request.command == "revoke") return;
    line(out, "takes", duration_of(stage, request, plan));
    const char* label = "still open";
    for (const auto& open : left_open(stage)) {
        line(out, label, open);
        label = "";
    }
}

void plan_in_rows(Stage& stage, const Plan& plan) {
    Listing listing(stage.env, stage.common.format, "plan", {{"outcome", ""}, {"count", ""}}, stage.trace_id);
    listing.row({"accounts", plan.ready});
    listing.row({"deferred", plan.deferred});
    listing.row({"protected", plan.is_protected});
    for (const auto& [why, count] : plan.refused) listing.row({"refused: " + why, count});
    listing.row({"duplicates", plan.duplicates});
    listing.row({"skipped", plan.skipped});
    listing.finish();
}

std::string progress_of(const db::BulkJob& job) {
    std::string text = std::to_string(job.queued) + " of " + std::to_string(job.row.total) + " queued";
    if (job.refused > 0) text += ", " + std::to_string(job.refused) + " refused";
    if (job.deferred > 0) text += ", " + std::to_string(job.deferred) + " put off";
    return text;
}

std::int64_t sum_of(const Outcomes& outcomes) {
    std::int64_t sum = 0;
    for (const auto& [word, count] : outcomes) sum += count;
    return sum;
}

/// What whoever made it has to know next.
std::string next_step_of(const Stage& stage, const JobRun& run) {
    const std::string id = std::to_string(run.job.id);
    switch (run.job.state) {
        case db::JobState::waiting:
            return "another operator approves it until " + shown(stage, *run.job.approve_by) +
                   ": 'pwreset jobs approve " + id + "'";
        case db::JobState::running:
            if (run.hindrance) return "'pwreset deliver' goes on with it";
            return "'pwreset deliver' goes on with it" +
                   (run.goes_on ? " from " + shown(stage, *run.goes_on) + " on" : std::string());
        case db::JobState::paused:
            return "'pwreset jobs resume " + id + "' goes on with it";
        case db::JobState::done:
            return "'pwreset jobs report " + id + "' has a line for each";
        case db::JobState::preparing:
        case db::JobState::cancelled:
            break;
    }
    return {};
}

}  // namespace

std::int64_t job_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault == std::errc() && end == text.data() + text.size() && number > 0) return number;
    throw usage_error("'" + printable(text) + "' is not the number of a job", "'pwreset jobs list' shows all");
}

void print_plan(Stage& stage, const BulkRequest& request, const Plan& plan, bool answer) {
    if (!answer) {
        if (stage.for_people() && !stage.common.quiet) plan_for_people(stage, stage.env.err, request, plan);
        return;
    }
    switch (stage.common.format) {
        case Format::table:
            plan_for_people(stage, stage.env.out, request, plan);
            break;
        case Format::json:
            print_success(stage.env, {{"plan", json_of(stage, request, plan)}}, stage.trace_id);
            break;
        case Format::ndjson:
            print_line(stage.env, json_of(stage, request, plan));
            break;
        case Format::csv:
            plan_in_rows(stage, plan);
            break;
    }
}

Json json_of(const Outcomes& outcomes) {
    Json json = Json::object();
    for (const auto& [word, count] : outcomes) json[word] = count;
    return json;
}

Json json_of(const db::BulkJob& job) {
    const auto& order = job.order;
    return {{"id", job.id},
            {"command", job.row.command},
            {"state", word_of(job.state)},
            {"operator", job.row.operator_name},
            {"ticket", optional_text(job.row.grounds.ticket)},
            {"reason", optional_text(job.row.grounds.reason)},
            {"created_at", rfc3339(job.created_at)},
            {"accounts", job.row.total},
            {"queued", job.queued},
            {"refused", job.refused},
            {"deferred", job.deferred},
            {"pages", job.pages},
            {"rate", optional_number(order.rate)},
            {"start_at", optional_time(order.start_at)},
            {"next_at", optional_time(job.next_at)},
            {"approve_by", optional_time(job.approve_by)},
            {"approved_by", optional_text(job.approved_by)},
            {"approved_at", optional_time(job.approved_at)},
            {"ended_at", optional_time(job.ended_at)}};
}

void print_job(Stage& stage, const db::BulkJob& job, const Outcomes& outcomes) {
    auto& out = stage.env.out;
    out << "job " << job.id << "  " << job.row.command << "  " << word_of(job.state) << "\n";
    line(out, "made", shown(stage, job.created_at) + " by " + printable(job.row.operator_name));
    if (job.row.grounds.ticket) line(out, "ticket", printable(*job.row.grounds.ticket));
    if (job.row.grounds.reason) line(out, "reason", printable(*job.row.grounds.reason));
    if (job.state == db::JobState::waiting) line(out, "approval", "needed until " + shown(stage, *job.approve_by));
    if (job.approved_by)
        line(out, "approved", "by " + printable(*job.approved_by) + ", " + shown(stage, *job.approved_at));
    line(out, "accounts", progress_of(job));
    if (job.order.rate) line(out, "rate", std::to_string(*job.order.rate) + "/s");
    if (job.next_at && job.state == db::JobState::running) line(out, "goes on", shown(stage, *job.next_at));
    if (job.ended_at) line(out, "ended", shown(stage, *job.ended_at));
    if (!outcomes.empty()) line(out, "outcome", listed(outcomes));
}

void answer_run(Stage& stage, const JobRun& run, const Plan* plan) {
    const auto outcomes = outcomes_of(*stage.context, run.job);
    const auto failures = failures_in(outcomes);
    Json data{{"job", json_of(run.job)}, {"outcomes", json_of(outcomes)}};
    if (plan) {
        data["duplicates"] = plan->duplicates;
        data["skipped"] = plan->skipped;
    }
    if (run.hindrance) warn(stage, "queued only: " + run.hindrance->message, next_step_of(stage, run));
    if (stage.for_people() && !stage.common.quiet) {
        print_job(stage, run.job, outcomes);
        if (!run.hindrance) word_hint(stage.env, for_operator(next_step_of(stage, run), stage));
    }
    const std::string report = "'pwreset jobs report " + std::to_string(run.job.id) + "' has a line for each";
    const bool settled = run.job.state == db::JobState::done || run.job.state == db::JobState::cancelled;
    if (failures > 0 && settled) {
        throw CommandFailure(
            Error(Exit::failed, "PARTIAL_FAILURE",
                  std::to_string(failures) + " of " + std::to_string(sum_of(outcomes)) + " got nothing", report),
            std::move(data));
    }
    if (stage.common.format == Format::json) print_success(stage.env, data, stage.trace_id);
    if (stage.common.format == Format::ndjson) print_line(stage.env, data);
    if (stage.common.format == Format::csv) {
        Listing listing(
            stage.env, stage.common.format, "jobs",
            {{"id", ""}, {"state", ""}, {"accounts", ""}, {"queued", ""}, {"refused", ""}, {"deferred", ""}},
            stage.trace_id);
        listing.row({run.job.id, std::string(word_of(run.job.state)), run.job.row.total, run.job.queued,
                     run.job.refused, run.job.deferred});
        listing.finish();
    }
}

}  // namespace pwreset
