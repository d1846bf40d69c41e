#include "src/limits/job_budget.h"

#include <algorithm>
#include <string>
#include <vector>

#include "db/own/limits.h"
#include "src/base/budget.h"
#include "src/base/encoding.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

std::string job_budget_key() { return "overall:" + std::string(word_of(Budget::jobs)); }

std::vector<std::string> unapproved_keys(const Context& context) {
    constexpr std::size_t longest = 100;  // keys are short
    const std::string& name = context.who.name;
    std::vector<std::string> keys{"unapproved:" + (name.size() <= longest ? name : "sha256:" + hex(sha256(name)))};
    if (context.who.login_uid) keys.push_back("unapproved-login:" + *context.who.login_uid);
    return keys;
}

}  // namespace

BudgetLeft job_budget_left(Context& context, std::int64_t wanted) {
    const Rate& rate = context.config.limits.jobs;
    if (rate.window.count() == 0) return {wanted, {}};
    const auto found = db::counters(context.session, context.config.application, {job_budget_key()});
    if (found.empty() || !db::is_running(found.front(), rate.window, context.session.now()))
        return {std::min(wanted, rate.count), {}};
    const auto left = std::min(wanted, rate.count - found.front().hits);
    if (left > 0) return {left, {}};
    return {0, found.front().window_ends};
}

void prepare_job_budget(Context& context) {
    db::prepare_limits(context.session, context.config.application, {job_budget_key()});
}

bool take_job_budget(Context& context, std::int64_t count) {
    const Rate& rate = context.config.limits.jobs;
    if (count == 0 || rate.window.count() == 0) return true;
    return !db::take_limit(context.session, context.config.application, job_budget_key(), rate.count, rate.window,
                           context.session.now(), count);
}

bool prepare_unapproved(Context& context, std::int64_t count) {
    const Rate& rate = context.config.limits.unapproved;
    if (rate.window.count() == 0) return true;
    if (count > rate.count) return false;
    db::prepare_limits(context.session, context.config.application, unapproved_keys(context));
    return true;
}

bool take_unapproved(Context& context, std::int64_t count) {
    const Rate& rate = context.config.limits.unapproved;
    if (count == 0 || rate.window.count() == 0) return true;
    const Time now = context.session.now();
    for (const auto& key : unapproved_keys(context)) {
        if (db::take_limit(context.session, context.config.application, key, rate.count, rate.window, now, count))
            return false;
    }
    return true;
}

}  // namespace pwreset
