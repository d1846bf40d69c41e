#include "src/delivery/relays.h"

#include <algorithm>

#include "src/limits/sms_alarm.h"

namespace pwreset {

namespace {

/// How many are claimed at once, and how long they should take.
struct BatchRule {
    int largest;
    std::chrono::seconds span;
};

/// The more of one statement, the cheaper is each; beyond some hundreds there is nothing more to be had.
constexpr BatchRule rule_of(Lane lane) {
    return lane == Lane::bulk ? BatchRule{500, std::chrono::seconds(2)} : BatchRule{50, std::chrono::seconds(5)};
}

/// A connection that was idle for longer is tried out before anything is claimed for it.
constexpr std::chrono::milliseconds trusted_idle{100};
/// Refusals in a row that are about us, and may yet be about one mail alone, after which the others wait.
constexpr int most_refusals = 3;
/// Recipients refused in a row without a word of why, after which it may be about us: a limit told in a language that
/// nobody here knows must not condemn a whole queue.
constexpr int most_bare = 10;

/// A mail of a size or an address that the relay does not take says nothing of the next one.
bool may_concern_others(const SendResult& result) {
    return result.concern && *result.concern != Concern::recipient && *result.concern != Concern::size &&
           *result.concern != Concern::smtputf8 && !result.connection_full;
}

RelayUnavailable gateway_without_us(const std::string& name, const std::string& answer) {
    return RelayUnavailable(unavailable("gateway '" + name + "' refuses our login: " + answer,
                                        "check sms.key_file, or sms.user and its password"),
                            Concern::login);
}

}  // namespace

bool Relays::open(Channel channel) {
    Line& there = line(channel);
    const bool trusted = Clock::now() - there.used < trusted_idle;
    if (there.transport && there.transport->usable() && (trusted || there.transport->alive())) return false;
    there.transport.reset();
    if (Clock::now() < there.not_before) {
        const auto left = std::chrono::ceil<Seconds>(there.not_before - Clock::now());
        throw RelayUnavailable(
            unavailable("the gateway asked for a pause, of which " + duration_text(left) + " are left"));
    }
    try {
        if (channel == Channel::sms) require_text_messages(context_.session, context_.config);
        there.transport = context_.env.open_transport(context_.config, channel);
    } catch (const LoginRefused& fault) {
        throw RelayUnavailable(fault, Concern::login);
    } catch (const Error& fault) {
        throw RelayUnavailable(fault);
    }
    there.used = Clock::now();
    there.moved = false;
    return true;
}

int Relays::batch(Channel channel, Lane lane) const {
    const Line& there = line(channel);
    const int wanted = lane == Lane::bulk ? there.bulk : there.batch;
    if (there.transport) return std::min(wanted, std::max(there.transport->room(), 1));
    const int most = channel == Channel::email ? context_.config.mail.per_connection : 0;
    return most > 0 ? std::min(wanted, most) : wanted;
}

/// A gateway that wants a pause would tell the same of every other message.
SendResult Relays::paced(Line& there, SendResult result) {
    if (!result.retry_after) return result;
    const Seconds pause = std::max(*result.retry_after, Seconds(1));
    there.not_before = Clock::now() + pause;
    there.stop = RelayUnavailable(unavailable(
        "gateway '" + there.transport->name() + "' takes no more for " + duration_text(pause) + ": " + result.answer,
        "what is queued waits for it"));
    return result;
}

SendResult Relays::weighed(Channel channel, SendResult result) {
    Line& there = line(channel);
    if (channel != Channel::email) {
        if (result.concern == Concern::login) there.stop = gateway_without_us(there.transport->name(), result.answer);
        return paced(there, std::move(result));
    }
    there.proven = there.proven || result.took_recipient;
    there.bare = result.needs_proof ? there.bare + 1 : result.took_recipient ? 0 : there.bare;
    if (result.needs_proof && (!there.proven || there.bare > most_bare)) {
        result.verdict = Verdict::temporary;
        result.counts = false;
        result.concern = Concern::relay;
    }
    const std::string name = there.transport->name();
    if (may_concern_others(result)) {
        there.refusals += result.concerns_all ? most_refusals : 1;
        // One that takes nothing and hangs up would be dialled again for each of them.
        const bool goes_on = there.moved || there.transport->usable();
        if (there.refusals < most_refusals && goes_on) return result;
        there.stop.emplace(
            unavailable(refusal_words(*result.concern, name, context_.config.mail.from_address) + ": " + result.answer,
                        "what is queued waits; nothing is wrong with the users' addresses"),
            result.concern);
        return result;
    }
    const bool ended = result.verdict == Verdict::accepted || result.verdict == Verdict::permanent;
    if (result.asked && (ended || result.concern == Concern::recipient)) there.refusals = 0;
    there.moved = there.moved || (result.asked && ended);
    const bool broke =
        !result.concern && !there.moved && result.asked && !there.transport->usable() && context_.env.signalled() == 0;
    if (broke)
        there.stop.emplace(unavailable("relay '" + name + "' takes the connection and breaks it: " + result.answer));
    return result;
}

void Relays::end_batch(Channel channel) {
    Line& there = line(channel);
    const bool spent = there.transport && (!there.transport->usable() || there.transport->room() <= 0);
    if (spent || there.stop) there.transport.reset();
    if (!there.stop) return;
    const RelayUnavailable fault(*there.stop);
    there.stop.reset();
    there.refusals = 0;
    there.bare = 0;
    there.proven = false;
    throw fault;
}

void Relays::used(Channel channel, Lane lane, Clock::duration took) {
    Line& there = line(channel);
    there.used = Clock::now();
    if (channel == Channel::sms) return;
    const BatchRule rule = rule_of(lane);
    int& batch = lane == Lane::bulk ? there.bulk : there.batch;
    if (took > rule.span) batch = std::max(batch / 2, 1);
    if (took < rule.span / 4 && there.moved) batch = std::min(batch * 2, rule.largest);
}

void Relays::hang_up_after(std::chrono::seconds idle) {
    for (Line& there : lines_) {
        if (!there.transport || Clock::now() - there.used < idle) continue;
        there.transport.reset();
        there.proven = false;
    }
}

}  // namespace pwreset
