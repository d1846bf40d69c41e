#include "src/queue/freeze.h"

#include "db/own/freeze.h"
#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

std::string words_of(const Operator& who, const Grounds& grounds) {
    std::string words = "'" + who.name + "'";
    if (grounds.ticket) words += " (" + *grounds.ticket + ")";
    if (grounds.reason) words += ": " + *grounds.reason;
    return cut_bytes(words, db::longest_freeze_words);
}

/// One of the two, with its audit row.
bool set(Context& context, const char* action, const Grounds& grounds, const std::function<bool()>& change) {
    bool changed = false;
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        changed = change();
        record(context, {{.action = action,
                          .result = changed ? "done" : "nothing to do",
                          .ticket = grounds.ticket,
                          .reason = grounds.reason}});
        transaction.commit();
    });
    return changed;
}

}  // namespace

std::optional<Error> why_frozen(db::Session& session, const std::string& app) {
    const auto frozen = db::freeze_of(session, app);
    if (!frozen) return {};
    return forbidden("issuing is frozen since " + rfc3339(frozen->since) + " by " + printable(frozen->words),
                     "what is queued waits; 'pwreset unfreeze' ends it");
}

void require_unfrozen(Context& context) {
    if (auto why = why_frozen(context.session, context.config.application)) throw std::move(*why);
}

bool freeze(Context& context, const Grounds& grounds) {
    return set(context, "freeze", grounds, [&] {
        return db::insert_freeze(context.session, context.config.application, words_of(context.who, grounds));
    });
}

bool unfreeze(Context& context, const Grounds& grounds) {
    return set(context, "unfreeze", grounds,
               [&] { return db::delete_freeze(context.session, context.config.application); });
}

}  // namespace pwreset
