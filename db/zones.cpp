#include "db/zones.h"

namespace pwreset::db {

ServerZones server_zones(Session& session) {
    const auto row = session.row("SELECT @@GLOBAL.time_zone, @@system_time_zone, @@SESSION.time_zone");
    return {row->text(0), row->text(1), row->text(2)};
}

std::optional<Seconds> zone_offset(Session& session, const std::string& zone, Time at) {
    const auto row = session.row("SELECT TIMESTAMPDIFF(SECOND, :moment, CONVERT_TZ(:again, '+00:00', :zone))",
                                 {{"moment", at}, {"again", at}, {"zone", zone}});
    if (!row || row->is_null(0)) return {};
    return Seconds(row->integer(0));
}

}  // namespace pwreset::db
