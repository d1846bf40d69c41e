#include "src/subject/holdings.h"
#include <algorithm>

#include "db/own/deliveries.h"
#include "db/own/delivery_records.h"
#include "db/own/limits.h"
#include "db/own/token_records.h"
#include "src/account/identity.h"
#include "src/base/ascii.h"
#include "src/subject/pages.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

constexpr const char* interrupted = "what was not done yet is done by another run";

/// An earlier address may be somebody else's by now, whose rows are not ours to take.
bool knows_recipient(const db::PersonalFields& row, const Subject& subject) {
    if (!row.recipient) return false;
    const auto found = subject.digests.find(*row.recipient);
    return found != subject.digests.end() && (found->second != "earlier" || !row.account);
}

/// A row of an account that exists is that account's, whoever had the address before or after. One without an account
/// is of whoever had it then.
bool is_anothers(const db::PersonalFields& row, const Subject& subject) {
    const auto elsewhere = row.recipient ? subject.elsewhere.find(*row.recipient) : subject.elsewhere.end();
    if (elsewhere == subject.elsewhere.end()) return false;
    const auto& [accounts, first, last] = elsewhere->second;
    if (row.account) return accounts.contains(*row.account);
    return subject.digests.at(*row.recipient) == "earlier" ? row.id >= first : row.id <= last;
}

/// Whether a job issued to others who had an address of the person's, and not to the person: then its texts are of
/// them.
bool is_job_of_others(Context& context, const Subject& subject, std::int64_t job) {
    if (subject.others.empty()) return false;
    const std::vector<std::string> others(subject.others.begin(), subject.others.end());
    return !db::deliveries_of_job(context.session, job, others).empty() &&
           db::deliveries_of_job(context.session, job, subject.accounts).empty();
}

bool is_delivery_of_others(Context& context, const Subject& subject, std::int64_t delivery) {
    if (subject.others.empty()) return false;
    const auto record = db::delivery_record(context.session, context.config.application, delivery);
    return record && subject.others.contains(record->account);
}

}  // namespace

Holdings& Holdings::operator+=(const Holdings& more) {
    tokens += more.tokens;
    deliveries += more.deliveries;
    jobs += more.jobs;
    limits += more.limits;
    intake += more.intake;
    answers += more.answers;
    audit_rows += more.audit_rows;
    left_out += more.left_out;
    return *this;
}

bool names_account(const db::PersonalFields& row, const Subject& subject) {
    return row.account &&
           std::find(subject.accounts.begin(), subject.accounts.end(), *row.account) != subject.accounts.end();
}

About about(const db::PersonalFields& row, const Subject& subject) {
    const bool of_delivery = !row.account && row.delivery_id && subject.deliveries.contains(*row.delivery_id);
    if (names_account(row, subject) || of_delivery) return About::person;
    if (is_anothers(row, subject)) return About::another;
    if (knows_recipient(row, subject)) return About::person;
    const bool named = subject.mention.in_typed(row.ticket) || subject.mention.in_typed(row.reason) ||
                       subject.mention.in_machine(row.detail);
    return named ? About::somebody : About::nobody;
}

void each_audit_row(Context& context, const Subject& subject,
                    const std::function<void(const db::PersonalFields&, About)>& visit, const RowsSeen& seen) {
    each_row(
        context, interrupted, seen,
        [&](std::int64_t after, int most) {
            return db::personal_fields(context.session, context.config.application, {}, after, most);
        },
        [&](const db::PersonalFields& row) {
            if (const About why = about(row, subject); why != About::nobody) visit(row, why);
        });
}

