#include "src/limits/sms_limits.h"

#include <algorithm>

#include "src/base/encoding.h"
#include "src/token/mint.h"

namespace pwreset {
namespace {

std::string range_of(const std::string& number, int last_digits) {
    const auto digits = std::min(number.size(), static_cast<std::size_t>(last_digits));
    return number.substr(0, number.size() - digits);
}

}  // namespace

std::string sms_number_key(const Secret& key, const std::string& number) {
    return "sms-number:" + hex(keyed_digest(key, "sms-number", number));
}

void append_sms_limits(const Context& context, const std::string& number, std::vector<Limit>& limits) {
    if (!context.config.sms) return;
    const SmsBudgetConfig& budget = context.config.sms->budget;
    const auto digest = [&](const char* purpose, const std::string& text) {
        return hex(keyed_digest(context.keys.own, purpose, text));
    };
    limits.push_back({sms_number_key(context.keys.own.current().bytes, number), budget.per_number,
                      "this number has had its text messages"});
    limits.push_back({"sms-range:" + digest("sms-range", range_of(number, budget.range_digits)), budget.per_range,
                      "the numbers around this one have had their text messages"});
    limits.push_back({"overall:sms", budget.overall, "the text messages of all operators together are used up"});
    limits.push_back({"overall:sms-day", budget.per_day, "the day's text messages are used up"});
}

}  // namespace pwreset
