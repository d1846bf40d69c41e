#include "src/jobs/admission.h"

#include <map>

#include "db/own/limits.h"
#include "src/account/second_factor.h"
#include "src/limits/limits.h"
#include "src/limits/sms_alarm.h"
#include "src/queue/removal.h"

namespace pwreset {

Admission::Admission(Context& context, const RouteWish& wish) : context_(context), wish_(wish), suspension_(context) {
    require_possible(wish);
    const Kind kind = wish.kind.value_or(wish.channel == Channel::sms ? Kind::reset_otp : Kind::link);
    if (auto why = suspension_.of(kind, std::nullopt)) throw std::move(*why);
    if (wish.channel == Channel::sms) require_text_messages(context.session, context.config);
    if (kind != Kind::link) return;
    if (auto no = unswept(context.session, context.config, context.application().profile())) throw std::move(*no);
}

std::optional<Refusal> Admission::refusal_of(const Nominee& nominee, const Route& route) {
    if (auto no = refusal(*nominee.account, context_.config, route)) return no;
    if (auto why = suspension_.of(route.kind, nominee.account->id)) return Refusal{"unproved", std::move(*why)};
    return second_factor_refusal(context_, nominee.account->id, route.kind);
}

/// What a person has just been sent is not made void by a job: that waits. The counters are only read, since a job
/// takes its own budget and no account's.
void Admission::look_at_cooldowns(const std::vector<Nominee>& nominees, std::vector<Admitted>& answers) {
    const Seconds span = context_.config.limits.cooldown;
    if (span.count() == 0) return;
    std::map<std::string, std::size_t> place;
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < nominees.size(); ++i) {
        if (answers[i].no) continue;
        keys.push_back(cooldown_key(nominees[i].account->id, answers[i].route.kind));
        place.emplace(keys.back(), i);
    }
    const Time now = context_.session.now();
    for (const auto& counter : db::counters(context_.session, context_.config.application, keys)) {
        if (counter.hits < 1 || !db::is_running(counter, span, now)) continue;
        if (const auto found = place.find(counter.key); found != place.end())
            answers[found->second].not_before = counter.window_ends;
    }
}

std::vector<Admitted> Admission::of(const std::vector<Nominee>& nominees) {
    std::vector<Admitted> answers;
    answers.reserve(nominees.size());
    for (const auto& nominee : nominees) {
        const Route route = route_for(wish_, nominee.named_by, nominee.account);
        answers.push_back({route, refusal_of(nominee, route), {}});
    }
    look_at_cooldowns(nominees, answers);
    return answers;
}

}  // namespace pwreset
