#include "src/config/operators.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("operators have capabilities that exist") {
    const auto operators =
        parse(least + "[operators]\n\"dom.users\" = []\nagents = [\"support\", \"bulk\"]\n").operators;
    CHECK(operators->at("dom.users").empty());
    CHECK(operators->at("agents") == std::vector<std::string>{"support", "bulk"});
    CHECK(fault_of(least + "[operators]\nagents = [\"suport\"]\n") ==
          "14:10: unknown capability 'suport' of 'agents' | did you mean 'support'?");
    CHECK(fault_of(least + "[operators]\nagents = [\"all\"]\n") ==
          "14:10: unknown capability 'all' of 'agents' | see pwreset.toml(5) for the capabilities");
    CHECK(fault_of(least + "[operators]\n\"a b\" = [\"web\"]\n") ==
          "14:9: expected a group instead of 'a b' | write a Unix group, or \"user:NAME\" in double quotes");
    CHECK(fault_of(least + "[operators]\n") ==
          "13:1: no group in '[operators]' | "
          "name one, or remove the section: then only the owner of this file may do anything");
}
