#include "src/delivery/worker.h"

#include <algorithm>
#include <random>
#include <thread>

#include "db/own/delivery_records.h"
#include "db/retrying.h"
#include "src/audit/seal.h"
#include "src/base/printable.h"
#include "src/base/process.h"
#include "src/base/stop.h"
#include "src/delivery/rates.h"
#include "src/queue/claim.h"
#include "src/queue/clock_correction.h"
#include "src/queue/forfeit.h"
#include "src/queue/freeze.h"
#include "src/queue/removal.h"
#include "src/queue/schedule.h"
#include "src/queue/temporary_password.h"
#include "src/service/outage.h"

namespace pwreset {

namespace {

/// How long a single request waits for its turn behind another to the same account.
constexpr std::chrono::seconds patience{20};

/// How long a worker waits at once for what may leave then: what else there is to do is looked at in between.
constexpr std::chrono::milliseconds longest_doze{100};
/// How often in a row a worker looks again at once where others had taken what was due: there may be more behind it, or
/// in another lane.
constexpr int most_contested = 3;

}  // namespace

Worker::Worker(Context& context, Persistence persist, Feed feed)
    : context_(context),
      owner_(process_identity()),
      relays_(context),
      marks_(context, owner_, std::move(persist), pass_),
      sender_(context, owner_, relays_, marks_, pass_),
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

void Worker::work_off(Channel channel, const std::vector<db::DeliveryRow>& rows) {
    auto claimed = claim_and_mint(context_, owner_, rows);
    pass_.dropped += claimed.dropped;
    for (const auto& account : claimed.refused) fault_of([&] { end_forfeited(context_, account); });
    sender_.send(channel, claimed.out);
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

/// Where as many mails as may leave have left, waits a little; whoever asked comes again.
bool Worker::dozed() {
    const auto now = Clock::now();
    const auto next = relays_.fleet().pace().next_at(now);
    if (next) std::this_thread::sleep_for(std::min<Clock::duration>(*next - now, longest_doze));
    return next.has_value();
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
    if (channel == Channel::email && dozed()) return true;
    try {
        if (relays_.open(channel)) rows = due(rows.front().lane);  // opening takes its time
    } catch (const RelayUnavailable& fault) {
        note(fault, channel, rows);
        throw;
    }
    const std::int64_t before = pass_.moved();
    if (channel == Channel::email) rows = within_rates(context_, owner_, relays_.fleet().pace(), std::move(rows));
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
