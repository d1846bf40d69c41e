#include "db/own/proofs.h"

#include "db/binary.h"

namespace pwreset::db {

std::vector<ProofRow> proofs(Session& session, const std::string& app) {
    std::vector<ProofRow> found;
    for (const Row& row : session.rows("SELECT way, HEX(profile), HEX(secrets), proved_at, operator, key_id, HEX(mac) "
                                       "FROM pwreset_proofs WHERE app = :app ORDER BY way",
                                       {{"app", app}})) {
        found.push_back({.way = row.text(0),
                         .profile = bytes_of(row, 1).value_or(""),
                         .secrets = bytes_of(row, 2).value_or(""),
                         .proved_at = row.time(3),
                         .operator_name = row.text(4),
                         .key_id = row.text(5),
                         .mac = bytes_of(row, 6).value_or("")});
    }
    return found;
}

void put_proof(Session& session, const std::string& app, const ProofRow& proof) {
    session.run("DELETE FROM pwreset_proofs WHERE app = :app AND way = :way", {{"app", app}, {"way", proof.way}});
    session.run(
        "INSERT INTO pwreset_proofs (app, way, profile, secrets, proved_at, operator, key_id, mac) "
        "VALUES (:app, :way, UNHEX(:profile), UNHEX(:secrets), :at, :operator, :key_id, UNHEX(:mac))",
        {{"app", app},
         {"way", proof.way},
         {"profile", hex(proof.profile)},
         {"secrets", hex(proof.secrets)},
         {"at", proof.proved_at},
         {"operator", proof.operator_name},
         {"key_id", proof.key_id},
         {"mac", hex(proof.mac)}});
}

}  // namespace pwreset::db
