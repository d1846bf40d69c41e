#include "src/queue/decision.h"

#include "db/own/tokens.h"
#include "src/account/eligibility.h"
#include "src/account/second_factor.h"
#include "src/base/reference.h"
#include "src/hash/password_format.h"
#include "src/queue/schedule.h"
#include "src/token/mint.h"

namespace pwreset {

std::string password_mark(const Context& context, const db::AccountRow& account) {
    return password_mark(context.keys.own, account.id, account.password.value_or(""));
}

std::optional<std::string> password_form(const Context& context, const std::string& hash) {
    const std::string form = context.config.users.rehashes_at_sign_in ? form_of_hash(hash) : "";
    return form.empty() ? std::nullopt : std::optional(form);
}

bool may_be_rehash(const Context& context, const std::string& hash, const std::optional<std::string>& form) {
    const auto now = password_form(context, hash);
    return now && form && now != form;
}

bool password_changed(const Context& context, const db::AccountRow& account, const std::string& mark,
                      const std::optional<std::string>& form) {
    const std::string hash = account.password.value_or("");
    return !is_password_mark(context.keys.own, account.id, hash, mark) && !may_be_rehash(context, hash, form);
}

std::optional<db::Mark> why_not_minted(const Context& context, const db::DeliveryRow& delivery,
                                       const db::AccountRow* account, Time now) {
    const auto ended = [](DeliveryState state, const std::string& reason) {
        db::Mark mark;
        mark.state = state;
        mark.reason = reason;
        return mark;
    };
    const Kind kind = delivery.kind;
    if (!account) return ended(DeliveryState::refused, "no_single_account");
    const Route route{kind, delivery.channel};
    if (const auto no = refusal(*account, context.config, route, delivery.override_protected))
        return ended(DeliveryState::refused, no->reason);
    if (const auto no = second_factor_refusal(context, account->id, kind))
        return ended(DeliveryState::refused, no->reason);
    // Held no more: who was to see the link has gone, so there is none, and nothing to tell of.
    if (kind == Kind::link_printed && delivery.state != DeliveryState::held)
        return ended(DeliveryState::cancelled, "not_printed");
    if (kind == Kind::temporary_password && !context.config.temporary_password.enabled) {
        return ended(DeliveryState::refused, "turned_off");
    }
    if (delivery.attempts > 1) {
        const auto earlier = db::last_token_of(context.session, delivery.id);
        if (earlier && earlier->state == TokenState::used) return ended(DeliveryState::sent, "used");
        const bool changed =
            earlier && earlier->pw_mark && password_changed(context, *account, *earlier->pw_mark, earlier->pw_form);
        if (changed && kind != Kind::verify_caller) return ended(DeliveryState::cancelled, "password_changed");
    }
    if (now >= give_up_at(delivery.queued_at, kind)) return ended(DeliveryState::failed, "gave_up");
    return {};
}

db::Mark mark_for(const db::DeliveryRow& delivery, const SendResult& result, Time now, Seconds pause) {
    db::Mark mark;
    mark.answer = result.answer;
    if (result.verdict == Verdict::accepted) {
        mark.state = DeliveryState::sent;
        return mark;
    }
    if (result.verdict == Verdict::permanent) {
        mark.state = DeliveryState::failed;
        mark.reason = "undeliverable";
        return mark;
    }
    // An unknown outcome counts too: a relay that takes the mail and then hangs up must not be asked all day.
    const bool unknown = result.verdict == Verdict::unknown;
    mark.failure_counts = result.counts || unknown;
    const int failures = delivery.failures + (mark.failure_counts ? 1 : 0);
    const Time next = now + pause;
    if (unknown && delivery.channel == Channel::sms) {  // held: it may have come, and costs money each time
        mark.state = DeliveryState::uncertain;
        return mark;
    }
    if (failures >= most_failures || next >= give_up_at(delivery.queued_at, delivery.kind)) {
        mark.state = DeliveryState::failed;
        mark.reason = "gave_up";
        return mark;
    }
    mark.state = unknown ? DeliveryState::uncertain : DeliveryState::queued;
    if (result.concern && *result.concern != Concern::recipient) mark.reason = std::string(word_of(*result.concern));
    mark.next_at = next;
    return mark;
}

}  // namespace pwreset
