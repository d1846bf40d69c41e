#include "src/queue/claim.h"

#include <algorithm>
#include <map>

#include "db/own/claims.h"
#include "db/own/notices.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/apps/application.h"
#include "src/audit/page.h"
#include "src/audit/restored.h"
#include "src/audit/trail.h"
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/reference.h"
#include "src/hash/digest.h"
#include "src/proof/proof.h"
#include "src/queue/decision.h"
#include "src/queue/freeze.h"
#include "src/queue/removal.h"
#include "src/queue/schedule.h"
#include "src/secrets/password_policy.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

Secret new_secret(const Context& context, Kind kind) {
    if (is_code(kind)) return new_code(context.env);
    return new_password(context.env, context.config.temporary_password.policy);
}

Seconds lifetime_of(const Config& config, Kind kind) {
    return is_code(kind) ? config.reset.code_lifetime : config.temporary_password.lifetime;
}

/// Whether there is anything whose change could be told.
bool has_passwords(const Context& context) { return !context.config.users.password.empty(); }

/// What minting works with: the moment, how long a link is to live, and of each account what the profile reads.
struct Minting {
    Time now;  ///< from which its life is counted
    Time at;   ///< by the database's clock
    Seconds link_lifetime;
    std::map<std::string, db::ReadCells> cells{};
    std::vector<MintedLink> written{};  ///< what the application's tables are to hold
};

/// The link is the application's: drawn, mailed and kept as its profile says. The ledger has the digest of what is
/// mailed, and of what the application's tables hold.
void mint_link(const Context& context, Minting& minting, Outgoing& out) {
    const auto found = minting.cells.find(out.account.id);
    MintedLink link =
        context.application().mint(out.account, found == minting.cells.end() ? db::ReadCells() : found->second,
                                   minting.now, minting.link_lifetime);
    out.secret = std::move(link.mailed);
    out.places = std::move(link.places);
    out.token.verifier = link_verifier(out.secret);
    out.token.app_ref = link.app_ref;
    out.token.swept = link.swept;
    out.token.expires_at = link.expires;
    if (link.row) minting.written.push_back(std::move(link));
}

/// The code is ours, and where the application has a table of codes, its row is written there.
void mint_code(const Context& context, Minting& minting, Outgoing& out) {
    const auto found = minting.cells.find(out.account.id);
    MintedLink row =
        context.application().mint_code(out.account, found == minting.cells.end() ? db::ReadCells() : found->second,
                                        out.secret, minting.now, context.config.reset.code_lifetime);
    out.token.app_ref = row.app_ref;
    out.token.swept = row.swept;
    out.token.expires_at = row.expires;
    minting.written.push_back(std::move(row));
}

/// A message without a token: there is only the time of the change to tell, or how long the link will live that is
/// printed once this message was taken.
Outgoing news(const Context& context, const db::DeliveryRow& delivery, const db::AccountRow& account, Time now) {
    const Channel channel = delivery.channel;
    Outgoing out{.delivery = delivery,
                 .account = account,
                 .kind = delivery.kind,
                 .channel = channel,
                 .recipient = recipient_of(account, channel, context.config.users),
                 .secret = {},
                 .hash = {},
                 .token = {}};
    if (delivery.kind == Kind::link_printed) {
        out.token.issued_at = now;
        out.token.expires_at = now + printed_lifetime(context.config.reset);
        return out;
    }
    out.token.issued_at =
        db::change_told_by(context.session, context.config.application, delivery.id).value_or(delivery.queued_at);
    return out;
}

Outgoing mint(const Context& context, const db::DeliveryRow& delivery, const db::AccountRow& account,
              Minting& minting) {
    const Time now = minting.now;
    const Kind kind = delivery.kind;
    const Channel channel = delivery.channel;
    Outgoing out{.delivery = delivery,
                 .account = account,
                 .kind = kind,
                 .channel = channel,
                 .recipient = recipient_of(account, channel, context.config.users),
                 .secret = {},
                 .hash = {},
                 .token = {}};
    out.token = {.account = account.id,
                 .kind = delivery.kind,
                 .channel = delivery.channel,
                 .delivery_id = delivery.id,
                 .attempt = delivery.attempts,
                 .verifier = {},
                 .code_mac = {},
                 .key_id = {},
                 .pw_mark = password_mark(context, account),
                 .pw_form = password_form(context, account.password.value_or("")),
                 .issued_at = now,
                 .expires_at = now + lifetime_of(context.config, kind),
                 .notice = context.config.reset.notify_on_change && lets_choose(kind) && has_passwords(context)};
    if (delivery.lane == Lane::bulk) {
        out.token.recipient = keyed_digest(context.keys.own, "recipient", ascii_lower(out.recipient));
        out.token.recipient_key = context.keys.own.current().id;
    }
    if (kind == Kind::link) {
        mint_link(context, minting, out);
        return out;
    }
    out.secret = new_secret(context, kind);
    if (kind == Kind::reset_otp && context.application().profile().store.of_codes) {
        mint_code(context, minting, out);
    } else if (is_code(kind)) {
        const Key& key = context.keys.application.current();
        out.token.code_mac = code_mac(key.bytes, delivery.id, delivery.attempts, kind, out.secret);
        out.token.key_id = key.id;
    }
    return out;
}