void each_job(Context& context, const Subject& subject,
              const std::function<void(const db::JobTexts&, const db::JobErasure&)>& visit, const RowsSeen& seen) {
    each_row(
        context, interrupted, seen,
        [&](std::int64_t after, int most) {
            return db::job_texts(context.session, context.config.application, after, most);
        },
        [&](const db::JobTexts& job) {
            const auto names = [&](const auto& text) { return subject.mention.in_typed(text); };
            const db::JobErasure erasure{job.id, names(job.ticket), names(job.reason), names(job.filters)};
            const bool named = erasure.ticket || erasure.reason || erasure.filters;
            if (named && !is_job_of_others(context, subject, job.id)) visit(job, erasure);
        });
}

void each_intake(Context& context, const Subject& subject, const std::function<void(const db::IntakeRow&)>& visit,
                 const RowsSeen& seen) {
    const auto names = [&](const std::string& typed) {
        if (subject.mention.in_typed(typed)) return true;
        // An address the person had earlier is known by its digest alone.
        return std::any_of(context.keys.own.keys().begin(), context.keys.own.keys().end(), [&](const auto& key) {
            const auto known = subject.digests.find(keyed_digest(key.bytes, "recipient", ascii_lower(typed)));
            if (known == subject.digests.end()) return false;
            return known->second != "earlier" || !subject.elsewhere.contains(known->first);
        });
    };
    each_row(
        context, interrupted, seen,
        [&](std::int64_t after, int most) {
            return db::intake(context.session, context.config.application, after, most);
        },
        [&](const db::IntakeRow& row) {
            if (names(row.identity)) visit(row);
        });
}

void each_job_row(Context& context, const Subject& subject,
                  const std::function<void(const db::PersonalJobLine&)>& visit, const RowsSeen& seen) {
    const std::string& app = context.config.application;
    for (const auto& line : db::job_rows_of(context.session, app, subject.accounts)) visit(line);
    std::int64_t job = 0;
    std::int64_t no = 0;
    for (bool more = true; more;) {
        stop_when_signalled(context.env, interrupted);
        const auto lines = db::unfound_job_rows(context.session, app, job, no, rows_a_page);
        for (const auto& line : lines) {
            if (subject.mention.in_typed(line.row.typed)) visit(line);
        }
        seen(static_cast<std::int64_t>(lines.size()));
        more = lines.size() == rows_a_page;
        if (!more) break;
        job = lines.back().job;
        no = lines.back().row.no;
    }
}

void each_answer(Context& context, const Subject& subject, const std::function<void(const db::Answer&)>& visit,
                 const RowsSeen& seen) {
    each_row(
        context, interrupted, seen,
        [&](std::int64_t after, int most) {
            return db::answers(context.session, context.config.application, after, most);
        },
        [&](const db::Answer& answer) {
            const bool named = !subject.deliveries.contains(answer.id) && subject.mention.in_machine(answer.text);
            if (named && !is_delivery_of_others(context, subject, answer.id)) visit(answer);
        });
}

Holdings survey(Context& context, const Subject& subject, const RowsSeen& seen) {
    Holdings found;
    const std::string& app = context.config.application;
    for (const auto& account : subject.accounts) {
        found.tokens += db::count_tokens(context.session, app, account);
        found.deliveries += static_cast<std::int64_t>(db::delivery_ids(context.session, app, account).size());
    }
    const auto jobs = db::jobs_only_of(context.session, app, subject.accounts);
    found.jobs = static_cast<std::int64_t>(jobs.size());
    each_job(
        context, subject,
        [&](const auto& job, const auto&) {
            if (!std::binary_search(jobs.begin(), jobs.end(), job.id)) ++found.jobs;
        },
        seen);
    each_job_row(
        context, subject, [&](const auto&) { ++found.jobs; }, seen);
    found.limits = static_cast<std::int64_t>(db::counters(context.session, app, limit_keys(subject)).size());
    each_intake(
        context, subject, [&](const auto&) { ++found.intake; }, seen);
    each_answer(
        context, subject, [&](const auto&) { ++found.answers; }, seen);
    each_audit_row(
        context, subject,
        [&](const auto&, About why) { ++(why == About::another ? found.left_out : found.audit_rows); }, seen);
    return found;
}

}  // namespace pwreset
