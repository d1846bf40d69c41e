#include "src/recovery/limits.h"

#include <chrono>

#include "db/limits.h"
#include "src/account/identity.h"
#include "src/base/encoding.h"
#include "src/token/mint.h"

namespace pwreset {

std::string cooldown_key(const std::string& account, Kind kind) {
    return "cooldown:" + std::string(word_of(kind)) + ":" + account;
}

std::string account_key(const std::string& account) { return "account:" + account; }

std::string recipient_key(const std::string& digest) { return "recipient:" + hex(digest); }

std::string wrong_codes_key(const std::string& account) { return "wrong:" + account; }

std::vector<std::string> keys_naming(const std::string& account) {
    std::vector<std::string> keys;
    for (const auto& [kind, word] : kind_words) keys.push_back(cooldown_key(account, kind));
    keys.push_back(account_key(account));
    keys.push_back(wrong_codes_key(account));
    return keys;
}

std::vector<Limit> limits_for(const Context& context, const db::AccountRow& account, Kind kind, bool override_limits) {
    const auto& config = context.config.limits;
    const std::string recipient = keyed_digest(context.keys.own, "recipient", ascii_lower(account.email));
    std::vector<Limit> limits;
    if (!override_limits) {
        limits.push_back({cooldown_key(account.id, kind), {1, config.cooldown}, "this account was sent one just now"});
        limits.push_back({account_key(account.id), config.per_account, "this account has had its share"});
    }
    limits.push_back({recipient_key(recipient), config.per_recipient, "this recipient has had its share"});
    limits.push_back({"operator:" + context.who.name, config.per_operator, "this operator has sent his share"});
    limits.push_back({"overall:agents", config.agents, "all operators together have sent their share"});
    std::erase_if(limits, [](const Limit& limit) { return limit.rate.window.count() == 0; });
    return limits;
}

void take_limits(Context& context, const std::vector<Limit>& limits, Time now) {
    for (const auto& limit : limits) {
        const auto ends = db::take_limit(context.session, context.config.application, limit.key, limit.rate.count,
                                         limit.rate.window, now);
        if (!ends) continue;
        const auto left = std::chrono::ceil<Seconds>(*ends - now);
        Error error(Exit::limited, "RATE_LIMITED",
                    std::string(limit.what) + "; the next is possible in " + duration_text(left),
                    "wait, or use --override-limits where you may");
        error.available_in_seconds = left.count();
        throw error;
    }
}

void prepare(Context& context, const std::vector<Limit>& limits) {
    std::vector<std::string> keys;
    for (const auto& limit : limits) keys.push_back(limit.key);
    if (!keys.empty()) db::prepare_limits(context.session, context.config.application, keys);
}

}  // namespace pwreset
