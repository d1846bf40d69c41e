#include "src/subject/export.h"

#include <algorithm>
#include <map>
#include <vector>

#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/base/error.h"
#include "src/subject/pages.h"

namespace pwreset {

namespace {

constexpr const char* cut_short = "the export is not complete";
constexpr std::size_t audit_rows_at_once = 200;

const RowsSeen& uncounted() {
    static const RowsSeen nobody = [](std::int64_t) {};
    return nobody;
}

/// An entry for each account, or one without.
void record_export(Context& context, const std::vector<std::string>& accounts, const Grounds& grounds,
                   const std::string& result) {
    std::vector<AuditEntry> entries(std::max<std::size_t>(accounts.size(), 1));
    for (std::size_t i = 0; i < accounts.size(); ++i) entries[i].account = accounts[i];
    for (auto& entry : entries) {
        entry.action = export_action;
        entry.result = result;
        entry.ticket = grounds.ticket;
        entry.reason = grounds.reason;
    }
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        record(context, entries);
        transaction.commit();
    });
}

/// The row as the person may read it.
ExportedAudit told(db::AuditRow row, About why, const Subject& subject) {
    const bool about_person = why == About::person;
    const auto& ours = subject.accounts;
    if (row.account && std::find(ours.begin(), ours.end(), *row.account) == ours.end()) row.account.reset();
    std::optional<std::string> recipient_of;
    const auto digest = row.recipient ? subject.digests.find(*row.recipient) : subject.digests.end();
    if (about_person && digest != subject.digests.end()) {
        recipient_of = digest->second;
    } else {
        row.recipient.reset();
    }
    if (!about_person) {
        row.delivery_id.reset();
        if (!subject.mention.in_typed(row.ticket)) row.ticket.reset();
        if (!subject.mention.in_typed(row.reason)) row.reason.reset();
        if (!subject.mention.in_machine(row.detail)) row.detail.reset();
    }
    return {std::move(row), std::move(recipient_of)};
}

}  // namespace

Exported begin_export(Context& context, const std::string& identity, const Grounds& grounds, bool dry_run) {
    Exported found{find_subject(context, identity, export_action, uncounted()), {}};
    const Subject& subject = found.subject;
    if (dry_run || subject.rows.empty()) found.held = survey(context, subject, uncounted());
    if (subject.rows.empty() && found.held.total() == 0) {
        record_export(context, {}, grounds, "NOT_FOUND");
        throw Error(Exit::failed, "NOT_FOUND", "nothing is held about this person",
                    "check the spelling of the identity");
    }
    record_export(context, subject.accounts, grounds, dry_run ? "dry run" : "done");
    return found;
}

void export_tokens(Context& context, const Subject& subject,
                   const std::function<void(const std::string&, const db::TokenFacts&)>& tell) {
    for (const auto& account : subject.accounts) {
        each_row(
            context, cut_short, uncounted(),
            [&](std::int64_t after, int most) {
                return db::token_facts(context.session, context.config.application, account, after, most);
            },
            [&](const db::TokenFacts& token) { tell(account, token); });
    }
}

void export_deliveries(Context& context, const Subject& subject,
                       const std::function<void(const db::DeliveryRecord&)>& tell) {
    for (const auto& account : subject.accounts) {
        std::int64_t before = 0;
        for (bool more = true; more;) {
            stop_when_signalled(context.env, cut_short);
            const auto page =
                db::deliveries_of(context.session, context.config.application, account, before, rows_a_page);
            for (const auto& delivery : page) tell(delivery);
            more = page.size() == rows_a_page;
            if (more) before = page.back().id;
        }
    }
}

void export_jobs(Context& context, const Subject& subject, const std::function<void(const db::JobTexts&)>& tell) {
    each_job(
        context, subject,
        [&](const db::JobTexts& job, const db::JobErasure& named) {
            db::JobTexts shown = job;
            if (!named.ticket) shown.ticket.reset();
            if (!named.reason) shown.reason.reset();
            if (!named.filters) shown.filters.reset();
            tell(shown);
        },
        uncounted());
}

std::int64_t export_audit(Context& context, const Subject& subject,
                          const std::function<void(const ExportedAudit&)>& tell) {
    std::int64_t left_out = 0;
    // The walk tells which rows; they are fetched whole, some at a time.
    std::map<std::int64_t, About> found;
    const auto tell_found = [&] {
        std::vector<std::int64_t> ids;
        for (const auto& [id, why] : found) ids.push_back(id);
        for (auto& row : db::audit_rows(context.session, context.config.application, ids)) {
            const About why = found[row.id];
            tell(told(std::move(row), why, subject));
        }
        found.clear();
    };
    each_audit_row(
        context, subject,
        [&](const db::PersonalFields& row, About why) {
            if (why == About::another) {
                ++left_out;
                return;
            }
            found[row.id] = why;
            if (found.size() == audit_rows_at_once) tell_found();
        },
        uncounted());
    tell_found();
    return left_out;
}

}  // namespace pwreset
