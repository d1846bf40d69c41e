#include "db/own/deliveries.h"

#include <algorithm>

#include "db/bulk.h"
#include "db/own/intake.h"
#include "db/value_list.h"
#include "db/words.h"

namespace pwreset::db {

namespace {

constexpr const char* select_delivery =
    "SELECT d.id, d.job_id, d.account, d.kind, d.channel, d.state, d.attempts, d.failures, d.queued_at, "
    "j.command, j.operator, j.ticket, j.reason, j.locale, j.override_protected, d.lane, d.next_at "
    "FROM pwreset_deliveries d JOIN pwreset_jobs j ON j.id = d.job_id ";

DeliveryRow delivery_row(const Row& row) {
    return {.id = row.integer(0),
            .job_id = row.integer(1),
            .account = row.text(2),
            .kind = word_at(row, 3, kind_words),
            .channel = word_at(row, 4, channel_words),
            .state = word_at(row, 5, delivery_state_words),
            .lane = word_at(row, 15, lane_words),
            .attempts = static_cast<int>(row.integer(6)),
            .failures = static_cast<int>(row.integer(7)),
            .queued_at = row.time(8),
            .command = row.text(9),
            .operator_name = row.text(10),
            .grounds = {row.optional_text(11), row.optional_text(12)},
            .locale = row.optional_text(13),
            .override_protected = row.integer(14) != 0};
}

/// What waits to be sent: of an uncertain text message nobody knows, and it is not sent twice.
std::string waiting() {
    return "((state = 'queued' AND channel IN " + list_of_words(channel_words) +
           ") OR (state = 'uncertain' AND channel = 'email'))";
}

/// "not ended yet", narrowed to an account or one delivery where asked for. That a password was changed is told
/// whatever is revoked.
std::string open_condition(const std::optional<std::string>& account, const std::optional<std::int64_t>& id,
                           Params& params) {
    std::string sql =
        "app = :app AND state IN ('held', 'queued', 'claimed', 'uncertain') AND finished_at IS NULL "
        "AND kind <> 'password_changed'";
    if (account) {
        sql += " AND account = :account";
        params.emplace_back("account", *account);
    }
    if (id) {
        sql += " AND id = :id";
        params.emplace_back("id", *id);
    }
    return sql;
}

}  // namespace

void insert_deliveries(Session& session, const std::string& app, std::int64_t job_id,
                       const std::vector<NewDelivery>& rows, const std::optional<Lease>& holder, Lane lane,
                       const std::optional<Time>& at) {
    const Time queued = at ? *at : session.now();
    const DeliveryState state = holder ? DeliveryState::held : DeliveryState::queued;
    std::vector<std::vector<Value>> values;
    for (const auto& row : rows) {
        std::vector<Value> tuple{app, job_id, row.account, word_of(row.kind), word_of(row.channel), word_of(state)};
        tuple.push_back(holder ? Value(holder->owner) : Value(std::nullopt));
        tuple.push_back(holder ? Value(holder->until) : Value(std::nullopt));
        tuple.emplace_back(word_of(lane));
        tuple.insert(tuple.end(), {queued, queued});
        values.push_back(std::move(tuple));
    }
    bulk_insert(session,
                "INSERT INTO pwreset_deliveries (app, job_id, account, kind, channel, state, lease_owner, lease_until, "
                "lane, next_at, queued_at) VALUES",
                "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values);
}

std::optional<DeliveryRow> delivery_of_trace(Session& session, const std::string& app, const std::string& trace_id,
                                             const std::string& account) {
    const auto row = session.row(
        std::string(select_delivery) + "WHERE j.app = :app AND j.trace_id = :trace_id AND d.account = :account",
        {{"app", app}, {"trace_id", trace_id}, {"account", account}});
    if (!row) return {};
    return delivery_row(*row);
}

std::vector<DeliveryRow> deliveries_of_job(Session& session, std::int64_t job_id,
                                           const std::vector<std::string>& accounts) {
    if (accounts.empty()) return {};
    Params params{{"job", job_id}};
    const std::string theirs = value_list("account", accounts, params);
    std::vector<DeliveryRow> found;
    for (const Row& row : session.rows(
             std::string(select_delivery) + "WHERE d.job_id = :job AND d.account IN " + theirs + " ORDER BY d.id",
             params)) {
        found.push_back(delivery_row(row));
    }
    return found;
}

std::optional<DeliveryRow> delivery(Session& session, const std::string& app, std::int64_t id) {
    const auto row =
        session.row(std::string(select_delivery) + "WHERE d.app = :app AND d.id = :id", {{"app", app}, {"id", id}});
    if (!row) return {};
    return delivery_row(*row);
}

std::string due_sql() {
    // The index gives the order, and so much of it that no more is read: only these rows are joined with their jobs.
    return std::string(select_delivery) +
           "JOIN (SELECT id FROM pwreset_deliveries WHERE app = :app AND state = :state AND channel = :channel "
           "AND lane = :lane AND next_at <= UTC_TIMESTAMP(6) AND kind IN " +
           list_of_words(kind_words) + " ORDER BY next_at, id LIMIT :most) f ON f.id = d.id";
}

std::vector<DeliveryRow> due_deliveries(Session& session, const std::string& app, Channel channel, Lane lane,
                                        int most) {
    // A statement for each state: only so the index gives the order, and the backlog is never sorted.
    std::vector<DeliveryRow> due;
    for (const auto state : {DeliveryState::uncertain, DeliveryState::queued}) {
        if (state == DeliveryState::uncertain && channel == Channel::sms) continue;
        auto rows = session.rows(due_sql(), {{"app", app},
                                             {"state", word_of(state)},
                                             {"channel", word_of(channel)},
                                             {"lane", word_of(lane)},
                                             {"most", most - static_cast<int>(due.size())}});
        // What they are joined with may have brought them out of it.
        const auto place = [](const Row& row) { return std::pair(row.time(16), row.integer(0)); };
        std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return place(a) < place(b); });
        for (const Row& row : rows) due.push_back(delivery_row(row));
    }
    return due;
}

