// What the program itself says to users, in each language it speaks: spans, moments, and the answers of request and
// send-otp.
#pragma once

#include <string>
#include <string_view>

#include "src/base/time.h"

namespace pwreset {

/// "1 hour 30 minutes", "5 Minuten", "۱ ساعت و ۳۰ دقیقه"; in a language that is not known here, symbols that most
/// share: "1 h 30 min". Whole minutes from an hour on.
std::string localised_span(long seconds, std::string_view locale);

/// When, with the zone, as readers of the language write it: "2026-03-01 13:34 UTC", "1. März 2026 um 14:34 Uhr (MEZ)",
/// "۱۰ اسفند ۱۴۰۴، ساعت ۱۷:۰۴ به وقت تهران". Nobody knows in which zone an account's owner reads; so it is the one most
/// readers of the language live in, always named, and UTC for all languages not known here.
std::string localised_moment(Time time, std::string_view locale);

/// What became of what an account was to be sent.
enum class Outcome {
    link_sent,
    link_queued,
    code_sent,
    code_queued,
    code_in_doubt,
    password_sent,
    password_queued,
    rehearsed,  ///< --dry-run
};
/// A sentence for whoever asked, for a back end to show; in the best of the languages known here for `locale`, then for
/// `fallback`, then English.
std::string_view localised_outcome(Outcome outcome, std::string_view locale, std::string_view fallback);

}  // namespace pwreset
