#include "src/jobs/plan.h"

#include <algorithm>
#include <set>

#include "db/own/job_rows.h"
#include "db/retrying.h"
#include "src/base/printable.h"
#include "src/base/stop.h"
#include "src/jobs/admission.h"
#include "src/jobs/input.h"
#include "src/jobs/lookup.h"
#include "src/jobs/selection.h"

namespace pwreset {

namespace {

/// Rows that are looked up, judged and written together.
constexpr std::size_t rows_at_once = 1000;

/// One row of the file on its way.
struct Considered {
    db::JobLine row;
    std::optional<Identity> identity{};
    std::optional<db::AccountRow> account{};
    std::string why{};  ///< it is refused: a word for the plan
};

void refuse(Considered& one, const Error& error, std::string why) {
    one.row.state = db::RowState::refused;
    one.row.code = error.code;
    one.row.reason = cut_bytes(printable(error.message), db::longest_job_text);
    one.why = std::move(why);
}

std::string word_for(const Error& error) {
    if (error.code == "USER_NOT_FOUND") return "unknown";
    if (error.code == "AMBIGUOUS_USER") return "ambiguous";
    if (error.exit == Exit::bad_data) return "malformed";
    return "refused";
}

void tally(const Admitted& answer, Considered& one, Plan& plan) {
    if (answer.no) return refuse(one, answer.no->error, answer.no->reason);
    ++(answer.route.kind == Kind::link ? plan.links : plan.codes);
    if (answer.not_before) ++plan.deferred;
}

void count(Considered& one, Plan& plan) {
    one.row.no = ++plan.named;
    if (one.row.state != db::RowState::refused) {
        ++plan.ready;
        return;
    }
    if (one.why == "protected") {
        ++plan.is_protected;
    } else {
        ++plan.refused[one.why];
    }
    if (plan.left_out.size() < told_with_plan)
        plan.left_out.push_back({one.row.line, *one.row.typed, *one.row.code, *one.row.reason});
}

class Planner {
public:
    Planner(Context& context, const BulkRequest& request, std::optional<std::int64_t> job)
        : context_(context), job_(job) {
        if (request.command != "revoke") admission_.emplace(context, request.wish);
    }

    void take(const InputRow& row) {
        Considered& one = chunk_.emplace_back();
        one.row.line = row.line;
        one.row.typed = cut_bytes(row.typed, db::longest_job_text);
        if (row.fault) {
            refuse(one, {Exit::bad_data, "INVALID_IDENTITY", *row.fault}, "malformed");
        } else {
            parse(one);
        }
        if (chunk_.size() == rows_at_once) work_off();
    }

    void note_duplicate(std::int64_t line) {
        ++plan_.duplicates;
        if (plan_.duplicate_lines.size() < told_with_plan) plan_.duplicate_lines.push_back(line);
    }

    Plan finished() {
        work_off();
        return std::move(plan_);
    }

    std::int64_t seen() const { return plan_.named; }

private:
    void parse(Considered& one) {
        try {
            one.identity = parse_identity(*one.row.typed, context_.config.users.phone_region);
        } catch (const Error& error) {
            if (!is_about_one(error)) throw;
            refuse(one, error, word_for(error));
        }
    }

    void work_off() {
        if (chunk_.empty()) return;
        stop_when_signalled(context_.env, "nothing was queued, and no job was made");
        look_up();
        drop_duplicates();
        judge();
        for (auto& one : chunk_) count(one, plan_);
        write();
        chunk_.clear();
    }

    void look_up() {
        for (std::size_t from = 0; from < chunk_.size(); from += lookups_at_once) {
            const auto to = std::min(from + lookups_at_once, chunk_.size());
            std::vector<Lookup> lookups;
            std::vector<Considered*> those;
            for (auto i = from; i < to; ++i) {
                if (!chunk_[i].identity) continue;
                lookups.push_back({*chunk_[i].identity});
                those.push_back(&chunk_[i]);
            }
            if (!lookups.empty()) find_all(context_.accounts, lookups);
            for (std::size_t i = 0; i < those.size(); ++i) {
                those[i]->account = std::move(lookups[i].account);
                if (lookups[i].no) refuse(*those[i], *lookups[i].no, word_for(*lookups[i].no));
                if (those[i]->account) those[i]->row.account = those[i]->account->id;
            }
        }
    }

