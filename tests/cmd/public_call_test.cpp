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
    CHECK(refusal(R"({"client":7})") == "INVALID_INPUT client: is not a text");
    CHECK(refusal(R"({"caller_authenticated":1})") == "INVALID_INPUT caller_authenticated: is neither true nor false");
    CHECK(refusal(R"({"caller_authenticated":"yes"})") ==
          "INVALID_INPUT caller_authenticated: is neither true nor false");
    CHECK(refusal(R"({"locale":"../x"})") == "INVALID_INPUT locale: is not a language tag");
    CHECK(refusal(R"({"client":"a\u0000b"})") == "INVALID_INPUT client: holds control or invisible characters");
    CHECK(refusal(R"({"captcha_token":")" + std::string(2049, 'x') + "\"}") ==
          "INVALID_INPUT captcha_token: is longer than 2048 bytes");
    CHECK(refusal("{}") == "INVALID_IDENTITY identity: is missing");
    CHECK(refusal(R"({"identity":""})") == "INVALID_IDENTITY identity: is missing");
    CHECK(refusal(R"({"identity":null})") == "INVALID_IDENTITY identity: is missing");
    CHECK(refusal(R"({"identity":" \t "})") == "INVALID_IDENTITY identity: is missing");
    CHECK(refusal(R"({"identity":"a\u0000"})") == "INVALID_IDENTITY identity: holds control or invisible characters");
    CHECK(refusal(R"({"identity":null,"identity":"a"})") == "INVALID_IDENTITY identity: is there twice");
    CHECK(refusal(R"({"identity":"a","captcha_token":["t"]})") == "INVALID_INPUT captcha_token: is not a text");
}

TEST_CASE("what a back end writes for an absent field is absent") {
    for (const char* nothing : {"null", R"("")", R"(" ")", R"("\u00a0\t")", R"("\ufeff")"}) {
        INFO(nothing);
        std::string text = R"({"identity": "ada@example.com")";
        for (const char* field : {"captcha_token", "caller_authenticated", "locale", "client"})
            text += std::string(", \"") + field + "\": " + nothing;
        const auto call = parse_public_call(text + "}");
        CHECK(call.identity == "ada@example.com");
        CHECK_FALSE(call.captcha_token);
        CHECK_FALSE(call.caller_authenticated);
        CHECK_FALSE(call.locale);
        CHECK_FALSE(call.client);
    }
}

TEST_CASE("blanks that a keyboard or a form adds around a text are none of it") {
    for (const char* typed : {" ada@example.com", "ada@example.com ", "\\tada@example.com\\r\\n",
                              "\\u00a0ada@example.com\\u3000", "\\u200eada@example.com\\u200b"}) {
        INFO(typed);
        CHECK(parse_public_call("{\"identity\": \"" + std::string(typed) + "\"}").identity == "ada@example.com");
    }
    const auto call = parse_public_call(
        R"({"identity": "0912 123 4567 ", "captcha_token": " T\n", "client": "203.0.113.9, 198.51.100.7 "})");
    CHECK(call.identity == "0912 123 4567");
    CHECK(call.captcha_token == "T");
    CHECK(call.client == "203.0.113.9, 198.51.100.7");
}

TEST_CASE("a language is asked for by any spelling of a tag, or as browsers do") {
    const auto locale_of = [](const std::string& written) {
        return parse_public_call(R"({"identity": "ada@example.com", "locale": ")" + written + "\"}")
            .locale.value_or("none");
    };
    CHECK(locale_of("de_DE") == "de-DE");
    CHECK(locale_of("de_AT.UTF-8") == "de-AT");
    CHECK(locale_of("en_US@calendar=gregorian") == "en-US");
    CHECK(locale_of("zh_TW_#Hant") == "zh-TW-Hant");
    CHECK(locale_of(" fa ") == "fa");
    CHECK(locale_of("de-DE,de;q=0.9,en;q=0.8") == "de-DE");
    CHECK(locale_of("en;q=0.7, fa-IR; q=0.9, *;q=0.1") == "fa-IR");
    CHECK(locale_of("de;q=0, en;q=0.001") == "en");
    CHECK(locale_of("*") == "none");
    CHECK(locale_of("de;q=0") == "none");
    for (const char* written : {"../x", "de/x", "de;q=2", "de;q=1.001", "de;q=0.0001", "de;q=", "de;x", "en,../x", "7",
                                "german please", "abcdefghi"}) {
        INFO(written);
        CHECK(refusal(R"({"identity": "ada@example.com", "locale": ")" + std::string(written) + "\"}") ==
              "INVALID_INPUT locale: is not a language tag");
    }
    std::string longest = "de";
    while (longest.size() < 513) longest += ",de";
    CHECK(refusal(R"({"identity": "ada@example.com", "locale": ")" + longest + "\"}") ==
          "INVALID_INPUT locale: is not a language tag");
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