/// Mints, or says why the application could read nothing that would be minted for this account.
std::optional<Outgoing> try_mint(const Context& context, const db::DeliveryRow& delivery, const db::AccountRow& account,
                                 Minting& minting, std::string& why) {
    try {
        return mint(context, delivery, account, minting);
    } catch (const Error& error) {
        if (error.exit != Exit::forbidden && error.exit != Exit::bad_data) throw;
        why = error.message;
        return {};
    }
}

/// How long a delivery waits that nothing may be minted for, until that is asked again.
constexpr Seconds unmintable_pause{5 * 60};

/// Those that something may be minted for. The others are put off, until what is missing is there or they are too old,
/// which ends them here.
std::vector<db::DeliveryRow> mintable(Context& context, const std::string& owner,
                                      const std::vector<db::DeliveryRow>& rows, Time now) {
    const Suspension suspension(context);
    const auto no_end = unswept(context.session, context.config, context.application().profile());
    if (!suspension.any() && !no_end) return rows;
    std::vector<db::DeliveryRow> may;
    const auto put_off = [&](const db::DeliveryRow& row, const Error& why, const char* reason) {
        db::put_off(context.session, {row.id}, {owner, now + unmintable_pause},
                    {.relay = {}, .answer = why.message, .reason = reason});
    };
    for (const auto& row : rows) {
        const bool too_late = now >= give_up_at(row.queued_at, row.kind);
        const auto unproved = too_late ? std::nullopt : suspension.of(row.kind, row.account);
        if (unproved)
            put_off(row, *unproved, "unproved");
        else if (!too_late && no_end && row.kind == Kind::link)
            put_off(row, *no_end, "unswept");
        else
            may.push_back(row);
    }
    return may;
}

std::vector<std::string> accounts_of(const std::vector<db::DeliveryRow>& deliveries) {
    std::vector<std::string> ids;
    for (const auto& delivery : deliveries) ids.push_back(delivery.account);
    return ids;
}

std::vector<std::int64_t> ids_of(const std::vector<db::DeliveryRow>& deliveries) {
    std::vector<std::int64_t> ids;
    for (const auto& delivery : deliveries) ids.push_back(delivery.id);
    return ids;
}

/// Ends a claimed delivery instead of minting for it.
AuditEntry drop(Context& context, const db::DeliveryRow& delivery, const db::Lease& claim, const db::Mark& why) {
    db::void_live(context.session, context.config.application, {}, delivery.id, "dropped");
    db::mark_delivery(context.session, delivery, claim, why);
    return {.action = "drop",
            .result = std::string(word_of(why.state)),
            .channel = std::string(word_of(delivery.channel)),
            .delivery_id = delivery.id,
            .account = delivery.account,
            .ticket = delivery.grounds.ticket,
            .reason = why.reason};
}

bool is_overridden(const Context& context, const Outgoing& outgoing) {
    return outgoing.delivery.override_protected && is_protected(outgoing.account, context.config.users);
}

AuditEntry minted_entry(const Context& context, const Outgoing& outgoing) {
    const auto& delivery = outgoing.delivery;
    const bool overridden = is_overridden(context, outgoing);
    const bool beside = delivery.kind == Kind::link && !context.application().profile().only_latest_lives();
    std::string detail = overridden ? "protection overridden" : "";
    if (beside) detail += std::string(overridden ? "; " : "") + "links of before go on working";
    return {.action = "mint",
            .result = "done",
            .channel = std::string(word_of(delivery.channel)),
            .delivery_id = delivery.id,
            .account = outgoing.account.id,
            .recipient = outgoing.recipient,
            .ticket = delivery.grounds.ticket,
            .reason = delivery.grounds.reason,
            .detail = detail.empty() ? std::nullopt : std::optional(std::move(detail))};
}

/// Only the newest link is to work. Where the application keeps older ones beside it, ours are taken out first.
void supersede_live(Context& context, const std::vector<std::string>& accounts, Kind kind) {
    constexpr int most_of_an_account = 100;
    const auto ended = db::supersede_live(context.session, context.config.application, accounts, kind);
    if (ended == 0 || context.application().profile().store.mode != StoreMode::insert) return;
    for (const auto& account : accounts) remove_ended(context, account, most_of_an_account);
}

/// What waits behind these, and the tokens that they take the place of; how many the former were.
std::int64_t supersede(Context& context, const std::vector<db::DeliveryRow>& winners) {
    const auto behind = db::supersede_queued(context.session, context.config.application, winners);
    std::map<Kind, std::vector<std::string>> accounts;
    for (const auto& winner : winners) accounts[winner.kind].push_back(winner.account);
    for (const auto& [kind, theirs] : accounts) supersede_live(context, theirs, kind);
    return behind;
}

