// What the columns say of temporary passwords before there is one.
#include "src/doctor/password_store.h"

#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;

namespace {

/// What is found of one column, declared so.
Lines found(const TemporaryPasswordConfig& config, const std::string& type, const std::string& declared,
            bool nullable = true) {
    const TableDescription users{
        "shop", "users", db::TableFacts{"InnoDB", false, 12000}, {{"Flag", type, 0, "", "", nullable, declared}},
        {},     {}};
    return shown(judge_written_columns(config, users, users));
}

}  // namespace

TEST_CASE("a column that is cleared takes NULL") {
    TemporaryPasswordConfig config;
    config.clear = {"flag"};
    CHECK(found(config, "varchar", "varchar(99)").empty());
    CHECK(
        found(config, "varchar", "varchar(99)", false) ==
        Lines{"problem: 'flag' ('temporary_password.clear') takes no NULL: no temporary password can be sent > name it "
              "in 'empty' instead, or remove it"});
}

TEST_CASE("a column that is emptied takes ''") {
    TemporaryPasswordConfig config;
    config.empty = {"flag"};
    for (const char* type : {"varchar", "text", "varbinary", "char"}) CHECK(found(config, type, type).empty());
    CHECK(found(config, "enum", "enum('','a')").empty());
    CHECK(
        found(config, "enum", "enum('a','b')") ==
        Lines{"problem: 'flag' ('temporary_password.empty') is enum('a','b'), which takes no '': no temporary password "
              "can be sent > name it in 'clear' instead, or remove it"});
    for (const char* type : {"int", "bit", "datetime", "json", "uuid"}) CHECK(found(config, type, type).size() == 1);
}

TEST_CASE("a demand is a value that its column takes") {
    TemporaryPasswordConfig config;
    config.must_change = "flag";
    config.must_change_value = "it's";
    CHECK(found(config, "varchar", "varchar(9)").empty());
    CHECK(found(config, "enum", "enum('no','It''s')").empty());
    CHECK(found(config, "enum", "enum('no','yes')") ==
          Lines{"problem: 'Flag' ('temporary_password.must_change') is enum('no','yes'), which cannot be 'it's': no "
                "temporary password can be sent > correct the value of 'must_change'"});
    CHECK(found(config, "tinyint", "tinyint(1)").size() == 1);
    config.must_change_value = "1";
    CHECK(found(config, "tinyint", "tinyint(1)").empty());
    CHECK(found(config, "enum", "enum('no','1')").empty());
}
