#include "src/base/encoding.h"

#include <array>
#include <utility>

#include "tests/catch.h"

using namespace pwreset;

namespace {

const std::string all_bytes = [] {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    return bytes;
}();

// RFC 4648, section 10.
const std::array<std::pair<std::string, std::string>, 7> rfc_vectors = {{{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"}}};

}  // namespace

TEST_CASE("hexadecimal is lower case, two digits a byte") {
    CHECK(hex("") == "");
    CHECK(hex(std::string_view("\x00\x7f\xff", 3)) == "007fff");
}

TEST_CASE("hexadecimal is read in either case") {
    CHECK(unhex("") == "");
    CHECK(unhex("007fFF") == std::string("\x00\x7f\xff", 3));
    CHECK(unhex(hex(all_bytes)) == all_bytes);
}

TEST_CASE("half a byte, or another character, is not hexadecimal") {
    for (const char* text : {"0", "abc", "0g", "g0", "0x", " 00", "00 ", "@0", "`0", "/0", ":0"}) {
        INFO(text);
        CHECK_FALSE(unhex(text));
    }
}

TEST_CASE("base64 gives the vectors of RFC 4648, both ways") {
    for (const auto& [bytes, text] : rfc_vectors) {
        CHECK(base64(bytes) == text);
        CHECK(unbase64(text) == bytes);
    }
}

TEST_CASE("base64 carries every byte at every length") {
    for (std::size_t size = 0; size <= all_bytes.size(); ++size)
        CHECK(unbase64(base64(all_bytes.substr(0, size))) == all_bytes.substr(0, size));
    CHECK(base64("\xfb\xef\xff") == "++//");
}

TEST_CASE("base64 with a foreign character is refused") {
    for (const char* text : {"Zm9v\n", "Zm9\n", "Zm-_", "Zm9 ", " m9v", "Zm9.", "Zm9\xc3"}) {
        INFO(text);
        CHECK_FALSE(unbase64(text));
    }
}

TEST_CASE("base64 with bad padding is refused") {
    for (const char* text :
         {"Z", "Zg", "Zg=", "Zm8", "=", "==", "===", "====", "Z===", "Zg==Zg==", "Zm=8", "Zm9v====", "=m9v"}) {
        INFO(text);
        CHECK_FALSE(unbase64(text));
    }
}

TEST_CASE("base64 with bits that belong to no byte is refused") {
    CHECK_FALSE(unbase64("Zh=="));
    CHECK_FALSE(unbase64("Zm9="));
    CHECK_FALSE(unbase64("Zm9vYh=="));
}

TEST_CASE("what a URL cannot hold is percent-encoded in upper case") {
    CHECK(percent_encoded("").reveal().empty());
    CHECK(percent_encoded("AZaz09-._~").reveal() == "AZaz09-._~");
    CHECK(percent_encoded("a b&c=d/e+f%").reveal() == "a%20b%26c%3Dd%2Fe%2Bf%25");
    CHECK(percent_encoded("\xC3\xB6").reveal() == "%C3%B6");
    CHECK(percent_encoded(std::string_view("\0\x7F\xFF", 3)).reveal() == "%00%7F%FF");
}
