#include "src/restoring/restore.h"

#include <algorithm>

#include "db/own/deliveries.h"
#include "db/own/intake.h"
#include "db/own/reach.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/audit/restored.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/base/process.h"
#include "src/base/stop.h"
#include "src/queue/removal.h"
#include "src/queue/temporary_password.h"

namespace pwreset {

namespace {

/// More than all hosts together use between two commands of one of them: nobody remembers what the others did.
constexpr std::int64_t margin = 100'000;
/// Ids a transaction covers.
constexpr std::int64_t ids_at_once = 5000;
constexpr std::size_t most_shown = 1000;
constexpr std::chrono::seconds sealing_patience{30};

/// What may have been used: what is remembered, what is there, and then some.
Numbers used_before(Context& context) {
    const auto& app = context.config.application;
    const auto mark = read_mark(context.config.keys, app, context.env.effective_uid);
    const auto there = db::reach(context.session, app, "", "", true);
    Numbers used = mark ? mark->used : Numbers{};
    used.raise({.audit = there.audit,
                .deliveries = std::max(there.deliveries, db::last_delivery_id(context.session)),
                .tokens = there.tokens,
                .jobs = there.jobs,
                .seq = std::max(there.seq, chain_head(context).seq)});
    for (const auto number : {&Numbers::audit, &Numbers::deliveries, &Numbers::tokens, &Numbers::jobs, &Numbers::seq})
        used.*number += margin;
    return used;
}

void move_ids_on(Context& context, const Numbers& used) {
    auto& session = context.session;
    db::retrying(session, [&] {
        db::move_on(session, db::Numbered::audit, used.audit + 1);
        db::move_on(session, db::Numbered::deliveries, used.deliveries + 1);
        db::move_on(session, db::Numbered::tokens, used.tokens + 1);
        db::move_on(session, db::Numbered::jobs, used.jobs + 1);
    });
}

AuditEntry entry_of(const Restored& part, const Grounds& grounds) {
    return {.action = "migrate-restored",
            .result = "done",
            .ticket = grounds.ticket,
            .reason = grounds.reason,
            .detail = std::to_string(part.tokens) + " tokens, " + std::to_string(part.deliveries) + " deliveries, " +
                      std::to_string(part.passwords) + " passwords, " + std::to_string(part.requests) + " requests, " +
                      std::to_string(part.news) + " news"};
}

void note_beyond(Context& context, Restored& done) {
    if (ends_links(context)) return;
    for (const auto& link : db::live_links(context.session, context.config.application, {}, {})) {
        ++done.beyond;
        done.until = std::max(done.until.value_or(link.expires_at), link.expires_at);
    }
}

/// Deliveries and tokens of one stretch of ids, in the order in which workers lock them.
void end_stretch(Context& context, const db::IdRange& ids, const Grounds& grounds, Restored& done) {
    auto& session = context.session;
    const auto& app = context.config.application;
    Restored part;
    db::retrying(session, [&] {
        part = {};
        db::Transaction transaction(session);
        part.not_sent = db::lock_open_deliveries(session, app, ids);
        part.deliveries = part.not_sent.empty() ? 0 : db::cancel_restored(session, app, ids);
        part.tokens = db::void_live_between(session, app, ids, "restored", ends_links(context));
        if (part.deliveries + part.tokens > 0) record(context, {entry_of(part, grounds)});
        transaction.commit();
    });
    done.deliveries += part.deliveries;
    done.tokens += part.tokens;
    for (auto& one : part.not_sent) {
        if (done.not_sent.size() < most_shown) done.not_sent.push_back(std::move(one));
    }
}

void end_all(Context& context, const Grounds& grounds, Restored& done) {
    const auto last = db::last_delivery_id(context.session);
    for (db::IdRange ids; ids.to < last;) {
        stop_when_signalled(context.env, "nothing is sent yet; run it again for the rest");
        ids = {ids.to, std::min(ids.to + ids_at_once, last)};
        end_stretch(context, ids, grounds, done);
    }
    Restored rest;
    db::retrying(context.session, [&] {
        rest = {};
        db::Transaction transaction(context.session);
        const auto& app = context.config.application;
        rest.requests = db::drop_intake(context.session, app);
        rest.passwords = db::hurry_stored_passwords(context.session, app);
        rest.news = db::drop_owed_news(context.session, app);
        if (rest.requests + rest.passwords + rest.news > 0) record(context, {entry_of(rest, grounds)});
        transaction.commit();
    });
    done.requests += rest.requests;
    done.passwords += rest.passwords;
    done.news += rest.news;
}

/// What the application's tables hold. A login for migrations may have no right to it: it is due, so 'deliver' does it.
void clear_application(Context& context, Restored& done) {
    try {
        done.values = remove_all_ended(context);
        void_expired_passwords(context);
    } catch (const Error& fault) {
        if (fault.code == "INTERRUPTED") throw;
        done.left = fault.message;
    }
}

/// The statement, and with it the end of the refusals.
void state(Context& context, const Numbers& used) {
    auto& session = context.session;
    const auto& app = context.config.application;
    db::retrying(session, [&] {
        db::Transaction transaction(session);
        // No ticket, no reason: an erasure takes personal fields, and this one has none.
        const auto rows =
            record(context, {{.action = restored_action, .result = "done", .detail = told_numbers(used)}});
        const auto id = db::audit_id(session, app, rows.front().mac);
        db::note_restore(session, app, "settled:" + std::to_string(id));
        transaction.commit();
    });
    seal(context, sealing_patience);
    leave_mark_anew(context);
}

}  // namespace

Restored count_restored(Context& context) {
    context.issues = true;
    auto& session = context.session;
    const auto& app = context.config.application;
    Restored would;
    would.used = used_before(context);
    would.tokens = db::count_live(session, app, {}, {});
    would.requests = db::intake_backlog(session, app).waiting;
    const auto last = db::last_delivery_id(session);
    for (db::IdRange ids; ids.to < last;) {
        ids = {ids.to, std::min(ids.to + ids_at_once, last)};
        for (auto& one : db::lock_open_deliveries(session, app, ids)) {
            ++would.deliveries;
            if (would.not_sent.size() < most_shown) would.not_sent.push_back(std::move(one));
        }
    }
    note_beyond(context, would);
    return would;
}

Restored restore(Context& context, const Grounds& grounds) {
    context.issues = true;
    Restored done;
    db::note_restore(context.session, context.config.application, "noticed by " + host_name());
    done.used = used_before(context);
    move_ids_on(context, done.used);
    end_all(context, grounds, done);
    clear_application(context, done);
    note_beyond(context, done);
    state(context, done.used);
    return done;
}

}  // namespace pwreset
