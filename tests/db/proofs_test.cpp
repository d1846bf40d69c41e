#include "db/own/proofs.h"

#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

TEST_CASE("a proof takes the place of the older one of its way, and of no other") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite));
    auto& session = database.session;
    const ProofRow proof{.way = "token",
                         .profile = std::string("\0\xff' thirty-two bytes, some odd..", 32),
                         .secrets = std::string(32, 's'),
                         .proved_at = parse_db_time("2026-03-01 12:00:00.000001"),
                         .operator_name = "Süd",
                         .key_id = "k1",
                         .mac = std::string(32, 'm')};
    ProofRow other = proof;
    other.way = "link";
    for (const auto& row : {proof, other, proof}) put_proof(session, "shop", row);
    put_proof(session, "crm", other);
    ProofRow newer = proof;
    newer.operator_name = "ida";
    put_proof(session, "shop", newer);
    const auto rows = proofs(session, "shop");
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].way == "link");
    CHECK(rows[0].profile == proof.profile);
    CHECK(rows[0].secrets == proof.secrets);
    CHECK(rows[0].proved_at == proof.proved_at);
    CHECK(rows[0].operator_name == "Süd");
    CHECK(rows[0].key_id == "k1");
    CHECK(rows[0].mac == proof.mac);
    CHECK(rows[1].operator_name == "ida");
    CHECK(proofs(session, "crm").size() == 1);
    CHECK(proofs(session, "other").empty());
}
