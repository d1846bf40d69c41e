#include "db/refusal.h"

#include "tests/catch.h"

using namespace pwreset;
using namespace pwreset::db;

namespace {

std::string told(unsigned number, const std::string& message) {
    const auto refusal = refusal_of(number, message);
    if (!refusal) return "no refusal";
    CHECK(refusal->exit == Exit::config);
    return refusal->message;
}

}  // namespace

TEST_CASE("what a site has added is named in its refusals") {
    CHECK(told(1451,
               "Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`tickets`, CONSTRAINT "
               "`tickets_ibfk_1` FOREIGN KEY (`token`) REFERENCES `pwreset_tokens` (`id`))") ==
          "a foreign key of table 'shop.tickets' keeps a row");
    CHECK(refusal_of(1451, "x (`a`.`b`, CONSTRAINT `c` FOREIGN KEY")->hint ==
          "it is none of pwreset's: drop its key 'c', or give it ON DELETE CASCADE or SET NULL");
    CHECK(told(1217, "Cannot delete or update a parent row: a foreign key constraint fails") ==
          "a foreign key of another table keeps a row");
    CHECK(told(1451, "a name without its end `shop") == "a foreign key of another table keeps a row");
    CHECK(told(1644, "kept for the auditors") == "a trigger of the database refused: kept for the auditors");
    CHECK(told(4025, "CONSTRAINT `short` failed for `shop`.`pwreset_audit`") ==
          "a rule that was added refused a row: CONSTRAINT `short` failed for `shop`.`pwreset_audit`");
    CHECK(told(1364, "Field 'site' doesn't have a default value") ==
          "a column was added that has no default value: Field 'site' doesn't have a default value");
}

TEST_CASE("a trigger's words drive no terminal and have an end") {
    CHECK(told(1644, "\x1b[31mno\n") == "a trigger of the database refused: \\u{1B}[31mno\\u{A}");
    CHECK(told(1644, std::string(1000, 'x')).size() < 300);
}

TEST_CASE("any other error is no refusal") {
    for (const unsigned number : {0U, 1062U, 1969U, 3024U, 1205U, 1054U, 1242U, 2013U})
        CHECK(told(number, "x") == "no refusal");
}
