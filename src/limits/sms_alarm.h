// Text messages cost money, and some people earn it: they ask for codes to numbers of their own that nobody reads. When
// hardly any code is used, nothing more is sent until an administrator has looked.
#pragma once

#include <optional>
#include <string>

#include "db/own/text_messages.h"
#include "db/session.h"
#include "src/config/config.h"

namespace pwreset {

constexpr int judged_codes = 200;               ///< so many are looked at; with fewer nothing is said
constexpr Seconds judged_span{7L * 24 * 3600};  ///< and of these days only

/// Whether so few were used that sending stops.
bool is_alarming(const db::CodesUsed& codes, int percent);
/// "only 3 of the last 200 codes sent as text messages were used"; nothing while all is well, or without [sms].
std::optional<std::string> sms_alarm(db::Session& session, const Config& config);
/// What an administrator does about it.
std::string sms_alarm_remedy(Time now);
/// Throws Error UNAVAILABLE while sending is stopped, or when there is no [sms].
void require_text_messages(db::Session& session, const Config& config);

}  // namespace pwreset
