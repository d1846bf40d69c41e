#include "db/own/upkeep.h"

#include "db/own/clocks.h"
#include "src/base/state.h"

namespace pwreset::db {

namespace {

/// An uncertain text message is not due: it is not sent again.
std::optional<Time> due_since(Session& session, const std::string& app, DeliveryState state) {
    return session
        .row(
            "SELECT MIN(next_at) FROM pwreset_deliveries WHERE app = :app AND state = :state "
            "AND next_at <= UTC_TIMESTAMP(6) AND (state = 'queued' OR channel = 'email')",
            {{"app", app}, {"state", word_of(state)}})
        ->optional_time(0);
}

}  // namespace

QueueState queue_state(Session& session, const std::string& app, Time since) {
    QueueState state;
    state.due_since = due_since(session, app, DeliveryState::queued);
    const auto uncertain = due_since(session, app, DeliveryState::uncertain);
    if (uncertain && (!state.due_since || *uncertain < *state.due_since)) state.due_since = uncertain;
    state.stranded = session
                         .row(
                             "SELECT COUNT(*) FROM pwreset_deliveries WHERE app = :app "
                             "AND state IN ('held', 'claimed') AND lease_until < UTC_TIMESTAMP(6)",
                             {{"app", app}})
                         ->integer(0);
    state.uncertain = session
                          .row(
                              "SELECT COUNT(*) FROM pwreset_deliveries WHERE app = :app AND state = 'uncertain' "
                              "AND channel = 'email'",
                              {{"app", app}})
                          ->integer(0);
    state.in_doubt = session
                         .row(
                             "SELECT COUNT(*) FROM pwreset_deliveries WHERE app = :app AND state = 'uncertain' "
                             "AND channel = 'sms' AND finished_at >= :since",
                             {{"app", app}, {"since", since}})
                         ->integer(0);
    state.failed = session
                       .row(
                           "SELECT COUNT(*) FROM pwreset_deliveries WHERE app = :app AND state = 'failed' "
                           "AND finished_at >= :since",
                           {{"app", app}, {"since", since}})
                       ->integer(0);
    return state;
}

// A lease that nobody holds: its time is when the last sweep was.
void note_sweep(Session& session, const std::string& app) {
    const auto last = last_sweep(session, app);
    const Time now = session.now();
    if (last && *last <= now && *last > now - Seconds(60)) return;
    const Params sweep{{"app", app}, {"now", now}};
    if (last) {
        session.run("UPDATE pwreset_leases SET held_until = :now WHERE app = :app AND name = 'sweep'", sweep);
        return;
    }
    try {
        session.run("INSERT INTO pwreset_leases (app, name, owner, held_until) VALUES (:app, 'sweep', 'nobody', :now)",
                    sweep);
    } catch (const Duplicate&) {
        // Somebody was quicker, and it is as good.
    }
}

std::optional<Time> last_sweep(Session& session, const std::string& app) {
    const auto row =
        session.row("SELECT held_until FROM pwreset_leases WHERE app = :app AND name = 'sweep'", {{"app", app}});
    return row ? std::optional(row->time(0)) : std::nullopt;
}

std::optional<Time> last_purge(Session& session, const std::string& app, Time since) {
    return session
        .row(
            "SELECT MAX(at) FROM pwreset_audit WHERE app = :app AND action = 'purge' AND at >= :since "
            "AND at <= :latest",
            {{"app", app}, {"since", since}, {"latest", session.now() + clock_tolerance}})
        ->optional_time(0);
}

std::int64_t tokens_expired_before(Session& session, const std::string& app, Time cut, int most) {
    return session
        .row(
            "SELECT COUNT(*) FROM (SELECT app FROM pwreset_tokens WHERE expires_at < :cut "
            "ORDER BY expires_at, id LIMIT :most) oldest WHERE app = :app",
            {{"cut", cut}, {"most", most}, {"app", app}})
        ->integer(0);
}

std::optional<Time> installed_at(Session& session) {
    return session.row("SELECT MIN(started_at) FROM pwreset_schema")->optional_time(0);
}

}  // namespace pwreset::db
