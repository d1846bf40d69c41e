// Rates of mails to a domain: what is more waits in the queue, so that mails to others go before it.
#pragma once

#include <string>
#include <vector>

#include "db/own/deliveries.h"
#include "src/context.h"
#include "src/fleet/pace.h"

namespace pwreset {

/// Those of the rows that may leave now. The others are put off, each until its turn would come; nothing was claimed.
std::vector<db::DeliveryRow> within_rates(Context& context, const std::string& owner, Pace& pace,
                                          std::vector<db::DeliveryRow> rows);

}  // namespace pwreset
