#include "src/recovery/adoption.h"

#include <algorithm>
#include <array>

#include "db/own/audit.h"
#include "db/own/names.h"
#include "db/retrying.h"
#include "src/audit/chain.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/base/stop.h"

namespace pwreset {

namespace {

constexpr int rows_at_once = 2000;

struct AdoptableRows {
    db::Adoptable what;
    const char* name;
};
// A delivery is read with its job; a token is looked for by its delivery.
constexpr std::array<AdoptableRows, 4> kinds_of_rows{{{db::Adoptable::jobs, "jobs"},
                                                      {db::Adoptable::deliveries, "deliveries"},
                                                      {db::Adoptable::tokens, "tokens"},
                                                      {db::Adoptable::intake, "intake"}}};

void require_rows(Context& context, const std::string& former) {
    const auto names = db::recorded_names(context.session);
    const bool there =
        former != context.config.application && std::find(names.begin(), names.end(), former) != names.end();
    if (there) return;
    throw usage_error("there are no rows of an application '" + printable(former) + "' to adopt",
                      "'pwreset doctor' names those that no configuration has");
}

/// With other keys no code and no mark of a password would be known again, and users would be told of changes that
/// nobody made.
void require_same_keys(Context& context, const std::string& former) {
    const auto rows = db::sealed_audit(context.session, former, 0, 1, false);
    if (rows.empty()) return;
    const auto authenticity = examine(rows.front(), context.keys.own);
    if (authenticity == Authenticity::genuine || authenticity == Authenticity::erased) return;
    throw config_error("the key files are others than those of application '" + printable(former) + "'",
                       "name its folder in [keys] folder, or copy its files into ours, and try again");
}

void require_idle(Context& context, const std::string& former) {
    if (db::deliveries_in_hand(context.session, former) == 0) return;
    throw unavailable("a worker of application '" + printable(former) + "' has deliveries in its hands",
                      "stop it, and try again in a minute");
}

}  // namespace

std::string Adopted::in_words() const {
    std::string text;
    for (const auto& [name, count] : rows) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
    if (superseded > 0) text += ", " + std::to_string(superseded) + " tokens gave way to newer ones";
    return text;
}

Adopted adopt(Context& context, const std::string& former) {
    auto& session = context.session;
    const std::string& ours = context.config.application;
    require_rows(context, former);
    require_same_keys(context, former);
    require_idle(context, former);
    Adopted out;
    db::retrying(session, [&] {
        db::Transaction transaction(session);
        out.superseded = db::supersede_before_adoption(session, former, ours);
        transaction.commit();
    });
    for (const auto& [what, name] : kinds_of_rows) {
        auto& count = out.rows.emplace_back(name, 0).second;
        for (std::int64_t after = 0;;) {
            stop_when_signalled(context.env, "adopted " + out.in_words() + "; run it again for the rest");
            std::optional<std::int64_t> moved;
            const std::int64_t from = after;
            db::retrying(session, [&] {
                after = from;
                moved = db::adopt_batch(session, what, former, ours, rows_at_once, after);
            });
            if (!moved) break;
            count += *moved;
        }
    }
    AuditEntry entry;
    entry.action = "migrate";
    entry.result = "adopted";
    entry.detail = "from " + former + ": " + out.in_words();
    record_alone(context, entry);
    return out;
}

}  // namespace pwreset
