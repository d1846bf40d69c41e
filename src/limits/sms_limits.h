// How many text messages may be sent: to one number, to the numbers around it, and at all. Who pumps messages takes
// many numbers of one range, so an account's own limits do not see it.
#pragma once

#include <string>
#include <vector>

#include "src/context.h"
#include "src/limits/limits.h"

namespace pwreset {

/// The key of the counter of messages to one number (E.164), by one of our keys.
std::string sms_number_key(const Secret& key, const std::string& number);

/// Adds the budgets of [sms] that a message to this number (E.164) takes: after all others, so that everybody takes
/// them in one order. Their keys hold digests only. Adds none without [sms].
void append_sms_limits(const Context& context, const std::string& number, std::vector<Limit>& limits);

}  // namespace pwreset