bool anything_due(Session& session, const std::string& app) {
    return session
        .row(std::string("SELECT 1 FROM pwreset_deliveries WHERE app = :app AND ") + waiting() + " AND lane IN " +
                 list_of_words(lane_words) + " AND next_at <= UTC_TIMESTAMP(6) AND kind IN " +
                 list_of_words(kind_words) + " LIMIT 1",
             {{"app", app}})
        .has_value();
}

Backlog backlog(Session& session, const std::string& app) {
    const auto row = *session.row(std::string("SELECT SUM(CASE WHEN next_at <= UTC_TIMESTAMP(6) THEN 1 ELSE 0 END), "
                                              "SUM(CASE WHEN next_at > UTC_TIMESTAMP(6) THEN 1 ELSE 0 END), "
                                              "MIN(CASE WHEN next_at > UTC_TIMESTAMP(6) THEN next_at END) "
                                              "FROM pwreset_deliveries WHERE app = :app AND ") +
                                      waiting(),
                                  {{"app", app}});
    return {.due = row.integer(0),
            .waiting = row.integer(1),
            .requests = intake_backlog(session, app).waiting,
            .next = row.optional_time(2)};
}

Overdue overdue(Session& session, const std::string& app, Seconds longer_than) {
    const auto row =
        *session.row(std::string("SELECT SUM(CASE WHEN next_at <= :late THEN 1 ELSE 0 END), MIN(queued_at) "
                                 "FROM pwreset_deliveries WHERE app = :app AND ") +
                         waiting() + " AND next_at <= UTC_TIMESTAMP(6)",
                     {{"late", session.now() - longer_than}, {"app", app}});
    return {.count = row.integer(0), .oldest = row.optional_time(1)};
}

std::vector<std::string> failed_accounts(Session& session, const std::string& app, Time since, int most) {
    std::vector<std::string> accounts;
    for (const Row& row : session.rows("SELECT account FROM pwreset_deliveries WHERE finished_at >= :since "
                                       "AND app = :app AND state = 'failed' AND channel = 'email' "
                                       "ORDER BY finished_at DESC, id DESC LIMIT :most",
                                       {{"since", since}, {"app", app}, {"most", most}})) {
        accounts.push_back(row.text(0));
    }
    return accounts;
}

std::int64_t try_claim(Session& session, const std::vector<std::int64_t>& ids, int attempts, const Lease& lease) {
    return session.run(
        "UPDATE pwreset_deliveries SET state = 'claimed', in_flight = 1, attempts = attempts + 1, "
        "lease_owner = :owner, lease_until = :until WHERE id IN " +
            number_list(ids) +
            " AND attempts = :attempts AND finished_at IS NULL "
            "AND ((state IN ('queued', 'uncertain') AND next_at <= UTC_TIMESTAMP(6)) "
            "OR (state = 'held' AND lease_owner = :owner))",
        {{"owner", lease.owner}, {"until", lease.until}, {"attempts", attempts}});
}

