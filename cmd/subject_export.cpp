#include "cmd/output/document.h"
#include "cmd/output/nullable.h"
#include "cmd/subject.h"
#include "db/own/limits.h"
#include "src/account/role_words.h"
#include "src/base/encoding.h"
#include "src/base/reference.h"
#include "src/subject/export.h"

namespace pwreset {

namespace {

Json filled(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// One export, list by list.
class Export {
public:
    Export(Stage& stage, const Subject& subject)
        : stage_(stage),
          context_(*stage.context),
          subject_(subject),
          document_(stage.env, stage.common.format, stage.trace_id) {}

    void run() {
        accounts();
        tokens();
        deliveries();
        jobs();
        job_rows();
        limits();
        intake();
        answers();
        const auto left_out = audit();
        document_.finish();
        tell_left_out(stage_, left_out);
    }

private:
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
                item["roles"] = roles_of(row).shown;
            }
            document_.item(item);
        }
    }

    void tokens() {
        document_.list("tokens");
        export_tokens(context_, subject_, [&](const std::string& account, const db::TokenFacts& token) {
            document_.item(token_json(account, token));
        });
    }

    static Json token_json(const std::string& account, const db::TokenFacts& token) {
        Json digests = Json::array();
        if (token.verifier) digests.push_back("verifier");
        if (token.code_mac) digests.push_back("code_mac");
        if (token.password_mark) digests.push_back("pw_mark");
        if (token.application_reference) digests.push_back("app_ref");
        if (token.recipient) digests.push_back("recipient");
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
                {"password_form", text_or_null(token.password_form)},
                {"digests", digests}};
    }

    void deliveries() {
        document_.list("deliveries");
        export_deliveries(context_, subject_,
                          [&](const db::DeliveryRecord& delivery) { document_.item(delivery_json(delivery)); });
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

    void jobs() {
        document_.list("jobs");
        export_jobs(context_, subject_, [&](const db::JobTexts& job) {
            document_.item({{"id", job.id},
                            {"ticket", text_or_null(job.ticket)},
                            {"reason", text_or_null(job.reason)},
                            {"filters", text_or_null(job.filters)}});
        });
    }

    /// What jobs over many accounts hold: as the person was named in a file, and what became of it.
    void job_rows() {
        document_.list("job_rows");
        each_job_row(
            context_, subject_,
            [&](const db::PersonalJobLine& line) {
                document_.item({{"job", line.job},
                                {"line", line.row.line ? Json(*line.row.line) : Json(nullptr)},
                                {"identity", text_or_null(line.row.typed)},
                                {"account", text_or_null(line.row.account)},
                                {"state", word_of(line.row.state)},
                                {"code", text_or_null(line.row.code)},
                                {"message", text_or_null(line.row.reason)}});
            },
            unseen);
    }

    void limits() {
        document_.list("limits");
        for (const auto& counter : db::counters(context_.session, context_.config.application, limit_keys(subject_))) {
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

    /// What looks like the person's, and is somebody else's, is told by its number.
    std::int64_t audit() {
        document_.list("audit");
        const auto left_out =
            export_audit(context_, subject_, [&](const ExportedAudit& told) { document_.item(audit_json(told)); });
        if (left_out == 0) return 0;
        document_.list("left_out");
        document_.item({{"in", "audit"}, {"rows", left_out}, {"why", why_left_out}});
        return left_out;
    }

    static Json audit_json(const ExportedAudit& told) {
        const db::AuditRow& row = told.row;
        return {{"id", row.id},
                {"at", rfc3339(row.at)},
                {"operator", row.operator_name},
                {"host", row.host},
                {"action", row.action},
                {"result", row.result},
                {"account", text_or_null(row.account)},
                {"recipient", row.recipient ? Json(hex(*row.recipient)) : Json(nullptr)},
                {"recipient_of", text_or_null(told.recipient_of)},
                {"channel", text_or_null(row.channel)},
                {"reference", reference_or_null(row.delivery_id)},
                {"ticket", text_or_null(row.ticket)},
                {"reason", text_or_null(row.reason)},
                {"detail", text_or_null(row.detail)},
                {"trace_id", row.trace_id}};
    }

    Stage& stage_;
    Context& context_;
    const Subject& subject_;
    Document document_;
    const RowsSeen unseen = [](std::int64_t) {};
};

}  // namespace

void run_subject_export(Stage& stage, const std::string& identity) {
    if (stage.common.format == Format::csv) {
        throw usage_error("an export has no form in CSV", "it is JSON, or with --output ndjson an object a line");
    }
    const Exported found = begin_export(*stage.context, identity, stage.common.grounds, stage.common.dry_run);
    if (stage.common.dry_run) return answer_holdings(stage, found.subject, found.held, false);
    Export(stage, found.subject).run();
}

}  // namespace pwreset
