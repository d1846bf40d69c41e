#include "cmd/public_call.h"

#include <sstream>

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// "CODE field: message" of the refusal, or "taken".
std::string refusal(const std::string& text) {
    try {
        parse_public_call(text);
    } catch (const Error& error) {
        CHECK(error.exit == Exit::bad_data);
        REQUIRE(error.errors.size() == 1);
        const auto& [field, messages] = *error.errors.begin();
        return error.code + " " + field + ": " + messages.front();
    }
    return "taken";
}

const std::string no_object = "INVALID_INPUT call: is not one JSON object in UTF-8";

}  // namespace

TEST_CASE("a call says who, by which captcha, in which language, for whom") {
    const auto call = parse_public_call(
        R"( {"identity": "ada@example.com", "captcha_token": "T", "caller_authenticated": true, "locale": "pt-BR",
             "client": "203.0.113.9"} )");
    CHECK(call.identity == "ada@example.com");
    CHECK(call.captcha_token == "T");
    CHECK(call.caller_authenticated);
    CHECK(call.locale == "pt-BR");
    CHECK(call.client == "203.0.113.9");
    const auto least = parse_public_call(R"({"identity":"ada@example.com"})");
    CHECK_FALSE(least.captcha_token);
    CHECK_FALSE(least.caller_authenticated);
    CHECK_FALSE(least.locale);
    CHECK_FALSE(least.client);
}

TEST_CASE("what is not one JSON object is refused as a whole") {
    for (const char* text : {"",
                             " ",
                             "x",
                             "[]",
                             "\"x\"",
                             "null",
                             "7",
                             "true",
                             "{",
                             "{\"identity\"",
                             "{\"identity\":",
                             "{\"identity\":\"a\"",
                             "{\"identity\":\"a\"}}",
                             "{\"identity\":\"a\"}{}",
                             "{\"identity\":\"a\",}",
                             "{'identity':'a'}",
                             "{\"identity\":\"a\"} // no",
                             "{\"identity\":\"\xFF\"}",
                             "{\"identity\":\"\\ud800\"}",
                             "{\"identity\":\"a\nb\"}"}) {
        CHECK(refusal(text) == no_object);
    }
    CHECK(refusal(std::string("{\"identity\":\"a\"}\0", 17)) == no_object);
    CHECK(refusal(std::string(100000, '[')) == "INVALID_INPUT call: is longer than 65536 bytes");
    CHECK(refusal(std::string(60000, '[')) == no_object);
}

TEST_CASE("a field that is unknown, there twice or of another type is refused by its name") {
    CHECK(refusal(R"({"identity":"a","to":"b"})") == "INVALID_INPUT to: is not known");
    CHECK(refusal(R"({"identity":"a","identity":"b"})") == "INVALID_IDENTITY identity: is there twice");
    CHECK(refusal(R"({"identity":["a"]})") == "INVALID_IDENTITY identity: is not a text");
    CHECK(refusal(R"({"identity":{"identity":"a"}})") == "INVALID_IDENTITY identity: is not a text");
    CHECK(refusal(R"({"identity":true})") == "INVALID_IDENTITY identity: is not a text");
    CHECK(refusal(R"({"identity":-1})") == "INVALID_IDENTITY identity: is not a text");
    CHECK(refusal(R"({"identity":1.5})") == "INVALID_IDENTITY identity: is not a text");
    CHECK(refusal(R"({"client":null})") == "INVALID_INPUT client: is not a text");
    CHECK(refusal(R"({"caller_authenticated":1})") == "INVALID_INPUT caller_authenticated: is neither true nor false");
    CHECK(refusal(R"({"caller_authenticated":"yes"})") ==
          "INVALID_INPUT caller_authenticated: is neither true nor false");
    CHECK(refusal(R"({"locale":"../x"})") == "INVALID_INPUT locale: is not a language tag");
    CHECK(refusal(R"({"client":"a\u0000b"})") == "INVALID_INPUT client: holds control or invisible characters");
    CHECK(refusal(R"({"captcha_token":")" + std::string(2049, 'x') + "\"}") ==
          "INVALID_INPUT captcha_token: is longer than 2048 bytes");
    CHECK(refusal("{}") == "INVALID_IDENTITY identity: is missing");
    CHECK(refusal(R"({"identity":""})") == "INVALID_IDENTITY identity: is missing");
}

TEST_CASE("a key that would drive a terminal is shown, and cut") {
    CHECK(refusal("{\"a\\u001b[31m\":1}") == "INVALID_INPUT a\\u{1B}[31m: is not known");
    CHECK(refusal("{\"" + std::string(1000, 'k') + "\":1}") ==
          "INVALID_INPUT " + std::string(64, 'k') + ": is not known");
}

TEST_CASE("no more of the stream is read than a call may have") {
    std::istringstream in(std::string(1000000, ' '));
    CHECK_THROWS_AS(read_public_call(in), Error);
    in.clear();
    CHECK(in.tellg() == static_cast<std::streamoff>(largest_call + 1));
}
