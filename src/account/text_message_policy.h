// To which countries text messages go: numbers abroad are where pumping them pays.
#pragma once

#include <optional>
#include <string>

#include "src/account/eligibility.h"
#include "src/gateway_config.h"

namespace pwreset {

/// Nothing when a number of `region` (ISO 3166) gets text messages: it is among `sms.countries`, or without such a list
/// of the region `home`. `who` names the account, as in "account 'id:42'".
std::optional<Refusal> country_refusal(const SmsConfig& sms, const std::string& home, const std::string& region,
                                       const std::string& who);

}  // namespace pwreset