bool try_claim(Session& session, const DeliveryRow& row, const Lease& lease) {
    try {
        return try_claim(session, {row.id}, row.attempts, lease) == 1;
    } catch (const Duplicate&) {
        return false;
    }
}

Claim claim_left(Session& session, const DeliveryRow& delivery, const std::string& owner, Seconds least) {
    const auto row = session.row(
        "SELECT CASE WHEN lease_until > :least THEN 1 ELSE 0 END FROM pwreset_deliveries "
        "WHERE id = :id AND state = 'claimed' AND lease_owner = :owner AND attempts = :attempts",
        {{"least", session.now() + least}, {"id", delivery.id}, {"owner", owner}, {"attempts", delivery.attempts}});
    if (!row) return Claim::lost;
    return row->integer(0) == 1 ? Claim::ours : Claim::short_lived;
}

bool is_claimed_by(Session& session, std::int64_t id, const std::string& owner) {
    return session
        .row("SELECT 1 FROM pwreset_deliveries WHERE id = :id AND state = 'claimed' AND lease_owner = :owner",
             {{"id", id}, {"owner", owner}})
        .has_value();
}

std::int64_t supersede_queued(Session& session, const std::string& app, const DeliveryRow& winner) {
    return session.run(
        "UPDATE pwreset_deliveries SET state = 'superseded', superseded_by = :id, finished_at = UTC_TIMESTAMP(6) "
        "WHERE app = :app AND account = :account AND kind = :kind AND state IN ('queued', 'uncertain') "
        "AND finished_at IS NULL AND id <> :id",
        {{"id", winner.id}, {"app", app}, {"account", winner.account}, {"kind", word_of(winner.kind)}});
}

bool mark_delivery(Session& session, const DeliveryRow& delivery, const Lease& lease, const Mark& mark) {
    const bool again = mark.next_at.has_value();
    return session.run(
               "UPDATE pwreset_deliveries SET state = :state, in_flight = NULL, lease_owner = NULL, "
               "lease_until = NULL, failures = failures + :failure, relay = :relay, answer = :answer, "
               "reason = :reason, next_at = COALESCE(:next_at, next_at), "
               "finished_at = CASE WHEN :again = 1 THEN NULL ELSE UTC_TIMESTAMP(6) END "
               "WHERE id = :id AND state = 'claimed' AND lease_owner = :owner AND attempts = :attempts",
               {{"state", word_of(mark.state)},
                {"failure", mark.failure_counts ? 1 : 0},
                {"relay", mark.relay},
                {"answer", mark.answer},
                {"reason", mark.reason},
                {"next_at", mark.next_at},
                {"again", again ? 1 : 0},
                {"id", delivery.id},
                {"owner", lease.owner},
                {"attempts", delivery.attempts}}) == 1;
}

bool lock_claim(Session& session, const DeliveryRow& delivery, const Lease& lease) {
    return session
        .row(std::string("SELECT 1 FROM pwreset_deliveries WHERE id = :id AND state = 'claimed' "
                         "AND lease_owner = :owner AND attempts = :attempts") +
                 session.for_update(),
             {{"id", delivery.id}, {"owner", lease.owner}, {"attempts", delivery.attempts}})
        .has_value();
}

void renew_claims(Session& session, const std::string& app, const Lease& lease) {
    session.run(
        "UPDATE pwreset_deliveries SET lease_until = :until "
        "WHERE app = :app AND state = 'claimed' AND lease_owner = :owner",
        {{"until", lease.until}, {"app", app}, {"owner", lease.owner}});
}

void let_go(Session& session, const std::string& app, Channel channel, const Lease& lease) {
    session.run(
        "UPDATE pwreset_deliveries SET state = 'queued', lease_owner = NULL, lease_until = NULL, next_at = :next_at "
        "WHERE app = :app AND state = 'held' AND channel = :channel AND lease_owner = :owner",
        {{"next_at", lease.until}, {"app", app}, {"channel", word_of(channel)}, {"owner", lease.owner}});
}

void note_hindrance(Session& session, const std::vector<std::int64_t>& ids, const Hindrance& hindrance) {
    if (ids.empty()) return;
    Params params{{"relay", hindrance.relay}, {"answer", hindrance.answer}, {"reason", hindrance.reason}};
    session.run(
        "UPDATE pwreset_deliveries SET relay = :relay, answer = :answer, reason = :reason "
        "WHERE state = 'queued' AND finished_at IS NULL AND (reason IS NULL OR reason <> :reason) AND id IN " +
            value_list("id", ids, params),
        params);
}

