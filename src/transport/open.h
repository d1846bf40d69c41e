// From the configuration to an open transport.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "src/base/channel.h"
#include "src/config/config.h"
#include "src/transport/transport.h"

namespace pwreset {

/// The gateway for text messages. Throws Error UNAVAILABLE when the configuration describes none.
const SmsConfig& require_gateway(const Config& config);
/// Opens what sends messages of a channel; `signalled` ends waiting for the network. Throws Error UNAVAILABLE.
std::unique_ptr<Transport> open_transport(const Config& config, Channel channel, const std::function<int()>& signalled);

/// The configuration once for each of its relays, with that one in the first place: the first is `config` itself, which
/// must outlive it.
std::vector<std::shared_ptr<const Config>> by_relay(const Config& config);

}  // namespace pwreset
