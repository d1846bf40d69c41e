#include "src/recovery/inspect.h"
#include <algorithm>
#include <functional>

#include "db/own/deliveries.h"
#include "db/own/delivery_records.h"
#include "db/own/limits.h"
#include "src/account/identity.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/audit/page.h"
#include "src/audit/trail.h"
#include "src/base/ascii.h"
#include "src/base/concern.h"
#include "src/base/suggestion.h"
#include "src/keys/former_names.h"
#include "src/limits/limits.h"
#include "src/proof/proof.h"
#include "src/recovery/target.h"
#include "src/recovery/verify.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

constexpr const char* action = "inspect";
constexpr int newest = 5;
/// Entries of the trail read to find the newest ones that are no inspections.
constexpr int entries_read = 50;
/// Entries of the trail in which an earlier owner of an address is looked for: they have no index by recipient.
constexpr int recipients_read = 10000;

AuditEntry entry_of(const std::string& result, const Grounds& grounds) {
    AuditEntry entry;
    entry.action = action;
    entry.result = result;
    entry.ticket = grounds.ticket;
    entry.reason = grounds.reason;
    return entry;
}

/// What users get wrong is mostly the address: what may have been meant, without naming anybody else's.
std::string about_spelling(const Identity& identity, const std::string& hint) {
    if (identity.key != db::AccountKey::email) return hint;
    static const std::vector<std::string> common{"gmail.com",   "googlemail.com", "yahoo.com", "outlook.com",
                                                 "hotmail.com", "icloud.com",     "gmx.de",    "gmx.net",
                                                 "web.de",      "proton.me"};
    const std::string domain = ascii_lower(identity.text.substr(identity.text.rfind('@') + 1));
    const std::string near = nearest(domain, common);
    return near.empty() || near == domain ? hint : "is '" + near + "' meant? " + hint;
}

/// An address passes from one to another; what the former owner was sent, or asked for, is not this one's story.
bool had_by_another(Context& context, const Identity& identity, const std::string& account) {
    const bool mail = identity.key == db::AccountKey::email;
    if (!mail && identity.key != db::AccountKey::phone) return false;
    std::vector<std::string> digests;
    for (const auto& key : context.keys.own.keys())
        digests.push_back(keyed_digest(key.bytes, "recipient", ascii_lower(identity.text)));
    return db::recipient_of_another(context.session, context.config.application, digests, account, recipients_read);
}

/// Which account, and which delivery if one was named. What is malformed names nobody, and is no look-up.
void find(Context& context, const std::string& target, Inspection& out) {
    if (!names_delivery(target)) {
        const auto identity = parse_identity(target, context.config.users.phone_region);
        take_lookup(context);
        try {
            out.account = find_account_key(context.accounts, identity);
            out.had_by_another = had_by_another(context, identity, out.account);
        } catch (Error& error) {
            if (error.code == "USER_NOT_FOUND") error.hint = about_spelling(identity, error.hint);
            throw;
        }
        return;
    }
    take_lookup(context);
    const auto delivery = find_delivery(context, target);
    out.account = delivery.account;
    out.asked = delivery.id;
}

void read_tokens(Context& context, Inspection& out) {
    db::TokenFilter filter;
    filter.accounts = {out.account};
    auto last = db::list_tokens(context.session, context.config.application, filter, 0, 1);
    if (!last.empty()) out.last_token = std::move(last.front());
    filter.state = TokenState::live;
    out.live =
        db::list_tokens(context.session, context.config.application, filter, 0, static_cast<int>(kind_words.size()));
    if (out.last_token) return;
    for (const auto& former : former_names(context.env, context.session, context.config)) {
        for (auto& token :
             db::list_tokens(context.session, former.name, filter, 0, static_cast<int>(kind_words.size())))
            out.former.emplace_back(former.name, std::move(token));
    }
}

/// Where our login is refused, the worker says so to the deliveries it would have sent next; those behind them wait for
/// the same.
void explain_waiting(Context& context, Inspection& out) {
    for (auto& delivery : out.deliveries) {
        const bool asked = delivery.answer.has_value();
        if (delivery.state != DeliveryState::queued || delivery.reason || asked || !delivery.channel.value) continue;
        const auto next = db::hindrance_of_next(context.session, context.config.application, *delivery.channel.value);
        if (!next || concern_of(next->reason) != Concern::login) continue;
        delivery.relay = next->relay;
        delivery.answer = next->answer;
        delivery.reason = next->reason;
    }
}

void read_deliveries(Context& context, Inspection& out) {
    auto& session = context.session;
    const std::string& app = context.config.application;
    out.deliveries = db::deliveries_of(session, app, out.account, 0, newest);
    const bool shown = std::any_of(out.deliveries.begin(), out.deliveries.end(),
                                   [&](const auto& delivery) { return delivery.id == out.asked; });
    if (out.asked && !shown) {
        if (auto named = db::delivery_record(session, app, *out.asked)) out.deliveries.push_back(std::move(*named));
    }
    explain_waiting(context, out);
}

