#include "db/own/checkpoints.h"

#include "src/base/encoding.h"

namespace pwreset::db {

std::optional<Checkpoint> read_checkpoint(Session& session, const std::string& app, bool lock) {
    const auto row =
        session.row(std::string("SELECT seq, HEX(chain_mac), latest, erased, erasures, purged_at, key_id, HEX(mac) "
                                "FROM pwreset_checkpoints WHERE app = :app") +
                        (lock ? session.for_update() : ""),
                    {{"app", app}});
    if (!row) return {};
    return Checkpoint{.app = app,
                      .seq = row->integer(0),
                      .chain_mac = unhex(row->text(1)).value_or(""),
                      .latest = row->time(2),
                      .erased = row->integer(3),
                      .erasures = row->integer(4),
                      .purged_at = row->time(5),
                      .key_id = row->text(6),
                      .mac = unhex(row->text(7)).value_or("")};
}

bool move_checkpoint(Session& session, const Checkpoint& checkpoint, std::int64_t former) {
    Params params{{"app", checkpoint.app},
                  {"seq", checkpoint.seq},
                  {"chain_mac", hex(checkpoint.chain_mac)},
                  {"latest", checkpoint.latest},
                  {"erased", checkpoint.erased},
                  {"erasures", checkpoint.erasures},
                  {"purged_at", checkpoint.purged_at},
                  {"key_id", checkpoint.key_id},
                  {"mac", hex(checkpoint.mac)}};
    if (former > 0) {
        params.emplace_back("former", former);
        return session.run(
                   "UPDATE pwreset_checkpoints SET seq = :seq, chain_mac = UNHEX(:chain_mac), latest = :latest, "
                   "erased = :erased, erasures = :erasures, purged_at = :purged_at, key_id = :key_id, "
                   "mac = UNHEX(:mac) WHERE app = :app AND seq = :former",
                   params) == 1;
    }
    try {
        session.run(
            "INSERT INTO pwreset_checkpoints "
            "(app, seq, chain_mac, latest, erased, erasures, purged_at, key_id, mac) "
            "VALUES (:app, :seq, UNHEX(:chain_mac), :latest, :erased, :erasures, :purged_at, :key_id, UNHEX(:mac))",
            params);
        return true;
    } catch (const Duplicate&) {
        return false;
    }
}

}  // namespace pwreset::db
