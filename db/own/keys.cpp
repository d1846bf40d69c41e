#include "db/own/keys.h"

namespace pwreset::db {

std::vector<CurrentKey> current_keys(Session& session, const std::string& app) {
    std::vector<CurrentKey> keys;
    for (const Row& row : session.rows(
             "SELECT purpose, key_id, since FROM pwreset_keys WHERE app = :app ORDER BY purpose", {{"app", app}})) {
        keys.push_back({.purpose = row.text(0), .key_id = row.text(1), .since = row.time(2)});
    }
    return keys;
}

std::optional<CurrentKey> lock_current_key(Session& session, const std::string& app, const std::string& purpose) {
    // Shared: that needs no right but SELECT.
    const auto row = session.row(
        std::string("SELECT purpose, key_id, since FROM pwreset_keys WHERE app = :app AND purpose = :purpose") +
            (session.is_sqlite() ? "" : " LOCK IN SHARE MODE"),
        {{"app", app}, {"purpose", purpose}});
    if (!row) return {};
    return CurrentKey{.purpose = row->text(0), .key_id = row->text(1), .since = row->time(2)};
}

bool record_first_key(Session& session, const std::string& app, const std::string& purpose, const std::string& key_id) {
    try {
        session.run(
            "INSERT INTO pwreset_keys (app, purpose, key_id, since) "
            "VALUES (:app, :purpose, :key_id, UTC_TIMESTAMP(6))",
            {{"app", app}, {"purpose", purpose}, {"key_id", key_id}});
        return true;
    } catch (const Duplicate&) {
        return false;
    }
}

bool replace_current_key(Session& session, const std::string& app, const std::string& purpose,
                         const std::string& former, const std::string& key_id) {
    return session.run(
               "UPDATE pwreset_keys SET key_id = :key_id, since = UTC_TIMESTAMP(6) "
               "WHERE app = :app AND purpose = :purpose AND key_id = :former",
               {{"key_id", key_id}, {"app", app}, {"purpose", purpose}, {"former", former}}) == 1;
}

}  // namespace pwreset::db
