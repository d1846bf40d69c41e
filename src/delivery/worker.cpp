#include "src/delivery/worker.h"

#include <algorithm>
#include <random>
#include <thread>

#include "db/limits.h"
#include "db/tokens.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/base/process.h"
#include "src/delivery/decision.h"
#include "src/delivery/letter.h"
#include "src/delivery/outage.h"
#include "src/delivery/redaction.h"
#include "src/delivery/schedule.h"
#include "src/recovery/limits.h"
#include "src/recovery/stop.h"
#include "src/token/digest.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

/// Deliveries claimed at once: what was sent in five seconds before, since every token's lifetime starts at the claim.
constexpr int largest_batch = 50;
constexpr std::chrono::seconds batch_span{5};
/// How long a claim is ours if this host falls silent.
constexpr Seconds lease_span{60};
/// How long a single request waits for its turn behind another to the same account.
constexpr std::chrono::seconds patience{20};
/// A claimed mail that could not leave for so long (the database was away) gets a new token: too much of its life is
/// gone.
constexpr std::chrono::seconds too_late{60};
/// A connection that was idle for longer is tried out before anything is claimed for it.
constexpr std::chrono::milliseconds trusted_idle{100};

/// The one row with that key; null when there is none, or (in a view or a table without a key) more than one.
const db::AccountRow* only_account(const std::vector<db::AccountRow>& accounts, const std::string& id) {
    const db::AccountRow* found = nullptr;
    for (const auto& account : accounts) {
        if (account.id != id) continue;
        if (found) return nullptr;
        found = &account;
    }
    return found;
}

}  // namespace

/// A minted token on its way out.
struct Worker::Outgoing {
    db::DeliveryRow delivery;
    db::AccountRow account;
    Kind kind;
    Secret secret;
    db::NewToken token;
};

/// A written mark, and whether the delivery was still ours.
struct Worker::Marked {
    db::Mark mark;
    bool ours = true;
};

Worker::Worker(Context& context, Persistence persist)
    : context_(context),
      templates_(context.config.text.templates),
      owner_(process_identity()),
      persist_(std::move(persist)) {}
Worker::~Worker() = default;

db::Lease Worker::lease() { return {owner_, context_.session.now() + lease_span}; }

bool Worker::open_relay() {
    const bool trusted = Clock::now() - used_ < trusted_idle;
    if (relay_ && relay_->usable() && (trusted || relay_->alive())) return false;
    relay_.reset();
    try {
        relay_ = context_.env.open_transport(context_.config.mail);
    } catch (const Error& fault) {
        throw RelayUnavailable(fault);
    }
    used_ = Clock::now();
    return true;
}

void Worker::hang_up_after(std::chrono::seconds idle) {
    if (relay_ && Clock::now() - used_ >= idle) relay_.reset();
}

bool Worker::relay_broke() const { return relay_ && !relay_->usable(); }

void Worker::stop_if_signalled() const {
    stop_when_signalled(context_.env, "the rest stays queued for 'pwreset deliver'");
}

void Worker::take_back_abandoned() {
    auto& session = context_.session;
    const std::string& app = context_.config.application;
    std::int64_t count = 0;
    db::retrying(session, [&] {
        count = 0;
        const auto owners = db::lease_owners(session, app);
        if (owners.empty()) return;
        db::Transaction transaction(session);
        count = db::take_back_overdue(session, app);
        for (const auto& owner : owners) {
            if (liveness(owner) == Liveness::dead) count += db::take_back(session, app, owner);
        }
        transaction.commit();
    });
    pass_.taken_back += count;
}

void Worker::take_back_own() {
    auto& session = context_.session;
    db::retrying(session, [&] { db::take_back(session, context_.config.application, owner_); });
}

Worker::Outgoing Worker::mint(const db::DeliveryRow& delivery, const db::AccountRow& account, Time now) {
    const Kind kind = kind_of_delivery(delivery);
    Outgoing out{delivery, account, kind, is_code(kind) ? new_code(context_.env) : new_link_token(context_.env), {}};
    const auto& reset = context_.config.reset;
    out.token = {.account = account.id,
                 .kind = delivery.kind,
                 .channel = delivery.channel,
                 .delivery_id = delivery.id,
                 .attempt = delivery.attempts,
                 .verifier = {},
                 .code_mac = {},
                 .key_id = {},
                 .pw_mark = password_mark(context_, account),
                 .issued_at = now,
                 .expires_at = now + (is_code(kind) ? reset.code_lifetime : reset.link_lifetime)};
    if (is_code(kind)) {
        const Key& key = context_.keys.application.current();
        out.token.code_mac = code_mac(key.bytes, delivery.id, delivery.attempts, kind, out.secret);
        out.token.key_id = key.id;
    } else {
        out.token.verifier = link_verifier(out.secret);
    }
    return out;
}

