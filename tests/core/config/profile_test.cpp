#include "src/config/profile.h"

#include "src/toml/reader.h"
#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("a configuration stands on the preset that it names") {
    CHECK(parse(least).users.profile == "native");
    CHECK(fault_of(with(protect, protect + "\nprofile = \"natvie\"")) ==
          "8:11: no preset of the name in 'users.profile' | did you mean 'native'?");
    CHECK(preset_text("nobody's").empty());
}

TEST_CASE("every preset parses and knows its keys") {
    for (const auto name : preset_names()) {
        INFO(name);
        const ConfigText text(preset_text(name), "preset", keys_of_profiles());
        CHECK_NOTHROW(text.refuse_unknown());
        CHECK(Section(text, "").text("name") == name);
    }
}

TEST_CASE("the origin of a link is the configuration's") {
    const std::string link = "link = \"{base}/reset/{token}?u={login}\"";
    CHECK(fault_of(with(reset_link, link)) ==
          "8:1: missing 'reset.base' | write where the application is: base = \"https://shop.example\"");
    CHECK(parse(with(reset_link, link + "\nbase = \"https://shop.example/app/\"")).reset.link ==
          "https://shop.example/app/reset/{token}?u={login}");
    CHECK(fault_of(with(reset_link, link + "\nbase = \"http://shop.example\"")) ==
          "10:8: plain http in 'reset.base' | write https: http is for localhost, 127.0.0.1 and [::1] only");
    CHECK(fault_of(with(reset_link, reset_link + "\nbase = \"https://shop.example\"")) ==
          "10:8: 'reset.base' beside a 'reset.link' that does not begin with {base} | remove it");
}
