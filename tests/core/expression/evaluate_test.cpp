#include <set>

#include "tests/catch.h"
#include "tests/core/expression/expression_fixture.h"

using namespace pwreset;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

/// The code of the error that working it out gives; empty for none.
std::string error_of(std::string_view text, const Given& given) try {
    worked_out(text, given);
    return "";
} catch (const Error& error) {
    return error.code;
}

}  // namespace

TEST_CASE("texts and numbers are joined, bytes are joined") {
    const Given given = Given().text("key", "42").number("count", -7).bytes("secret.bytes", "\xff");
    CHECK(worked_out("key + ':' + count + 5", given) == "42:-75");
    CHECK(worked_out("secret.bytes + secret.bytes", given) == "\xff\xff");
    CHECK(worked_out("count", given) == "-7");
}

TEST_CASE("bytes are encoded and decoded") {
    const Given given = Given().bytes("secret.bytes", "\xfb\xff\x00"sv).text("secret.text", "FBff00");
    CHECK(worked_out("hex(secret.bytes)", given) == "fbff00");
    CHECK(worked_out("base64(secret.bytes + secret.bytes + sha1('')) ", given) ==
          "+/8A+/8A2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    CHECK(worked_out("base64url(secret.bytes + secret.bytes + sha1(''))", given) ==
          "-_8A-_8A2jmj7l5rSw0yVb_vlWAYkK_YBwk");
    CHECK(worked_out("unhex(secret.text)", given) == "\xfb\xff\x00"sv);
    CHECK(worked_out("base36('1295')") == "zz");
    CHECK(worked_out("base36(0)") == "0");
    CHECK(worked_out("base36('18446744073709551615')") == "3w5e11264sgsf");
    CHECK(worked_out("lower('Ab[Z]09')") == "ab[z]09");
}

TEST_CASE("digests are those of the standards") {
    CHECK(worked_out("hex(md5('abc'))") == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(worked_out("hex(sha1('abc'))") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(worked_out("hex(sha512('abc'))") ==
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643c"
          "e80e"
          "2a9ac94fa54ca49f");
    // RFC 2202 and RFC 4231, their second cases
    CHECK(worked_out("hex(hmac_sha1('Jefe', 'what do ya want for nothing?'))") ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(worked_out("hex(hmac_sha512('Jefe', 'what do ya want for nothing?'))") ==
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a"
          "6b4b"
          "636e070a38bce737");
}

TEST_CASE("times are written as applications have them") {
    const Given given = Given().time("issued", 1764357707891234us);
    CHECK(worked_out("unix(issued)", given) == "1764357707");
    CHECK(worked_out("unix_ms(issued)", given) == "1764357707891");
    CHECK(worked_out("iso(issued)", given) == "2025-11-28T19:21:47.891Z");
    CHECK(worked_out("ts14(issued)", given) == "20251128192147");
    CHECK(worked_out("unix(issued)", Given().time("issued", -1us)) == "-1");
    CHECK(worked_out("iso(issued)", Given().time("issued", -1us)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a JSON list is as PHP's json_encode() has it") {
    const Given given = Given().text("key", "a\"\\/\b\f\n\r\t\x01\x7f é€😀").number("count", 17);
    CHECK(worked_out("json(key, '42', count)", given) == R"(["a\"\\\/\b\f\n\r\t\u0001)"
                                                         "\x7f"
                                                         R"( \u00e9\u20ac\ud83d\ude00","42",17])");
    CHECK(worked_out("json('')") == R"([""])");
}

TEST_CASE("Java's hash is of UTF-16, and has no sign") {
    CHECK(worked_out("java_hash('')") == "0");
    // JavaScript: Math.abs of the hash of each, in base 16
    CHECK(worked_out("java_hash(key)", Given().text("key", "😀é")) == "3469fe6");
    CHECK(worked_out("java_hash('polygenelubricants')") == "80000000");
}

TEST_CASE("what is drawn is of its alphabet and length, and another each time") {
    FakeEnv fake;
    const Expression expression = parsed("'t_' + random(hex, 64) + '-' + lower(random('XY', 8))");
    std::set<std::string> seen;
    for (int i = 0; i < 20; ++i) {
        const std::string drawn(expression.evaluate({}, fake.env).content.reveal());
        CHECK(drawn.size() == 75);
        CHECK(drawn.find_first_not_of("0123456789abcdef", 2) == 66);
        CHECK(drawn.find_first_not_of("xy", 67) == drawn.npos);
        CHECK(expression.take_apart(drawn, {}));
        seen.insert(drawn);
    }
    CHECK(seen.size() == 20);
}

TEST_CASE("a value that an expression has no result for is INVALID_INPUT") {
    CHECK(error_of("lower(email)", Given().text("email", "jürgen@example.com")) == "INVALID_INPUT");
    CHECK(error_of("key", {}) == "INVALID_INPUT");
    CHECK(error_of("unhex(key)", Given().text("key", "abc")) == "INVALID_INPUT");
    CHECK(error_of("base36(key)", Given().text("key", "-1")) == "INVALID_INPUT");
    CHECK(error_of("base36(key)", Given().text("key", "18446744073709551616")) == "INVALID_INPUT");
    CHECK(error_of("undashed(key)", Given().text("key", "42")) == "INVALID_INPUT");
    CHECK(error_of("json(key)", Given().text("key", "\xff")) == "INVALID_INPUT");
    CHECK(error_of("java_hash(key)", Given().text("key", "\xff")) == "INVALID_INPUT");
    CHECK(error_of("selector", Given().text("selector", "short")) == "INVALID_INPUT");
    CHECK(error_of("bcrypt(key, 4)", Given().text("key", std::string(73, 'a'))) == "INVALID_INPUT");
    CHECK(error_of("phpass(key, 7)", Given().text("key", "")) == "INVALID_INPUT");
    CHECK(error_of("blake2b(key, 'a', 32)", Given().text("key", "")) == "INVALID_INPUT");
    CHECK(error_of("blake2b(key, 'a', 32)", Given().text("key", std::string(65, 'a'))) == "INVALID_INPUT");
    CHECK(error_of("iso(issued)", Given().time("issued", 260'000'000'000s)) == "INVALID_INPUT");
    CHECK(error_of("hex(key)", Given().text("key", std::string(32769, 'a'))) == "INVALID_INPUT");
    CHECK(error_of("key + key", Given().text("key", std::string(32769, 'a'))) == "INVALID_INPUT");
}

TEST_CASE("a name's value of another type is our own fault") {
    CHECK(error_of("key", Given().number("key", 42)) == "INTERNAL_ERROR");
    CHECK(error_of("null", {}) == "INTERNAL_ERROR");
}
