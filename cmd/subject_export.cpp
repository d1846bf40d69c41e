#include <algorithm>
#include <map>

#include "cmd/output/document.h"
#include "cmd/output/nullable.h"
#include "cmd/subject.h"
#include "db/own/delivery_records.h"
#include "db/own/limits.h"
#include "db/own/token_records.h"
#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/base/encoding.h"
#include "src/base/reference.h"

namespace pwreset {

namespace {

constexpr const char* export_action = "subject-export";

Json filled(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// One export, list by list.
class Export {
public:
    Export(Stage& stage, const Subject& subject)
        : context_(*stage.context), subject_(subject), document_(stage.env, stage.common.format, stage.trace_id) {}

    void run() {
        accounts();
        tokens();
        deliveries();
        jobs();
        limits();
        intake();
        answers();
        audit();
        document_.finish();
    }

private:
    db::Session& session() { return context_.session; }
    const std::string& app() const { return context_.config.application; }

    /// Not held by us: what the rest is about, read from the application's own table.
    void accounts() {
        document_.list("accounts");
        for (const auto& key : subject_.accounts) {
            Json item{{"account", key}, {"source", "application"}, {"exists", false}};
            for (const auto& row : subject_.rows) {
                if (row.id != key) continue;
                item["exists"] = true;
                item["email"] = filled(row.email);
                item["phone"] = filled(row.phone);
                item["login"] = filled(row.login);
                item["locale"] = filled(row.locale);
                item["enabled"] = row.enabled;
                item["roles"] = row.roles;
            }
            document_.item(item);
        }
    }

    void tokens() {
        document_.list("tokens");
        for (const auto& account : subject_.accounts) {
            each_row(
                context_, interrupted, unseen,
                [&](std::int64_t after, int most) { return db::token_facts(session(), app(), account, after, most); },
                [&](const db::TokenFacts& token) { document_.item(token_json(account, token)); });
        }
    }

    static Json token_json(const std::string& account, const db::TokenFacts& token) {
        Json digests = Json::array();
        if (token.verifier) digests.push_back("verifier");
        if (token.code_mac) digests.push_back("code_mac");
        if (token.password_mark) digests.push_back("pw_mark");
        if (token.application_reference) digests.push_back("app_ref");
        return {{"account", account},
                {"id", token.id},
                {"kind", token.kind},
                {"channel", token.channel},
                {"state", token.state},
                {"reference", reference_of(token.delivery_id)},
                {"attempt", token.attempt},
                {"attempts", token.attempts},
                {"issued_at", rfc3339(token.issued_at)},
                {"expires_at", rfc3339(token.expires_at)},
                {"used_at", time_or_null(token.used_at)},
                {"voided_at", time_or_null(token.voided_at)},
                {"void_reason", text_or_null(token.void_reason)},
                {"key_id", text_or_null(token.key_id)},
                {"digests", digests}};
    }

    void deliveries() {
        document_.list("deliveries");
        for (const auto& account : subject_.accounts) {
            std::int64_t before = 0;
            for (bool more = true; more;) {
                stop_when_signalled(context_.env, interrupted);
                const auto page = db::deliveries_of(session(), app(), account, before, rows_a_page);
                for (const auto& delivery : page) document_.item(delivery_json(delivery));
                more = page.size() == rows_a_page;
                if (more) before = page.back().id;
            }
        }
    }

    static Json delivery_json(const db::DeliveryRecord& delivery) {
        return {{"account", delivery.account},
                {"reference", reference_of(delivery.id)},
                {"kind", delivery.kind.word},
                {"channel", delivery.channel.word},
                {"state", delivery.state.word},
                {"attempts", delivery.attempts},
                {"failures", delivery.failures},
                {"queued_at", rfc3339(delivery.queued_at)},
                {"finished_at", time_or_null(delivery.finished_at)},
                {"relay", text_or_null(delivery.relay)},
                {"answer", text_or_null(delivery.answer)},
                {"why", text_or_null(delivery.reason)},
                {"superseded_by", reference_or_null(delivery.superseded_by)},
                {"command", delivery.command},
                {"operator", delivery.operator_name},
                {"ticket", text_or_null(delivery.ticket)},
                {"reason", text_or_null(delivery.job_reason)},
                {"locale", text_or_null(delivery.locale)},
                {"trace_id", delivery.trace_id}};
    }

    /// Texts that name the person; the others in the same row may be about somebody else.
    void jobs() {
        document_.list("jobs");
        each_job(
            context_, subject_,
            [&](const db::JobTexts& job, const db::JobErasure& named) {
                document_.item({{"id", job.id},
                                {"ticket", named.ticket ? text_or_null(job.ticket) : Json(nullptr)},
                                {"reason", named.reason ? text_or_null(job.reason) : Json(nullptr)},
                                {"filters", named.filters ? text_or_null(job.filters) : Json(nullptr)}});
            },
            unseen);
    }

    void limits() {
        document_.list("limits");
        for (const auto& counter : db::counters(session(), app(), limit_keys(subject_))) {
            document_.item(
                {{"key", counter.key}, {"hits", counter.hits}, {"window_ends_at", rfc3339(counter.window_ends)}});
        }
    }

    /// What the person asked for through a web back end and nobody has looked into.
    void intake() {
        document_.list("intake");
        each_intake(
            context_, subject_,
            [&](const db::IntakeRow& row) {
                document_.item({{"identity", row.identity},
                                {"locale", text_or_null(row.locale)},
                                {"operator", row.operator_name},
                                {"trace_id", row.trace_id},
                                {"taken_at", rfc3339(row.taken_at)}});
            },
            unseen);
    }

    void answers() {
        document_.list("answers");
        each_answer(
            context_, subject_,
            [&](const db::Answer& answer) {
                document_.item({{"reference", reference_of(answer.id)}, {"answer", answer.text}});
            },
            unseen);
    }

    /// The walk tells which rows; they are fetched whole, some at a time.
    void audit() {
        document_.list("audit");
        std::map<std::int64_t, About> found;
        const auto print = [&] {
            std::vector<std::int64_t> ids;
            for (const auto& [id, why] : found) ids.push_back(id);
            for (const auto& row : db::audit_rows(session(), app(), ids))
                document_.item(audit_json(row, found[row.id]));
            found.clear();
        };
        each_audit_row(
            context_, subject_,
            [&](const db::PersonalFields& row, About why) {
                found[row.id] = why;
                if (found.size() == audit_rows_at_once) print();
            },
            unseen);
        print();
    }

    Json audit_json(const db::AuditRow& row, About why) const {
        const auto ours = std::find(subject_.accounts.begin(), subject_.accounts.end(), row.account.value_or(""));
        const auto digest = row.recipient ? subject_.digests.find(*row.recipient) : subject_.digests.end();
        const bool about_person = why == About::person;
        const bool known = about_person && digest != subject_.digests.end();
        const auto text = [&](const std::optional<std::string>& said, bool names) {
            return about_person || names ? text_or_null(said) : Json(nullptr);
        };
        return {{"id", row.id},
                {"at", rfc3339(row.at)},
                {"operator", row.operator_name},
                {"host", row.host},
                {"action", row.action},
                {"result", row.result},
                {"account", ours != subject_.accounts.end() ? Json(*ours) : Json(nullptr)},
                {"recipient", known ? Json(hex(*row.recipient)) : Json(nullptr)},
                {"recipient_of", known ? Json(digest->second) : Json(nullptr)},
                {"channel", text_or_null(row.channel)},
                {"reference", about_person ? reference_or_null(row.delivery_id) : Json(nullptr)},
                {"ticket", text(row.ticket, subject_.mention.in_typed(row.ticket))},
                {"reason", text(row.reason, subject_.mention.in_typed(row.reason))},
                {"detail", text(row.detail, subject_.mention.in_machine(row.detail))},
                {"trace_id", row.trace_id}};
    }

    static constexpr const char* interrupted = "the export is not complete";
    static constexpr std::size_t audit_rows_at_once = 200;

    Context& context_;
    const Subject& subject_;
    Document document_;
    const RowsSeen unseen = [](std::int64_t) {};
};

/// Before the first word of it is printed.
void record_export(Stage& stage, const std::vector<std::string>& accounts, const std::string& result) {
    std::vector<AuditEntry> entries;
    for (const auto& account : accounts) {
        AuditEntry& entry = entries.emplace_back();
        entry.account = account;
    }
    if (entries.empty()) entries.emplace_back();
    for (auto& entry : entries) {
        entry.action = export_action;
        entry.result = result;
        entry.ticket = stage.common.grounds.ticket;
        entry.reason = stage.common.grounds.reason;
    }
    db::retrying(stage.context->session, [&] {
        db::Transaction transaction(stage.context->session);
        record(*stage.context, entries);
        transaction.commit();
    });
}

}  // namespace

void run_subject_export(Stage& stage, const std::string& identity) {
    if (stage.common.format == Format::csv) {
        throw usage_error("an export has no form in CSV", "it is JSON, or with --output ndjson an object a line");
    }
    const RowsSeen unseen = [](std::int64_t) {};
    const Subject subject = find_subject(*stage.context, identity, export_action, unseen);
    const bool counted = stage.common.dry_run || subject.rows.empty();
    const Holdings held = counted ? survey(*stage.context, subject, unseen) : Holdings{};
    if (subject.rows.empty() && held.total() == 0) {
        record_export(stage, {}, "NOT_FOUND");
        throw Error(Exit::failed, "NOT_FOUND", "nothing is held about this person",
                    "check the spelling of the identity");
    }
    record_export(stage, subject.accounts, stage.common.dry_run ? "dry run" : "done");
    if (stage.common.dry_run) return answer_holdings(stage, subject, held, false);
    Export(stage, subject).run();
}

}  // namespace pwreset
