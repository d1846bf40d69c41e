#include "src/jobs/release.h"

#include <algorithm>

#include "db/own/bulk_jobs.h"
#include "db/own/job_rows.h"
#include "db/retrying.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/jobs/admission.h"
#include "src/jobs/life.h"
#include "src/jobs/selection.h"
#include "src/limits/job_budget.h"
#include "src/limits/sms_limits.h"
#include "src/queue/enqueue.h"
#include "src/queue/freeze.h"

namespace pwreset {

namespace {

/// With a rate, a page is what goes in so many seconds: a pause or a cancellation acts within them.
constexpr std::int64_t seconds_a_page = 5;

/// One row of the page: whom it is about, and what becomes of it.
struct Released {
    db::JobLine row;
    const db::AccountRow* account = nullptr;
    Route route{};
};

/// A page on its way, of one job as it was read.
struct Release {
    Context& context;
    const db::BulkJob& job;
    bool again = false;  ///< rows that had been put off
    std::vector<db::AccountRow> accounts{};
    std::vector<Released> rows{};
    db::JobStep step{};
    std::vector<Limit> limits{};  ///< of the one text message

    std::int64_t count(db::RowState state) const {
        return std::count_if(rows.begin(), rows.end(), [&](const auto& one) { return one.row.state == state; });
    }
};

int page_size(const db::BulkJob& job) {
    if (!job.order.rate) return largest_page;
    return static_cast<int>(std::clamp<std::int64_t>(*job.order.rate * seconds_a_page, 1, largest_page));
}

/// What named the account decides by which way it is written to. What was typed is gone once the person was erased.
db::AccountKey named_by(const db::JobLine& row, const UsersConfig& users) {
    if (!row.typed) return db::AccountKey::id;
    try {
        return parse_identity(*row.typed, users.phone_region).key;
    } catch (const Error&) {
        return db::AccountKey::id;
    }
}

void refuse(db::JobLine& row, const Error& error) {
    row.state = db::RowState::refused;
    row.code = error.code;
    row.reason = cut_bytes(printable(error.message), db::longest_job_text);
    row.retry_at.reset();
}

void defer(db::JobLine& row, Time until) {
    row.state = db::RowState::deferred;
    row.code = "RATE_LIMITED";
    row.reason = "the cooldown of this account";
    row.retry_at = until;
}

/// Rows of a file behind the cursor, or those that were put off.
std::vector<db::JobLine> next_rows(Release& release, int most) {
    auto& session = release.context.session;
    const auto& job = release.job;
    if (release.again) return db::deferred_rows(session, job.id, most);
    auto rows = db::waiting_rows(session, job.id, job.cursor_row, most);
    release.step.exhausted = static_cast<int>(rows.size()) < most;
    return rows;
}

/// The next accounts of a selection. Where many have to be looked at for a few, it takes several looks, and no end of
/// them: the cursor moves on without any.
void read_selection(Release& release, int most) {
    constexpr int most_looks = 20;
    Selection selection(release.context, read_filters(*release.job.order.filters));
    auto& step = release.step;
    step.cursor_key = release.job.cursor_key;
    for (int look = 0; look < most_looks && release.accounts.empty() && !step.exhausted; ++look) {
        auto page = selection.page(step.cursor_key.value_or(""), most);
        step.cursor_key = page.next;
        step.exhausted = page.last;
        release.accounts = std::move(page.accounts);
    }
    std::int64_t no = release.job.cursor_row;
    for (const auto& account : release.accounts)
        release.rows.push_back({{.no = ++no, .account = account.id}, &account});
}

void read_rows(Release& release, int most) {
    if (release.job.order.filters && !release.again) return read_selection(release, most);
    auto rows = next_rows(release, most);
    std::vector<std::string> ids;
    for (const auto& row : rows) {
        if (row.account) ids.push_back(*row.account);
    }
    if (!ids.empty()) release.accounts = release.context.accounts.by_ids(ids);
    for (auto& row : rows) {
        const auto* account = row.account ? only_account(release.accounts, *row.account) : nullptr;
        release.rows.push_back({std::move(row), account});
    }
}

/// Asks policy of the accounts as they are now.
void judge(Release& release) {
    const auto& users = release.context.config.users;
    Admission admission(release.context, {release.job.order.kind, release.job.order.channel});
    std::vector<Nominee> nominees;
    std::vector<Released*> those;
    for (auto& one : release.rows) {
        if (!one.account) {
            refuse(one.row, {Exit::no_user, "USER_NOT_FOUND", "the account is not there any more"});
            continue;
        }
        nominees.push_back({one.account, named_by(one.row, users)});
        those.push_back(&one);
    }
    const auto answers = admission.of(nominees);
    for (std::size_t i = 0; i < those.size(); ++i) {
        auto& one = *those[i];
        one.route = answers[i].route;
        one.row.state = db::RowState::queued;
        one.row.code.reset();
        one.row.reason.reset();
        one.row.retry_at.reset();
        if (answers[i].no)
            refuse(one.row, answers[i].no->error);
        else if (answers[i].not_before)
            defer(one.row, *answers[i].not_before);
    }
}

/// Only what the cursor has not passed is behind it: the page ends there.
void cut_page(Release& release, std::size_t size) {
    if (size >= release.rows.size()) return;
    release.rows.resize(size);
    release.step.exhausted = false;
    if (!release.rows.empty() && release.rows.back().account) release.step.cursor_key = release.rows.back().account->id;
}

/// A text message takes the budgets of its number, which cost money: it makes a page of its own.
void cut_at_text_message(Release& release) {
    const auto by_text = [](const auto& one) {
        return one.row.state == db::RowState::queued && one.route.channel == Channel::sms;
    };
    const auto first = std::find_if(release.rows.begin(), release.rows.end(), by_text);
    if (first == release.rows.end()) return;
    const auto before = static_cast<std::size_t>(first - release.rows.begin());
    cut_page(release, std::max<std::size_t>(before, 1));
    if (before > 0) return;
    const Context& context = release.context;
    append_sms_limits(context, recipient_of(*first->account, Channel::sms, context.config.users), release.limits);
}

/// As many as the budget has left; when it lets through none, until when.
std::optional<Time> cut_to_budget(Release& release) {
    const auto wanted = release.count(db::RowState::queued);
    if (wanted == 0) return {};
    auto [left, until] = job_budget_left(release.context, wanted);
    if (left == wanted) return {};
    std::size_t size = 0;
    for (; size < release.rows.size(); ++size) {
        if (release.rows[size].row.state == db::RowState::queued && left-- == 0) break;
    }
    cut_page(release, size);
    return size == 0 ? until : std::nullopt;
}

/// The mean holds, also where a page came a little late.
std::optional<Time> time_of_next(const Release& release) {
    const auto& job = release.job;
    if (!job.order.rate) return {};
    const Time now = release.context.session.now();
    const bool on_time = job.next_at && *job.next_at <= now && now - *job.next_at < Seconds(seconds_a_page);
    const auto span = std::chrono::microseconds(1000000 * release.count(db::RowState::queued) / *job.order.rate);
    return (on_time ? *job.next_at : now) + span;
}

void fill_step(Release& release) {
    auto& step = release.step;
    const auto& job = release.job;
    if (release.again || !job.order.filters) step.cursor_key = job.cursor_key;
    step.cursor_row = release.again || release.rows.empty() ? job.cursor_row : release.rows.back().row.no;
    if (release.again) step.exhausted = job.exhausted;
    step.queued = release.count(db::RowState::queued);
    step.refused = release.count(db::RowState::refused);
    step.deferred = release.count(db::RowState::deferred);
    if (release.again) step.deferred -= static_cast<std::int64_t>(release.rows.size());
    step.next_at = time_of_next(release);
}

Page page_of(const Release& release) {
    Page page{.job = release.job.row, .job_id = release.job.id, .action = release.job.row.command, .lane = Lane::bulk};
    for (const auto& one : release.rows) {
        if (one.row.state != db::RowState::queued) continue;
        page.rows.push_back({*one.account, one.route, {}});
    }
    page.limits = release.limits;
    return page;
}

/// What of the page is not queued, in one entry.
std::optional<AuditEntry> entry_of_rest(const Release& release) {
    const auto refused = release.count(db::RowState::refused);
    const auto deferred = release.count(db::RowState::deferred);
    if (refused + deferred == 0) return {};
    const auto& grounds = release.job.row.grounds;
    return AuditEntry{.action = release.job.row.command,
                      .result = "refused",
                      .ticket = grounds.ticket,
                      .reason = grounds.reason,
                      .detail = "job " + std::to_string(release.job.id) + ", page " +
                                std::to_string(release.job.pages + 1) + ": " + std::to_string(refused) + " refused, " +
                                std::to_string(deferred) + " put off"};
}

/// Rows of a file, and those that come again, are there. A selection has some for what has no delivery to tell of it.
void settle(const Release& release, std::vector<db::JobLine> rows) {
    auto& session = release.context.session;
    if (release.again || !release.job.order.filters) return db::settle_rows(session, release.job.id, rows);
    std::erase_if(rows, [](const auto& row) { return row.state == db::RowState::queued; });
    if (!rows.empty()) db::insert_job_rows(session, release.job.id, rows);
}

enum class Outcome { released, overtaken };

/// The whole page in one transaction. What somebody else has done meanwhile to the job or the budget leaves it undone.
Outcome write_page(Release& release) {
    Context call = release.context.with(release.job.row.trace_id);
    auto& session = call.session;
    const Page page = page_of(release);
    std::vector<db::JobLine> rows;
    for (const auto& one : release.rows) rows.push_back(one.row);
    Outcome outcome{};
    const auto attempt = [&] {
        prepare_job_budget(call);
        prepare(call, page.limits);
        db::Transaction transaction(session);
        if (!db::take_step(session, release.job, release.step)) return Outcome::overtaken;
        if (!take_job_budget(call, release.step.queued)) return Outcome::overtaken;
        if (!page.rows.empty()) enqueue(call, page);
        settle(release, rows);
        if (const auto entry = entry_of_rest(release)) record(call, {*entry});
        call.env.checkpoint("releasing");
        transaction.commit();
        return Outcome::released;
    };
    const auto body = [&] { outcome = attempt(); };
    db::retrying(session, body, [&] {
        // Whoever released that page, it is.
        outcome = Outcome::released;
        return db::has_page(session, release.job.id, release.job.pages + 1);
    });
    release.context.recorded = release.context.recorded || call.recorded;
    return outcome;
}

/// The one text message of the page is over a budget: its row waits until that has room.
void put_off_message(Release& release, const Error& limited) {
    auto& row = release.rows.front().row;
    defer(row, release.context.session.now() + Seconds(limited.available_in_seconds.value_or(60)));
    row.reason = cut_bytes(printable(limited.message), db::longest_job_text);
    release.limits.clear();
    fill_step(release);
}

bool write(Release& release) {
    fill_step(release);
    release.context.env.checkpoint("selected");
    Outcome outcome = Outcome::overtaken;
    try {
        outcome = write_page(release);
    } catch (const LimitReached& limited) {
        if (release.limits.empty()) throw;
        put_off_message(release, limited);
        outcome = write_page(release);
    }
    if (outcome == Outcome::released) release.context.env.checkpoint("released");
    return true;  // overtaken: somebody else moved it, so there is more to look at
}

/// Nothing is left behind the cursor: what was put off comes again, and then the job is done.
bool release_rest(Context& context, const db::BulkJob& job) {
    auto& session = context.session;
    if (const auto next = db::next_deferred(session, job.id)) {
        if (*next > session.now()) db::retrying(session, [&] { db::put_off_job(session, job, *next); });
        return false;
    }
    if (!db::has_open_deliveries(session, context.config.application, job.id)) finish_job(context, job);
    return false;
}

/// While issuing is frozen the jobs stand still, each where it is.
bool is_frozen(Context& context) { return why_frozen(context.session, context.config.application).has_value(); }

bool release_at_most(Context& context, const db::BulkJob& job, int most) {
    Release release{.context = context, .job = job};
    release.again = job.exhausted;
    read_rows(release, most);
    if (release.rows.empty() && job.exhausted) return release_rest(context, job);
    judge(release);
    cut_at_text_message(release);
    if (const auto until = cut_to_budget(release)) {
        db::retrying(context.session, [&] { db::put_off_job(context.session, job, *until); });
        return false;
    }
    return write(release);
}

/// A page that is too large for a cluster's limits on one transaction is released in halves.
bool release_next(Context& context, const db::BulkJob& job) {
    for (int most = page_size(job);; most = std::max(most / 2, 1)) {
        try {
            return release_at_most(context, job, most);
        } catch (const db::Conflict& conflict) {
            if (!conflict.too_large || most == 1) throw;
        }
    }
}

}  // namespace

bool release_page(Context& context, std::int64_t id) {
    const auto job = db::bulk_job(context.session, context.config.application, id);
    if (!job || job->state != db::JobState::running) return false;
    if (job->next_at && *job->next_at > context.session.now()) return false;
    if (is_frozen(context)) return false;
    return release_next(context, *job);
}

std::optional<Time> next_release(Context& context, std::int64_t id) {
    const auto job = db::bulk_job(context.session, context.config.application, id);
    if (!job || job->state != db::JobState::running) return {};
    return job->next_at;
}

std::function<bool(Lane)> feed_from_jobs(Context& context) {
    return [&context, last = std::int64_t{0}](Lane lane) mutable {
        if (lane != Lane::bulk) return false;
        auto jobs = db::jobs_at_work(context.session, context.config.application);
        if (jobs.empty() || is_frozen(context)) return false;
        // By turns: the one behind whom was served last is the first.
        std::rotate(jobs.begin(),
                    std::find_if(jobs.begin(), jobs.end(), [&](const auto& job) { return job.id > last; }), jobs.end());
        for (const auto& job : jobs) {
            if (!release_next(context, job)) continue;
            last = job.id;
            return true;
        }
        return false;
    };
}

}  // namespace pwreset
