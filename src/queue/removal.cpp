#include "src/queue/removal.h"

#include <algorithm>
#include <map>
#include <vector>

#include "db/own/tokens.h"
#include "db/own/upkeep.h"
#include "db/retrying.h"
#include "src/apps/application.h"
#include "src/audit/trail.h"
#include "src/base/stop.h"

namespace pwreset {

namespace {

/// Tokens a transaction covers: each locks rows of the application's until it ends.
constexpr int removals_at_once = 20;

struct Removed {
    std::int64_t tokens = 0;
    std::int64_t values = 0;
};

Removed remove_due(Context& context, const std::optional<std::string>& account, int most) {
    auto& session = context.session;
    const auto owed = db::owed_removals(session, context.config.application, account, most);
    std::map<std::string, std::vector<std::string>> refs;
    std::vector<std::string> ids;
    for (const auto& one : owed) {
        if (refs[one.account].empty()) ids.push_back(one.account);
        refs[one.account].push_back(one.app_ref);
    }
    Removed removed{.tokens = static_cast<std::int64_t>(owed.size()), .values = 0};
    if (owed.empty()) return removed;
    // Of an account that the application deleted, its rows went with it, or are nobody's.
    for (const auto& row : context.accounts.without_roles(ids))
        removed.values += context.application().revoke(row, refs[row.id]);
    for (const auto& one : owed) db::end_removal(session, one.id);
    return removed;
}

}  // namespace

bool ends_links(const Context& context) {
    const auto revocation = context.application().profile().store.revocation;
    return context.application().can_revoke() && revocation != Revocation::bump;
}

std::optional<Error> unswept(db::Session& session, const Config& config, const Profile& profile) {
    if (!profile.knows_no_end()) return {};
    const auto last = db::last_sweep(session, config.application);
    const Time now = session.now();
    // What is said to have been later than now was written by a clock that was wrong.
    if (last && *last <= now + Seconds(60) && *last > now - config.reset.link_lifetime) return {};
    return config_error("the application knows no end of its links, and nothing has taken ended ones away " +
                            (last ? "since " + rfc3339(*last) : std::string("yet")),
                        "run 'pwreset deliver' every few minutes, from cron or a timer, or 'pwreset deliver --watch'");
}

std::int64_t remove_ended(Context& context, const std::optional<std::string>& account, int most) {
    if (context.application().profile().native()) return 0;
    return remove_due(context, account, most).values;
}

std::int64_t remove_all_ended(Context& context) {
    if (context.application().profile().native()) return 0;
    std::int64_t values = 0;
    for (Removed last{.tokens = removals_at_once}; last.tokens == removals_at_once;) {
        stop_when_signalled(context.env, "what the application holds of ended links is taken away by the next run");
        db::retrying(context.session, [&] {
            db::Transaction transaction(context.session);
            last = remove_due(context, {}, removals_at_once);
            if (last.values > 0) {
                record(context,
                       {{.action = "sweep",
                         .result = "done",
                         .detail = std::to_string(last.values) + " ended links taken out of the application"}});
            }
            transaction.commit();
        });
        values += last.values;
    }
    if (context.application().profile().knows_no_end()) db::note_sweep(context.session, context.config.application);
    return values;
}

}  // namespace pwreset
