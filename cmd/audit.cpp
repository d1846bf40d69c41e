#include <ostream>

#include "cmd/command.h"
#include "cmd/paging.h"
#include "cmd/since.h"
#include "db/own/audit.h"
#include "db/own/job_rows.h"
#include "src/account/matching.h"
#include "src/audit/page.h"
#include "src/base/encoding.h"
#include "src/base/reference.h"

namespace pwreset {

namespace {

struct AuditOptions {
    std::optional<std::string> identity, operator_name, action, reference, since, until;
    PageOptions pages;
};

db::AuditFilter filter_of(const AuditOptions& options, Stage& stage) {
    db::AuditFilter filter;
    if (options.identity)
        filter.account = find_account_key(stage.context->accounts,
                                          parse_identity(*options.identity, stage.config->users.phone_region));
    filter.operator_name = options.operator_name;
    filter.action = options.action;
    filter.ticket = stage.common.grounds.ticket;
    if (options.reference) {
        filter.delivery_id = parse_reference(*options.reference);
        if (!filter.delivery_id)
            throw usage_error("'" + *options.reference + "' is not a reference", "it looks like 7K3Q-M2");
    }
    const Time now = stage.context->session.now();
    include_pages(stage.context->session, stage.context->config.application, filter);
    filter.since = parse_moment("--since", options.since, now);
    filter.until = parse_moment("--until", options.until, now);
    return filter;
}

const std::vector<Column> columns{{"id", "ID"},
                                  {"at", "TIME"},
                                  {"operator", "OPERATOR"},
                                  {"login_uid", ""},
                                  {"host", ""},
                                  {"action", "ACTION"},
                                  {"result", "RESULT"},
                                  {"account", "ACCOUNT"},
                                  {"channel", ""},
                                  {"reference", "REF"},
                                  {"ticket", "TICKET"},
                                  {"reason", "REASON", true, true},
                                  {"detail", "DETAIL", true, true},
                                  {"trace_id", ""},
                                  {"profile", ""},
                                  {"key_id", ""},
                                  {"sealed", ""}};

void print_row(Listing& listing, const db::AuditRow& row) {
    const auto text = [](const std::optional<std::string>& value) { return value ? Cell(*value) : Cell(); };
    const Cell profile = row.profile ? Cell(hex(*row.profile)) : Cell();
    listing.row({row.id, row.at, row.operator_name, text(row.login_uid), row.host, row.action, row.result,
                 text(row.account), text(row.channel), row.delivery_id ? Cell(reference_of(*row.delivery_id)) : Cell(),
                 text(row.ticket), text(row.reason), text(row.detail), row.trace_id, profile, row.key_id,
                 row.seq.has_value()});
}

/// Whom a job refused or put off is in the trail by number only, and in the rows of the job by name.
void tell_jobs(Stage& stage, const std::string& account) {
    auto& context = *stage.context;
    std::string jobs;
    for (const auto& [job, row] : db::job_rows_of(context.session, context.config.application, {account})) {
        if (row.state == db::RowState::refused || row.state == db::RowState::deferred)
            jobs += (jobs.empty() ? "" : ", ") + std::to_string(job) + " (" + std::string(word_of(row.state)) + ")";
    }
    if (!jobs.empty()) stage.env.err << "also in the report of job " << jobs << ": 'pwreset jobs report' has it\n";
}

void run_audit(const AuditOptions& options, Stage& stage) {
    auto& context = *stage.context;
    const auto filter = filter_of(options, stage);
    Listing listing(stage.env, stage.common.format, "entries", columns, stage.trace_id);
    const auto fetch = [&](std::int64_t before, int most) {
        return db::list_audit(context.session, context.config.application, filter, before, most);
    };
    print_pages(stage, listing, options.pages, "no entries", fetch, [&](const auto& row) { print_row(listing, row); });
    if (filter.account) tell_jobs(stage, *filter.account);
}

/// The parser hands what a command below does not know to the one above: `audit verify --operator tom` must not pass
/// for a verification of what tom did.
void refuse_listing_options(const CommandLine& listing) {
    for (const auto& name : listing.given()) {
        throw usage_error("'" + name + "' is for listing entries with 'audit' alone",
                          "'audit verify' and 'audit head' are about the whole trail");
    }
}

}  // namespace

Command audit_command(CommandLine& parent) {
    auto options = std::make_shared<AuditOptions>();
    auto& line = parent.command("audit", "list who did what to whom, when and why, newest first");
    line.argument("IDENTITY", options->identity, Presence::optional, "only this account");
    line.text("--operator", options->operator_name, "NAME", "only what this operator did");
    line.free_text("--action", options->action, "ACTION", "only this action: request, send-otp, mint, send, revoke …");
    line.text("--ref", options->reference, "REFERENCE", "only this delivery");
    line.text("--since", options->since, "WHEN", "at or after: a time with offset, a date, or an age such as 2h");
    line.text("--until", options->until, "WHEN", "before");
    bind_page_options(line, options->pages);
    Command command{
        &line, Needs::database, {Capability::audit}, [options](Stage& stage) { run_audit(*options, stage); }};
    command.subcommands = {audit_verify_command(line), audit_head_command(line)};
    for (const auto& below : command.subcommands) below.line->check([&line] { refuse_listing_options(line); });
    return command;
}

}  // namespace pwreset
