#include "src/queue/notices.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <random>
#include <set>

#include "db/own/deliveries.h"
#include "db/own/jobs.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/hash/password_format.h"
#include "src/queue/decision.h"
#include "src/queue/enqueue.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

constexpr const char* notice_action = "password-changed";
constexpr std::size_t page_size = 200;
constexpr int pages_a_look = 5;
constexpr int pages_at_once = 50;
/// A change of the password later than this after a token's end has nothing to do with it any more.
constexpr Seconds watched_after_end{86400};
/// What was used is told also by a worker that was away over a long weekend, and later no more.
constexpr Seconds told_after_end{7L * 86400};

bool is_used(const db::OpenNotice& token) { return token.state == TokenState::used; }

bool is_past(const db::OpenNotice& token, Time now) {
    return token.expires_at + (is_used(token) ? told_after_end : watched_after_end) < now;
}

std::vector<std::string> accounts_of(const std::vector<db::OpenNotice>& tokens) {
    std::set<std::string> keys;
    for (const auto& token : tokens) keys.insert(token.account);
    return {keys.begin(), keys.end()};
}

std::vector<std::int64_t> ids_of(const std::vector<db::OpenNotice>& tokens) {
    std::vector<std::int64_t> ids;
    for (const auto& token : tokens) ids.push_back(token.id);
    return ids;
}

const db::AccountRow* row_of(const std::vector<db::AccountRow>& rows, const std::string& account) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.id == account; });
    return found == rows.end() ? nullptr : &*found;
}

bool is_changed(const Context& context, const db::OpenNotice& token, const db::AccountRow* row) {
    return row && token.pw_mark && password_changed(context, *row, *token.pw_mark, token.pw_form);
}

/// Where the application has hashed the same password anew, as far as can be told: from that hash on a change of the
/// password is seen by its form again.
void follow_rehash(const Context& context, const db::OpenNotice& token, const db::AccountRow* row) {
    const std::string hash = row ? row->password.value_or("") : "";
    if (!row || !token.pw_mark || !may_be_rehash(context, hash, token.pw_form)) return;
    if (is_password_mark(context.keys.own, row->id, hash, *token.pw_mark)) return;
    db::retrying(context.session, [&] {
        db::follow_password(context.session, token, password_mark(context, *row), form_of_hash(hash));
    });
}

AuditEntry entry_for(const std::string& account, const std::string& result) {
    AuditEntry entry;
    entry.action = notice_action;
    entry.result = result;
    entry.channel = std::string(word_of(Channel::email));
    entry.account = account;
    return entry;
}

}  // namespace

void Notices::look() { look(pages_a_look); }

void Notices::look_once() {
    look(pages_at_once);
    if (std::all_of(walks_.begin(), walks_.end(), [](const Walk& tokens) { return tokens.after == 0; })) return;
    std::mt19937_64 random{std::random_device{}()};
    for (Walk& tokens : walks_) {
        const auto last = db::last_open_notice(context_.session, context_.config.application, tokens.state);
        tokens.after = std::uniform_int_distribution(tokens.after, std::max(tokens.after, last))(random);
    }
    look(pages_at_once);
}

void Notices::look(int pages) {
    if (!context_.config.reset.notify_on_change) return;
    tell_used(pages);
    for (Walk& tokens : walks_) walk(tokens, pages);
}

void Notices::tell_used(int pages) {
    for (int i = 0; i < pages && context_.env.signalled() == 0; ++i) {
        const auto page =
            db::open_notices(context_.session, context_.config.application, TokenState::used, 0, page_size);
        judge(page);
        if (page.size() < page_size) return;
    }
}

void Notices::walk(Walk& tokens, int pages) {
    for (int i = 0; i < pages && context_.env.signalled() == 0; ++i) {
        const auto page =
            db::open_notices(context_.session, context_.config.application, tokens.state, tokens.after, page_size);
        judge(page);
        tokens.after = page.size() < page_size ? 0 : page.back().id;
        if (tokens.after == 0) return;
    }
}

/// Sorts out, without a transaction, whom it may concern; that is decided by tell().
void Notices::judge(const Tokens& page) {
    if (page.empty()) return;
    const Time now = context_.session.now();
    const auto rows = context_.accounts.without_roles(accounts_of(page));
    std::vector<std::int64_t> past;
    std::set<std::string> concerned;
    for (const auto& token : page) {
        const auto* row = row_of(rows, token.account);
        if (is_past(token, now)) {
            past.push_back(token.id);
        } else if (is_used(token) || is_changed(context_, token, row)) {
            concerned.insert(token.account);
        } else {
            follow_rehash(context_, token, row);
        }
    }
    db::retrying(context_.session, [&] { db::end_notices(context_.session, past); });
    for (const auto& account : concerned) tell(account);
}

/// Those after which the password was changed. One that was used tells of the change for all that were minted before,
/// also where the application marks it before it stores the password.
Notices::Tokens Notices::due_of(const Tokens& open, const db::AccountRow* row) const {
    std::optional<Time> used;
    for (const auto& token : open) {
        if (is_used(token)) used = std::max(used.value_or(token.issued_at), token.used_at.value_or(token.issued_at));
    }
    Tokens due;
    std::copy_if(open.begin(), open.end(), std::back_inserter(due), [&](const auto& token) {
        return is_used(token) || (used && token.issued_at < *used) || is_changed(context_, token, row);
    });
    return due;
}

void Notices::tell(const std::string& account) {
    auto& session = context_.session;
    const std::string& app = context_.config.application;
    const std::string trace_id = new_uuid(context_.env);
    const auto body = [&] {
        db::Transaction transaction(session);
        // The tokens before the password: one that is minted in between must not be held against an older password.
        const auto open = db::open_notices_of(session, app, account);
        const auto rows = context_.accounts.without_roles({account});
        const auto* row = rows.size() == 1 ? &rows.front() : nullptr;
        const auto due = due_of(open, row);
        if (due.empty()) return;
        std::string why = row ? "" : "no_single_account";
        if (row) {
            if (const auto no = refusal(*row, context_.config, {Kind::password_changed, Channel::email}))
                why = no->reason;
        }
        const bool first = why.empty() ? queue(due, *row, trace_id) : end(due, account, why);
        if (!first) return;
        context_.env.checkpoint("telling");
        transaction.commit();
    };
    db::retrying(session, body, [&] { return db::delivery_of_trace(session, app, trace_id, account).has_value(); });
}

/// False when another worker was first.
bool Notices::queue(const Tokens& tokens, const db::AccountRow& row, const std::string& trace_id) {
    auto& session = context_.session;
    const std::string& app = context_.config.application;
    const auto minted = db::delivery(session, app, tokens.back().delivery_id);
    Page page{.job = {.app = app,
                      .command = notice_action,
                      .budget = Budget::jobs,
                      .operator_name = context_.who.name,
                      .grounds = {},
                      .locale = minted ? minted->locale : std::nullopt,
                      .trace_id = trace_id,
                      .total = 1},
              .action = notice_action,
              .lane = Lane::web,
              .rows = {{row, {Kind::password_changed, Channel::email}}}};
    if (minted) page.job.grounds.ticket = minted->grounds.ticket;
    const auto delivery = enqueue(context_, page).front();
    return db::tell_notices(session, ids_of(tokens), delivery.id) != 0;
}

/// There is nobody to tell. False when another worker was first.
bool Notices::end(const Tokens& tokens, const std::string& account, const std::string& why) {
    if (db::end_notices(context_.session, ids_of(tokens)) == 0) return false;
    record(context_, {entry_for(account, why)});
    return true;
}

}  // namespace pwreset
