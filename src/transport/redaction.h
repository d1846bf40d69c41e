// A relay's answer as it may be kept: relays quote recipients, and content filters quote links.
#pragma once

#include <string>

#include "src/base/secret.h"

namespace pwreset {

/// The answer with every piece of the secret starred out, however it was cut, and the recipient masked, also where the
/// answer ends within one of them; at most as long as transport.h says.
std::string redacted(const std::string& answer, const Secret& secret, const std::string& address);

}  // namespace pwreset
