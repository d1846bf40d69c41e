#include "src/recovery/intake.h"

#include <optional>
#include <string>

#include "db/own/intake.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/audit/trail.h"
#include "src/limits/limits.h"
#include "src/limits/sms_alarm.h"
#include "src/limits/sms_limits.h"
#include "src/queue/enqueue.h"
#include "src/queue/freeze.h"
#include "src/recovery/public.h"

namespace pwreset {

namespace {

/// Rows erased unhandled in one transaction.
constexpr int largest_erasure = 1000;

/// One request on its way, in a context that has the trace id its web back end was given.
struct Request {
    Context call;
    const db::IntakeRow& row;
    Route route{};
    std::optional<Identity> identity{};
    std::optional<db::AccountRow> account{};
    std::optional<std::string> why{};  ///< policy says no

    const std::string& app() const { return call.config.application; }
};

std::string detail_of(const Request& request) {
    return std::string(word_of(request.route.kind)) + ", asked through " + request.row.operator_name;
}

/// Of a request that is not queued.
AuditEntry entry_of(const Request& request, const std::string& result) {
    AuditEntry entry;
    entry.action = "request";
    entry.result = result;
    entry.channel = std::string(word_of(request.route.channel));
    entry.reason = request.why;
    entry.detail = detail_of(request);
    if (request.account) {
        entry.account = request.account->id;
        const auto recipient = recipient_of(*request.account, request.route.channel, request.call.config.users);
        if (!recipient.empty()) entry.recipient = recipient;
    } else if (request.identity) {
        entry.recipient = normal_form(*request.identity);
    }
    return entry;
}

db::JobRow job_of(const Request& request) {
    return {.app = request.app(),
            .command = "request",
            .budget = Budget::web,
            .operator_name = request.row.operator_name,
            .grounds = {},
            .locale = request.row.locale,
            .trace_id = request.row.trace_id,
            .total = 1};
}

/// Ends the request in one transaction with what `act` does. False when somebody else had ended it.
template <typename Act>
bool end(Request& request, const std::vector<Limit>& limits, const Act& act) {
    auto& session = request.call.session;
    bool ours = false;
    const auto body = [&] {
        prepare(request.call, limits);
        db::Transaction transaction(session);
        ours = db::consume_intake(session, request.row.id);
        if (!ours) return;
        act();
        request.call.env.checkpoint("taking");
        transaction.commit();
    };
    db::retrying(session, body, [&] { return !db::has_intake(session, request.row.id); });
    return ours;
}

/// The identity goes, what it asked for is queued.
bool queue(Request& request) {
    Context& call = request.call;
    const Route& route = request.route;
    const db::AccountRow& account = *request.account;
    const std::string recipient = recipient_of(account, route.channel, call.config.users);
    Page page{
        .job = job_of(request), .action = "request", .lane = Lane::web, .rows = {{account, route, detail_of(request)}}};
    page.limits = limits_after_call(call, {.account = account.id,
                                           .kind = route.kind,
                                           .recipient = recipient,
                                           .budget = Budget::web,
                                           .override_limits = false});
    if (route.channel == Channel::sms) append_sms_limits(call, recipient, page.limits);
    return end(request, page.limits, [&] { enqueue(call, page); });
}

/// Whether this is about the one request. What stops all of them (the database is away) leaves it for the next try.
bool ends_request(const Error& error) {
    return error.exit != Exit::unavailable && error.exit != Exit::outcome_unknown && error.exit != Exit::config;
}

/// A code that waits until text messages go again helps nobody.
void require_channel(Request& request) {
    if (request.route.channel != Channel::sms) return;
    const Config& config = request.call.config;
    if (config.sms && !sms_alarm(request.call.session, config)) return;
    request.why = "no_text_messages";
    throw forbidden("text messages are stopped");
}

void work_off(Request& request, IntakeTally& tally) {
    try {
        const Config& config = request.call.config;
        request.identity = parse_public_identity(request.row.identity, config);
        request.route = public_route(*request.identity, config);
        request.account = find_account(request.call.accounts, *request.identity);
        if (auto no = refusal(*request.account, config, request.route)) {
            request.why = no->reason;
            throw Error(no->error);
        }
        require_channel(request);
        tally.queued += queue(request) ? 1 : 0;
    } catch (const Error& error) {
        if (!ends_request(error)) throw;
        const bool ours = end(request, {}, [&] { record(request.call, {entry_of(request, error.code)}); });
        tally.refused += ours ? 1 : 0;
    }
}

std::int64_t erase_expired(Context& context) {
    auto& session = context.session;
    std::int64_t gone = 0;
    db::retrying(session, [&] {
        db::Transaction transaction(session);
        gone =
            db::erase_intake_before(session, context.config.application, session.now() - intake_span, largest_erasure);
        if (gone == 0) return;
        AuditEntry entry;
        entry.action = "request";
        entry.result = "expired";
        entry.detail = "intake=" + std::to_string(gone);
        record(context, {entry});
        transaction.commit();
    });
    return gone;
}

}  // namespace

IntakeTally& IntakeTally::operator+=(const IntakeTally& more) {
    queued += more.queued;
    refused += more.refused;
    expired += more.expired;
    return *this;
}

std::string in_words(const IntakeTally& tally) {
    std::string text = "requests of web back ends: " + std::to_string(tally.queued) + " queued, " +
                       std::to_string(tally.refused) + " refused";
    if (tally.expired > 0) text += ", " + std::to_string(tally.expired) + " expired";
    return text;
}

IntakeTally work_off_intake(Context& context, int most) {
    IntakeTally tally;
    if (!db::any_intake(context.session, context.config.application)) return tally;
    tally.expired = erase_expired(context);
    if (why_frozen(context.session, context.config.application)) return tally;
    for (const auto& row : db::intake(context.session, context.config.application, 0, most)) {
        if (context.env.signalled() != 0) break;
        Request request{.call = context.with(row.trace_id), .row = row};
        work_off(request, tally);
        context.recorded = context.recorded || request.call.recorded;
    }
    return tally;
}

}  // namespace pwreset
