// A delivery on the command line: `ref:7K3Q-M2`, where an identity may stand as well.
#pragma once

#include <string>

#include "db/own/deliveries.h"
#include "src/context.h"

namespace pwreset {

/// Whether it is a reference, well-formed or not.
bool names_delivery(const std::string& target);
/// The delivery it names. Throws Error INVALID_IDENTITY when it is malformed, NOT_FOUND when there is none.
db::DeliveryRow find_delivery(Context& context, const std::string& target);

}  // namespace pwreset
