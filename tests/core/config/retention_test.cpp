#include "src/config/retention.h"

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using namespace std::chrono_literals;

TEST_CASE("retention is long enough for what is alive") {
    CHECK(fault_of(least + "[retention]\ntokens = \"23h\"\n") ==
          "14:10: expected a span of time from 1 d to 3650 d for 'retention.tokens' | "
          "write it with its unit (s, m, h, d), such as tokens = \"2592000s\"");
    CHECK(parse(least + "[retention]\naudit = \"800d\"\n").retention.audit == 800 * 24h);
}
