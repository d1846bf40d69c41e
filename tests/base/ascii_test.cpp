#include "src/base/ascii.h"

#include <string>

#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("each byte belongs to the classes of the C locale, and no byte beyond ASCII to any") {
    const std::string hexadecimal = "0123456789abcdefABCDEF";
    for (int byte = 0; byte < 256; ++byte) {
        INFO(byte);
        const char c = static_cast<char>(byte);
        CHECK(is_digit(c) == (byte >= 48 && byte <= 57));
        CHECK(is_upper(c) == (byte >= 65 && byte <= 90));
        CHECK(is_lower(c) == (byte >= 97 && byte <= 122));
        CHECK(is_alphanumeric(c) == (is_digit(c) || is_upper(c) || is_lower(c)));
        CHECK(is_hex_digit(c) == (hexadecimal.find(c) != std::string::npos));
        CHECK((hex_value(c) >= 0) == is_hex_digit(c));
        CHECK(static_cast<unsigned char>(ascii_lower(c)) == byte + (is_upper(c) ? 32 : 0));
        CHECK(static_cast<unsigned char>(ascii_upper(c)) == byte - (is_lower(c) ? 32 : 0));
    }
}

TEST_CASE("a hexadecimal digit has its value in both cases") {
    CHECK(hex_value('9') == 9);
    CHECK(hex_value('a') == 10);
    CHECK(hex_value('F') == 15);
    CHECK(ascii_upper("7k3q-\xC3\xA4") == "7K3Q-\xC3\xA4");
    CHECK(ascii_lower("Ana@Example") == "ana@example");
}
