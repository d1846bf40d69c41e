#include "db/own/freeze.h"

namespace pwreset::db {

namespace {

// A lease that nobody holds: its owner is what is told, and it was taken when it says that it is held until.
constexpr const char* frozen_name = "frozen";

Params frozen_row(const std::string& app) { return {{"app", app}, {"name", frozen_name}}; }

}  // namespace

std::optional<Freeze> freeze_of(Session& session, const std::string& app) {
    const auto row =
        session.row("SELECT held_until, owner FROM pwreset_leases WHERE app = :app AND name = :name", frozen_row(app));
    if (!row) return {};
    return Freeze{row->time(0), row->text(1)};
}

bool insert_freeze(Session& session, const std::string& app, const std::string& words) {
    Params params = frozen_row(app);
    params.emplace_back("owner", words);
    try {
        session.run(
            "INSERT INTO pwreset_leases (app, name, owner, held_until) VALUES (:app, :name, :owner, UTC_TIMESTAMP(6))",
            params);
        return true;
    } catch (const Duplicate&) {
        return false;
    }
}

bool delete_freeze(Session& session, const std::string& app) {
    return session.run("DELETE FROM pwreset_leases WHERE app = :app AND name = :name", frozen_row(app)) == 1;
}

}  // namespace pwreset::db
