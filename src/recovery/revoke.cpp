#include "src/recovery/revoke.h"

#include <algorithm>

#include "db/own/deliveries.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/apps/application.h"
#include "src/audit/trail.h"
#include "src/base/stop.h"
#include "src/limits/limits.h"
#include "src/queue/removal.h"
#include "src/queue/temporary_password.h"
#include "src/recovery/application_tokens.h"
#include "src/recovery/target.h"

namespace pwreset {

namespace {

/// What is revoked: everything of an account, one delivery, or (both empty) all.
struct Scope {
    std::optional<std::string> account;
    std::optional<std::int64_t> delivery;
    std::optional<std::string> owner;  ///< whose it is: what the application's tables hold is found by it
};

Scope scope_of(Context& context, const std::string& target, const std::optional<std::string>& ticket) {
    if (names_delivery(target)) {
        const auto delivery = find_delivery(context, target);
        return {{}, delivery.id, delivery.account};
    }
    const std::string account = find_account_key_for(context, "revoke", target, ticket);
    return {account, {}, account};
}

/// A dry run tells of an account as much as a look at it. What is malformed names nobody: whoever looks for it says so.
void take_look(Context& context, const std::string& target, const Grounds& grounds) {
    try {
        if (!names_delivery(target)) parse_identity(target, context.config.users.phone_region);
    } catch (const Error&) {
        return;
    }
    try {
        take_lookup(context);
    } catch (const Error& error) {
        record_alone(context,
                     {.action = "revoke", .result = error.code, .ticket = grounds.ticket, .reason = grounds.reason});
        throw;
    }
}

std::int64_t count(Context& context, const Scope& scope, RevokeResult& result) {
    const std::string& app = context.config.application;
    result.tokens = db::count_live(context.session, app, scope.account, scope.delivery);
    if (scope.account) result.tokens += live_application_tokens(context, *scope.account);
    result.deliveries = db::open_deliveries(context.session, app, scope.account, scope.delivery);
    return result.tokens + result.deliveries;
}

/// Tokens of one account that may have to be taken out of the application's tables at once.
constexpr int most_of_an_account = 100;

void note_beyond(const std::vector<db::LiveLink>& links, RevokeResult& result) {
    for (const auto& link : links) {
        ++result.beyond;
        result.until = std::max(result.until.value_or(link.expires_at), link.expires_at);
    }
}

/// A token that depends on a time of the users row ends when that is moved: which is more than a reset writes, so it
/// asks for more. Those of the application's own end with ours; where there are none of ours, whoever may not write the
/// row is told that there is nothing.
void end_by_bump(Context& context, const Scope& scope, RevokeResult& result) {
    if (context.application().profile().store.revocation != Revocation::bump) return;
    std::vector<std::string> ids;
    for (const auto& link : db::live_links(context.session, context.config.application, scope.account, scope.delivery))
        ids.push_back(link.account);
    const bool of_ours = !ids.empty();
    if (of_ours) require(Capability::privileged, context.who, context.config);
    if (!of_ours && scope.account && may(Capability::privileged, context.who, context.config))
        ids.push_back(*scope.account);
    for (const auto& account : context.accounts.by_ids(ids)) {
        if (!is_protected(account, context.config.users)) {
            result.moved = context.application().revoke(account, {}) > 0 || result.moved;
        } else if (of_ours) {
            throw Error(Exit::forbidden, "PROTECTED_ACCOUNT", "the account is protected: its row is not written",
                        "change its password in the application, which ends the link");
        }
    }
}

/// What is told of links that go on working.
Error beyond_revoking(const RevokeResult& result) {
    const std::string until = result.until ? rfc3339(*result.until) : "its end";
    return {Exit::failed, "NOT_REVOCABLE",
            "the application knows no way to end a link that was mailed: it works until " + until,
            "a new password, set in the application, ends it; what was queued is cancelled"};
}

/// There was nothing, as far as anybody knows.
Error nothing_to_revoke(const Context& context, const std::string& target, const Scope& scope) {
    const std::string fault = "'" + target + "' has no live token and nothing queued";
    if (scope.account && !context.application().can_revoke()) {
        return {Exit::failed, "NOT_REVOCABLE",
                fault + " of ours, and the application knows no way to end a link that it mailed itself",
                "a new password, set in the application, ends it"};
    }
    const bool stateless = context.application().profile().store.revocation == Revocation::bump;
    const char* theirs =
        "; one that the application itself mailed is known to nobody, and ended by who has the capability 'privileged'";
    return {Exit::failed, "NOT_FOUND", fault,
            std::string("'pwreset list-tokens' shows what there was") + (stateless && scope.account ? theirs : "")};
}

/// Deliveries before tokens, the order in which a worker locks them: a claim is either cancelled before it minted, or
/// its token is seen and made void.
void make_void(Context& context, const Scope& scope, RevokeResult& result) {
    auto& session = context.session;
    const std::string& app = context.config.application;
    result.deliveries = db::cancel_deliveries(session, app, scope.account, scope.delivery);
    if (context.application().can_revoke()) {
        result.moved = false;
        end_by_bump(context, scope, result);
        result.tokens = db::void_live(session, app, scope.account, scope.delivery, "revoked");
        remove_ended(context, scope.owner, most_of_an_account);
        if (scope.account) result.tokens += end_application_tokens(context, *scope.account);
    } else {
        result.tokens = db::void_live(session, app, scope.account, scope.delivery, "revoked", false);
        note_beyond(db::live_links(session, app, scope.account, scope.delivery), result);
    }
    result.passwords =
        void_passwords(context, db::stored_passwords(context.session, app, scope.account, scope.delivery), "revoked");
}

bool revoked_anything(const RevokeResult& result) {
    return result.moved || result.tokens + result.deliveries + result.passwords > 0;
}

AuditEntry entry_for(const Scope& scope, const RevokeResult& result, const Grounds& grounds,
                     const std::string& outcome) {
    return {.action = scope.account || scope.delivery ? "revoke" : "revoke-all",
            .result = outcome,
            .delivery_id = scope.delivery,
            .account = scope.account,
            .ticket = grounds.ticket,
            .reason = grounds.reason,
            .detail = std::to_string(result.tokens) + " tokens, " + std::to_string(result.deliveries) + " deliveries" +
                      (result.passwords > 0 ? ", " + std::to_string(result.passwords) + " passwords" : "") +
                      (result.moved ? ", all links by the users row" : "")};
}

}  // namespace

RevokeResult revoke(Context& context, const std::string& target, const Grounds& grounds, bool dry_run) {
    RevokeResult result;
    result.target = target;
    if (dry_run) take_look(context, target, grounds);
    const Scope scope = scope_of(context, target, grounds.ticket);
    if (dry_run) {
        count(context, scope, result);
        record_alone(context, entry_for(scope, result, grounds, "dry run"));
        return result;
    }
    std::optional<Error> fault;
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        make_void(context, scope, result);
        fault.reset();
        if (result.beyond > 0)
            fault = beyond_revoking(result);
        else if (!revoked_anything(result))
            fault = nothing_to_revoke(context, target, scope);
        record(context, {entry_for(scope, result, grounds, fault ? fault->code : "done")});
        transaction.commit();
    });
    if (fault) throw *fault;
    return result;
}