std::vector<Worker::Outgoing> Worker::claim_and_mint(const std::vector<db::DeliveryRow>& rows) {
    auto& session = context_.session;
    const std::string& app = context_.config.application;
    std::vector<Outgoing> out;
    std::int64_t dropped = 0;
    const auto body = [&] {
        out.clear();
        dropped = 0;
        db::Transaction transaction(session);
        const Time now = session.now();
        const db::Lease claim{owner_, now + lease_span};
        std::vector<db::DeliveryRow> claimed;
        std::vector<std::string> ids;
        for (const auto& row : rows) {
            if (!db::try_claim(session, row, claim)) continue;
            claimed.push_back(row);
            claimed.back().attempts += 1;
            ids.push_back(row.account);
        }
        if (claimed.empty()) return transaction.commit();
        context_.env.checkpoint("claimed");
        const auto accounts = context_.accounts.by_ids(ids);
        std::vector<db::NewToken> tokens;
        std::vector<AuditEntry> entries;
        for (const auto& delivery : claimed) {
            const auto* account = only_account(accounts, delivery.account);
            if (const auto why = why_not_minted(context_, delivery, account, now)) {
                db::void_live(session, app, {}, delivery.id, "dropped");
                db::mark_delivery(session, delivery, claim, *why);
                entries.push_back({.action = "drop",
                                   .result = why->state,
                                   .channel = delivery.channel,
                                   .delivery_id = delivery.id,
                                   .account = delivery.account,
                                   .recipient = {},
                                   .ticket = delivery.ticket,
                                   .reason = why->reason,
                                   .detail = {}});
                ++dropped;
                continue;
            }
            dropped += db::supersede_queued(session, app, delivery);
            db::supersede_live(session, app, delivery.account, delivery.kind);
            out.push_back(mint(delivery, *account, now));
            tokens.push_back(out.back().token);
            entries.push_back({.action = "mint",
                               .result = "done",
                               .channel = delivery.channel,
                               .delivery_id = delivery.id,
                               .account = account->id,
                               .recipient = account->email,
                               .ticket = delivery.ticket,
                               .reason = delivery.reason,
                               .detail = {}});
        }
        db::insert_tokens(session, app, tokens);
        record(context_, entries);
        context_.env.checkpoint("minting");
        transaction.commit();
    };
    db::retrying(session, body, [&] {
        return std::any_of(rows.begin(), rows.end(),
                           [&](const auto& row) { return db::is_claimed_by(session, row.id, owner_); });
    });
    pass_.dropped += dropped;
    if (!out.empty()) context_.env.checkpoint("minted");
    return out;
}

Secret Worker::message_for(const Outgoing& outgoing) {
    const Letter letter{.kind = outgoing.kind,
                        .delivery_id = outgoing.delivery.id,
                        .account = outgoing.account.id,
                        .address = outgoing.account.email,
                        .locale = outgoing.delivery.locale.value_or(outgoing.account.locale),
                        .issued_at = outgoing.token.issued_at,
                        .expires_at = outgoing.token.expires_at};
    auto written = write_letter(context_.env, context_.config, templates_, letter, outgoing.secret);
    if (outgoing.delivery.state == "held") pass_.subjects[outgoing.delivery.id] = written.subject;
    return std::move(written.message);
}

void Worker::write_mark(const Outgoing& outgoing, const SendResult& result, Seconds pause, Marked& marked) {
    auto& session = context_.session;
    const auto& delivery = outgoing.delivery;
    auto& [mark, ours] = marked;
    const auto body = [&] {
        db::Transaction transaction(session);
        mark = mark_for(delivery, result, session.now(), pause);
        if (relay_) mark.relay = relay_->name();
        ours = db::mark_delivery(session, delivery, {owner_, {}}, mark);
        // Of a person who was erased meanwhile, the trail must not be told again.
        const bool erased = !ours && !db::keep_delivery(session, delivery.id);
        if (result.verdict == Verdict::permanent || result.verdict == Verdict::temporary) {
            const char* why = mark.state == "failed" ? "undeliverable" : "not_sent";
            db::void_token_of(session, delivery.id, delivery.attempts, why);
        }
        const auto unless_erased = [&](const std::string& text) { return erased ? std::nullopt : std::optional(text); };
        record(context_, {{.action = "send",
                           .result = ours ? mark.state : "overtaken",
                           .channel = delivery.channel,
                           .delivery_id = delivery.id,
                           .account = unless_erased(delivery.account),
                           .recipient = unless_erased(outgoing.account.email),
                           .ticket = erased ? std::nullopt : delivery.ticket,
                           .reason = {},
                           .detail = unless_erased(result.answer)}});
        context_.env.checkpoint("marking");
        transaction.commit();
    };
    db::retrying(session, body, [&] { return !db::is_claimed_by(session, delivery.id, owner_); });
}

/// Until it is written, or nobody wants to wait any longer: what a relay has taken must not be sent again.
Worker::Marked Worker::written_mark(const Outgoing& outgoing, const SendResult& result, Seconds pause) {
    auto& session = context_.session;
    Marked marked;
    for (bool unknown = false;;) {
        const auto fault = fault_of([&] {
            bool open = true;
            if (unknown)
                db::retrying(session, [&] { open = db::is_claimed_by(session, outgoing.delivery.id, owner_); });
            if (open) write_mark(outgoing, result, pause, marked);
        });
        if (!fault) return marked;
        if (!persist_ || !persist_(*fault)) throw Error(*fault);
        unknown = unknown || fault->exit == Exit::outcome_unknown;
    }
}

