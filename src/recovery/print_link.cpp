#include "src/recovery/print_link.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "db/own/deliveries.h"
#include "db/own/limits.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/audit/trail.h"
#include "src/limits/limits.h"
#include "src/message/letter.h"
#include "src/queue/claim.h"
#include "src/recovery/voucher.h"

namespace pwreset {

namespace {

AuditEntry entry_for(const IssueResult& told, const Grounds& grounds, const std::string& result) {
    return {.action = print_action,
            .result = result,
            .delivery_id = told.delivery_id,
            .account = told.account,
            .ticket = grounds.ticket,
            .reason = grounds.reason};
}

/// The mail was not taken: nobody gets a link, and nobody is told of one later.
Error not_told(Context& context, const IssueResult& told, const Grounds& grounds) {
    auto& session = context.session;
    const std::string& app = context.config.application;
    db::retrying(session, [&] {
        db::Transaction transaction(session);
        db::cancel_deliveries(session, app, {}, told.delivery_id);
        record(context, {entry_for(told, grounds, "UNAVAILABLE")});
        transaction.commit();
    });
    db::give_back_limit(session, app, cooldown_key(told.account, Kind::link));
    return unavailable("no link was printed: the mail that tells " + told.recipient + " of it was not taken" +
                           (told.warning.empty() ? "" : ": " + told.warning),
                       "try again when mail can be sent");
}

/// The account as it is now, or why there is no link for it any more.
db::AccountRow still_printable(Context& context, const std::string& account) {
    const auto rows = context.accounts.by_ids({account});
    if (rows.size() != 1) throw forbidden("account 'id:" + account + "' is not there any more");
    if (auto no = refusal(rows.front(), context.config, {Kind::link_printed, Channel::email}))
        throw std::move(no->error);
    return rows.front();
}

/// The token, with its entry. The voucher is asked once more behind it: of two who rely on one approval the second
/// waits at the first one's token, and then finds the approval used.
Outgoing minted_for(Context& context, const IssueResult& told, const Grounds& grounds) {
    auto& session = context.session;
    std::optional<Outgoing> minted;
    db::retrying(session, [&] {
        db::Transaction transaction(session);
        const auto delivery = db::delivery(session, context.config.application, told.delivery_id);
        if (!delivery) throw forbidden("what pwreset held of this account was erased meanwhile");
        const auto account = still_printable(context, told.account);
        minted = mint_printed(context, *delivery, account, session.now());
        AuditEntry entry = entry_for(told, grounds, "done");
        entry.recipient = minted->recipient;
        entry.detail = voucher_for(context, account, grounds);
        record(context, {entry});
        transaction.commit();
    });
    return std::move(*minted);
}

Letter letter_of(const Outgoing& minted) {
    return {.kind = Kind::link,
            .delivery_id = minted.delivery.id,
            .account = minted.account.id,
            .address = minted.recipient,
            .login = minted.account.login,
            .locale = {},
            .places = minted.places,
            .issued_at = minted.token.issued_at,
            .expires_at = minted.token.expires_at};
}

}  // namespace

PrintedLink print_link(Context& context, IssueRequest request) {
    auto& session = context.session;
    request.wish = {Kind::link_printed, Channel::email};
    PrintedLink out{.told = issue(context, request).front(), .link = {}};
    if (out.told.failure) throw Error(*out.told.failure);
    if (request.dry_run) return out;
    if (out.told.delivery != "accepted") throw not_told(context, out.told, request.grounds);
    try {
        const Outgoing minted = minted_for(context, out.told, request.grounds);
        out.link = written_link(context.config, letter_of(minted), minted.secret);
        out.attempt = minted.token.attempt;
        out.told.expires_at = minted.token.expires_at;
    } catch (const Error& error) {
        if (error.exit == Exit::forbidden) record_alone(context, entry_for(out.told, request.grounds, error.code));
        throw;
    }
    if (const auto token = db::last_token_of(session, out.told.delivery_id)) out.told.token_id = token->id;
    return out;
}

void take_back(Context& context, const PrintedLink& printed, const Grounds& grounds) {
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        db::void_token_of(context.session, printed.told.delivery_id, printed.attempt, "not_printed");
        record(context, {entry_for(printed.told, grounds, "IO_ERROR")});
        transaction.commit();
    });
}

Approval approve_link(Context& context, const std::string& identity, const Grounds& grounds) {
    AuditEntry entry{.action = approve_action, .result = "done", .ticket = grounds.ticket, .reason = grounds.reason};
    try {
        if (!context.who.login_uid) {
            throw forbidden("nobody has logged in here: who approves has to be known by a login of his own",
                            "log in as yourself, by ssh or at a console, and use sudo from there");
        }
        const auto typed = parse_identity(identity, context.config.users.phone_region);
        take_lookup(context);
        const auto account = find_account(context.accounts, typed);
        entry.account = account.id;
        if (auto no = refusal(account, context.config, {Kind::link_printed, Channel::email}))
            throw std::move(no->error);
        require_printable(context, account);
    } catch (const Error& error) {
        entry.result = error.code;
        record_alone(context, entry);
        throw;
    }
    record_alone(context, entry);
    return {*entry.account, context.session.now() + approved_span};
}

}  // namespace pwreset
