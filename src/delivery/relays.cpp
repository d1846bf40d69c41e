#include "src/delivery/relays.h"

#include <algorithm>

#include "src/limits/sms_alarm.h"

namespace pwreset {

namespace {

/// How many are claimed at once, and how long they should take.
struct BatchRule {
    int largest;
    std::chrono::milliseconds span;  ///< whole seconds have no quarters
};

/// The more of one statement, the cheaper is each; beyond some hundreds there is nothing more to be had.
constexpr BatchRule rule_of(Lane lane) {
    return lane == Lane::bulk ? BatchRule{500, std::chrono::seconds(2)} : BatchRule{50, std::chrono::seconds(5)};
}

/// A connection that was idle for longer is tried out before anything is claimed for it.
constexpr std::chrono::milliseconds trusted_idle{100};

RelayUnavailable gateway_without_us(const std::string& name, const std::string& answer) {
    return RelayUnavailable(unavailable("gateway '" + name + "' refuses our login: " + answer,
                                        "check sms.key_file, or sms.user and its password"),
                            Concern::login);
}

}  // namespace

bool Relays::open_gateway() {
    Gateway& there = gateway_;
    const bool trusted = Clock::now() - there.used < trusted_idle;
    if (there.transport && there.transport->usable() && (trusted || there.transport->alive())) return false;
    there.transport.reset();
    if (Clock::now() < there.not_before) {
        const auto left = std::chrono::ceil<Seconds>(there.not_before - Clock::now());
        throw RelayUnavailable(
            unavailable("the gateway asked for a pause, of which " + duration_text(left) + " are left"));
    }
    try {
        require_text_messages(context_.session, context_.config);
        there.transport = context_.env.open_transport(context_.config, Channel::sms);
    } catch (const LoginRefused& fault) {
        throw RelayUnavailable(fault, Concern::login);
    } catch (const Error& fault) {
        throw RelayUnavailable(fault);
    }
    there.used = Clock::now();
    return true;
}

bool Relays::open(Channel channel) { return channel == Channel::sms ? open_gateway() : fleet_.open(); }

int Relays::batch(Channel channel, Lane lane) {
    if (channel == Channel::sms) return 1;
    const auto batch = static_cast<std::size_t>(batches_.at(static_cast<std::size_t>(lane)));
    return static_cast<int>(std::max<std::size_t>(std::min(batch, fleet_.pace().room(Clock::now())), 1));
}

std::string Relays::name(Channel channel) const {
    return channel == Channel::sms ? gateway_.transport->name() : fleet_.name();
}

bool Relays::stopped(Channel channel) const {
    return channel == Channel::sms ? gateway_.stop.has_value() : fleet_.stopped();
}

/// A gateway that wants a pause would tell the same of every other message.
SendResult Relays::weighed(SendResult result) {
    Gateway& there = gateway_;
    if (result.concern == Concern::login) there.stop = gateway_without_us(there.transport->name(), result.answer);
    if (!result.retry_after) return result;
    const Seconds pause = std::max(*result.retry_after, Seconds(1));
    there.not_before = Clock::now() + pause;
    there.stop = RelayUnavailable(unavailable(
        "gateway '" + there.transport->name() + "' takes no more for " + duration_text(pause) + ": " + result.answer,
        "what is queued waits for it"));
    return result;
}

void Relays::end_batch(Channel channel) {
    if (channel == Channel::email) return fleet_.end_batch();
    Gateway& there = gateway_;
    const bool spent = there.transport && (!there.transport->usable() || there.transport->room() <= 0);
    if (spent || there.stop) there.transport.reset();
    if (there.stop) throw RelayUnavailable(*std::exchange(there.stop, std::nullopt));
}

void Relays::used(Channel channel, Lane lane, Clock::duration took, bool moved) {
    if (channel == Channel::sms) {
        gateway_.used = Clock::now();
        return;
    }
    const BatchRule rule = rule_of(lane);
    int& batch = batches_.at(static_cast<std::size_t>(lane));
    if (took > rule.span) batch = std::max(batch / 2, 1);
    if (took < rule.span / 4 && moved) batch = std::min(batch * 2, rule.largest);
}

void Relays::hang_up_after(std::chrono::seconds idle) {
    fleet_.hang_up_after(idle);
    if (gateway_.transport && Clock::now() - gateway_.used >= idle) gateway_.transport.reset();
}

}  // namespace pwreset
