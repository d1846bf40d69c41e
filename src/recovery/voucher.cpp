#include "src/recovery/voucher.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "db/own/audit.h"
#include "db/own/clocks.h"
#include "src/account/eligibility.h"
#include "src/account/second_factor.h"
#include "src/audit/chain.h"
#include "src/base/error.h"

namespace pwreset {

namespace {

/// More entries than these nobody makes for one account and ticket in a day: codes and links are limited.
constexpr int most_entries = 500;

std::string words_for(const db::AccountRow& account) { return "account 'id:" + account.id + "'"; }

/// The entries of an action that stand for something: of this account and ticket, byte for byte, with this result, and
/// written by pwreset. Newest first.
std::vector<db::AuditRow> vouching_entries(Context& context, const std::string& account, const std::string& ticket,
                                           const char* what, const char* result, Seconds age) {
    db::AuditFilter filter;
    filter.account = account;
    filter.action = what;
    filter.ticket = ticket;
    const Time now = context.session.now();
    filter.since = now - age;
    filter.until = now + db::clock_tolerance;  // what is dated later would stand for something until then
    auto rows = db::list_audit(context.session, context.config.application, filter, 0, most_entries);
    std::erase_if(rows, [&](const auto& row) {
        return row.account != account || row.ticket != ticket || row.result != result ||
               examine(row, context.keys.own) != Authenticity::genuine;
    });
    return rows;
}

/// Another person: by the name, and by who logged in, which stays the same whatever a person becomes.
bool is_another(const db::AuditRow& approval, const Operator& who) {
    return approval.operator_name != who.name && approval.login_uid && who.login_uid &&
           *approval.login_uid != *who.login_uid;
}

std::optional<std::string> approver(Context& context, const std::string& account, const std::string& ticket) {
    const auto printed = vouching_entries(context, account, ticket, print_action, "done", approved_span);
    const std::int64_t used = printed.empty() ? 0 : printed.front().id;
    for (const auto& approval : vouching_entries(context, account, ticket, approve_action, "done", approved_span)) {
        if (approval.id > used && is_another(approval, context.who)) return approval.operator_name;
    }
    return {};
}

}  // namespace

void require_printable(const Context& context, const db::AccountRow& account) {
    if (is_protected(account, context.config.users)) {
        throw Error(Exit::forbidden, "PROTECTED_ACCOUNT",
                    words_for(account) + " is protected: no link of it is printed for anybody",
                    "let the user ask for a link by mail");
    }
    const auto factor = second_factor(context, account.id);
    if (!factor || factor->set == false) return;
    const std::string column = "'" + factor->column + "'";
    if (!factor->set) {
        throw forbidden(
            "whether " + words_for(account) + " has a second factor cannot be told: our login may not read " + column,
            "give it SELECT on that column");
    }
    throw forbidden(words_for(account) + " has a second factor (" + column + "): no link of it is printed",
                    "let the user ask for a link by mail");
}

std::string voucher_for(Context& context, const db::AccountRow& account, const Grounds& grounds) {
    require_printable(context, account);
    const std::string ticket = grounds.ticket.value_or("");
    if (!vouching_entries(context, account.id, ticket, verify_action, "verified", verified_span).empty())
        return "caller verified";
    if (const auto who = approver(context, account.id, ticket)) return "approved by " + *who;
    throw forbidden("nobody vouches for the caller: no code of " + words_for(account) +
                        " was verified for this ticket in " +
                        "the last 15 minutes, and no second operator approved a link in the last 24 hours",
                    "'pwreset send-otp --for caller', then 'pwreset verify-otp' with the same ticket; or a colleague "
                    "approves it with 'pwreset request --approve-link'");
}

}  // namespace pwreset
