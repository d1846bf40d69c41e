#include "db/own/issued.h"

namespace pwreset::db {

namespace {

constexpr const char* of_operator =
    "FROM pwreset_jobs j JOIN pwreset_deliveries d ON d.job_id = j.id "
    "WHERE j.app = :app AND j.operator = :operator AND j.created_at >= :since ";

Params params_of(const std::string& app, const IssuedBy& by) {
    return {{"app", app}, {"operator", by.operator_name}, {"since", by.since}};
}

}  // namespace

std::vector<Issued> issued_and_open(Session& session, const std::string& app, const IssuedBy& by, std::int64_t after,
                                    int most) {
    Params params = params_of(app, by);
    params.emplace_back("after", after);
    params.emplace_back("most", most);
    std::vector<Issued> found;
    for (const Row& row :
         session.rows(std::string("SELECT d.id, d.account ") + of_operator +
                          "AND d.id > :after AND ((d.state IN ('held', 'queued', 'claimed', 'uncertain') "
                          "AND d.finished_at IS NULL AND d.kind <> 'password_changed') OR EXISTS (SELECT 1 FROM "
                          "pwreset_tokens t "
                          "WHERE t.delivery_id = d.id AND t.live = 1 AND t.expires_at > UTC_TIMESTAMP(6))) "
                          "ORDER BY d.id LIMIT :most",
                      params)) {
        found.push_back({row.integer(0), row.text(1)});
    }
    return found;
}

std::int64_t issued_and_used(Session& session, const std::string& app, const IssuedBy& by) {
    return session
        .row("SELECT COUNT(*) FROM pwreset_tokens t WHERE t.state = 'used' AND t.delivery_id IN (SELECT d.id " +
                 std::string(of_operator) + ")",
             params_of(app, by))
        ->integer(0);
}

}  // namespace pwreset::db
