#include "src/config/reset.h"

#include <array>
#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using namespace std::chrono_literals;

TEST_CASE("a link that could harm is refused, and never repeated") {
    const std::string names = "write {token} once and, where wanted, {email}, {id} or {reference}";
    const std::string form = "write a link such as https://shop.example/reset/{token}";
    const std::string encode = "write it percent-encoded, a domain in punycode";
    const std::vector<std::array<std::string, 3>> links = {
        {"http://shop.example/{token}", "plain http", "write https: http is for localhost, 127.0.0.1 and [::1] only"},
        {"http://localhost.evil.example/{token}", "plain http",
         "write https: http is for localhost, 127.0.0.1 and [::1] only"},
        {"ftp://shop.example/{token}", "no 'https://' at the beginning", form},
        {"javascript:alert({token})", "no 'https://' at the beginning", form},
        {"https://user:hunter2@shop.example/{token}", "user name before the host", form},
        {"https:///{token}", "no valid host", form},
        {"https://{token}/", "no valid host", form},
        {"https://shop_example/{token}", "no valid host", form},
        {"https://[::1/{token}", "no valid host", form},
        {"https://shop.example:/{token}", "no valid port", form},
        {"https://shop.example:70000/{token}", "no valid port", form},
        {"https://shop.example/", "no '{token}'", names},
        {"https://shop.example/{token}/{token}", "'{token}' more than once", names},
        {"https://shop.example/{tokn}", "unknown name '{tokn}'", names},
        {"https://shop.example/{token", "brace without its partner", names},
        {"https://shop.example/}{token}", "brace without its partner", names},
        {"https://shop.example/{{token}}", "brace without its partner", names},
        {"https://shop.example/a b/{token}", "character U+0020", encode},
        {"https://shop.example/'{token}", "character ''' U+0027", encode},
        {"https://shop.example/\\\"{token}", "character '\"' U+0022", encode},
        {"https://shop.example/<{token}", "character '<' U+003C", encode},
        {"https://shöp.example/{token}", "character 'ö' U+00F6", encode}};
    for (const auto& [text, fault, hint] : links) {
        INFO(text);
        CHECK(fault_of(with(reset_link, "link = \"" + text + "\"")) == "9:8: " + fault + " in 'reset.link' | " + hint);
    }
    CHECK(fault_of(with(reset_link, "link = \"https://shop.example/\\n{token}\"")) ==
          "9:8: control character in 'reset.link' | write it on one line, without tabs");
    CHECK(fault_of(with(reset_link, "")) ==
          "8:1: missing 'reset.link' | write link = \"https://shop.example/reset/{token}\"");
}

TEST_CASE("links that serve are taken as they are") {
    for (const std::string& text : std::vector<std::string>{
             "https://shop.example/{token}", "https://shop.example:8443/r?t={token}&e={email}&i={id}#{reference}",
             "http://localhost:8000/{token}", "http://127.0.0.1/{token}", "http://[::1]:80/{token}",
             "https://shop.example#{token}", "https://[2001:db8::1]/{token}", "https://xn--shp-sna.example/{token}"}) {
        INFO(text);
        CHECK(parse(with(reset_link, "link = \"" + text + "\"")).reset.link == text);
    }
}

TEST_CASE("a link lives a day at most, a code ten minutes") {
    CHECK(fault_of(with(reset_link, reset_link + "\nlink_lifetime = \"25h\"")) ==
          "10:17: expected a span of time from 1 min to 1 d for 'reset.link_lifetime' | "
          "write it with its unit (s, m, h, d), such as link_lifetime = \"3600s\"");
    CHECK(fault_of(with(reset_link, reset_link + "\ncode_lifetime = \"11m\"")) ==
          "10:17: expected a span of time from 1 min to 10 min for 'reset.code_lifetime' | "
          "write it with its unit (s, m, h, d), such as code_lifetime = \"300s\"");
    CHECK(fault_of(with(reset_link, reset_link + "\ncode_lifetime = \"59s\"")) != "no fault");
    CHECK(parse(with(reset_link, reset_link + "\ncode_lifetime = \"10m\"")).reset.code_lifetime == 10min);
    CHECK(parse(with(reset_link, reset_link + "\nlink_lifetime = \"24h\"")).reset.link_lifetime == 24h);
}

TEST_CASE("the pages that users are sent to are links without a token") {
    const auto page = [](const std::string& url) {
        return fault_of(with(reset_link, reset_link + "\nverify_otp_url = \"" + url + "\""));
    };
    const std::string form = " in 'reset.verify_otp_url' | write a page such as https://shop.example/verify-otp/";
    CHECK(page("https://shop.example/verify-otp/") == "no fault");
    CHECK(page("http://localhost:8000/verify-otp/") == "no fault");
    CHECK(page("verify-otp/") == "10:18: no 'https://' at the beginning" + form);
    CHECK(page("https://tom@shop.example/") == "10:18: user name before the host" + form);
    CHECK(page("https://shop.example/{token}") == "10:18: brace" + form);
    CHECK(parse(with(reset_link, reset_link + "\nverify_link_url = \"https://shop.example/verify-link/\""))
              .reset.verify_link_url == "https://shop.example/verify-link/");
}