/// The body of the transaction, after the claim.
class MintingAll {
public:
    MintingAll(Context& context, const db::Lease& claim, Minting minting)
        : context_(context), claim_(claim), minting_(std::move(minting)) {}

    Claimed run(const std::vector<db::DeliveryRow>& claimed) {
        const auto accounts = context_.accounts.by_ids(accounts_of(claimed));
        std::vector<db::DeliveryRow> minted;
        for (const auto& delivery : claimed) {
            if (is_refused(delivery, only_account(accounts, delivery.account))) continue;
            if (mints(delivery.kind))
                minted.push_back(delivery);
            else
                result_.out.push_back(news(context_, delivery, *only_account(accounts, delivery.account), now()));
        }
        result_.dropped += supersede(context_, minted);
        for (const auto& delivery : minted) mint_one(delivery, *only_account(accounts, delivery.account));
        context_.application().write(minting_.written);
        db::insert_tokens(context_.session, context_.config.application, tokens_);
        page_.append_to(entries_);
        record(context_, entries_, minting_.at);
        return std::move(result_);
    }

private:
    Time now() const { return minting_.now; }

    /// Then it is ended.
    bool is_refused(const db::DeliveryRow& delivery, const db::AccountRow* account) {
        const auto why = why_not_minted(context_, delivery, account, now());
        if (!why) return false;
        entries_.push_back(drop(context_, delivery, claim_, *why));
        if (why->state == DeliveryState::refused) result_.refused.push_back(delivery.account);
        ++result_.dropped;
        return true;
    }

    void mint_one(const db::DeliveryRow& delivery, const db::AccountRow& account) {
        std::string unreadable;
        auto minted = try_mint(context_, delivery, account, minting_, unreadable);
        if (!minted) {
            db::Mark mark;
            mark.state = DeliveryState::refused;
            mark.reason = "unreadable";
            entries_.push_back(drop(context_, delivery, claim_, mark));
            entries_.back().detail = unreadable;
            ++result_.dropped;
            return;
        }
        const Outgoing& out = result_.out.emplace_back(std::move(*minted));
        tokens_.push_back(out.token);
        if (delivery.lane == Lane::bulk && !is_overridden(context_, out)) {
            const auto& verifier = out.token.verifier;
            page_.add({.action = "mint", .result = "done"}, delivery,
                      std::string(word_of(delivery.kind)) + (verifier ? " " + hex(*verifier) : ""));
            return;
        }
        entries_.push_back(minted_entry(context_, out));
    }

    Context& context_;
    const db::Lease& claim_;
    Minting minting_;
    Claimed result_;
    std::vector<db::NewToken> tokens_;
    std::vector<AuditEntry> entries_;
    PageEntries page_;  ///< of those that have none of their own
};

}  // namespace

Outgoing mint_printed(Context& context, const db::DeliveryRow& told, const db::AccountRow& account, Time now) {
    const std::string& app = context.config.application;
    require_unfrozen(context);  // it may have been frozen while the relay took the notice
    if (auto why = Suspension(context).of(Kind::link_printed, account.id)) throw std::move(*why);
    db::DeliveryRow delivery = told;
    delivery.kind = Kind::link;
    Minting minting{now, now, printed_lifetime(context.config.reset), context.application().read({account.id})};
    Outgoing out = mint(context, delivery, account, minting);
    supersede(context, {delivery});
    context.application().write(minting.written);
    try {
        db::insert_tokens(context.session, app, {out.token});
    } catch (const db::Duplicate&) {
        throw db::Conflict{};  // a worker has minted one meanwhile: again, after it
    }
    return out;
}

Claimed claim_and_mint(Context& context, const std::string& owner, const std::vector<db::DeliveryRow>& rows) {
    auto& session = context.session;
    Claimed result;
    Seconds back{0};
    std::optional<std::int64_t> older;
    const auto body = [&] {
        db::Transaction transaction(session);
        require_unfrozen(context);
        const Time now = session.now();
        const db::Lease claim{owner, now + lease_span};
        const auto claimed = db::claim_all(session, mintable(context, owner, rows, now), claim);
        older = db::minted_before(session, ids_of(claimed));
        if (older) return;
        if (claimed.empty()) {
            result = {};
            return transaction.commit();
        }
        context.env.checkpoint("claimed");
        try {
            result = MintingAll(context, claim,
                                {now - back, now, context.config.reset.link_lifetime,
                                 context.application().read(accounts_of(claimed))})
                         .run(claimed);
        } catch (const db::Duplicate&) {
            // Where nothing is drawn, what an account is given twice in a second is the same: again, dated before it.
            ++back;
            throw db::Conflict{};
        }
        context.env.checkpoint("minting");
        transaction.commit();
    };
    db::retrying(session, body, [&] { return db::is_any_claimed_by(session, rows, owner); });
    if (older) {
        refuse_behind(context, "delivery '" + reference_of(*older) +
                                   "' is older than its token: pwreset_deliveries was put back");
    }
    if (!result.out.empty()) context.env.checkpoint("minted");
    return result;
}

}  // namespace pwreset