RevokeResult count_all(Context& context) {
    RevokeResult result;
    result.target = "all";
    count(context, {}, result);
    return result;
}

namespace {

/// Ids a transaction of revoke_all covers: short enough that no request waits for it.
constexpr std::int64_t ids_at_once = 5000;
/// The same of temporary passwords.
constexpr std::ptrdiff_t passwords_at_once = 20;

/// Deliveries and tokens of one stretch of ids, with its audit row.
void revoke_stretch(Context& context, const db::IdRange& ids, RevokeResult& result, const Grounds& grounds) {
    RevokeResult part;
    const std::string& app = context.config.application;
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        part.deliveries = db::cancel_deliveries_between(context.session, app, ids);
        part.tokens = db::void_live_between(context.session, app, ids, "revoked", ends_links(context));
        if (part.tokens + part.deliveries > 0) record(context, {entry_for({}, part, grounds, "done")});
        transaction.commit();
    });
    result.tokens += part.tokens;
    result.deliveries += part.deliveries;
}

void stop_if_told(const Context& context, const RevokeResult& done) {
    stop_when_signalled(context.env, "revoked " + std::to_string(done.tokens) + " tokens, " +
                                         std::to_string(done.deliveries) + " deliveries and " +
                                         std::to_string(done.passwords) + " temporary passwords, not the rest");
}

/// The temporary passwords of such a stretch, a few at a time: each takes a hash that is slow to make, and a row of the
/// application's users table stays locked until the end.
void revoke_passwords(Context& context, const db::IdRange& ids, RevokeResult& result, const Grounds& grounds) {
    const auto stored = db::stored_passwords_between(context.session, context.config.application, ids);
    for (auto from = stored.begin(); from != stored.end();) {
        stop_if_told(context, result);
        const auto to = from + std::min<std::ptrdiff_t>(passwords_at_once, stored.end() - from);
        RevokeResult part;
        db::retrying(context.session, [&] {
            db::Transaction transaction(context.session);
            part.passwords = void_passwords(context, {from, to}, "revoked");
            if (part.passwords > 0) record(context, {entry_for({}, part, grounds, "done")});
            transaction.commit();
        });
        result.passwords += part.passwords;
        from = to;
    }
}

}  // namespace

RevokeResult revoke_all(Context& context, std::int64_t expected, const Grounds& grounds) {
    const auto before = count_all(context);
    const std::int64_t found = before.tokens + before.deliveries;
    if (found != expected) {
        throw usage_error(
            "there are " + std::to_string(found) + " live tokens and open deliveries, not " + std::to_string(expected),
            "nothing was revoked; look again and give that number");
    }
    RevokeResult result;
    result.target = "all";
    // Each delivery together with its tokens, as for one account. What is queued after the walk began is newer than the
    // order to revoke.
    const auto last = db::last_delivery_id(context.session);
    for (db::IdRange ids; ids.to < last;) {
        stop_if_told(context, result);
        ids = {ids.to, std::min(ids.to + ids_at_once, last)};
        revoke_stretch(context, ids, result, grounds);
        remove_all_ended(context);  // in small transactions: they lock rows of the application's
        revoke_passwords(context, ids, result, grounds);
    }
    return result;
}

}  // namespace pwreset
