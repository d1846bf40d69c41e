#include "src/queue/marking.h"

#include <algorithm>
#include <optional>

#include "db/own/claims.h"
#include "db/own/delivery_records.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/audit/page.h"
#include "src/audit/trail.h"
#include "src/queue/decision.h"
#include "src/queue/removal.h"
#include "src/queue/schedule.h"
#include "src/queue/temporary_password.h"

namespace pwreset {

namespace {

/// What a mail that stays queued was refused for, or of what use it was; how others ended, their state says.
std::optional<std::string> reason_kept(const Marked& marked, const Sending& sending) {
    if (!marked.ours) return {};
    return marked.mark.state == DeliveryState::queued ? marked.mark.reason : sending.reason;
}

AuditEntry entry_for(const Outgoing& outgoing, const Marked& marked, const Sending& sending, bool erased) {
    const auto& delivery = outgoing.delivery;
    const auto unless_erased = [&](const std::string& text) { return erased ? std::nullopt : std::optional(text); };
    return {.action = "send",
            .result = marked.ours ? std::string(word_of(marked.mark.state)) : "overtaken",
            .channel = std::string(word_of(delivery.channel)),
            .delivery_id = delivery.id,
            .account = unless_erased(delivery.account),
            .recipient = unless_erased(outgoing.recipient),
            .ticket = erased ? std::nullopt : delivery.grounds.ticket,
            .reason = reason_kept(marked, sending),
            .detail = unless_erased(sending.result.answer)};
}

/// A temporary password takes effect when its mail was accepted, and only while the delivery is ours and the account
/// has the hash it was claimed with: otherwise the mail holds one that does not work, and the mark says so.
void store(Context& context, const std::string& owner, const Outgoing& outgoing, const SendResult& result,
           db::Mark& mark) {
    if (result.verdict != Verdict::accepted) return;
    if (!db::lock_claim(context.session, outgoing.delivery, {owner, {}})) return;
    if (store_password(context, outgoing.delivery, outgoing.account, outgoing.hash)) return;
    mark.state = DeliveryState::cancelled;
    mark.reason = "password_changed";
}

/// What may have arrived stays valid; not a password, for it was not stored.
bool will_not_serve(const Outgoing& outgoing, const SendResult& result) {
    if (result.verdict == Verdict::unknown) return outgoing.kind == Kind::temporary_password;
    return result.verdict == Verdict::permanent || result.verdict == Verdict::temporary;
}

/// How long the next try waits. What was claimed and put back, because nobody was offered it, was no try.
Seconds pause_of(Context& context, const Outgoing& outgoing, const Sending& sending) {
    if (sending.immediately || sending.result.verdict == Verdict::accepted) return Seconds(0);
    if (sending.result.retry_after) return std::max(*sending.result.retry_after, Seconds(1));
    const auto& delivery = outgoing.delivery;
    return pause_after(delivery.attempts - db::attempts_put_back(context.session, delivery.id));
}

/// Why the token of a message that was not sent is void.
const char* why_void(const Marked& marked, const Sending& sending) {
    if (marked.mark.state == DeliveryState::failed) return "undeliverable";
    return sending.immediately && !sending.result.asked ? "put_back" : "not_sent";
}

/// Tokens of one account that may be due to be taken out of the application's tables.
constexpr int most_at_once = 20;

/// Every statement of a mark, inside a transaction.
void write(Context& context, const std::string& owner, const Outgoing& outgoing, const Sending& sending,
           Marked& marked) {
    auto& session = context.session;
    const auto& delivery = outgoing.delivery;
    const auto& result = sending.result;
    const Time now = session.now();
    marked.mark = mark_for(delivery, result, now, pause_of(context, outgoing, sending));
    if (sending.reason) marked.mark.reason = sending.reason;
    if (!sending.relay.empty()) marked.mark.relay = sending.relay;
    if (outgoing.kind == Kind::temporary_password) store(context, owner, outgoing, result, marked.mark);
    marked.ours = db::mark_delivery(session, delivery, {owner, {}}, marked.mark);
    // Of a person who was erased meanwhile, the trail must not be told again.
    const bool erased = !marked.ours && !db::lock_delivery(session, delivery.id);
    if (will_not_serve(outgoing, result)) {
        db::void_token_of(session, delivery.id, delivery.attempts, why_void(marked, sending));
        if (outgoing.token.app_ref) remove_ended(context, delivery.account, most_at_once);
    }
    record(context, {entry_for(outgoing, marked, sending, erased)}, now);
}

}  // namespace

void write_mark(Context& context, const std::string& owner, const Outgoing& outgoing, const Sending& sending,
                Marked& marked) {
    auto& session = context.session;
    const auto body = [&] {
        db::Transaction transaction(session);
        write(context, owner, outgoing, sending, marked);
        context.env.checkpoint("marking");
        transaction.commit();
    };
    db::retrying(session, body, [&] { return !db::is_claimed_by(session, outgoing.delivery.id, owner); });
}

bool is_any_claimed(Context& context, const std::string& owner, const std::vector<SentMail>& mails) {
    std::vector<db::DeliveryRow> rows;
    for (const auto& mail : mails) rows.push_back(mail.outgoing->delivery);
    return db::is_any_claimed_by(context.session, rows, owner);
}

bool write_sent(Context& context, const std::string& owner, const std::vector<SentMail>& mails) {
    auto& session = context.session;
    std::vector<db::Taken> taken;
    PageEntries page;
    const std::string sent(word_of(DeliveryState::sent));
    for (const auto& [outgoing, sending] : mails) {
        taken.push_back({outgoing->delivery, sending.relay, sending.result.answer});
        page.add({.action = "send", .result = sent}, outgoing->delivery, sent);
    }
    std::vector<AuditEntry> entries;
    page.append_to(entries);
    bool all_ours = false;
    const auto body = [&] {
        db::Transaction transaction(session);
        const Time now = session.now();
        all_ours = db::mark_sent(session, taken, owner, now) == static_cast<std::int64_t>(taken.size());
        if (!all_ours) return;
        record(context, entries, now);
        context.env.checkpoint("marking");
        transaction.commit();
    };
    db::retrying(session, body, [&] { return !is_any_claimed(context, owner, mails); });
    return all_ours;
}

Marked try_mark(Context& context, const std::string& owner, const Outgoing& outgoing, const std::string& relay) {
    SendResult accepted;
    accepted.verdict = Verdict::accepted;
    accepted.answer.assign(longest_answer, 'x');  // its column has to take what may come
    const Sending taken{accepted, relay};
    Marked marked;
    db::retrying(context.session, [&] {
        require_tables_to_try_on(context);
        db::Transaction trial(context.session);
        write(context, owner, outgoing, taken, marked);
        take_back(context.config, trial);
    });
    return marked;
}

}  // namespace pwreset
