#include "src/doctor/services.h"

#include "tests/core/config/fixture.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("a proxy that nothing goes through is told") {
    const std::string proxy = "[network]\nproxy = \"http://proxy.example:3128\"\n";
    const std::string captcha = "[captcha]\nsecret_file = \"captcha.secret\"\n";
    const Lines told{
        "warning: nothing is reached through the proxy: no service is spoken to by https > remove network.proxy; mail "
        "and "
        "database never go through it"};
    CHECK(shown(check_proxy(parse(least + proxy))) == told);
    CHECK(shown(check_proxy(parse(least + proxy + captcha + "url = \"http://localhost:8080/\"\n"))) == told);
    CHECK(shown(check_proxy(parse(least + proxy + captcha))).empty());
    CHECK(shown(check_proxy(parse(least))).empty());
}