void put_off(Session& session, const std::vector<std::int64_t>& ids, const Lease& lease, const Hindrance& hindrance) {
    if (ids.empty()) return;
    Params params{
        {"owner", lease.owner}, {"next_at", lease.until}, {"answer", hindrance.answer}, {"reason", hindrance.reason}};
    const std::string those = value_list("id", ids, params);
    // MySQL works from left to right: what is asked of is changed last.
    session.run(
        "UPDATE pwreset_deliveries SET next_at = :next_at, relay = NULL, answer = :answer, reason = :reason, "
        "lease_owner = NULL, lease_until = NULL, state = CASE WHEN state = 'held' THEN 'queued' ELSE state END "
        "WHERE finished_at IS NULL AND (state IN ('queued', 'uncertain') OR (state = 'held' AND lease_owner = :owner)) "
        "AND id IN " +
            those,
        params);
}

std::optional<Hindrance> hindrance_of_next(Session& session, const std::string& app, Channel channel) {
    for (const auto& [lane, word] : lane_words) {
        const auto row = session.row(
            "SELECT relay, answer, reason FROM pwreset_deliveries WHERE app = :app AND state = 'queued' "
            "AND channel = :channel AND lane = :lane ORDER BY next_at, id LIMIT 1",
            {{"app", app}, {"channel", word_of(channel)}, {"lane", word}});
        if (!row) continue;
        if (row->is_null(2)) return {};
        return Hindrance{row->text(0), row->text(1), row->text(2)};
    }
    return {};
}

std::vector<std::string> lease_owners(Session& session, const std::string& app) {
    std::vector<std::string> owners;
    for (const Row& row : session.rows("SELECT DISTINCT lease_owner FROM pwreset_deliveries "
                                       "WHERE app = :app AND state IN ('held', 'claimed') AND lease_owner IS NOT NULL",
                                       {{"app", app}})) {
        owners.push_back(row.text(0));
    }
    return owners;
}

namespace {

// The first assignment asks for the state before the second changes it: MySQL works from left to right.
constexpr const char* release_sql =
    "UPDATE pwreset_deliveries SET finished_at = CASE WHEN state = 'claimed' AND channel = 'sms' "
    "THEN UTC_TIMESTAMP(6) END, state = CASE WHEN state = 'claimed' THEN 'uncertain' ELSE 'queued' END, "
    "in_flight = NULL, lease_owner = NULL, lease_until = NULL, next_at = UTC_TIMESTAMP(6) "
    "WHERE app = :app AND state IN ('held', 'claimed') AND ";

}  // namespace

std::int64_t release_owner(Session& session, const std::string& app, const std::string& owner) {
    return session.run(std::string(release_sql) + "lease_owner = :owner", {{"app", app}, {"owner", owner}});
}

std::int64_t release_overdue(Session& session, const std::string& app) {
    return session.run(std::string(release_sql) + "lease_until <= UTC_TIMESTAMP(6)", {{"app", app}});
}

namespace {

constexpr const char* cancel_sql =
    "UPDATE pwreset_deliveries SET state = 'cancelled', in_flight = NULL, lease_owner = NULL, lease_until = NULL, "
    "reason = 'revoked', finished_at = UTC_TIMESTAMP(6) WHERE ";

}  // namespace

std::int64_t cancel_deliveries(Session& session, const std::string& app, const std::optional<std::string>& account,
                               const std::optional<std::int64_t>& id) {
    Params params{{"app", app}};
    const std::string condition = open_condition(account, id, params);
    return session.run(cancel_sql + condition, params);
}

std::int64_t cancel_deliveries_between(Session& session, const std::string& app, const IdRange& ids) {
    Params params{{"app", app}, {"after", ids.after}, {"to", ids.to}};
    const std::string condition = open_condition({}, {}, params);
    return session.run(cancel_sql + condition + " AND id > :after AND id <= :to", params);
}

std::int64_t last_delivery_id(Session& session) {
    const auto row =
        session.row("SELECT (SELECT MAX(id) FROM pwreset_deliveries), (SELECT MAX(delivery_id) FROM pwreset_tokens)");
    return std::max(row->integer(0), row->integer(1));
}

std::int64_t open_deliveries(Session& session, const std::string& app, const std::optional<std::string>& account,
                             const std::optional<std::int64_t>& id) {
    Params params{{"app", app}};
    const std::string condition = open_condition(account, id, params);
    return session.row("SELECT COUNT(*) FROM pwreset_deliveries WHERE " + condition, params)->integer(0);
}

}  // namespace pwreset::db
