// From the configuration to an open transport.
#pragma once

#include <functional>
#include <memory>

#include "src/base/channel.h"
#include "src/config/config.h"
#include "src/transport/transport.h"

namespace pwreset {

/// The gateway for text messages. Throws Error UNAVAILABLE when the configuration describes none.
const SmsConfig& require_gateway(const Config& config);
/// Opens what sends messages of a channel; `signalled` ends waiting for the network. Throws Error UNAVAILABLE.
std::unique_ptr<Transport> open_transport(const Config& config, Channel channel, const std::function<int()>& signalled);

}  // namespace pwreset
