// From the configuration to an open transport.
#pragma once

#include <functional>
#include <memory>

#include "src/config.h"
#include "src/delivery/transport.h"

namespace pwreset {

/// Opens what [mail] describes; `signalled` ends waiting for the network. Throws Error UNAVAILABLE.
std::unique_ptr<Transport> open_transport(const MailConfig& config, const std::function<int()>& signalled);

}  // namespace pwreset
