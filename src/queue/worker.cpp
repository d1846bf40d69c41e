#include "src/queue/worker.h"

#include <algorithm>
#include <random>
#include <thread>

#include "db/own/delivery_records.h"
#include "db/own/limits.h"
#include "db/retrying.h"
#include "src/audit/seal.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/base/reference.h"
#include "src/base/stop.h"
#include "src/limits/limits.h"
#include "src/message/letter.h"
#include "src/message/text_message.h"
#include "src/queue/claim.h"
#include "src/queue/clock_correction.h"
#include "src/queue/forfeit.h"
#include "src/queue/removal.h"
#include "src/queue/schedule.h"
#include "src/queue/temporary_password.h"
#include "src/service/outage.h"
#include "src/transport/redaction.h"

namespace pwreset {

namespace {

/// How long a single request waits for its turn behind another to the same account.
constexpr std::chrono::seconds patience{20};
/// A claimed mail that could not leave for so long (the database was away) gets a new token: too much of its life is
/// gone.
constexpr std::chrono::seconds too_late{60};

/// What may come right by itself: a database that is away or busy, memory or a disk that is full.
bool may_pass(const Error& fault) {
    return fault.exit == Exit::unavailable || fault.exit == Exit::outcome_unknown || fault.exit == Exit::io;
}

/// A fault in the place of a relay's words, as long as those may be.
std::string in_an_answer(const char* what, const Error& fault) {
    return cut_bytes(printable(what + fault.message), longest_answer);
}

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

}  // namespace

Worker::Worker(Context& context, Persistence persist)
    : context_(context),
      templates_(context.config.text.templates),
      owner_(process_identity()),
      persist_(std::move(persist)),
      relays_(context) {}

db::Lease Worker::lease() { return {owner_, context_.session.now() + lease_span}; }

void Worker::hang_up_after(std::chrono::seconds idle) { relays_.hang_up_after(idle); }

void Worker::stop_if_signalled() const {
    stop_when_signalled(context_.env, "the rest stays queued, and is sent by the next worker");
}

void Worker::release_abandoned() {
    bound_what_is_ahead(context_);
    auto& session = context_.session;
    const std::string& app = context_.config.application;
    std::int64_t count = 0;
    db::retrying(session, [&] {
        count = 0;
        const auto owners = db::lease_owners(session, app);
        if (owners.empty()) return;
        db::Transaction transaction(session);
        count = db::release_overdue(session, app);
        for (const auto& owner : owners) {
            if (liveness(owner) == Liveness::dead) count += db::release_owner(session, app, owner);
        }
        transaction.commit();
    });
    pass_.taken_back += count;
}

void Worker::release_own() {
    auto& session = context_.session;
    db::retrying(session, [&] { db::release_owner(session, context_.config.application, owner_); });
}

Secret Worker::message_for(const Outgoing& outgoing) {
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

/// A temporary password whose mail was taken, and which the database refuses to store though that was tried before the
/// mail left, would be refused again: so that its user is not mailed one after another, none of which works, the
/// delivery has failed.
std::optional<Marked> Worker::failed_to_store(const Outgoing& outgoing, const Sending& sending, const Error& fault) {
    if (outgoing.kind != Kind::temporary_password || sending.result.verdict != Verdict::accepted) return {};
    if (may_pass(fault)) return {};
    Marked marked;
    const SendResult failure{Verdict::permanent, true,
                             in_an_answer("the mail left, its password was not stored: ", fault)};
    write_mark(context_, owner_, outgoing, {failure, sending.relay, sending.immediately, not_stored}, marked);
    return marked;
}

/// Until it is written, or nobody wants to wait any longer: what a relay has taken must not be sent again.
Marked Worker::written_mark(const Outgoing& outgoing, const Sending& sending) {
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

void Worker::count(Channel channel, DeliveryState marked) {
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

void Worker::mark(const Outgoing& outgoing, const SendResult& result, bool immediately,
                  const std::optional<std::string>& reason) {
    const std::string relay = result.asked ? relays_.at(outgoing.channel).name() : std::string();
    const auto [mark, ours] = written_mark(outgoing, {result, relay, immediately, reason});
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

/// What was never offered costs neither a try nor a pause, and is held against no relay.
void Worker::put_back(const Outgoing& outgoing, const char* why) {
    mark(outgoing, {.answer = why, .asked = false}, true);
}

const char* Worker::why_not_offered(Channel channel) const {
    if (context_.env.signalled() != 0) return "not tried: interrupted";
    if (relays_.stopped(channel)) return "not tried: the relay did not take the one before";
    if (!relays_.usable(channel)) return "not tried: the connection broke";
    return "not tried: it had to wait too long";
}

bool Worker::still_ours(const Outgoing& outgoing) {
    auto& session = context_.session;
    bool ours = false;
    db::retrying(session, [&] {
        const auto left = db::claim_left(session, outgoing.delivery, owner_, lease_span / 2);
        if (left == db::Claim::short_lived) db::renew_claims(session, context_.config.application, lease());
        ours = left != db::Claim::lost;
    });
    return ours;
}

Envelope Worker::envelope_for(const Outgoing& outgoing) const {
    return {context_.config.mail.from_address, outgoing.recipient, reference_of(outgoing.delivery.id)};
}

/// Nothing was sent: the delivery waits for what may come right (whoever looks after the tables mends them, too), and
/// has failed where it may be about this account.
void Worker::mark_unready(const Outgoing& outgoing, const Error& fault) {
    const bool later = may_pass(fault) || fault.exit == Exit::config;
    mark(outgoing,
         {.verdict = later ? Verdict::temporary : Verdict::permanent,
          .counts = may_pass(fault),
          .answer = in_an_answer("not sent, since its password cannot be stored: ", fault),
          .asked = false},
         false, not_storable);
}

/// Whether a mail may leave: with a temporary password only when that would be stored, which is tried. Otherwise the
/// delivery was marked, or is not ours.
bool Worker::is_ready(Outgoing& outgoing) {
    if (outgoing.kind != Kind::temporary_password) return true;
    Marked tried;
    const auto fault = fault_of([&] {
        outgoing.hash = hash_for_application(context_, outgoing.secret);
        tried = try_mark(context_, owner_, outgoing, relays_.at(outgoing.channel).name());
    });
    if (fault) {
        mark_unready(outgoing, *fault);
        return false;
    }
    if (!tried.ours) ++pass_.dropped;
    // The next claim finds the other password, and ends the delivery.
    if (tried.ours && tried.mark.state != DeliveryState::sent)
        put_back(outgoing, "not tried: the password was changed meanwhile");
    return tried.ours && tried.mark.state == DeliveryState::sent;
}

SendResult Worker::send(const Outgoing& outgoing) {
    try {
        const Secret message = message_for(outgoing);
        auto result = relays_.at(outgoing.channel).send(envelope_for(outgoing), message);
        result.answer = redacted(result.answer, outgoing.secret, outgoing.recipient);
        return result;
    } catch (const Error& error) {
        // A row that no message can be made of must not stop the others.
        return {.verdict = Verdict::permanent, .answer = error.message, .asked = false};
    }
}

void Worker::send_batch(Channel channel, std::vector<Outgoing>& batch) {
    const auto began = Clock::now();
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& outgoing = batch[i];
        const bool going = relays_.usable(channel) && !relays_.stopped(channel) && relays_.at(channel).room() > 0;
        if (context_.env.signalled() != 0 || !going || Clock::now() - began > too_late) {
            put_back(outgoing, why_not_offered(channel));
            continue;
        }
        if (!still_ours(outgoing)) {  // revoked since it was minted, or taken over: its token is void
            ++pass_.dropped;
            continue;
        }
        if (!is_ready(outgoing)) continue;
        // Of a temporary password it is not sure yet that it will follow.
        if (i + 1 < batch.size() && batch[i + 1].kind != Kind::temporary_password)
            relays_.at(channel).announce(envelope_for(batch[i + 1]));
        const SendResult result = relays_.weighed(channel, send(outgoing));
        outgoing.secret = Secret();
        if (result.verdict == Verdict::accepted) context_.env.checkpoint("accepted");
        // What holds for all messages makes the channel wait, not this one; and what is not tried because we were told
        // to stop is due at once for whoever comes next.
        const bool for_all = channel == Channel::sms && result.concern == Concern::login;
        mark(outgoing, result, result.connection_full || for_all || context_.env.signalled() != 0);
    }
    relays_.used(channel, Clock::now() - began);
}

void Worker::work_off(Channel channel, const std::vector<db::DeliveryRow>& rows) {
    auto claimed = claim_and_mint(context_, owner_, rows);
    pass_.dropped += claimed.dropped;
    for (const auto& account : claimed.refused) fault_of([&] { end_forfeited(context_, account); });
    send_batch(channel, claimed.out);
}

/// Whether a delivery of this process is held yet, or was put back for another connection; then it is one attempt
/// older.
bool Worker::is_still_to_be_sent(db::DeliveryRow& row) {
    const auto now = db::standing(context_.session, row.id);
    if (!now) return false;
    if (now->state == DeliveryState::held) return true;
    const bool at_once = now->state == DeliveryState::queued && now->next_at <= context_.session.now();
    if (at_once) ++row.attempts;
    return at_once;
}

/// Where our login is refused nothing is offered, so no delivery would tell who asks why it waits.
void Worker::note(const RelayUnavailable& fault, Channel channel, const std::vector<db::DeliveryRow>& rows) {
    if (fault.concern != Concern::login) return;
    const Config& config = context_.config;
    const std::string& host = channel == Channel::sms ? config.sms->server.host : config.mail.host;
    std::vector<std::int64_t> ids;
    for (const auto& row : rows) ids.push_back(row.id);
    const db::Hindrance hindrance{host, cut(fault.message, longest_answer), std::string(word_of(Concern::login))};
    db::retrying(context_.session, [&] { db::note_hindrance(context_.session, ids, hindrance); });
}

/// Sends what is held for one channel; what had to wait too long is anybody's afterwards.
void Worker::send_held_by(Channel channel, std::vector<db::DeliveryRow> held) {
    const auto until = Clock::now() + patience;
    std::minstd_rand random{std::random_device{}()};
    while (!held.empty() && context_.env.signalled() == 0 && Clock::now() < until) {
        relays_.open(channel);
        const auto chunk = std::min<std::size_t>(held.size(), static_cast<std::size_t>(relays_.batch(channel)));
        work_off(channel, {held.begin(), held.begin() + static_cast<std::ptrdiff_t>(chunk)});
        std::erase_if(held, [&](auto& row) { return !is_still_to_be_sent(row); });
        relays_.end_batch(channel);
        // Another delivery to the same account is in flight: ours is minted after it, and so is the one that lives.
        if (!held.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5 + random() % 20));
    }
    if (held.empty()) return;
    auto& session = context_.session;
    db::let_go(session, context_.config.application, channel, {owner_, session.now()});
}

Pass Worker::send_held(const std::vector<db::DeliveryRow>& held) {
    pass_ = {};
    auto& session = context_.session;
    for (const auto& [channel, word] : channel_words) {
        std::vector<db::DeliveryRow> mine;
        std::copy_if(held.begin(), held.end(), std::back_inserter(mine),
                     [wanted = channel](const auto& row) { return row.channel == wanted; });
        if (mine.empty()) continue;
        try {
            send_held_by(channel, mine);
        } catch (const RelayUnavailable& fault) {
            db::let_go(session, context_.config.application, channel, {owner_, session.now() + pause_after(1)});
            if (fault.exit != Exit::unavailable) throw;
            note(fault, channel, mine);
            pass_.unavailable.emplace(channel, fault);
        }
    }
    stop_if_signalled();
    return pass_;
}

bool Worker::round(Channel channel) {
    const auto due = [&](Lane lane) {
        return db::due_deliveries(context_.session, context_.config.application, channel, lane, relays_.batch(channel));
    };
    auto rows = turns_.at(static_cast<std::size_t>(channel)).next(due);
    if (rows.empty()) return false;
    try {
        if (relays_.open(channel)) rows = due(rows.front().lane);  // opening takes its time
    } catch (const RelayUnavailable& fault) {
        note(fault, channel, rows);
        throw;
    }
    const std::int64_t before = pass_.moved();
    work_off(channel, rows);
    seal_in_passing(context_);
    relays_.end_batch(channel);
    return pass_.moved() > before;
}

Pass Worker::pass(const std::function<void(std::int64_t)>& on_progress) {
    pass_ = {};
    // So that links may be made. What keeps it from that keeps them waiting, and nothing else; it is told at the end.
    if (context_.application().profile().knows_no_end()) fault_of([&] { remove_all_ended(context_); });
    release_abandoned();
    for (bool moved = true; moved;) {
        moved = false;
        for (const auto& [channel, word] : channel_words) {
            stop_if_signalled();
            if (pass_.unavailable.contains(channel)) continue;
            try {
                moved = round(channel) || moved;
            } catch (const RelayUnavailable& fault) {
                pass_.unavailable.emplace(channel, fault);
            }
        }
        if (moved) on_progress(pass_.moved());
    }
    void_expired_passwords(context_);
    remove_all_ended(context_);
    if (!pass_.unavailable.empty()) throw Error(pass_.unavailable.begin()->second);
    return pass_;
}

}  // namespace pwreset
