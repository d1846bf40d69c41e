#include "src/recovery/revoke_issued.h"

#include "db/own/deliveries.h"
#include "db/own/tokens.h"
#include "src/audit/trail.h"
#include "src/base/reference.h"
#include "src/base/stop.h"

namespace pwreset {

namespace {

/// Deliveries read at once.
constexpr int page_of_issued = 500;

RevokeResult counted(Context& context, const db::Issued& issued) {
    const std::string& app = context.config.application;
    RevokeResult result;
    result.tokens = db::count_live(context.session, app, {}, issued.delivery_id);
    result.deliveries = db::open_deliveries(context.session, app, {}, issued.delivery_id);
    return result;
}

/// One of them; nothing when it was over meanwhile.
std::optional<RevokeResult> taken_back(Context& context, const db::Issued& issued, const Grounds& grounds,
                                       bool dry_run) {
    const std::string target = "ref:" + reference_of(issued.delivery_id);
    RevokeResult result;
    try {
        result = dry_run ? counted(context, issued) : revoke(context, target, grounds, false);
    } catch (const Error& fault) {
        if (fault.code == "NOT_FOUND") return {};
        if (fault.exit != Exit::failed && fault.exit != Exit::forbidden) throw;
        result.failure = fault;
    }
    result.target = target;
    result.account = issued.account;
    return result;
}

// cppcheck-suppress constParameter
void record_look(Context& context, const db::IssuedBy& by, const Grounds& grounds) {
    record_alone(context, {.action = "revoke",
                           .result = "dry run",
                           .ticket = grounds.ticket,
                           .reason = grounds.reason,
                           .detail = "what operator " + by.operator_name + " issued"});
}

}  // namespace

RevokedIssued revoke_issued(Context& context, const db::IssuedBy& by, const Grounds& grounds, bool dry_run) {
    RevokedIssued done;
    const std::string& app = context.config.application;
    done.used = db::issued_and_used(context.session, app, by);
    if (dry_run) record_look(context, by, grounds);
    for (std::int64_t after = 0;;) {
        const auto page = db::issued_and_open(context.session, app, by, after, page_of_issued);
        if (page.empty()) break;
        for (const auto& issued : page) {
            stop_when_signalled(context.env,
                                std::to_string(done.results.size()) + " deliveries are done, not the rest");
            if (auto result = taken_back(context, issued, grounds, dry_run)) done.results.push_back(std::move(*result));
        }
        after = page.back().delivery_id;
    }
    if (!done.results.empty()) return done;
    throw Error(Exit::failed, "NOT_FOUND",
                "nothing that '" + by.operator_name + "' issued since " + rfc3339(by.since) + " is open or live" +
                    (done.used > 0 ? "; used before: " + std::to_string(done.used) : ""),
                "'pwreset list-tokens --operator' shows what there was");
}

}  // namespace pwreset
