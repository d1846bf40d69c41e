#include "src/limits/limits.h"

#include <algorithm>
#include <chrono>

#include "db/own/limits.h"
#include "db/retrying.h"
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/hash/digest.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

/// A limit that is used up, and until when.
struct Exceeded {
    Limit limit;
    Time until;
};

bool is_off(const Limit& limit) { return limit.rate.window.count() == 0; }

Limit recipient_limit(const Context& context, const std::string& recipient) {
    const auto digest = keyed_digest(context.keys.own, "recipient", ascii_lower(recipient));
    return {recipient_key(digest), context.config.limits.per_recipient, "this recipient has had its share",
            Share::recipient};
}

std::string overall_key(Budget budget) {
    return (budget == Budget::web ? std::string(db::web_counters) : std::string()) +
           "overall:" + std::string(word_of(budget));
}

/// A counter of this operator; the name of a long one as its digest, since keys are short.
std::string own_key(const Context& context, const char* what) {
    constexpr std::size_t longest = 128;
    const std::string& name = context.who.name;
    return what + (name.size() <= longest ? name : "sha256:" + hex(sha256(name)));
}

void add_limit_of_operator(const Context& context, Budget budget, std::vector<Limit>& limits) {
    if (budget == Budget::web) return;
    limits.push_back({own_key(context, "operator:"), context.config.limits.per_operator,
                      "your own budget, 'per_operator' of [limits], is used up", Share::own});
}

/// The first that was met, or one of those behind it that lasts longer: who waits for the seconds that are answered
/// must not be refused again.
Exceeded longest(Context& context, Exceeded met, std::vector<Limit>::const_iterator next,
                 std::vector<Limit>::const_iterator end, Time now) {
    for (; next != end; ++next) {
        const auto found = db::counters(context.session, context.config.application, {next->key});
        if (found.empty() || found.front().hits < next->rate.count) continue;
        if (!db::is_running(found.front(), next->rate.window, now)) continue;
        if (found.front().window_ends > met.until) met = {*next, found.front().window_ends};
    }
    return met;
}

std::vector<Limit> limits_of_lookup(const Context& context) {
    const Rate& rate = context.config.limits.lookups;
    if (rate.window.count() == 0) return {};
    return {{own_key(context, "lookups:"), rate, "your own budget, 'lookups' of [limits], is used up", Share::own}};
}

const char* hint_for(Share share) {
    if (share == Share::account) return "wait; --override-limits lifts it";
    return share == Share::own ? "wait; it counts for you alone, and no option lifts it" : "wait";
}

/// `now` is later than when the limit was asked: that waited for those who took it meanwhile.
LimitReached exceeded(const Exceeded& met, Time now) {
    const auto left = std::max(std::chrono::ceil<Seconds>(met.until - now), Seconds(1));
    Error error(Exit::limited, "RATE_LIMITED",
                std::string(met.limit.what) + "; the next is possible in " + duration_text(left),
                hint_for(met.limit.share));
    error.available_in_seconds = left.count();
    return {std::move(error), met.limit.share};
}

}  // namespace

std::string cooldown_key(const std::string& account, Kind kind) {
    if (kind == Kind::link_printed) kind = Kind::link;
    return "cooldown:" + std::string(word_of(kind)) + ":" + account;
}

std::string account_key(const std::string& account) { return "account:" + account; }

std::string recipient_key(const std::string& digest) { return "recipient:" + hex(digest); }

std::string wrong_codes_key(const std::string& account) { return "wrong:" + account; }

std::vector<std::string> keys_naming(const std::string& account) {
    std::vector<std::string> keys;
    for (const auto& [kind, word] : kind_words) {
        if (mints(kind)) keys.push_back(cooldown_key(account, kind));
    }
    keys.push_back(account_key(account));
    keys.push_back(wrong_codes_key(account));
    return keys;
}

std::vector<Limit> limits_for(const Context& context, const Counted& counted) {
    const auto& config = context.config.limits;
    std::vector<Limit> limits;
    if (!counted.override_limits) {
        limits.push_back({cooldown_key(counted.account, counted.kind),
                          {1, config.cooldown},
                          "this account was sent one just now",
                          Share::account});
        limits.push_back(
            {account_key(counted.account), config.per_account, "this account has had its share", Share::account});
    }
    limits.push_back(recipient_limit(context, counted.recipient));
    add_limit_of_operator(context, counted.budget, limits);
    const bool web = counted.budget == Budget::web;
    limits.push_back({overall_key(counted.budget), web ? config.web : config.agents,
                      web ? "the web back ends have had their share" : "all operators together have sent their share"});
    std::erase_if(limits, is_off);
    return limits;
}

std::vector<Limit> limits_of_refusal(const Context& context, const Identity& identity, Budget budget) {
    std::vector<Limit> limits;
    if (identity.key == db::AccountKey::email || identity.key == db::AccountKey::phone)
        limits.push_back(recipient_limit(context, normal_form(identity)));
    add_limit_of_operator(context, budget, limits);
    std::erase_if(limits, is_off);
    return limits;
}

std::vector<std::string> call_keys(const std::string& digest) {
    const std::string web(db::web_counters);
    return {web + "cooldown:call:" + hex(digest), web + "call:" + hex(digest)};
}

std::vector<Limit> limits_of_call(const Context& context, const Identity& identity) {
    const auto& web = context.config.web;
    const auto keys = call_keys(keyed_digest(context.keys.own, "recipient", ascii_lower(normal_form(identity))));
    std::vector<Limit> limits;
    limits.push_back({keys[0], {1, web.cooldown}, "this identity was asked for just now"});
    limits.push_back({keys[1], web.per_identity, "this identity has had its share"});
    limits.push_back({overall_key(Budget::web), context.config.limits.web, "the web back ends have had their share"});
    std::erase_if(limits, is_off);
    return limits;
}

std::vector<Limit> limits_after_call(const Context& context, const Counted& counted) {
    auto limits = limits_for(context, counted);
    std::erase_if(limits, [](const Limit& limit) { return limit.key == overall_key(Budget::web); });
    return limits;
}

void take_limits(Context& context, const std::vector<Limit>& limits, Time now) {
    for (auto limit = limits.begin(); limit != limits.end(); ++limit) {
        const auto ends = db::take_limit(context.session, context.config.application, limit->key, limit->rate.count,
                                         limit->rate.window, now);
        if (ends)
            throw exceeded(longest(context, {*limit, *ends}, std::next(limit), limits.end(), now),
                           context.session.now());
    }
}

void prepare(Context& context, const std::vector<Limit>& limits) {
    std::vector<std::string> keys;
    for (const auto& limit : limits) keys.push_back(limit.key);
    if (!keys.empty()) db::prepare_limits(context.session, context.config.application, keys);
}

void take_lookup(Context& context) {
    const auto limits = limits_of_lookup(context);
    db::retrying(context.session, [&] {
        prepare(context, limits);
        db::Transaction transaction(context.session);
        take_limits(context, limits, context.session.now());
        transaction.commit();
    });
}

}  // namespace pwreset
