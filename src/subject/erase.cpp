#include "src/subject/erase.h"
#include <charconv>

#include "db/own/deliveries.h"
#include "db/own/delivery_records.h"
#include "db/own/limits.h"
#include "db/own/token_records.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/base/stop.h"
#include "src/queue/removal.h"

namespace pwreset {

namespace {

/// Rows of one table that a transaction takes: no request or worker waits long for it.
constexpr std::size_t most_at_once = 500;
constexpr int batch = static_cast<int>(most_at_once);
/// What verifying the trail adds up, to tell rows that were erased from rows that were tampered with.
constexpr std::string_view rows_mark = "audit_rows=";

AuditEntry entry_of(const std::string& result, const Grounds& grounds) {
    AuditEntry entry;
    entry.action = erase_action;
    entry.result = result;
    entry.ticket = grounds.ticket;
    entry.reason = grounds.reason;
    return entry;
}

std::string counts(const Holdings& gone) {
    return "tokens=" + std::to_string(gone.tokens) + " deliveries=" + std::to_string(gone.deliveries) +
           " jobs=" + std::to_string(gone.jobs) + " limits=" + std::to_string(gone.limits) +
           " intake=" + std::to_string(gone.intake) + " answers=" + std::to_string(gone.answers) + " " +
           std::string(rows_mark) + std::to_string(gone.audit_rows);
}

/// How many rows an entry of an erasure accounts for.
std::int64_t rows_told(const std::string& detail) {
    const auto at = detail.find(rows_mark);
    std::int64_t number = 0;
    if (at != detail.npos)
        std::from_chars(detail.data() + at + rows_mark.size(), detail.data() + detail.size(), number);
    return number;
}

/// One erasure, from one transaction to the next.
class Erasure {
public:
    Erasure(Context& context, const Subject& subject, const Grounds& grounds, const RowsSeen& seen)
        : context_(context), subject_(subject), grounds_(grounds), seen_(seen) {}

    /// Other people's rows before the person's own, which are what leads to them: a run after a kill finds them again.
    Holdings run() {
        each_audit_row(
            context_, subject_,
            [&](const db::PersonalFields& row, About why) {
                if (why == About::another) ++total_.left_out;
                if (why == About::another || names_account(row, subject_)) return;
                rows_.push_back(row.id);
                flush_when_full(rows_.size());
            },
            seen_);
        each_job(
            context_, subject_,
            [&](const db::JobTexts&, const db::JobErasure& erasure) {
                jobs_.push_back(erasure);
                flush_when_full(jobs_.size());
            },
            seen_);
        each_intake(
            context_, subject_,
            [&](const db::IntakeRow& row) {
                intake_.push_back(row.id);
                flush_when_full(intake_.size());
            },
            seen_);
        each_answer(
            context_, subject_,
            [&](const db::Answer& answer) {
                answers_.push_back(answer.id);
                flush_when_full(answers_.size());
            },
            seen_);
        each_job_row(
            context_, subject_,
            [&](const db::PersonalJobLine& line) {
                job_rows_.push_back(line);
                flush_when_full(job_rows_.size());
            },
            seen_);
        for (bool more = true; more;) {
            stop_when_signalled(context_.env, "erased so far: " + counts(total_) + "; run it again for the rest");
            more = transact(true);
        }
        return total_;
    }

private:
    db::Session& session() { return context_.session; }
    const std::string& app() const { return context_.config.application; }

    void flush_when_full(std::size_t size) {
        if (size >= most_at_once) transact(false);
    }

    /// What was found of others, and (with `own`) the next part of the person's own rows, with the entry. False when
    /// there was nothing.
    bool transact(bool own) {
        Holdings gone;
        const auto body = [&] {
            gone = {};
            told_before_ = 0;
            db::Transaction transaction(session());
            for (const auto id : intake_) gone.intake += db::consume_intake(session(), id) ? 1 : 0;
            if (own) erase_own(gone);
            for (const auto& job : jobs_) gone.jobs += db::erase_job_texts(session(), job) ? 1 : 0;
            gone.jobs += db::erase_job_rows(session(), job_rows_);
            gone.answers += db::erase_answers(session(), answers_);
            erase_rows(rows_, gone);
            if (gone.total() == 0) return;
            record_part(gone);
            context_.env.checkpoint("erasing");
            transaction.commit();
        };
        // Nothing tells whether a broken COMMIT went through. To erase once more does no harm, so that is done.
        db::retrying(session(), body, [] { return false; });
        rows_.clear();
        jobs_.clear();
        answers_.clear();
        job_rows_.clear();
        intake_.clear();
        total_ += gone;
        return gone.total() > 0;
    }

