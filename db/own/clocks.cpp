#include "db/own/clocks.h"

#include <charconv>

#include "src/base/time.h"

namespace pwreset::db {

DatedAhead audit_ahead(Session& session, const std::string& app, Time limit) {
    const auto row =
        session.row("SELECT COUNT(*), MAX(id), MAX(at) FROM pwreset_audit WHERE at > :limit AND app = :app",
                    {{"limit", limit}, {"app", app}});
    if (row->integer(0) == 0) return {};
    return {.rows = row->integer(0), .newest_id = row->integer(1), .latest = row->time(2)};
}

namespace {

// A row of the leases that nobody holds: what it says stands where others name their owner.
constexpr const char* mark_name = "clock";

}  // namespace

std::optional<ClockMark> clock_mark(Session& session, const std::string& app) {
    const auto row = session.row("SELECT owner, held_until FROM pwreset_leases WHERE app = :app AND name = :name",
                                 {{"app", app}, {"name", mark_name}});
    if (!row) return {};
    const std::string text = row->text(0);
    ClockMark mark{.at = row->time(1)};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), mark.audit_id);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
    return mark;
}

void write_clock_mark(Session& session, const std::string& app, const ClockMark& mark) {
    const Params params{{"owner", std::to_string(mark.audit_id)}, {"at", mark.at}, {"app", app}, {"name", mark_name}};
    const auto written = session.run(
        "UPDATE pwreset_leases SET owner = :owner, held_until = :at WHERE app = :app AND name = :name", params);
    if (written > 0) return;
    session.run("INSERT INTO pwreset_leases (owner, held_until, app, name) VALUES (:owner, :at, :app, :name)", params);
}

std::vector<TokenTimes> tokens_ahead(Session& session, const std::string& app, Time limit, std::int64_t after,
                                     int most) {
    std::vector<TokenTimes> found;
    for (const Row& row :
         session.rows("SELECT id, CASE WHEN live = 1 OR kind = 'temporary_password' THEN 1 ELSE 0 END, issued_at, "
                      "expires_at, voided_at, erase_at, state FROM pwreset_tokens WHERE id > :after AND app = :app "
                      "AND (issued_at > :limit OR voided_at > :limit) ORDER BY id LIMIT :most",
                      {{"after", after}, {"app", app}, {"limit", limit}, {"most", most}})) {
        found.push_back({.id = row.integer(0),
                         .state = row.text(6),
                         .ends_alone = row.integer(1) != 0,
                         .issued_at = row.time(2),
                         .expires_at = row.time(3),
                         .voided_at = row.optional_time(4),
                         .erase_at = row.optional_time(5)});
    }
    return found;
}

void set_times(Session& session, const TokenTimes& times) {
    session.run(
        "UPDATE pwreset_tokens SET issued_at = :issued, expires_at = :expires, voided_at = :voided, erase_at = :erase "
        "WHERE id = :id AND state = :state",
        {{"issued", times.issued_at},
         {"expires", times.expires_at},
         {"voided", times.voided_at},
         {"erase", times.erase_at},
         {"id", times.id},
         {"state", times.state}});
}

std::int64_t void_tokens_ahead(Session& session, const std::string& app, Time limit) {
    return session.run(
        "UPDATE pwreset_tokens SET state = 'void', live = NULL, code_mac = NULL, voided_at = UTC_TIMESTAMP(6), "
        "void_reason = 'clock', erase_at = CASE WHEN erase_at IS NULL THEN NULL ELSE UTC_TIMESTAMP(6) END "
        "WHERE app = :app AND live = 1 AND issued_at > :limit",
        {{"app", app}, {"limit", limit}});
}

std::vector<DeliveryTimes> deliveries_ahead(Session& session, const std::string& app, const DeliveryLimits& limits,
                                            std::int64_t after, int most) {
    std::vector<DeliveryTimes> found;
    for (const Row& row : session.rows(
             "SELECT id, attempts, queued_at, next_at, lease_until, finished_at, state FROM pwreset_deliveries "
             "WHERE id > :after AND app = :app AND (queued_at > :past OR finished_at > :past "
             "OR lease_until > :lease OR (finished_at IS NULL AND next_at > :next)) ORDER BY id LIMIT :most",
             {{"after", after},
              {"app", app},
              {"past", limits.past},
              {"lease", limits.lease},
              {"next", limits.next},
              {"most", most}})) {
        found.push_back({.id = row.integer(0),
                         .state = row.text(6),
                         .attempts = static_cast<int>(row.integer(1)),
                         .queued_at = row.time(2),
                         .next_at = row.time(3),
                         .lease_until = row.optional_time(4),
                         .finished_at = row.optional_time(5)});
    }
    return found;
}

void set_times(Session& session, const DeliveryTimes& times, bool with_queued) {
    Params params{{"next", times.next_at}, {"lease", times.lease_until}, {"finished", times.finished_at}};
    if (with_queued) params.emplace_back("queued", times.queued_at);
    params.emplace_back("id", times.id);
    params.emplace_back("state", times.state);
    params.emplace_back("attempts", times.attempts);
    session.run("UPDATE pwreset_deliveries SET next_at = :next, lease_until = :lease, finished_at = :finished" +
                    std::string(with_queued ? ", queued_at = :queued" : "") +
                    " WHERE id = :id AND state = :state AND attempts = :attempts",
                params);
}

}  // namespace pwreset::db
