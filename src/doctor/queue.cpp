#include "src/doctor/queue.h"

#include "db/own/deliveries.h"

namespace pwreset {

namespace {

constexpr const char* queue_area = "queue";
constexpr const char* purge_area = "purge";
constexpr Seconds patience{15 * 60};
constexpr Seconds day{86400};
/// A purge runs daily; one may be missed.
constexpr Seconds purge_interval = 2 * day;
/// More than anybody needs to know: counting them all could take long.
constexpr int most_counted = 10000;

std::string counted(std::int64_t count, const std::string& noun_one, const std::string& noun_many) {
    return std::to_string(count) + " " + (count == 1 ? noun_one : noun_many);
}

std::string deliveries(std::int64_t count) { return counted(count, "delivery", "deliveries"); }

Seconds age(Time then, Time now) { return std::chrono::floor<Seconds>(now - then); }

Check judge_backlog(std::int64_t due, const db::QueueState& state, Time now) {
    if (due == 0 || !state.due_since) return fine(queue_area, "nothing is due");
    const Seconds waiting = age(*state.due_since, now);
    const std::string finding =
        deliveries(due) + (due == 1 ? " is" : " are") + " due, the first for " + duration_text(waiting);
    if (waiting <= patience) return fine(queue_area, finding);
    return warning(queue_area, finding, "is 'pwreset deliver' running? start it, or run it from cron");
}

}  // namespace

Checks judge_queue(std::int64_t due, const db::QueueState& state, Time now) {
    Checks checks{judge_backlog(due, state, now)};
    if (state.stranded > 0) {
        checks.push_back(warning(queue_area, deliveries(state.stranded) + " held by a process that is gone",
                                 "'pwreset deliver' takes them back"));
    }
    if (state.uncertain > 0) {
        checks.push_back(warning(queue_area, deliveries(state.uncertain) + " may or may not have arrived",
                                 "'pwreset deliver' sends them again, with a new link or code"));
    }
    if (state.in_doubt > 0) {
        checks.push_back(warning(queue_area,
                                 "of " + counted(state.in_doubt, "text message", "text messages") +
                                     " in the last 24 hours nobody knows whether the gateway took " +
                                     (state.in_doubt == 1 ? "it" : "them"),
                                 "say in [sms] what its answers mean: pwreset audit --action send --since 24h"));
    }
    if (state.failed > 0) {
        checks.push_back(warning(queue_area, deliveries(state.failed) + " failed in the last 24 hours",
                                 "pwreset audit --action send --since 24h"));
    }
    return checks;
}

Checks judge_intake(const db::IntakeBacklog& backlog, Time now) {
    if (!backlog.oldest || age(*backlog.oldest, now) <= patience) return {};
    return {warning(queue_area,
                    counted(backlog.waiting, "request", "requests") + " of web back ends " +
                        (backlog.waiting == 1 ? "waits" : "wait") + ", the first for " +
                        duration_text(age(*backlog.oldest, now)),
                    "is 'pwreset deliver' running? it looks into them, and a day later they are erased")};
}

Check judge_purge(const PurgeState& state, Time now) {
    const char* remedy = "run 'pwreset purge-expired' daily, from cron or a timer";
    if (state.overdue > most_counted) {
        return warning(purge_area, "more than " + std::to_string(most_counted) + " tokens are past their retention",
                       remedy);
    }
    if (state.overdue > 0) {
        return warning(purge_area, counted(state.overdue, "token is", "tokens are") + " past their retention", remedy);
    }
    if (state.last) return fine(purge_area, "the last purge was " + relative(*state.last, now));
    if (state.installed && now - *state.installed < purge_interval) {
        return fine(purge_area, "no purge yet; the tables were made " + relative(*state.installed, now));
    }
    return warning(purge_area, "no purge in the last two days", remedy);
}

Checks judge_clock_left(const ClockLeft& left, Time now) {
    if (left.rows == 0) return {};
    const bool fresh = !left.bounded_at || now - *left.bounded_at < day;
    const std::string finding = counted(left.rows, "audit entry is", "audit entries are") + " dated up to " +
                                duration_text(left.ahead) + " ahead: the database's clock was wrong";
    const std::string remedy = left.bounded_at ? "is its time kept by NTP? 'pwreset audit --action clock' tells more"
                                               : "'pwreset deliver' bounds what they stand for; keep its time by NTP";
    return {fresh ? problem("database", finding, remedy) : warning("database", finding, remedy)};
}

Checks check_queue(db::Session& session, const Config& config) {
    const Time now = session.now();
    const auto due = db::backlog(session, config.application).due;
    Checks checks = judge_queue(due, db::queue_state(session, config.application, now - day), now);
    for (auto& check : judge_intake(db::intake_backlog(session, config.application), now))
        checks.push_back(std::move(check));
    for (auto& check : judge_clock_left(clock_left(session, config.application), now))
        checks.push_back(std::move(check));
    return checks;
}

Checks check_purge(db::Session& session, const Config& config) {
    const Time now = session.now();
    const Time cut = now - config.retention.tokens - purge_interval;
    const PurgeState state{db::last_purge(session, config.application, now - purge_interval), db::installed_at(session),
                           db::tokens_expired_before(session, config.application, cut, most_counted + 1)};
    return {judge_purge(state, now)};
}

}  // namespace pwreset
