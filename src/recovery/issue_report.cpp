#include "src/recovery/issue_report.h"

#include "db/own/delivery_records.h"
#include "db/own/tokens.h"
#include "src/base/concern.h"
#include "src/base/reference.h"
#include "src/queue/marking.h"
#include "src/service/outage.h"

namespace pwreset {

namespace {

std::string voided_words(Kind kind) {
    if (kind == Kind::temporary_password) return "its password does not work";
    return kind == Kind::link ? "its link is void" : "its code is void";
}

/// Of a temporary password that was not sent, or was sent in vain; `answer` says which, and why.
Error not_usable(const IssueResult& result, const db::Standing& now) {
    const std::string reference = reference_of(result.delivery_id);
    const bool in_vain = now.reason == not_stored;
    return {
        Exit::failed, "UNDELIVERABLE",
        "no temporary password for " + result.recipient + ": " + now.answer.value_or("no reason given"),
        std::string(in_vain ? "the old password goes on working: say that the one in the mail does not, and send a link"
                            : "set that right, then request again, or send a link") +
            "; 'pwreset inspect ref:" + reference + "' and 'pwreset audit --ref " + reference + "' have the history"};
}

Error undeliverable(const IssueResult& result, const db::Standing& now) {
    if (now.reason == not_stored || now.reason == not_storable) return not_usable(result, now);
    const bool by_mail = result.channel == Channel::email;
    return {Exit::failed, "UNDELIVERABLE",
            std::string(!now.relay ? "nothing could be sent to "
                        : by_mail  ? "the relay refused the mail to "
                                   : "the gateway refused the message to ") +
                result.recipient + ": " + now.answer.value_or("no reason given"),
            std::string("check the ") + (by_mail ? "address" : "number") +
                " in the application; 'pwreset inspect ref:" + reference_of(result.delivery_id) + "' has the history"};
}

Error ended_before(const IssueResult& result, const std::optional<std::string>& reason) {
    const std::string reference = reference_of(result.delivery_id);
    return forbidden(
        "delivery '" + reference + "' was ended before it was marked as sent: " + reason.value_or("no reason"),
        voided_words(result.kind) + "; 'pwreset inspect ref:" + reference + "' has the history");
}

void fail_with(IssueResult& result, Error error) {
    result.delivery = "failed";
    result.failure = std::move(error);
}

/// The token lives where the message may have come.
void report_token(Context& context, IssueResult& result) {
    const auto token = db::last_token_of(context.session, result.delivery_id);
    if (!token) return;
    result.token_id = token->id;
    result.expires_at = token->expires_at;
}

void report_sent(Context& context, IssueResult& result) {
    result.delivery = "accepted";
    report_token(context, result);
}

/// A text message that may have been sent is held, and never sent again.
void report_in_doubt(Context& context, IssueResult& result) {
    result.delivery = "uncertain";
    result.warning = "nobody knows whether gateway '" + result.relay.value_or("unknown") +
                     "' took the message: " + result.answer.value_or("no answer");
    report_token(context, result);
}

/// Whom an answer that keeps the delivery queued is about: "relay 'mail.example' refuses …: ", or nothing.
std::string whose_fault(const Context& context, const db::Standing& now) {
    const auto concern = concern_of(now.reason.value_or(""));
    const auto& mail = context.config.mail;
    return concern ? refusal_words(*concern, now.relay.value_or(mail.host), mail.from_address) + ": " : "";
}

}  // namespace

void report_standing(Context& context, IssueResult& result) {
    if (result.delivery_id == 0) return;
    const auto now = db::standing(context.session, result.delivery_id);
    // Only an erasure deletes what was queued a moment ago.
    if (!now) return fail_with(result, ended_before(result, "erased"));
    result.relay = now->relay;
    result.answer = now->answer;
    result.superseded_by = now->superseded_by;
    if (!now->state.value) throw internal_error("a delivery is in a state that this version does not know");
    switch (*now->state.value) {
        case DeliveryState::sent:
            report_sent(context, result);
            break;
        case DeliveryState::queued:
            result.next_try = now->next_at;
            break;
        case DeliveryState::uncertain:
            if (result.channel == Channel::sms) return report_in_doubt(context, result);
            result.next_try = now->next_at;
            break;
        case DeliveryState::failed:
            fail_with(result, undeliverable(result, *now));
            break;
        case DeliveryState::refused:
        case DeliveryState::cancelled:
            fail_with(result, ended_before(result, now->reason));
            break;
        case DeliveryState::held:
        case DeliveryState::claimed:
        case DeliveryState::superseded:
            break;
    }
    if (result.delivery == "queued" && result.warning.empty() && now->answer)
        result.warning = whose_fault(context, *now) + *now->answer;
}

}  // namespace pwreset