void Worker::mark(const Outgoing& outgoing, const SendResult& result, Seconds pause) {
    const auto [mark, ours] = written_mark(outgoing, result, pause);
    if (!ours) {
        ++pass_.dropped;
        return;
    }
    if (mark.state == "sent") ++pass_.sent;
    if (mark.state == "failed") ++pass_.failed;
    if (mark.state == "queued" || mark.state == "uncertain") ++pass_.deferred;
    if (mark.state != "failed") return;
    // After the commit, because requests lock the counters before the deliveries.
    db::give_back_limit(context_.session, context_.config.application,
                        cooldown_key(outgoing.delivery.account, outgoing.kind));
}

/// What is not tried because we were told to stop is due at once for whoever comes next.
Seconds Worker::pause_before_next(const Outgoing& outgoing) const {
    return context_.env.signalled() != 0 ? Seconds(0) : pause_after(outgoing.delivery.attempts);
}

void Worker::put_back(const Outgoing& outgoing) {
    if (relay_->usable() && context_.env.signalled() == 0)
        return mark(outgoing, {Verdict::temporary, false, "not tried: it had to wait too long"}, Seconds(0));
    const bool stopped = context_.env.signalled() != 0;
    mark(outgoing, {Verdict::temporary, false, stopped ? "not tried: interrupted" : "not tried: the connection broke"},
         pause_before_next(outgoing));
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
    return {context_.config.mail.from_address, outgoing.account.email};
}

SendResult Worker::send(const Outgoing& outgoing) {
    try {
        const Secret message = message_for(outgoing);
        auto result = relay_->send(envelope_for(outgoing), message);
        result.answer = redacted(result.answer, outgoing.secret, outgoing.account.email);
        return result;
    } catch (const Error& error) {
        // A row that no mail can be made of must not stop the others.
        return {Verdict::permanent, false, error.message};
    }
}

void Worker::send_batch(std::vector<Outgoing>& batch) {
    const auto began = Clock::now();
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& outgoing = batch[i];
        if (context_.env.signalled() != 0 || !relay_->usable() || Clock::now() - began > too_late) {
            put_back(outgoing);
            continue;
        }
        if (!still_ours(outgoing)) {  // revoked since it was minted, or taken over: its token is void
            ++pass_.dropped;
            continue;
        }
        if (i + 1 < batch.size()) relay_->announce(envelope_for(batch[i + 1]));
        const SendResult result = send(outgoing);
        outgoing.secret = Secret();
        if (result.verdict == Verdict::accepted) context_.env.checkpoint("accepted");
        mark(outgoing, result, pause_before_next(outgoing));
    }
    used_ = Clock::now();
    const auto took = used_ - began;
    if (took > batch_span) batch_ = std::max(batch_ / 2, 1);
    if (took < batch_span / 4) batch_ = std::min(batch_ * 2, largest_batch);
}

Pass Worker::send_held(std::vector<db::DeliveryRow> held) {
    pass_ = {};
    auto& session = context_.session;
    const std::string& app = context_.config.application;
    try {
        open_relay();
    } catch (...) {
        db::let_go(session, app, {owner_, {}}, session.now() + pause_after(1));
        throw;
    }
    const auto until = std::chrono::steady_clock::now() + patience;
    std::minstd_rand random{std::random_device{}()};
    while (!held.empty() && context_.env.signalled() == 0 && std::chrono::steady_clock::now() < until) {
        if (!relay_->usable()) break;
        const auto chunk = std::min<std::size_t>(held.size(), static_cast<std::size_t>(batch_));
        auto batch = claim_and_mint({held.begin(), held.begin() + static_cast<std::ptrdiff_t>(chunk)});
        send_batch(batch);
        std::erase_if(held, [&](const auto& row) { return db::outcome(session, row.id).state != "held"; });
        // Another delivery to the same account is in flight: ours is minted after it, and so is the one that lives.
        if (!held.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5 + random() % 20));
    }
    if (!held.empty()) db::let_go(session, app, {owner_, {}}, session.now());
    stop_if_signalled();
    return pass_;
}

bool Worker::round() {
    auto due = db::due_deliveries(context_.session, context_.config.application, batch_);
    if (due.empty()) return false;
    // Opening takes its time: look again what is due.
    if (open_relay()) due = db::due_deliveries(context_.session, context_.config.application, batch_);
    const std::int64_t before = pass_.moved();
    auto batch = claim_and_mint(due);
    send_batch(batch);
    seal_in_passing(context_);
    return pass_.moved() > before;
}

Pass Worker::pass(const std::function<void(std::int64_t)>& on_progress) {
    pass_ = {};
    take_back_abandoned();
    for (;;) {
        stop_if_signalled();
        if (!round()) return pass_;
        on_progress(pass_.moved());
    }
}

}  // namespace pwreset
