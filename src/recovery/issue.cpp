#include "src/recovery/issue.h"

#include <algorithm>

#include "db/own/delivery_records.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/account/second_factor.h"
#include "src/audit/trail.h"
#include "src/base/stop.h"
#include "src/delivery/worker.h"
#include "src/limits/limits.h"
#include "src/limits/sms_alarm.h"
#include "src/limits/sms_limits.h"
#include "src/proof/proof.h"
#include "src/queue/enqueue.h"
#include "src/queue/forfeit.h"
#include "src/queue/removal.h"
#include "src/queue/temporary_password.h"
#include "src/recovery/issue_report.h"
#include "src/recovery/voucher.h"
#include "src/service/outage.h"

namespace pwreset {

namespace {

/// The state of one invocation while it works through its identities.
struct Issuing {
    Context& context;
    const IssueRequest& request;
    const Suspension suspension{context};
    std::int64_t job_id = 0;              ///< made with the first delivery
    std::vector<std::string> accounts{};  ///< asked for already
    std::vector<db::DeliveryRow> held{};  ///< to be sent by us
};

db::JobRow job_of(const Context& context, const IssueRequest& request) {
    return {.app = context.config.application,
            .command = request.command,
            .budget = request.budget,
            .operator_name = context.who.name,
            .grounds = request.grounds,
            .locale = request.locale,
            .trace_id = context.trace_id,
            .total = static_cast<std::int64_t>(request.identities.size()),
            .override_protected = request.override_protected};
}

/// One identity while it is asked for, as far as it is known.
struct Wanted {
    std::string typed;
    std::optional<Identity> identity{};
    std::optional<db::AccountRow> account{};
    Route route{};
};

std::string detail_of(const Context& context, const IssueRequest& request, const Wanted& wanted) {
    std::string detail(word_of(wanted.route.kind));
    if (request.override_limits) detail += ", limits overridden";
    if (request.override_protected && wanted.account && is_protected(*wanted.account, context.config.users))
        detail += ", protection overridden";
    return detail;
}

AuditEntry entry_for(const Context& context, const IssueRequest& request, const Wanted& wanted,
                     const std::string& result) {
    AuditEntry entry{.action = request.command,
                     .result = result,
                     .channel = std::string(word_of(wanted.route.channel)),
                     .ticket = request.grounds.ticket,
                     .reason = request.grounds.reason,
                     .detail = detail_of(context, request, wanted)};
    if (!wanted.account) return entry;
    entry.account = wanted.account->id;
    const auto recipient = recipient_of(*wanted.account, wanted.route.channel, context.config.users);
    if (!recipient.empty()) entry.recipient = recipient;
    return entry;
}

/// Adds to a "too often" what happened last: "sent 40 s ago by tom (SUP-4702), accepted by mail.example.com".
void explain_limit(Context& context, const db::AccountRow& account, Error& error) {
    const auto last = db::last_delivery(context.session, context.config.application, account.id);
    if (!last) return;
    std::string text =
        last->state.word + " " + relative(last->queued_at, context.session.now()) + " by " + last->operator_name;
    if (last->ticket) text += " (" + *last->ticket + ")";
    if (last->state == DeliveryState::sent && last->relay) text += ", accepted by " + *last->relay;
    error.message += " (last: " + text + ")";
}

/// Limits, job, delivery and audit row in one transaction; the delivery.
db::DeliveryRow queue(Issuing& issuing, const Wanted& wanted) {
    Context& context = issuing.context;
    const IssueRequest& request = issuing.request;
    auto& session = context.session;
    const std::string& app = context.config.application;
    const Kind kind = wanted.route.kind;
    const Channel channel = wanted.route.channel;
    const auto& account = *wanted.account;
    const std::string recipient = recipient_of(account, channel, context.config.users);
    auto limits = limits_for(context, {.account = account.id,
                                       .kind = kind,
                                       .recipient = recipient,
                                       .budget = request.budget,
                                       .override_limits = request.override_limits});
    if (channel == Channel::sms) append_sms_limits(context, recipient, limits);
    const Page page{.job = job_of(context, request),
                    .job_id = issuing.job_id,
                    .action = request.command,
                    .limits = std::move(limits),
                    .hold = !request.queue,
                    .rows = {{account, wanted.route, detail_of(context, request, wanted)}}};
    std::optional<db::DeliveryRow> queued;
    const auto body = [&] {
        prepare(context, page.limits);
        db::Transaction transaction(session);
        queued = enqueue(context, page).front();
        transaction.commit();
    };
    db::retrying(session, body, [&] {
        queued = db::delivery_of_trace(session, app, context.trace_id, account.id);
        return queued.has_value();
    });
    issuing.job_id = queued->job_id;
    return *queued;
}

/// Nothing is issued that was not shown to be right. A look-up has told who has an account by then, and is counted.
void require_proof(Issuing& issuing, const Wanted& wanted) {
    const auto& account = wanted.account;
    auto why = issuing.suspension.of(wanted.route.kind, account ? std::optional(account->id) : std::nullopt);
    if (!why) return;
    if (account && !issuing.request.dry_run) take_lookup(issuing.context);
    record_alone(issuing.context, entry_for(issuing.context, issuing.request, wanted, why->code));
    throw std::move(*why);
}

/// Everything that may refuse, in the order of the policy.
void admit(Issuing& issuing, Wanted& wanted) {
    Context& context = issuing.context;
    const IssueRequest& request = issuing.request;
    const auto& users = context.config.users;
    wanted.identity = parse_identity(wanted.typed, users.phone_region);
    wanted.route = route_for(request.wish, wanted.identity->key, nullptr);
    require_proof(issuing, wanted);
    if (request.dry_run) take_lookup(context);  // it takes nothing else, and tells as much
    wanted.account = find_account(context.accounts, *wanted.identity);
    wanted.route = route_for(request.wish, wanted.identity->key, &*wanted.account);
    if (auto no = refusal(*wanted.account, context.config, wanted.route, request.override_protected))
        throw std::move(no->error);
    require_proof(issuing, wanted);
    if (auto no = second_factor_refusal(context, wanted.account->id, wanted.route.kind)) throw std::move(no->error);
    if (std::find(issuing.accounts.begin(), issuing.accounts.end(), wanted.account->id) != issuing.accounts.end()) {
        throw invalid_input("'" + wanted.typed + "' names an account that was named before in this call",
                            "name it once");
    }
    if (wanted.route.kind == Kind::link_printed) voucher_for(context, *wanted.account, request.grounds);
    if (wanted.route.kind == Kind::temporary_password) {
        require_temporary_passwords(context, wanted.route.channel);
        require_storable(context, *wanted.account);
    }
    if (wanted.route.channel == Channel::sms) require_text_messages(context.session, context.config);
    if (wanted.route.kind == Kind::link || wanted.route.kind == Kind::link_printed) {
        if (auto no = unswept(context.session, context.config, context.application().profile())) throw std::move(*no);
    }
    issuing.accounts.push_back(wanted.account->id);
}

/// Whether a failure says something of an account: then it is counted, too.
bool tells(const Error& error) {
    return error.exit == Exit::no_user || error.exit == Exit::forbidden || error.exit == Exit::failed;
}

/// Records a refusal. One that tells something takes its share of the limits in the same transaction; where they are
/// used up, `error` becomes that.
void record_refusal(Issuing& issuing, const Wanted& wanted, Error& error) {
    Context& context = issuing.context;
    const IssueRequest& request = issuing.request;
    const auto entry = entry_for(context, request, wanted, error.code);
    if (request.dry_run || !wanted.identity || !tells(error)) return record_alone(context, entry);
    const auto limits = limits_of_refusal(context, *wanted.identity, request.budget);
    const auto body = [&] {
        prepare(context, limits);
        db::Transaction transaction(context.session);
        take_limits(context, limits, context.session.now());
        record(context, {entry});
        transaction.commit();
    };
    try {
        db::retrying(context.session, body);
    } catch (const Error& limited) {
        if (limited.exit != Exit::limited) throw;
        error = limited;
        return record_alone(context, entry_for(context, request, wanted, error.code));
    }
    // What stands in the way of that is found again by the nightly purge, and is no answer to this request.
    if (wanted.account) fault_of([&] { end_forfeited(context, wanted.account->id); });
}

/// Whether a failure is of one identity and not of everything.
bool is_about_one(const Error& error) {
    return error.exit != Exit::unavailable && error.exit != Exit::config && error.exit != Exit::internal &&
           error.exit != Exit::outcome_unknown && error.exit != Exit::io && error.exit != Exit::usage;
}

/// Admits and queues; throws what refuses it.
void issue_admitted(Issuing& issuing, Wanted& wanted, IssueResult& result) {
    Context& context = issuing.context;
    const IssueRequest& request = issuing.request;
    admit(issuing, wanted);
    result.account = wanted.account->id;
    result.recipient = masked_recipient(*wanted.account, wanted.route.channel, context.config.users);
    if (request.dry_run) {
        result.delivery = "would be sent";
        return record_alone(context, entry_for(context, request, wanted, "dry run"));
    }
    const auto delivery = queue(issuing, wanted);
    result.delivery_id = delivery.id;
    result.delivery = "queued";
    if (!request.queue) issuing.held.push_back(delivery);
}

IssueResult issue_one(Issuing& issuing, const std::string& typed) {
    IssueResult result;
    result.identity = typed;
    Wanted wanted{.typed = typed};
    try {
        issue_admitted(issuing, wanted, result);
    } catch (Error& error) {
        if (!is_about_one(error)) throw;
        const auto* limit = dynamic_cast<const LimitReached*>(&error);
        const bool of_account = limit && (limit->share == Share::account || limit->share == Share::recipient);
        if (of_account && wanted.account) explain_limit(issuing.context, *wanted.account, error);
        record_refusal(issuing, wanted, error);
        result.delivery = "failed";
        result.failure = error;
    }
    result.kind = wanted.route.kind;
    result.channel = wanted.route.channel;
    return result;
}

/// Works through the identities. When the database goes away on the way, what was queued before is still answered, and
/// the rest fails: a caller must not lose the references it has.
std::vector<IssueResult> queue_all(Issuing& issuing) {
    std::vector<IssueResult> results;
    const auto& identities = issuing.request.identities;
    for (const auto& identity : identities) {
        stop_when_signalled(issuing.context.env, std::to_string(results.size()) + " of " +
                                                     std::to_string(identities.size()) +
                                                     " were queued, and are sent by the next worker");
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
    require_possible(request.wish);
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
        // Where the database went away after a mail had left, what is known of that is all there is to answer.
        const auto unread = fault_of([&] { report_standing(context, result); });
        if (unread && !lost) throw Error(*unread);
    }
    return results;
}

}  // namespace pwreset
