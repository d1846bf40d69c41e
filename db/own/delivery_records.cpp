#include "db/own/delivery_records.h"

#include "db/value_list.h"
#include "db/words.h"

namespace pwreset::db {

namespace {

constexpr const char* select_record =
    "SELECT d.id, d.account, d.kind, d.channel, d.state, d.attempts, d.failures, d.queued_at, d.next_at, "
    "d.finished_at, d.relay, d.answer, d.reason, d.superseded_by, "
    "j.command, j.operator, j.ticket, j.reason, j.locale, j.trace_id "
    "FROM pwreset_deliveries d JOIN pwreset_jobs j ON j.id = d.job_id WHERE d.app = :app ";

DeliveryRecord record_of(const Row& row) {
    DeliveryRecord out{.id = row.integer(0),
                       .account = row.text(1),
                       .kind = stored_word(row.text(2), kind_words),
                       .channel = stored_word(row.text(3), channel_words),
                       .state = stored_word(row.text(4), delivery_state_words),
                       .attempts = static_cast<int>(row.integer(5)),
                       .failures = static_cast<int>(row.integer(6)),
                       .queued_at = row.time(7),
                       .next_at = row.time(8),
                       .finished_at = row.optional_time(9),
                       .relay = row.optional_text(10),
                       .answer = row.optional_text(11),
                       .reason = row.optional_text(12),
                       .superseded_by = {},
                       .command = row.text(14),
                       .operator_name = row.text(15),
                       .ticket = row.optional_text(16),
                       .job_reason = row.optional_text(17),
                       .locale = row.optional_text(18),
                       .trace_id = row.text(19)};
    if (!row.is_null(13)) out.superseded_by = row.integer(13);
    return out;
}

}  // namespace

std::vector<DeliveryRecord> deliveries_of(Session& session, const std::string& app, const std::string& account,
                                          std::int64_t before, int most) {
    Params params{{"app", app}, {"account", account}, {"most", most}};
    std::string sql = std::string(select_record) + "AND d.account = :account";
    if (before > 0) {
        sql += " AND d.id < :before";
        params.emplace_back("before", before);
    }
    std::vector<DeliveryRecord> out;
    for (const Row& row : session.rows(sql + " ORDER BY d.id DESC LIMIT :most", params)) {
        out.push_back(record_of(row));
    }
    return out;
}

std::optional<DeliveryRecord> delivery_record(Session& session, const std::string& app, std::int64_t id) {
    const auto row = session.row(std::string(select_record) + "AND d.id = :id", {{"app", app}, {"id", id}});
    if (!row) return {};
    return record_of(*row);
}

std::vector<std::int64_t> delivery_ids(Session& session, const std::string& app, const std::string& account) {
    std::vector<std::int64_t> ids;
    for (const Row& row : session.rows("SELECT id FROM pwreset_deliveries WHERE app = :app AND account = :account",
                                       {{"app", app}, {"account", account}})) {
        ids.push_back(row.integer(0));
    }
    return ids;
}

DeletedDeliveries delete_deliveries(Session& session, const std::string& app, const std::string& account, int most) {
    DeletedDeliveries out;
    for (const Row& row : session.rows(
             "SELECT id, job_id FROM pwreset_deliveries WHERE app = :app AND account = :account ORDER BY id LIMIT "
             ":most",
             {{"app", app}, {"account", account}, {"most", most}})) {
        out.ids.push_back(row.integer(0));
        out.jobs.push_back(row.integer(1));
    }
    if (out.ids.empty()) return out;
    Params params;
    session.run("DELETE FROM pwreset_deliveries WHERE id IN " + value_list("id", out.ids, params), params);
    return out;
}

bool lock_delivery(Session& session, std::int64_t id) {
    return session
        .row(std::string("SELECT 1 FROM pwreset_deliveries WHERE id = :id") + session.for_update(), {{"id", id}})
        .has_value();
}

std::vector<Answer> answers(Session& session, const std::string& app, std::int64_t after, int most) {
    std::vector<Answer> out;
    for (const Row& row : session.rows("SELECT id, answer FROM pwreset_deliveries WHERE app = :app AND id > :after "
                                       "AND answer IS NOT NULL ORDER BY id LIMIT :most",
                                       {{"app", app}, {"after", after}, {"most", most}})) {
        out.push_back({row.integer(0), row.text(1)});
    }
    return out;
}

std::int64_t erase_answers(Session& session, const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return 0;
    Params params;
    return session.run("UPDATE pwreset_deliveries SET answer = NULL WHERE answer IS NOT NULL AND id IN " +
                           value_list("id", ids, params),
                       params);
}

std::optional<LastDelivery> last_delivery(Session& session, const std::string& app, const std::string& account) {
    const auto row = session.row(
        "SELECT d.state, d.queued_at, j.operator, j.ticket, d.relay "
        "FROM pwreset_deliveries d JOIN pwreset_jobs j ON j.id = d.job_id "
        "WHERE d.app = :app AND d.account = :account ORDER BY d.id DESC LIMIT 1",
        {{"app", app}, {"account", account}});
    if (!row) return {};
    return LastDelivery{.state = stored_word(row->text(0), delivery_state_words),
                        .queued_at = row->time(1),
                        .operator_name = row->text(2),
                        .ticket = row->optional_text(3),
                        .relay = row->optional_text(4)};
}

std::optional<Standing> standing(Session& session, std::int64_t id) {
    const auto row = session.row(
        "SELECT state, relay, answer, reason, next_at, superseded_by FROM pwreset_deliveries WHERE id = :id",
        {{"id", id}});
    if (!row) return {};
    Standing out{.state = stored_word(row->text(0), delivery_state_words),
                 .relay = row->optional_text(1),
                 .answer = row->optional_text(2),
                 .reason = row->optional_text(3),
                 .next_at = row->optional_time(4),
                 .superseded_by = {}};
    if (!row->is_null(5)) out.superseded_by = row->integer(5);
    return out;
}

}  // namespace pwreset::db