/// The counter of one limit as it stands; a window that has ended, or was never begun, leaves all of it.
LimitLeft limit_left(Context& context, const std::string& name, const std::string& key, const Rate& rate, Time now) {
    LimitLeft out{.name = name, .kind = {}, .channel = {}, .left = rate.count, .most = rate.count, .until = {}};
    const auto found = db::counters(context.session, context.config.application, {key});
    if (found.empty() || found.front().hits == 0 || !db::is_running(found.front(), rate.window, now)) return out;
    out.left = std::max<std::int64_t>(rate.count - found.front().hits, 0);
    out.until = found.front().window_ends;
    return out;
}

/// What is turned off is not told of.
bool is_offered(const Config& config, Kind kind) {
    return mints(kind) && (kind != Kind::temporary_password || config.temporary_password.enabled);
}

void read_limits(Context& context, Inspection& out) {
    const auto& config = context.config.limits;
    const auto add = [&](const std::string& name, const std::string& key, const Rate& rate) {
        if (rate.window.count() > 0) out.limits.push_back(limit_left(context, name, key, rate, out.now));
    };
    for (const auto& [kind, word] : kind_words) {
        if (config.cooldown.count() == 0) break;
        if (!is_offered(context.config, kind)) continue;
        add("cooldown", cooldown_key(out.account, kind), {1, config.cooldown});
        out.limits.back().kind = kind;
    }
    add("account", account_key(out.account), config.per_account);
    for (const auto& [channel, word] : channel_words) {
        const auto recipient = out.row ? recipient_of(*out.row, channel, context.config.users) : std::string();
        if (recipient.empty()) continue;
        const auto digest = keyed_digest(context.keys.own, "recipient", ascii_lower(recipient));
        const auto first = out.limits.size();
        add("recipient", recipient_key(digest), config.per_recipient);
        const auto calls = call_keys(digest);
        add("web_cooldown", calls[0], {1, context.config.web.cooldown});
        add("web", calls[1], context.config.web.per_identity);
        for (auto added = first; added < out.limits.size(); ++added) out.limits[added].channel = channel;
    }
    add("wrong_codes", wrong_codes_key(out.account), {tries_per_account, wrong_codes_window});
}

void read_history(Context& context, Inspection& out) {
    db::AuditFilter filter;
    filter.account = out.account;
    include_pages(context.session, context.config.application, filter);
    out.history = db::list_audit(context.session, context.config.application, filter, 0, entries_read);
    std::erase_if(out.history, [](const auto& row) { return row.action == action; });
    if (out.history.size() > newest) out.history.resize(newest);
}

/// By which way a kind goes to who is named by a key. A link goes by mail.
Route usual_route(const db::AccountRow& row, Kind kind) { return route_for({kind, {}}, db::AccountKey::id, &row); }

void require_known(const Inspection& found) {
    if (found.row || found.last_token || !found.deliveries.empty() || !found.history.empty()) return;
    throw Error(Exit::no_user, "USER_NOT_FOUND", "no account has the identity 'id:" + found.account + "'",
                "check it with the caller");
}

void read_account(Context& context, Inspection& out) {
    context.accounts.require_single(out.account);
    auto rows = context.accounts.by_ids({out.account});
    if (!rows.empty()) out.row = std::move(rows.front());
    read_tokens(context, out);
    read_deliveries(context, out);
    read_history(context, out);
    require_known(out);
    if (!out.row) return;
    const Suspension suspension(context);
    for (const auto& [kind, word] : kind_words) {
        if (!is_offered(context.config, kind)) continue;
        out.may.emplace_back(kind, refusal(*out.row, context.config, usual_route(*out.row, kind)));
        auto& why_not = out.may.back().second;
        auto unproved = why_not ? std::nullopt : suspension.of(kind, out.account);
        if (unproved) why_not = Refusal{"unproved", std::move(*unproved)};
    }
    out.second_factor = second_factor(context, out.account);
}

Inspection look(Context& context, const std::function<void(Inspection&)>& find_account_of, const Grounds& grounds) {
    Inspection out;
    out.sender = context.config.mail.from_address;
    try {
        out.now = context.session.now();
        find_account_of(out);
        read_account(context, out);
    } catch (const Error& error) {
        record_alone(context, entry_of(error.code, grounds));
        throw;
    }
    read_limits(context, out);
    auto entry = entry_of("done", grounds);
    entry.account = out.account;
    entry.delivery_id = out.asked;
    if (out.link) entry.detail = "link, token " + std::to_string(out.link->token.id);
    if (!out.link && out.application) entry.detail = "link of the application's own";
    record_alone(context, entry);
    return out;
}

}  // namespace

const Refusal* refusal_of(const Inspection& found, Kind kind) {
    for (const auto& [of, refused] : found.may) {
        if (of == kind && refused) return &*refused;
    }
    return nullptr;
}

Inspection inspect(Context& context, const std::string& target, const Grounds& grounds) {
    return look(
        context, [&](Inspection& out) { find(context, target, out); }, grounds);
}

Inspection inspect_link(Context& context, const Secret& pasted, const Grounds& grounds) {
    const auto find_by_link = [&](Inspection& out) {
        take_lookup(context);
        auto found = find_link(context, pasted, out.now);
        out.link = std::move(found.ours);
        out.application = std::move(found.application);
        out.account = out.link ? out.link->token.account : out.application->taken.account;
        if (out.link) out.asked = out.link->token.delivery_id;
    };
    return look(context, find_by_link, grounds);
}

}  // namespace pwreset
