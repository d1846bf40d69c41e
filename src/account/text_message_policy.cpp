#include "src/account/text_message_policy.h"

#include <algorithm>

#include "src/base/printable.h"

namespace pwreset {

std::optional<Refusal> country_refusal(const SmsConfig& sms, const std::string& home, const std::string& region,
                                       const std::string& who) {
    const auto& listed = sms.countries;
    const bool allowed =
        listed.empty() ? region == home : std::find(listed.begin(), listed.end(), region) != listed.end();
    if (allowed && !region.empty()) return {};
    const std::string where = region.empty() ? "of no country" : "of '" + printable(region) + "'";
    return Refusal{"country", forbidden(who + " has a number " + where + ", where no text messages are sent",
                                        "use '--channel email', or list the country in sms.countries")};
}

}  // namespace pwreset
