#include <string>

#include "src/base/address.h"
#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("addresses of the grammar are taken") {
    const auto address = GENERATE(as<std::string>{}, "ann@example.com", "a.b+tag@sub.example.com", "o'neil@example.com",
                                  "!#$%&'*+-/=?^_`{|}~@example.com", "\"a b\"@example.com", "\"a\\\"b\"@example.com",
                                  "\"a@b\"@example.com", "root@localhost", "a@xn--bcher-kva.example", "a@1.example",
                                  "a..b@example.com", ".a@example.com", "a.@example.com", "a@exa_mple.com");
    CAPTURE(address);
    CHECK(is_address(address, false));
}

TEST_CASE("anything that could be more than an address is refused") {
    const auto address = GENERATE(
        as<std::string>{}, "", "@", "ann", "@example.com", "ann@", ".@example.com", "..@example.com", "a b@example.com",
        "a@b@example.com", "a@exa mple.com", "a@-b.example", "a@b-.example", "a@b..example", "a@.example", "a@example.",
        "<a@example.com>", "a@example.com>", "a@example.com> SIZE=1", "a@example.com\r\nRCPT TO:<b@example.com>",
        "a\r\n@example.com", "a\n@example.com", "\"a\r\nb\"@example.com", "\"a\x01\"@example.com", "\"a@example.com",
        "\"a\\\"@example.com", "\"a\"b\"@example.com", "\"\"@example.com", "@relay.example:a@example.com",
        "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]", "a,b@example.com", "a(comment)@example.com");
    CAPTURE(address);
    CHECK_FALSE(is_address(address, true));
}

TEST_CASE("an international domain is judged by its punycode form") {
    CHECK(
        is_address("ann@b\xC3\xBC"
                   "cher.example",
                   false));
    CHECK_FALSE(is_address("ann@-\xC3\xBC.example", false));
}

TEST_CASE("a NUL inside an address is refused") {
    CHECK_FALSE(is_address(std::string("a\0b@example.com", 15), true));
    CHECK_FALSE(is_address(std::string("a@example.com\0", 14), true));
}

TEST_CASE("the lengths of RFC 5321 are kept") {
    const std::string domain = "@" + std::string(60, 'd') + "." + std::string(60, 'd') + "." + std::string(60, 'd');
    CHECK(is_address(std::string(64, 'a') + "@example.com", false));
    CHECK_FALSE(is_address(std::string(65, 'a') + "@example.com", false));
    CHECK(is_address("a@" + std::string(63, 'd') + ".example", false));
    CHECK_FALSE(is_address("a@" + std::string(64, 'd') + ".example", false));
    CHECK(is_address(std::string(64, 'a') + domain + ".123456", false));  // 254 bytes
    CHECK_FALSE(is_address(std::string(64, 'a') + domain + ".1234567", false));
}

TEST_CASE("a local part beyond ASCII needs SMTPUTF8") {
    CHECK_FALSE(is_address("j\xC3\xB6rg@example.com", false));
    CHECK(is_address("j\xC3\xB6rg@example.com", true));
    CHECK_FALSE(is_address("j\xC3@example.com", true));        // no UTF-8
    CHECK_FALSE(is_address("j\xC2\x85rg@example.com", true));  // a C1 control: NEXT LINE
}

TEST_CASE("a domain beyond ASCII is said in punycode") {
    CHECK(ascii_domain("ann@b\xC3\xBC"
                       "cher.example") == "ann@xn--bcher-kva.example");
    CHECK(ascii_domain("ann@B\xC3\x9C"
                       "CHER.example") == "ann@xn--bcher-kva.example");
    CHECK(ascii_domain("j\xC3\xB6rg@example.com") == "j\xC3\xB6rg@example.com");
    CHECK(ascii_domain("ann@stra\xC3\x9F"
                       "e.example") == "ann@xn--strae-oqa.example");  // IDNA 2008 keeps the ß
    CHECK(ascii_domain("ann@Example.COM") == "ann@Example.COM");
    CHECK(ascii_domain("no address") == "no address");
}

TEST_CASE("a domain without an ASCII form has none") {
    CHECK(ascii_domain("ann@\xC3\xBC\xFF.example").empty());
    CHECK(ascii_domain("ann@-\xC3\xBC.example").empty());
    CHECK(ascii_domain(std::string("ann@\xC3\xBC\0.example", 15)).empty());
    const std::string at_sign = ascii_domain("ann@evil\xEF\xBC\xA0good.example");  // a full-width @ maps to a plain one
    CHECK_FALSE(is_address(at_sign, true));
}

TEST_CASE("on the wire a local part has its odd dots in quotes") {
    CHECK(address_on_the_wire("a..b@example.com") == "\"a..b\"@example.com");
    CHECK(address_on_the_wire("a.@example.com") == "\"a.\"@example.com");
    CHECK(address_on_the_wire("a.b@example.com") == "a.b@example.com");
    CHECK(address_on_the_wire("\"a b\"@example.com") == "\"a b\"@example.com");
    CHECK(address_on_the_wire("no address") == "no address");
}
