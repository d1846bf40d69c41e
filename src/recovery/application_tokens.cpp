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

}  // namespace pwreset
