#include "cmd/output/json.h"

#include <nlohmann/json.hpp>

#include "tests/catch.h"

namespace pwreset {
namespace {

using namespace std::string_literals;

std::string written(const Json& value) {
    std::string out;
    append_json(out, value);
    return out;
}

std::string json_string(const std::string& text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

/// What another's parser makes of a string.
std::string read(const std::string& json) { return nlohmann::json::parse(json).get<std::string>(); }

TEST_CASE("each kind of value is written as JSON has it") {
    CHECK(written({}) == "null");
    CHECK(written(nullptr) == "null");
    CHECK(written(true) == "true");
    CHECK(written(false) == "false");
    CHECK(written(0) == "0");
    CHECK(written(INT64_MIN) == "-9223372036854775808");
    CHECK(written(INT64_MAX) == "9223372036854775807");
    CHECK(written(std::size_t{7}) == "7");
    CHECK(written("a \"b\"") == R"("a \"b\"")");
    CHECK(written(""s) == "\"\"");
    CHECK(written(std::string_view("x\0y", 3)) == R"("x\u0000y")");
    CHECK(written(std::vector<std::string>{"a", "b"}) == R"(["a","b"])");
    CHECK(written(std::vector<std::string>{}) == "[]");
}

TEST_CASE("pairs in braces are an object, in their order, at any depth") {
    CHECK(written({{"z", 1}}) == R"({"z":1})");
    CHECK(written({{"z", "y"}}) == R"({"z":"y"})");
    CHECK(written({{"z", "y"}, {"a", "b"}}) == R"({"z":"y","a":"b"})");
    CHECK(written({{"head", {{"seq", 2}, {"mac", "ab"}}}, {"list", Json::array({1, "x", nullptr})}}) ==
          R"({"head":{"seq":2,"mac":"ab"},"list":[1,"x",null]})");
}

TEST_CASE("empty objects and lists are what they were made as") {
    CHECK(written(Json::object()) == "{}");
    CHECK(written(Json::array()) == "[]");
    CHECK(written({{"a", Json::object()}, {"b", Json::array()}}) == R"({"a":{},"b":[]})");
}

TEST_CASE("a member that is named is made, or found again") {
    Json json;
    json["b"] = 1;
    json["a"]["deep"] = "x";
    json["b"] = nullptr;
    CHECK(written(json) == R"({"b":null,"a":{"deep":"x"}})");
    CHECK(json["b"].is_null());
    CHECK_FALSE(json["a"].is_null());
}

TEST_CASE("a list grows by values of its own") {
    Json list = Json::array();
    const Json one{{"id", 1}};
    list.push_back(one);
    list.push_back({{"id", 2}});
    list.push_back(list);
    CHECK(written(list) == R"([{"id":1},{"id":2},[{"id":1},{"id":2}]])");
    CHECK(written(one) == R"({"id":1})");
}

TEST_CASE("a value that is copied stays what it was") {
    const Json inner{{"x", 1}};
    Json first{{"inner", inner}};
    Json second = first;
    second["inner"]["x"] = 2;
    CHECK(written(first) == R"({"inner":{"x":1}})");
    CHECK(written(second) == R"({"inner":{"x":2}})");
    CHECK(written(inner) == R"({"x":1})");
    first = second;
    CHECK(written(first) == written(second));
}

TEST_CASE("keys are escaped like texts") { CHECK(written({{"a\033b", 1}}) == R"({"a\u001bb":1})"); }

TEST_CASE("a JSON string escapes what drives a terminal or hides, and a parser gets it back") {
    const std::string text =
        "\"\\/\b\f\n\r\t\0\033[2J\x7F\u009B\u00AD\u061C\u200B\u200F\u202A\u202E\u2066\u2069\uFEFF"s;
    CHECK(
        json_string(text) ==
        R"("\"\\/\u0008\u000c\n\r\t\u0000\u001b[2J\u007f\u009b\u00ad\u061c\u200b\u200f\u202a\u202e\u2066\u2069\ufeff")");
    CHECK(read(json_string(text)) == text);
}

TEST_CASE("a hidden character beyond the first plane becomes a surrogate pair") {
    CHECK(json_string("\U000E0041") == R"("\udb40\udc41")");
    CHECK(read(json_string("\U000E0041")) == "\U000E0041");
}

TEST_CASE("Persian stays readable in JSON, its joiner comes back from a parser") {
    CHECK(json_string("گذرواژه") == "\"گذرواژه\"");
    CHECK(read(json_string("می\u200Cخواهم")) == "می\u200Cخواهم");
    CHECK(json_string("👍 ｗｉｄｅ é") == "\"👍 ｗｉｄｅ é\"");
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD") {
    CHECK(json_string("a\xFFz\xC3") == "\"a\uFFFDz\uFFFD\"");
    CHECK(json_string("\uFFFD") == "\"\uFFFD\"");
    CHECK(json_string("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate
}

}  // namespace
}  // namespace pwreset
