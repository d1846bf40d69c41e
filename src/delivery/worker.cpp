#include "src/delivery/worker.h"

#include <algorithm>
#include <random>
#include <thread>

#include "db/own/claims.h"
#include "db/own/delivery_records.h"
#include "db/retrying.h"
#include "src/audit/seal.h"
#include "src/base/process.h"
#include "src/base/reference.h"
#include "src/base/stop.h"
#include "src/message/letter.h"
#include "src/message/text_message.h"
#include "src/queue/claim.h"
#include "src/queue/clock_correction.h"
#include "src/queue/forfeit.h"
#include "src/queue/freeze.h"
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

/// How often in a row a worker looks again at once where others had taken what was due: there may be more behind it, or
/// in another lane.
constexpr int most_contested = 3;
/// Between two looks at the claims of a batch for which nobody waits: a revocation reaches it within a second.
constexpr std::chrono::milliseconds look_pause{500};

}  // namespace

Worker::Worker(Context& context, Persistence persist, Feed feed)
    : context_(context),
      templates_(context.config.text.templates),
      owner_(process_identity()),
      relays_(context),
      marks_(context, owner_, std::move(persist), pass_),
      feed_(std::move(feed)) {}

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

/// What was never offered costs neither a try nor a pause, and is held against no relay.
void Worker::put_back(const Outgoing& outgoing, const char* why) {
    marks_.mark(outgoing, {.result = {.answer = why, .asked = false}, .relay = {}, .immediately = true});
}

const char* Worker::why_not_offered(Channel channel) const {
    if (context_.env.signalled() != 0) return "not tried: interrupted";
    if (relays_.stopped(channel)) return "not tried: the relay did not take the one before";
    if (!relays_.usable(channel)) return "not tried: the connection broke";
    return "not tried: it had to wait too long";
}

/// Whether the claim of one still stands, and, of what nobody waits for, of those behind it.
bool Worker::still_ours(const std::vector<Outgoing>& batch, std::size_t at, Claims& claims) {
    const bool together = batch[at].delivery.lane == Lane::bulk;
    if (together && Clock::now() - claims.looked_at < look_pause) return claims.ours[at];
    std::vector<db::DeliveryRow> asked;
    for (std::size_t i = at; i < (together ? batch.size() : at + 1); ++i) asked.push_back(batch[i].delivery);
    auto& session = context_.session;
    db::retrying(session, [&] {
        const auto left = db::claims_left(session, asked, owner_, lease_span / 2);
        if (std::find(left.begin(), left.end(), db::Claim::short_lived) != left.end())
            db::renew_claims(session, context_.config.application, lease());
        for (std::size_t i = 0; i < left.size(); ++i) claims.ours[at + i] = left[i] != db::Claim::lost;
    });
    claims.looked_at = Clock::now();
    return claims.ours[at];
}

Envelope Worker::envelope_for(const Outgoing& outgoing) const {
    return {context_.config.mail.from_address, outgoing.recipient, reference_of(outgoing.delivery.id)};
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
        marks_.mark_unready(outgoing, *fault);
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

void Worker::send_one(Channel channel, std::vector<Outgoing>& batch, std::size_t at) {
    auto& outgoing = batch[at];
    // Of a temporary password it is not sure yet that it will follow.
    if (at + 1 < batch.size() && batch[at + 1].kind != Kind::temporary_password)
        relays_.at(channel).announce(envelope_for(batch[at + 1]));
    SendResult result = relays_.weighed(channel, send(outgoing));
    outgoing.secret = Secret();
    if (result.verdict == Verdict::accepted) context_.env.checkpoint("accepted");
    // What holds for all messages makes the channel wait, not this one; and what is not tried because we were told to
    // stop is due at once for whoever comes next.
    const bool for_all = channel == Channel::sms && result.concern == Concern::login;
    const bool immediately = result.connection_full || for_all || context_.env.signalled() != 0;
    const std::string relay = result.asked ? relays_.at(channel).name() : std::string();
    marks_.settle(outgoing, {std::move(result), relay, immediately});
}

void Worker::send_batch(Channel channel, std::vector<Outgoing>& batch) {
    const auto began = Clock::now();
    Claims claims{std::vector<bool>(batch.size(), true), began};
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& outgoing = batch[i];
        const bool going = relays_.usable(channel) && !relays_.stopped(channel) && relays_.at(channel).room() > 0;
        if (context_.env.signalled() != 0 || !going || Clock::now() - began > too_late) {
            marks_.flush();
            put_back(outgoing, why_not_offered(channel));
            continue;
        }
        marks_.flush_if_due();
        if (!still_ours(batch, i, claims)) {  // revoked since it was minted, or taken over: its token is void
            ++pass_.dropped;
            continue;
        }
        if (is_ready(outgoing)) send_one(channel, batch, i);
    }
    marks_.flush();
    if (!batch.empty()) relays_.used(channel, batch.front().delivery.lane, Clock::now() - began);
}

void Worker::work_off(Channel channel, const std::vector<db::DeliveryRow>& rows) {
    auto claimed = claim_and_mint(context_, owner_, rows);
    pass_.dropped += claimed.dropped;
    for (const auto& account : claimed.refused) fault_of([&] { end_forfeited(context_, account); });
    try {
        send_batch(channel, claimed.out);
    } catch (const std::exception&) {
        // What was taken before is not to be sent again.
        fault_of([&] { marks_.flush(); });
        throw;
    }
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
        const auto chunk =
            std::min<std::size_t>(held.size(), static_cast<std::size_t>(relays_.batch(channel, held.front().lane)));
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
    if (why_frozen(context_.session, context_.config.application)) return false;
    bool fed = false;
    const auto due = [&](Lane lane) {
        const int most = relays_.batch(channel, lane);
        const auto look = [&] {
            return db::due_deliveries(context_.session, context_.config.application, channel, lane, most);
        };
        auto rows = look();
        if (lane != Lane::bulk || fed || rows.size() >= static_cast<std::size_t>(most)) return rows;
        fed = feed();
        return fed ? look() : rows;
    };
    Turns& turns = turns_.at(static_cast<std::size_t>(channel));
    auto rows = turns.next(due);
    if (rows.empty()) return fed;
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
    if (pass_.moved() > before) {
        contested_ = 0;
        return true;
    }
    if (!rows.empty()) turns.barren(rows.front().lane);
    return ++contested_ <= most_contested;
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
