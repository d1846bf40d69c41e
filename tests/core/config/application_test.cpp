#include "src/config/application.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("the application has a name that is safe anywhere") {
    const std::string hint = "write lower-case letters, digits, '_' and '-', at most 64";
    for (const std::string& name :
         std::vector<std::string>{"Shop", "-shop", "sh op", "sh\\\"op", "shöp", std::string(65, 'a')}) {
        INFO(name);
        CHECK(fault_of(with("application = \"shop\"", "application = \"" + name + "\"")) ==
              "1:15: expected a name for 'application' | " + hint);
    }
    CHECK(fault_of(with("application = \"shop\"", "")) ==
          "1:1: missing 'application' | write application = \"shop\" at the top of the file");
    CHECK(parse(with("application = \"shop\"", "application = \"0-a_b\"")).application == "0-a_b");
}