    /// In the order in which all others lock: intake (before this is called), limits, deliveries, tokens, trail.
    /// Whoever holds one of the person's deliveries is waited for, so what he wrote into the tables behind it is seen.
    /// Rows of the trail that lead to the rest go last.
    void erase_own(Holdings& gone) {
        gone.limits += db::delete_limits(session(), app(), limit_keys(subject_));
        std::vector<std::int64_t> deliveries;
        std::vector<std::int64_t> jobs;
        for (const auto& account : subject_.accounts) {
            db::cancel_deliveries(session(), app(), account, {});
            const auto deleted = db::delete_deliveries(session(), app(), account, batch);
            deliveries.insert(deliveries.end(), deleted.ids.begin(), deleted.ids.end());
            jobs.insert(jobs.end(), deleted.jobs.begin(), deleted.jobs.end());
        }
        gone.deliveries += static_cast<std::int64_t>(deliveries.size());
        gone.jobs += db::erase_texts_of_empty_jobs(session(), jobs);
        for (const auto& account : subject_.accounts) {
            if (!db::stored_passwords(session(), app(), account, {}).empty()) {
                // Its row is what makes it void one day.
                throw forbidden("a temporary password of this person may still work",
                                "'pwreset revoke' ends it; then erase");
            }
            db::void_live(session(), app(), account, {}, "revoked");
            // Nobody could tell any more which of the application's values are ours.
            remove_ended(context_, account, batch);
            gone.tokens += db::delete_tokens(session(), app(), account, batch);
        }
        erase_rows(db::audit_rows_about(session(), app(), deliveries), gone);
        if (gone.deliveries + gone.tokens >= batch) return;
        for (const auto& account : subject_.accounts) {
            std::vector<std::int64_t> ids;
            for (const auto& row : db::personal_fields(session(), app(), account, 0, batch)) ids.push_back(row.id);
            erase_rows(ids, gone);
        }
    }

    /// A row may be the entry of an earlier erasure, whose reason names this person. What it accounted for is taken
    /// over into our entry, or the sum would no longer be right.
    void erase_rows(const std::vector<std::int64_t>& ids, Holdings& gone) {
        for (const auto& detail : db::audit_details(session(), app(), erase_action, ids))
            told_before_ += rows_told(detail);
        gone.audit_rows += db::erase_persons(session(), app(), ids);
    }

    void record_part(Holdings gone) {
        gone.audit_rows += told_before_;
        AuditEntry entry = entry_of("done", grounds_);
        entry.detail = counts(gone);
        record(context_, {entry});
    }

    Context& context_;
    const Subject& subject_;
    const Grounds& grounds_;
    const RowsSeen& seen_;
    std::vector<std::int64_t> rows_{};             ///< of the trail, found and not erased yet
    std::vector<db::JobErasure> jobs_{};           ///< the same of jobs
    std::vector<std::int64_t> answers_{};          ///< the same of relays' answers
    std::vector<db::PersonalJobLine> job_rows_{};  ///< the same of jobs' rows
    std::vector<std::int64_t> intake_{};           ///< the same of web back ends' requests
    std::int64_t told_before_ = 0;                 ///< rows that entries accounted for which are erased themselves
    Holdings total_{};
};

}  // namespace

void require_unnamed(Context& context, const Subject& subject, const Grounds& grounds) {
    for (const auto& [option, text] :
         {std::pair("--ticket", &grounds.ticket), std::pair("--reason", &grounds.reason)}) {
        if (!subject.mention.in_typed(*text)) continue;
        record_alone(context, entry_of("INVALID_INPUT", {}));
        throw invalid_input(std::string("the text after ") + option + " names the person who is to be erased",
                            "it would be kept: say it without address, number, login and key");
    }
}

Holdings erase(Context& context, const Subject& subject, const Grounds& grounds, const RowsSeen& seen) {
    return Erasure(context, subject, grounds, seen).run();
}

void record_unerased(Context& context, const std::string& result, const Grounds& grounds) {
    record_alone(context, entry_of(result, grounds));
}

}  // namespace pwreset
