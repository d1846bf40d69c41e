#include "db/own/restoring.h"

#include "db/words.h"

namespace pwreset::db {

namespace {

constexpr const char* open_between =
    " FROM pwreset_deliveries WHERE app = :app AND state IN ('held', 'queued', 'claimed', 'uncertain') "
    "AND finished_at IS NULL AND id > :after AND id <= :to";

Params params_of(const std::string& app, const IdRange& ids) {
    return {{"app", app}, {"after", ids.after}, {"to", ids.to}};
}

}  // namespace

std::vector<OpenDelivery> lock_open_deliveries(Session& session, const std::string& app, const IdRange& ids) {
    std::vector<OpenDelivery> out;
    for (const Row& row : session.rows(std::string("SELECT id, account, kind, channel, queued_at") + open_between +
                                           " ORDER BY id" + session.for_update(),
                                       params_of(app, ids))) {
        out.push_back({.id = row.integer(0),
                       .account = row.text(1),
                       .kind = word_at(row, 2, kind_words),
                       .channel = word_at(row, 3, channel_words),
                       .queued_at = row.time(4)});
    }
    return out;
}

std::int64_t cancel_restored(Session& session, const std::string& app, const IdRange& ids) {
    return session.run(
        "UPDATE pwreset_deliveries SET state = 'cancelled', in_flight = NULL, lease_owner = NULL, lease_until = NULL, "
        "reason = 'restored', finished_at = UTC_TIMESTAMP(6) WHERE app = :app "
        "AND state IN ('held', 'queued', 'claimed', 'uncertain') AND finished_at IS NULL AND id > :after AND id <= :to",
        params_of(app, ids));
}

std::int64_t hurry_stored_passwords(Session& session, const std::string& app) {
    return session.run(
        "UPDATE pwreset_tokens SET erase_at = UTC_TIMESTAMP(6) "
        "WHERE kind = 'temporary_password' AND app = :app AND erase_at > UTC_TIMESTAMP(6)",
        {{"app", app}});
}

std::int64_t drop_owed_news(Session& session, const std::string& app) {
    return session.run("UPDATE pwreset_tokens SET notice = NULL WHERE app = :app AND notice = 0", {{"app", app}});
}

std::int64_t drop_intake(Session& session, const std::string& app) {
    return session.run("DELETE FROM pwreset_intake WHERE app = :app", {{"app", app}});
}

}  // namespace pwreset::db
