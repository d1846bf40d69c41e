#include "db/own/leases.h"

#include "db/own/clocks.h"
#include "src/base/process.h"

namespace pwreset::db {

namespace {

bool take_from(Session& session, const std::string& app, const std::string& name, const std::string& owner, Time until,
               const std::string& former) {
    return session.run(
               "UPDATE pwreset_leases SET owner = :owner, held_until = :until "
               "WHERE app = :app AND name = :name AND (held_until <= UTC_TIMESTAMP(6) OR owner = :former)",
               {{"owner", owner}, {"until", until}, {"app", app}, {"name", name}, {"former", former}}) == 1;
}

/// Whether a lease is over that was taken for such a span at most: its holder is dead, or took it when the clock was
/// ahead and has not renewed it since. One who lives renews it.
bool is_over(const Row& holder, Time latest) {
    const auto there = liveness(holder.text(0));
    return there == Liveness::dead || (there == Liveness::elsewhere && holder.time(1) > latest);
}

}  // namespace

std::optional<std::string> take_lease(Session& session, const std::string& app, const std::string& name,
                                      const std::string& owner, Seconds span) {
    const Time until = session.now() + span;
    for (;;) {
        if (take_from(session, app, name, owner, until, owner)) return {};
        const auto holder =
            session.row("SELECT owner, held_until FROM pwreset_leases WHERE app = :app AND name = :name",
                        {{"app", app}, {"name", name}});
        if (holder) {
            if (!is_over(*holder, until + clock_tolerance)) return holder->text(0);
            if (take_from(session, app, name, owner, until, holder->text(0))) return {};
            continue;
        }
        try {
            session.run(
                "INSERT INTO pwreset_leases (app, name, owner, held_until) VALUES (:app, :name, :owner, :until)",
                {{"app", app}, {"name", name}, {"owner", owner}, {"until", until}});
            return {};
        } catch (const Duplicate&) {
            // Somebody was quicker: look again who it is.
        }
    }
}

void release_lease(Session& session, const std::string& app, const std::string& name, const std::string& owner) {
    session.run("DELETE FROM pwreset_leases WHERE app = :app AND name = :name AND owner = :owner",
                {{"app", app}, {"name", name}, {"owner", owner}});
}

bool lock_lease(Session& session, const std::string& app, const std::string& name) {
    if (session.is_sqlite()) return true;
    const Params lease{{"app", app}, {"name", name}};
    try {
        if (session.row("SELECT 1 FROM pwreset_leases WHERE app = :app AND name = :name FOR UPDATE NOWAIT", lease)) {
            return true;
        }
        session.run(
            "INSERT INTO pwreset_leases (app, name, owner, held_until) "
            "VALUES (:app, :name, 'a transaction', UTC_TIMESTAMP(6))",
            lease);
        return true;
    } catch (const Conflict&) {
        return false;
    } catch (const Duplicate&) {
        // The first one ever, and somebody was quicker.
        return false;
    }
}

}  // namespace pwreset::db
