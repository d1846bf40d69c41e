#include "src/recovery/application_tokens.h"

#include <algorithm>

#include "db/own/tokens.h"

namespace pwreset {

std::vector<ApplicationToken> application_tokens(Context& context, const std::vector<std::string>& accounts) {
    std::vector<ApplicationToken> out;
    if (accounts.empty() || context.application().profile().native()) return out;
    for (const auto& account : context.accounts.by_ids(accounts)) {
        const auto ours = db::app_refs_of(context.session, context.config.application, account.id);
        for (const auto& token : context.application().held(account)) {
            const bool is_ours = token.app_ref && std::find(ours.begin(), ours.end(), *token.app_ref) != ours.end();
            if (!is_ours) out.push_back({account.id, token.issued, token.expires});
        }
    }
    return out;
}

std::int64_t live_application_tokens(Context& context, const std::string& account) {
    const auto tokens = application_tokens(context, {account});
    const Time now = context.session.now();
    return std::count_if(tokens.begin(), tokens.end(),
                         [&](const auto& token) { return !token.expires || *token.expires > now; });
}

std::int64_t end_application_tokens(Context& context, const std::string& account) {
    auto& application = context.application();
    if (application.profile().native() || application.profile().store.revocation == Revocation::bump) return 0;
    const Time now = context.session.now();
    std::int64_t ended = 0;
    for (const auto& row : context.accounts.without_roles({account})) {
        // By what stands there: one that is asked for between the two statements stays.
        std::vector<std::string> refs;
        for (const auto& token : application.held(row)) {
            if (token.app_ref && (!token.expires || *token.expires > now)) refs.push_back(*token.app_ref);
        }
        if (!refs.empty()) ended += application.revoke(row, refs);
    }
    return ended;
}

}  // namespace pwreset