    /// Who is named twice in different ways has one row: the first.
    void drop_duplicates() {
        std::set<std::string> before;
        if (job_) {
            std::vector<std::string> accounts;
            for (const auto& one : chunk_) {
                if (one.row.account) accounts.push_back(*one.row.account);
            }
            for (auto& account : db::accounts_in_job(context_.session, *job_, accounts)) before.insert(account);
        }
        auto& seen = job_ ? before : accounts_;
        std::erase_if(chunk_, [&](const Considered& one) {
            if (!one.row.account || seen.insert(*one.row.account).second) return false;
            note_duplicate(one.row.line.value_or(0));
            return true;
        });
    }

    void judge() {
        std::vector<Nominee> nominees;
        std::vector<Considered*> those;
        for (auto& one : chunk_) {
            if (!one.account) continue;
            nominees.push_back({&*one.account, one.identity->key});
            those.push_back(&one);
        }
        if (!admission_) return;
        const auto answers = admission_->of(nominees);
        for (std::size_t i = 0; i < those.size(); ++i) {
            tally(answers[i], *those[i], plan_);
        }
    }

    void write() {
        if (!job_ || chunk_.empty()) return;
        std::vector<db::JobLine> rows;
        rows.reserve(chunk_.size());
        for (const auto& one : chunk_) rows.push_back(one.row);
        auto& session = context_.session;
        db::retrying(
            session,
            [&] {
                db::Transaction transaction(session);
                db::insert_job_rows(session, *job_, rows);
                transaction.commit();
            },
            [&] { return !db::report_rows(session, *job_, rows.front().no - 1, 1).empty(); });
    }

    Context& context_;
    std::optional<std::int64_t> job_;
    std::optional<Admission> admission_;
    std::vector<Considered> chunk_;
    std::set<std::string> accounts_;  ///< of a dry run, which writes none
    Plan plan_;
};

}  // namespace

std::int64_t Plan::refusals() const {
    std::int64_t sum = is_protected;
    for (const auto& [why, count] : refused) sum += count;
    return sum;
}

Plan plan_file(Context& context, const BulkRequest& request, Input& input, std::optional<std::int64_t> job,
               const PlanProgress& progress) {
    Planner planner(context, request, job);
    InputRow row;
    while (input.next(row)) {
        if (row.duplicate_of != 0) {
            planner.note_duplicate(row.line);
            continue;
        }
        planner.take(row);
        progress(planner.seen());
    }
    Plan plan = planner.finished();
    plan.skipped = input.summary().skipped;
    return plan;
}

Plan plan_selection(Context& context, const BulkRequest& request, Selection& selection, const PlanProgress& progress) {
    Plan plan;
    Admission admission(context, request.wish);
    SelectedPage page;
    for (std::string after; !page.last; after = page.next) {
        stop_when_signalled(context.env, "nothing was queued, and no job was made");
        page = selection.page(after, static_cast<int>(rows_at_once));
        plan.excluded += page.excluded;
        plan.unknown += page.unknown_login + page.nameless;
        std::vector<Nominee> nominees;
        for (const auto& account : page.accounts) nominees.push_back({&account, db::AccountKey::id});
        const auto answers = admission.of(nominees);
        for (std::size_t i = 0; i < answers.size(); ++i) {
            Considered one{.row = {.typed = "id:" + page.accounts[i].id}};
            tally(answers[i], one, plan);
            count(one, plan);
        }
        progress(plan.named);
    }
    return plan;
}

std::optional<Seconds> least_duration(const BulkRequest& request, std::int64_t count) {
    if (!request.rate) return {};
    return Seconds((count + *request.rate - 1) / *request.rate);
}

}  // namespace pwreset
