#include "src/queue/forfeit.h"

#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/audit/trail.h"
#include "src/base/ascii.h"
#include "src/base/stop.h"
#include "src/queue/removal.h"
#include "src/queue/temporary_password.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

/// Tokens a transaction covers: each may lock rows of the application's until it ends.
constexpr int tokens_at_once = 50;

/// Whether a message would go elsewhere now. Unknown, so no, where the trail does not tell, or by a key that is gone.
bool has_moved(const Context& context, const db::LiveToken& token, const db::AccountRow& account) {
    const Key* key = context.keys.own.find(token.key_id);
    if (!token.recipient || !key) return false;
    const std::string now = recipient_of(account, token.channel, context.config.users);
    return keyed_digest(key->bytes, "recipient", ascii_lower(now)) != *token.recipient;
}

/// The word for the ledger and the trail; nothing where the token is as good as when it was made.
std::optional<std::string> why_forfeited(const Context& context, const db::LiveToken& token,
                                         const db::AccountRow* account) {
    if (!account) return "account_gone";
    if (has_moved(context, token, *account)) return "moved";
    const auto no = refusal(*account, context.config, {token.kind, token.channel}, token.override_protected);
    return no ? std::optional(no->reason) : std::nullopt;
}

/// Ends one; false when somebody else did, or it cannot be.
bool end(Context& context, const db::LiveToken& token, const std::string& why) {
    if (token.kind == Kind::link && !ends_links(context)) return false;
    if (!db::void_token_of(context.session, token.delivery_id, token.attempt, why)) return false;
    if (lets_choose(token.kind)) remove_ended(context, token.account, tokens_at_once);
    if (token.kind == Kind::temporary_password)
        void_passwords(context,
                       db::stored_passwords(context.session, context.config.application, {}, token.delivery_id), why);
    record(context, {{.action = "forfeit",
                      .result = why,
                      .channel = std::string(word_of(token.channel)),
                      .delivery_id = token.delivery_id,
                      .account = token.account,
                      .detail = std::string(word_of(token.kind))}});
    return true;
}

/// Those of a page that are to end; `after` moves behind it.
std::int64_t end_of_page(Context& context, const std::vector<db::LiveToken>& page) {
    std::vector<std::string> ids;
    for (const auto& token : page) ids.push_back(token.account);
    const auto accounts = context.accounts.by_ids(ids);
    std::int64_t ended = 0;
    for (const auto& token : page) {
        const auto why = why_forfeited(context, token, only_account(accounts, token.account));
        if (why && end(context, token, *why)) ++ended;
    }
    return ended;
}

}  // namespace

std::int64_t end_forfeited(Context& context, const std::optional<std::string>& account) {
    auto& session = context.session;
    std::int64_t all = 0;
    for (std::int64_t after = 0;;) {
        stop_when_signalled(context.env, "tokens of accounts that may not be reset any more are ended by the next run");
        const auto page = db::live_tokens(session, context.config.application, account, after, tokens_at_once);
        if (page.empty()) return all;
        std::int64_t ended = 0;
        db::retrying(session, [&] {
            db::Transaction transaction(session);
            ended = end_of_page(context, page);
            transaction.commit();
        });
        all += ended;
        after = page.back().id;
    }
}

}  // namespace pwreset
