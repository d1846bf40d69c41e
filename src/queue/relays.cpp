#include "src/queue/relays.h"

#include <algorithm>

#include "src/limits/sms_alarm.h"

namespace pwreset {

namespace {

constexpr int largest_batch = 50;
constexpr std::chrono::seconds batch_span{5};
/// A connection that was idle for longer is tried out before anything is claimed for it.
constexpr std::chrono::milliseconds trusted_idle{100};

}  // namespace

bool Relays::open(Channel channel) {
    Line& there = line(channel);
    const bool trusted = Clock::now() - there.used < trusted_idle;
    if (there.transport && there.transport->usable() && (trusted || there.transport->alive())) return false;
    there.transport.reset();
    try {
        if (channel == Channel::sms) require_text_messages(context_.session, context_.config);
        there.transport = context_.env.open_transport(context_.config, channel);
    } catch (const Error& fault) {
        throw RelayUnavailable(fault);
    }
    there.used = Clock::now();
    return true;
}

void Relays::used(Channel channel, Clock::duration took) {
    Line& there = line(channel);
    there.used = Clock::now();
    if (channel == Channel::sms) return;
    if (took > batch_span) there.batch = std::max(there.batch / 2, 1);
    if (took < batch_span / 4) there.batch = std::min(there.batch * 2, largest_batch);
}

void Relays::hang_up_after(std::chrono::seconds idle) {
    for (Line& there : lines_) {
        if (there.transport && Clock::now() - there.used >= idle) there.transport.reset();
    }
}

}  // namespace pwreset
