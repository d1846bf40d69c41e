#include "src/delivery/sender.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "db/own/claims.h"
#include "db/retrying.h"
#include "src/base/reference.h"
#include "src/message/letter.h"
#include "src/message/text_message.h"
#include "src/queue/claim.h"
#include "src/queue/temporary_password.h"
#include "src/service/outage.h"
#include "src/transport/redaction.h"

namespace pwreset {

namespace {

/// A claimed mail that could not leave for so long (the database was away) gets a new token: too much of its life is
/// gone.
constexpr std::chrono::seconds too_late{60};
/// Between two looks at the claims of what waits and nobody waits for: a revocation reaches it within a second.
constexpr std::chrono::milliseconds look_pause{500};
/// How late a signal may be noticed.
constexpr std::chrono::milliseconds signal_doze{100};
/// How long what may not leave yet waits at once.
constexpr std::chrono::milliseconds doze{10};

}  // namespace

Sender::Sender(Context& context, std::string owner, Relays& relays, Marks& marks, Pass& pass)
    : context_(context),
      owner_(std::move(owner)),
      templates_(context.config.text.templates),
      relays_(relays),
      marks_(marks),
      pass_(pass) {}

Secret Sender::message_for(const Outgoing& outgoing) {
    const Letter letter{.kind = outgoing.kind,
                        .delivery_id = outgoing.delivery.id,
                        .account = outgoing.account.id,
                        .address = outgoing.recipient,
                        .login = outgoing.account.login,
                        .locale = outgoing.delivery.locale.value_or(outgoing.account.locale),
                        .places = outgoing.places,
                        .issued_at = outgoing.token.issued_at,
                        .expires_at = outgoing.token.expires_at};
    if (outgoing.channel == Channel::sms)
        return write_text_message(context_.config, templates_, letter, outgoing.secret);
    auto written = write_letter(context_.env, context_.config, templates_, letter, outgoing.secret);
    if (outgoing.delivery.state == DeliveryState::held) pass_.subjects[outgoing.delivery.id] = written.subject;
    return std::move(written.message);
}

Envelope Sender::envelope_for(const Outgoing& outgoing) const {
    return {context_.config.mail.from_address, outgoing.recipient, reference_of(outgoing.delivery.id)};
}

/// What was never offered costs neither a try nor a pause, and is held against no relay.
void Sender::put_back(const Outgoing& outgoing, const char* why) {
    marks_.flush();
    marks_.mark(outgoing, {.result = {.answer = why, .asked = false}, .relay = {}, .immediately = true});
}

const char* Sender::why_not_offered(Channel channel) const {
    if (context_.env.signalled() != 0) return "not tried: interrupted";
    if (relays_.stopped(channel)) return "not tried: the relay did not take the one before";
    if (channel == Channel::sms && !relays_.usable()) return "not tried: the connection broke";
    return "not tried: it had to wait too long";
}

void Sender::look_at_claims(Batch& batch, const std::vector<std::size_t>& which) {
    std::vector<db::DeliveryRow> asked;
    for (const std::size_t i : which) asked.push_back(batch.all[i].delivery);
    auto& session = context_.session;
    db::retrying(session, [&] {
        const auto left = db::claims_left(session, asked, owner_, lease_span / 2);
        if (std::find(left.begin(), left.end(), db::Claim::short_lived) != left.end())
            db::renew_claims(session, context_.config.application, {owner_, session.now() + lease_span});
        for (std::size_t i = 0; i < left.size(); ++i) batch.lost[which[i]] = left[i] == db::Claim::lost;
    });
}

/// Whether the claim of one still stands; what nobody waits for is looked at together, now and then.
bool Sender::still_ours(Batch& batch, std::size_t at) {
    if (batch.all[at].delivery.lane != Lane::bulk) look_at_claims(batch, {at});
    return !batch.lost[at];
}

/// What was revoked, or taken over, does not leave if that can be helped: what waits for a connection comes back.
void Sender::take_back_lost(Batch& batch) {
    if (Clock::now() - batch.looked_at < look_pause) return;
    std::vector<std::size_t> which(batch.aboard.begin(), batch.aboard.end());
    for (std::size_t i = batch.next; i < batch.all.size() && batch.all[i].delivery.lane == Lane::bulk; ++i)
        which.push_back(i);
    if (!which.empty()) look_at_claims(batch, which);
    batch.looked_at = Clock::now();
    for (const std::size_t i : std::vector(batch.aboard.begin(), batch.aboard.end())) {
        if (!batch.lost[i] || !relays_.fleet().withdraw(i)) continue;
        batch.aboard.erase(i);
        ++pass_.dropped;
    }
}

/// Whether a mail may leave: with a temporary password only when that would be stored, which is tried. Otherwise the
/// delivery was marked, or is not ours.
bool Sender::is_ready(Outgoing& outgoing) {
    if (outgoing.kind != Kind::temporary_password) return true;
    Marked tried;
    const auto fault = fault_of([&] {
        outgoing.hash = hash_for_application(context_, outgoing.secret);
        tried = try_mark(context_, owner_, outgoing, relays_.name(outgoing.channel));
    });
    if (fault) {
        marks_.mark_unready(outgoing, *fault);
        return false;
    }
    if (!tried.ours) ++pass_.dropped;
    // The next claim finds the other password, and ends the delivery.
    if (tried.ours && tried.mark.state != DeliveryState::sent)
        put_back(outgoing, "not tried: the password was changed meanwhile");
    return tried.ours && tried.mark.state == DeliveryState::sent;
}

bool Sender::goes_on(const Batch& batch) const {
    return context_.env.signalled() == 0 && Clock::now() - batch.began <= too_late;
}

/// How many more are offered now. Of what somebody waits for, no more than the connections have in hand: so few may go
/// a second time after a kill.
std::size_t Sender::room(const Batch& batch) {
    const std::size_t room = relays_.fleet().room();
    if (batch.all[batch.next].delivery.lane == Lane::bulk) return room;
    const std::size_t in_hand = 2 * static_cast<std::size_t>(context_.config.mail.connections);
    return std::min(room, in_hand - std::min(in_hand, batch.aboard.size()));
}

/// Composes one and hands it over. False where there is nothing to hand over, which is marked.
bool Sender::offer(Batch& batch, std::size_t at) {
    const Outgoing& outgoing = batch.all[at];
    try {
        relays_.fleet().offer(at, envelope_for(outgoing), message_for(outgoing));
    } catch (const Error& error) {
        // A row that no message can be made of must not stop the others.
        const SendResult failure{.verdict = Verdict::permanent, .answer = error.message, .asked = false};
        marks_.settle(outgoing, {failure, {}});
        return false;
    }
    batch.aboard.insert(at);
    return true;
}

void Sender::offer_some(Batch& batch) {
    for (; batch.next < batch.all.size(); ++batch.next) {
        Outgoing& outgoing = batch.all[batch.next];
        if (!goes_on(batch) || relays_.stopped(Channel::email)) {
            put_back(outgoing, why_not_offered(Channel::email));
            continue;
        }
        if (room(batch) == 0) return;
        if (!still_ours(batch, batch.next)) {  // revoked since it was minted, or taken over: its token is void
            ++pass_.dropped;
            continue;
        }
        if (is_ready(outgoing)) offer(batch, batch.next);
    }
}

void Sender::came(Batch& batch, const Arrival& arrival) {
    Outgoing& outgoing = batch.all[arrival.ticket];
    batch.aboard.erase(arrival.ticket);
    if (!arrival.offered) return put_back(outgoing, why_not_offered(Channel::email));
    SendResult result = arrival.result;
    result.answer = redacted(result.answer, outgoing.secret, outgoing.recipient);
    outgoing.secret = Secret();
    batch.moved = batch.moved || result.verdict == Verdict::accepted;
    if (result.verdict == Verdict::accepted) context_.env.checkpoint("accepted");
    // What is not tried because we were told to stop is due at once for whoever comes next.
    const bool immediately = result.connection_full || context_.env.signalled() != 0;
    marks_.settle(outgoing, {std::move(result), arrival.relay, immediately});
}

Sender::Clock::time_point Sender::next_look() const {
    const auto soon = Clock::now() + signal_doze;
    return std::min(soon, marks_.due().value_or(soon));
}

void Sender::by_mail(Batch& batch) {
    Fleet& fleet = relays_.fleet();
    while (batch.next < batch.all.size() || !batch.aboard.empty()) {
        if (!goes_on(batch)) fleet.withdraw_all();
        offer_some(batch);
        take_back_lost(batch);
        marks_.flush_if_due();
        if (const auto arrival = fleet.next(next_look()))
            came(batch, *arrival);
        else if (fleet.on_their_way() == 0 && batch.next < batch.all.size())
            std::this_thread::sleep_for(doze);  // the rate does not let it go yet
    }
}

/// Something went wrong in the middle of it: what was taken is not to be sent again.
void Sender::rescue(Batch& batch) {
    for (const Arrival& arrival : relays_.fleet().drop()) {
        if (!arrival.offered || arrival.result.verdict != Verdict::accepted) continue;
        if (fault_of([&] { marks_.mark(batch.all[arrival.ticket], {arrival.result, arrival.relay}); })) break;
    }
    fault_of([&] { marks_.flush(); });
}

SendResult Sender::text(const Outgoing& outgoing) {
    try {
        const Secret message = message_for(outgoing);
        auto result = relays_.gateway().send(envelope_for(outgoing), message);
        result.answer = redacted(result.answer, outgoing.secret, outgoing.recipient);
        return result;
    } catch (const Error& error) {
        return {.verdict = Verdict::permanent, .answer = error.message, .asked = false};
    }
}

void Sender::by_gateway(Batch& batch) {
    for (; batch.next < batch.all.size(); ++batch.next) {
        Outgoing& outgoing = batch.all[batch.next];
        if (!goes_on(batch) || !relays_.usable() || relays_.stopped(Channel::sms)) {
            put_back(outgoing, why_not_offered(Channel::sms));
            continue;
        }
        look_at_claims(batch, {batch.next});
        if (batch.lost[batch.next]) {
            ++pass_.dropped;
            continue;
        }
        if (!is_ready(outgoing)) continue;
        SendResult result = relays_.weighed(text(outgoing));
        outgoing.secret = Secret();
        if (result.verdict == Verdict::accepted) context_.env.checkpoint("accepted");
        // What holds for all messages makes the channel wait, not this one.
        const bool immediately =
            result.connection_full || result.concern == Concern::login || context_.env.signalled() != 0;
        const std::string gateway = result.asked ? relays_.name(Channel::sms) : std::string();
        marks_.settle(outgoing, {std::move(result), gateway, immediately});
    }
}

void Sender::send(Channel channel, std::vector<Outgoing>& all) {
    if (all.empty()) return;
    Batch batch{.all = all};
    batch.lost.resize(all.size());
    try {
        channel == Channel::sms ? by_gateway(batch) : by_mail(batch);
        marks_.flush();
    } catch (const std::exception&) {
        rescue(batch);
        throw;
    } catch (...) {
        relays_.fleet().drop();
        throw;
    }
    relays_.used(channel, all.front().delivery.lane, Clock::now() - batch.began, batch.moved);
}

}  // namespace pwreset
