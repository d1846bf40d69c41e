#include "src/recovery/issue.h"

#include <algorithm>
#include <chrono>

#include "db/deliveries.h"
#include "db/jobs.h"
#include "db/tokens.h"
#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/base/reference.h"
#include "src/delivery/sms_alarm.h"
#include "src/delivery/worker.h"
#include "src/recovery/limits.h"
#include "src/recovery/sms_limits.h"
#include "src/recovery/stop.h"

namespace pwreset {

namespace {

/// How long a queued delivery is held for the process that will send it itself.
constexpr Seconds hold_span{60};

/// The state of one invocation while it works through its identities.
struct Issuing {
    Context& context;
    const IssueRequest& request;
    std::int64_t job_id = 0;              ///< made with the first delivery
    std::vector<std::string> accounts{};  ///< asked for already
    std::vector<db::DeliveryRow> held{};  ///< to be sent by us
};

db::JobRow job_of(const Context& context, const IssueRequest& request) {
    return {.app = context.config.application,
            .command = request.command,
            .budget = request.budget,
            .operator_name = context.who.name,
            .ticket = request.ticket,
            .reason = request.reason,
            .locale = request.locale,
            .trace_id = context.trace_id,
            .total = static_cast<std::int64_t>(request.identities.size())};
}

/// What is sent, and by which way.
struct Route {
    Kind kind = Kind::link;
    Channel channel = Channel::email;
};

Route route_of(const IssueRequest& request) {
    const Channel channel = request.channel.value_or(Channel::email);
    return {request.kind.value_or(channel == Channel::sms ? Kind::reset_otp : Kind::link), channel};
}

AuditEntry entry_for(const IssueRequest& request, const Route& route, const db::AccountRow* account,
                     const std::string& result) {
    return {.action = request.command,
            .result = result,
            .channel = std::string(word_of(route.channel)),
            .delivery_id = {},
            .account = account ? std::optional(account->id) : std::nullopt,
            .recipient = account ? std::optional(recipient_of(*account, route.channel)) : std::nullopt,
            .ticket = request.ticket,
            .reason = request.reason,
            .detail = std::string(word_of(route.kind)) + (request.override_limits ? ", limits overridden" : "")};
}

/// Adds to a "too often" what happened last: "sent 40 s ago by tom (SUP-4702), accepted by mail.example.com".
void explain_limit(Context& context, const db::AccountRow& account, Error& error) {
    const auto last = db::last_delivery(context.session, context.config.application, account.id);
    if (!last) return;
    std::string text =
        last->state + " " + relative(last->queued_at, context.session.now()) + " by " + last->operator_name;
    if (last->ticket) text += " (" + *last->ticket + ")";
    if (last->state == "sent" && last->relay) text += ", accepted by " + *last->relay;
    error.message += " (last: " + text + ")";
}

/// Limits, job, delivery and audit row in one transaction; the delivery.
db::DeliveryRow queue(Issuing& issuing, const db::AccountRow& account, const Route& route) {
    auto& [context, request, job_id, accounts, held] = issuing;
    auto& session = context.session;
    const std::string& app = context.config.application;
    auto limits = limits_for(context, account, route.kind, request.override_limits);
    if (route.channel == Channel::sms) append_sms_limits(context, recipient_of(account, route.channel), limits);
    std::optional<db::DeliveryRow> queued;
    const auto found = [&] { return queued = db::delivery_of_trace(session, app, context.trace_id, account.id); };
    const auto body = [&] {
        prepare(context, limits);
        db::Transaction transaction(session);
        const Time now = session.now();
        take_limits(context, limits, now);
        const std::int64_t job = job_id != 0 ? job_id : db::insert_job(session, job_of(context, request));
        const db::Lease hold{process_identity(), now + hold_span};
        db::insert_deliveries(session, app, job,
                              {{account.id, std::string(word_of(route.kind)), std::string(word_of(route.channel))}},
                              request.queue ? std::nullopt : std::optional(hold));
        found();
        auto entry = entry_for(request, route, &account, "queued");
        entry.delivery_id = queued->id;
        record(context, {entry});
        transaction.commit();
    };
    db::retrying(session, body, [&] { return found().has_value(); });
    job_id = queued->job_id;
    return *queued;
}

/// Everything that may refuse, in the order of the policy; the account when nothing does.
db::AccountRow admitted(Issuing& issuing, const std::string& typed, const Route& route,
                        std::optional<db::AccountRow>& account) {
    account = find_account(issuing.context.accounts, parse_identity(typed));
    if (auto no = refusal(*account, issuing.context.config.users, route.kind)) throw std::move(no->error);
    if (std::find(issuing.accounts.begin(), issuing.accounts.end(), account->id) != issuing.accounts.end()) {
        throw invalid_input("'" + typed + "' names an account that was named before in this call", "name it once");
    }
    if (route.channel == Channel::sms) require_text_messages(issuing.context.session, issuing.context.config);
    issuing.accounts.push_back(account->id);
    return *account;
}

IssueResult issue_one(Issuing& issuing, const std::string& typed) {
    IssueResult result;
    result.identity = typed;
    const Route route = route_of(issuing.request);
    result.kind = route.kind;
    result.channel = route.channel;
    std::optional<db::AccountRow> account;
    try {
        admitted(issuing, typed, route, account);
        result.account = account->id;
        result.recipient = masked_recipient(*account, route.channel);
        if (issuing.request.dry_run) {
            result.delivery = "would be sent";
            record_alone(issuing.context, entry_for(issuing.request, route, &*account, "dry run"));
            return result;
        }
        const auto delivery = queue(issuing, *account, route);
        result.delivery_id = delivery.id;
        result.delivery = "queued";
        if (!issuing.request.queue) issuing.held.push_back(delivery);
    } catch (Error& error) {
        const bool about_this_one = error.exit != Exit::unavailable && error.exit != Exit::config &&
                                    error.exit != Exit::internal && error.exit != Exit::outcome_unknown &&
                                    error.exit != Exit::io && error.exit != Exit::usage;
        if (!about_this_one) throw;
        if (error.exit == Exit::limited && account) explain_limit(issuing.context, *account, error);
        record_alone(issuing.context, entry_for(issuing.request, route, account ? &*account : nullptr, error.code));
        result.delivery = "failed";
        result.failure = error;
    }
    return result;
}

/// What the queue says of a delivery now, in the words of the answer.
void report(Context& context, IssueResult& result) {
    if (result.delivery_id == 0) return;
    const auto outcome = db::outcome(context.session, result.delivery_id);
    result.relay = outcome.relay;
    result.answer = outcome.answer;
    result.superseded_by = outcome.superseded_by;
    if (outcome.state == "sent") result.delivery = "accepted";
    if (outcome.state == "queued" || outcome.state == "uncertain") result.next_try = outcome.next_at;
    if (const auto token = db::last_token_of(context.session, result.delivery_id); token && outcome.state == "sent") {
        result.token_id = token->id;
        result.expires_at = token->expires_at;
    }
    const std::string reference = reference_of(result.delivery_id);
    if (outcome.state == "failed") {
        result.delivery = "failed";
        result.failure = Error(
            Exit::failed, "UNDELIVERABLE",
            "the relay refused the mail to " + result.recipient + ": " + outcome.answer.value_or("no reason given"),
            "check the address in the application; 'pwreset audit --ref " + reference + "' has the history");
    }
    if (outcome.state == "refused" || outcome.state == "cancelled" || outcome.state == "gone") {
        result.delivery = "failed";
        result.failure = forbidden("delivery '" + reference + "' was ended before it was marked as sent: " +
                                       outcome.reason.value_or("no reason"),
                                   "its link is void; 'pwreset audit --ref " + reference + "' has the history");
    }
    if (result.delivery == "queued" && result.warning.empty() && outcome.answer) result.warning = *outcome.answer;
}

/// Works through the identities. When the database goes away on the way, what was queued before is still answered, and
/// the rest fails: a caller must not lose the references it has.
std::vector<IssueResult> queue_all(Issuing& issuing) {
    std::vector<IssueResult> results;
    const auto& identities = issuing.request.identities;
    for (const auto& identity : identities) {
        stop_when_signalled(issuing.context.env, std::to_string(results.size()) + " of " +
                                                     std::to_string(identities.size()) +
                                                     " were queued; 'pwreset deliver' sends them");
        try {
            results.push_back(issue_one(issuing, identity));
        } catch (const Error& error) {
            if (results.empty()) throw;
            while (results.size() < identities.size()) {
                IssueResult& rest = results.emplace_back();
                rest.identity = identities[results.size() - 1];
                rest.delivery = "failed";
                rest.failure = error;
            }
        }
        if (results.size() == identities.size()) break;
    }
    return results;
}

}  // namespace

std::vector<IssueResult> issue(Context& context, const IssueRequest& request) {
    Worker worker(context);  // first, because its templates are checked: nothing is queued that could not be sent
    Issuing issuing{.context = context, .request = request};
    auto results = queue_all(issuing);
    if (issuing.held.empty()) return results;
    Pass pass;
    std::optional<Error> lost;
    try {
        pass = worker.send_held(issuing.held);
    } catch (const Error& error) {
        if (error.exit != Exit::unavailable) throw;
        lost = error;
    }
    for (auto& result : results) {
        const auto away = pass.unavailable.find(result.channel);
        if (!result.failure && away != pass.unavailable.end()) result.warning = away->second.message;
        if (!result.failure && lost) result.warning = lost->message;
        result.subject = pass.subjects[result.delivery_id];
        report(context, result);
    }
    return results;
}

}  // namespace pwreset
