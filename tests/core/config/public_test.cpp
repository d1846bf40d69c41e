#include "src/config/public.h"

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using namespace std::chrono_literals;

TEST_CASE("what a web back end's calls get") {
    const PublicConfig least_of_all = parse(least).web;
    CHECK(least_of_all.email == PublicConfig::Mail::link);
    CHECK(least_of_all.cooldown == 2min);
    CHECK(least_of_all.per_identity.count == 10);
    const PublicConfig web =
        parse(least + "[public]\nemail = \"code\"\ncooldown = \"0s\"\nper_identity = \"3/d\"\n").web;
    CHECK(web.email == PublicConfig::Mail::code);
    CHECK(web.cooldown == 0s);
    CHECK(web.per_identity.window == 24h);
}

TEST_CASE("web back ends hand out temporary passwords only where these are on") {
    CHECK(fault_of(least + "[public]\nemail = \"password\"\n") ==
          "14:9: 'public.email' asks for temporary passwords, which are off | "
          "write enabled = true in [temporary_password], or email = \"link\"");
}
