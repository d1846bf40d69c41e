#include "src/jobs/life.h"

#include "db/own/job_rows.h"
#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/limits/job_budget.h"

namespace pwreset {

namespace {

std::string named(std::int64_t job) { return "job " + std::to_string(job); }

AuditEntry entry_of(const std::string& action, const std::string& result, const Grounds& grounds, std::string detail) {
    return {.action = action,
            .result = result,
            .ticket = grounds.ticket,
            .reason = grounds.reason,
            .detail = std::move(detail)};
}

/// One step in one transaction with its entry; whether it was taken. A broken commit is asked by the state it leads to.
bool step(Context& context, std::int64_t job, db::JobState to, const std::function<bool()>& act,
          const AuditEntry& entry) {
    bool taken = false;
    auto& session = context.session;
    db::retrying(
        session,
        [&] {
            db::Transaction transaction(session);
            taken = act();
            if (!taken) return;
            record(context, {entry});
            transaction.commit();
        },
        [&] {
            const auto now = db::bulk_job(session, context.config.application, job);
            return now && now->state == to;
        });
    return taken;
}

Error in_no_state(const db::BulkJob& job, const std::string& what) {
    const std::string state(word_of(job.state));
    return forbidden("job '" + std::to_string(job.id) + "' is " + state + ": it cannot be " + what,
                     "'pwreset jobs show " + std::to_string(job.id) + "' says how it stands");
}

void change(Context& context, std::int64_t id, const std::string& action, const std::string& done,
            std::initializer_list<db::JobState> from, db::JobState to, const Grounds& grounds) {
    find_job(context, id);  // one of another application's is none
    for (const auto state : from) {
        const auto act = [&] { return db::change_job(context.session, id, state, to); };
        if (step(context, id, to, act, entry_of(action, "done", grounds, named(id)))) return;
    }
    throw in_no_state(find_job(context, id), done);
}

std::string detail_of(std::int64_t job, const BulkRequest& request, const Plan& plan) {
    std::string text = named(job) + ": " + request.command + ", " + std::to_string(plan.ready) + " accounts";
    if (plan.refusals() > 0) text += ", " + std::to_string(plan.refusals()) + " refused";
    if (plan.duplicates > 0) text += ", " + std::to_string(plan.duplicates) + " named twice";
    if (request.rate) text += ", " + std::to_string(*request.rate) + "/s";
    return text;
}

/// Another person: by the name, and by who logged in, which stays the same whatever a person becomes.
void require_another(const Context& context, const db::BulkJob& job) {
    if (!context.who.login_uid) {
        throw forbidden("nobody has logged in here: who approves has to be known by a login of his own",
                        "log in as yourself, by ssh or at a console, and use sudo from there");
    }
    const bool same = context.who.name == job.row.operator_name || !job.order.login_uid ||
                      *context.who.login_uid == *job.order.login_uid;
    if (!same) return;
    throw forbidden("job '" + std::to_string(job.id) + "' was made by '" + job.row.operator_name +
                        "': who makes a job does not approve it",
                    "another operator approves it, from another login");
}

}  // namespace

std::int64_t prepare_job(Context& context, const BulkRequest& request, const std::optional<std::string>& filters) {
    const db::JobRow row{.app = context.config.application,
                         .command = request.command,
                         .budget = Budget::jobs,
                         .operator_name = context.who.name,
                         .grounds = request.grounds,
                         .locale = request.locale,
                         .trace_id = context.trace_id};
    const db::JobOrder order{.kind = request.wish.kind,
                             .channel = request.wish.channel,
                             .filters = filters,
                             .rate = request.rate,
                             .start_at = request.start_at,
                             .login_uid = context.who.login_uid};
    auto& session = context.session;
    std::optional<std::int64_t> id;
    db::retrying(
        session,
        [&] {
            db::Transaction transaction(session);
            id = db::insert_bulk_job(session, row, order);
            transaction.commit();
        },
        [&] {
            id = db::bulk_job_of_trace(session, context.config.application, context.trace_id);
            return id.has_value();
        });
    return *id;
}

void discard_job(Context& context, std::int64_t job, const std::string& why) {
    auto& session = context.session;
    constexpr int rows_at_once = 5000;
    for (std::int64_t gone = 1; gone > 0;)
        db::retrying(session, [&] { gone = db::delete_job_rows(session, job, rows_at_once); });
    const auto act = [&] { return db::change_job(session, job, db::JobState::preparing, db::JobState::cancelled); };
    step(context, job, db::JobState::cancelled, act, entry_of("job-start", why, {}, named(job)));
}

namespace {

/// Who would have to be told from a second operator has logged in.
void require_login(const Context& context, std::int64_t accounts) {
    if (context.who.login_uid) return;
    throw forbidden("a job over " + std::to_string(accounts) +
                        " accounts needs a second operator's approval, and nobody has logged in here who could be told "
                        "from a second one",
                    "log in as yourself, by ssh or at a console; 'unapproved' in [limits] says from how many on");
}

/// Starts it where the operator's own share has room for it, which is taken with it; taking back needs none.
bool start_unapproved(Context& context, std::int64_t job, const db::JobStart& start, const BulkRequest& request,
                      const AuditEntry& entry) {
    const bool takes = request.command != "revoke";
    if (takes && !prepare_unapproved(context, start.total)) return false;
    const auto act = [&] {
        if (takes && !take_unapproved(context, start.total)) return false;
        return db::start_job(context.session, job, start);
    };
    return step(context, job, db::JobState::running, act, entry);
}

}  // namespace

db::BulkJob start_job(Context& context, std::int64_t job, const BulkRequest& request, const Plan& plan) {
    auto& session = context.session;
    // Of a selection what is refused is counted when its page is released.
    const bool selected = find_job(context, job).order.filters.has_value();
    db::JobStart start{.total = plan.ready, .refused = selected ? 0 : plan.refusals(), .approve_by = {}};
    auto entry = entry_of("job-start", "done", request.grounds, detail_of(job, request, plan));
    if (start_unapproved(context, job, start, request, entry)) return find_job(context, job);
    require_login(context, plan.ready);
    start.approve_by = session.now() + approval_span;
    entry.result = "waiting";
    const auto act = [&] { return db::start_job(session, job, start); };
    if (!step(context, job, db::JobState::waiting, act, entry)) throw in_no_state(find_job(context, job), "started");
    return find_job(context, job);
}

db::BulkJob find_job(Context& context, std::int64_t job) {
    auto found = db::bulk_job(context.session, context.config.application, job);
    if (found) return std::move(*found);
    throw Error(Exit::failed, "NOT_FOUND", "there is no job '" + std::to_string(job) + "'",
                "'pwreset jobs list' shows all");
}

void pause_job(Context& context, std::int64_t job, const Grounds& grounds) {
    change(context, job, "job-pause", "paused", {db::JobState::running}, db::JobState::paused, grounds);
}

void resume_job(Context& context, std::int64_t job, const Grounds& grounds) {
    if (find_job(context, job).state == db::JobState::running) return;
    change(context, job, "job-resume", "resumed", {db::JobState::paused}, db::JobState::running, grounds);
}

std::int64_t cancel_job(Context& context, std::int64_t job, const Grounds& grounds) {
    using enum db::JobState;
    change(context, job, "job-cancel", "cancelled", {running, paused, waiting, preparing}, cancelled, grounds);
    // After its state: no page of it is released any more, so none is missed.
    std::int64_t ended = 0;
    db::retrying(context.session,
                 [&] { ended = db::cancel_deliveries_of_job(context.session, context.config.application, job); });
    return ended;
}

void approve_job(Context& context, std::int64_t id, std::int64_t expected, const Grounds& grounds) {
    const auto job = find_job(context, id);
    try {
        require_another(context, job);
        if (job.state != db::JobState::waiting) throw in_no_state(job, "approved");
        if (job.approve_by && *job.approve_by <= context.session.now()) {
            throw forbidden("nobody approved job '" + std::to_string(id) + "' within a day: it has lapsed",
                            "cancel it, and make it again");
        }
        if (job.row.total != expected) {
            throw usage_error("job '" + std::to_string(id) + "' is over " + std::to_string(job.row.total) +
                                  " accounts, not " + std::to_string(expected),
                              "look at it again: 'pwreset jobs show " + std::to_string(id) + "'");
        }
    } catch (const Error& error) {
        record_alone(context, entry_of("job-approve", error.code, grounds, named(id)));
        throw;
    }
    const auto act = [&] { return db::approve_job(context.session, id, context.who.name); };
    if (!step(context, id, db::JobState::running, act, entry_of("job-approve", "done", grounds, named(id))))
        throw in_no_state(find_job(context, id), "approved");
}

bool finish_job(Context& context, const db::BulkJob& job) {
    const auto act = [&] { return db::change_job(context.session, job.id, db::JobState::running, db::JobState::done); };
    const std::string detail =
        named(job.id) + ": " + std::to_string(job.queued) + " queued, " + std::to_string(job.refused) + " refused";
    return step(context, job.id, db::JobState::done, act, entry_of("job-end", "done", job.row.grounds, detail));
}

}  // namespace pwreset
