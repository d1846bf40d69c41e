#include "src/config/limits.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using namespace std::chrono_literals;

TEST_CASE("a rate is a count in a window") {
    const auto rate = [](const std::string& text) {
        return parse(least + "[limits]\nper_account = \"" + text + "\"\n").limits.per_account;
    };
    CHECK(rate("100/d").count == 100);
    CHECK(rate("100/d").window == 24h);
    CHECK(rate("5/30m").window == 30min);
    CHECK(rate("1/s").window == 1s);
    for (const std::string& text : std::vector<std::string>{"10", "/h", "0/h", "-1/h", "10/", "10/x", "10/0s", "10 / h",
                                                            "10/h/h", "9999999999/h"}) {
        INFO(text);
        CHECK(fault_of(least + "[limits]\nweb = \"" + text + "\"\n") ==
              "14:7: expected a rate for 'limits.web' | "
              "write a number, a slash and a span of time, such as \"10/h\", \"100/d\" or \"5/30m\"");
    }
    CHECK(fault_of(least + "[limits]\nweb = \"10/3d\"\n") ==
          "14:7: window longer than 'retention.limits' in 'limits.web' | "
          "a count is kept for 2 d: shorten the window, or keep it longer");
}
