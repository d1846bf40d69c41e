#include "src/delivery/marks.h"

#include <utility>

#include "db/own/limits.h"
#include "db/retrying.h"
#include "src/base/printable.h"
#include "src/base/reference.h"
#include "src/limits/limits.h"
#include "src/service/outage.h"

namespace pwreset {

namespace {

/// What is told when nothing could be written after a message was taken: of a temporary password also what the user has
/// in hand.
Error unmarked(const Outgoing& outgoing, const Sending& sending, Error fault) {
    if (outgoing.kind != Kind::temporary_password || sending.result.verdict != Verdict::accepted) return fault;
    const std::string reference = reference_of(outgoing.delivery.id);
    const bool unknown = fault.exit == Exit::outcome_unknown;
    fault.message += std::string("; the mail with the temporary password left before that, and ") +
                     (unknown ? "whether its password works is not known" : "its password does not work yet");
    fault.hint = "the next 'pwreset deliver' sends another where it is needed; 'pwreset inspect ref:" + reference +
                 "' and 'pwreset audit --ref " + reference + "' tell what became of it";
    return fault;
}

/// Of what nobody waits for, and whose mark is no more than that it was taken.
bool may_wait(const Outgoing& outgoing, const Sending& sending) {
    return outgoing.delivery.lane == Lane::bulk && outgoing.channel == Channel::email &&
           outgoing.kind != Kind::temporary_password && sending.result.verdict == Verdict::accepted;
}

/// What may come right by itself: a database that is away or busy, memory or a disk that is full.
bool may_pass(const Error& fault) {
    return fault.exit == Exit::unavailable || fault.exit == Exit::outcome_unknown || fault.exit == Exit::io;
}

/// A fault in the place of a relay's words, as long as those may be.
std::string in_an_answer(const char* what, const Error& fault) {
    return cut_bytes(printable(what + fault.message), longest_answer);
}

}  // namespace

/// A temporary password whose mail was taken, and which the database refuses to store though that was tried before the
/// mail left, would be refused again: so that its user is not mailed one after another, none of which works, the
/// delivery has failed.
std::optional<Marked> Marks::failed_to_store(const Outgoing& outgoing, const Sending& sending, const Error& fault) {
    if (outgoing.kind != Kind::temporary_password || sending.result.verdict != Verdict::accepted) return {};
    if (may_pass(fault)) return {};
    Marked marked;
    const SendResult failure{Verdict::permanent, true,
                             in_an_answer("the mail left, its password was not stored: ", fault)};
    write_mark(context_, owner_, outgoing, {failure, sending.relay, sending.immediately, not_stored}, marked);
    return marked;
}

/// Until it is written, or nobody wants to wait any longer: what a relay has taken must not be sent again.
Marked Marks::written(const Outgoing& outgoing, const Sending& sending) {
    auto& session = context_.session;
    Marked marked;
    for (bool unknown = false;;) {
        const auto fault = fault_of([&] {
            bool open = true;
            if (unknown)
                db::retrying(session, [&] { open = db::is_claimed_by(session, outgoing.delivery.id, owner_); });
            if (open) write_mark(context_, owner_, outgoing, sending, marked);
        });
        if (!fault) return marked;
        if (const auto failed = failed_to_store(outgoing, sending, *fault)) return *failed;
        if (!persist_ || !persist_(*fault)) throw unmarked(outgoing, sending, *fault);
        unknown = unknown || fault->exit == Exit::outcome_unknown;
    }
}

/// The same for many. False when not all of them were ours: then nothing was written.
bool Marks::written_together(const std::vector<SentMail>& mails) {
    auto& session = context_.session;
    bool all_ours = false;
    for (bool unknown = false;;) {
        const auto fault = fault_of([&] {
            bool open = true;
            if (unknown) db::retrying(session, [&] { open = is_any_claimed(context_, owner_, mails); });
            all_ours = !open || write_sent(context_, owner_, mails);
        });
        if (!fault) return all_ours;
        if (!persist_ || !persist_(*fault)) throw Error(*fault);
        unknown = unknown || fault->exit == Exit::outcome_unknown;
    }
}

void Marks::count(Channel channel, DeliveryState marked) {
    switch (marked) {
        case DeliveryState::sent:
            ++pass_.sent;
            break;
        case DeliveryState::failed:
            ++pass_.failed;
            break;
        case DeliveryState::uncertain:
            ++(channel == Channel::sms ? pass_.in_doubt : pass_.deferred);
            break;
        case DeliveryState::queued:
            ++pass_.deferred;
            break;
        case DeliveryState::cancelled:
            ++pass_.dropped;
            break;
        case DeliveryState::held:
        case DeliveryState::claimed:
        case DeliveryState::superseded:
        case DeliveryState::refused:
            break;  // no mark says so after a message was handed over
    }
}

void Marks::mark(const Outgoing& outgoing, const Sending& sending) {
    const auto [mark, ours] = written(outgoing, sending);
    if (!ours) {
        ++pass_.dropped;
        return;
    }
    count(outgoing.channel, mark.state);
    if (mark.state != DeliveryState::failed) return;
    // After the commit, because requests lock the counters before the deliveries.
    db::give_back_limit(context_.session, context_.config.application,
                        cooldown_key(outgoing.delivery.account, outgoing.kind));
}

void Marks::mark_unready(const Outgoing& outgoing, const Error& fault) {
    const bool later = may_pass(fault) || fault.exit == Exit::config;
    const SendResult result{.verdict = later ? Verdict::temporary : Verdict::permanent,
                            .counts = may_pass(fault),
                            .answer = in_an_answer("not sent, since its password cannot be stored: ", fault),
                            .asked = false};
    mark(outgoing, {.result = result, .relay = {}, .reason = not_storable});
}

void Marks::settle(const Outgoing& outgoing, const Sending& sending) {
    if (!may_wait(outgoing, sending)) return mark(outgoing, sending);
    if (waiting_.empty()) first_ = Clock::now();
    waiting_.push_back({&outgoing, sending});
    if (waiting_.size() >= most_unmarked) return flush();
    flush_if_due();
}

std::optional<std::chrono::steady_clock::time_point> Marks::due() const {
    if (waiting_.empty()) return {};
    return first_ + longest_unmarked;
}

void Marks::flush_if_due() {
    const auto when = due();
    if (when && Clock::now() >= *when) flush();
}

void Marks::flush() {
    if (waiting_.empty()) return;
    // Whatever comes of it, it is not to be written again.
    const auto mails = std::exchange(waiting_, {});
    if (written_together(mails)) {
        pass_.sent += static_cast<std::int64_t>(mails.size());
        return;
    }
    for (const auto& mail : mails) mark(*mail.outgoing, mail.sending);
}

}  // namespace pwreset
