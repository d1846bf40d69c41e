#include "src/net/json_answer.h"

#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("a pointer finds the words of an answer") {
    const JsonAnswer answer(R"({"return": {"status": 200, "message": "ok"}, "entries": [{"id": 8792343}, {"id": "x"}],
                                "a/b": true, "m~n": null, "": -5, "half": 0.5})");
    REQUIRE(answer.valid());
    CHECK(answer.word("/return/status") == "200");
    CHECK(answer.word("/return/message") == "ok");
    CHECK(answer.word("/entries/0/id") == "8792343");
    CHECK(answer.word("/entries/1/id") == "x");
    CHECK(answer.word("/a~1b") == "true");
    CHECK(answer.word("/m~0n") == "null");
    CHECK(answer.word("/") == "-5");
    for (const char* nowhere : {"", "/half", "/return", "/entries/2/id", "/entries/-/id", "/entries/x", "/entries/-1",
                                "/entries/0/id/x", "/none", "/return/status/0"}) {
        INFO(nowhere);
        CHECK_FALSE(answer.word(nowhere));
    }
    CHECK(JsonAnswer("[1, \"two\", {}, false]").words("") == std::vector<std::string>{"1", "two", "false"});
    CHECK(answer.words("/return").empty());
}

TEST_CASE("what is no object or list, too large or too deep is not looked into") {
    for (const std::string& text : std::vector<std::string>{
             "", "ok", "5", "\"text\"", "{", "{}x", "{\"a\":}", "<html>", std::string(40, '[') + std::string(40, ']'),
             "{\"a\": \"" + std::string(longest_json, 'x') + "\"}", "{\"a\": \"\xff\"}"}) {
        INFO(text.substr(0, 40));
        CHECK_FALSE(JsonAnswer(text).valid());
    }
    CHECK(JsonAnswer(std::string(32, '[') + std::string(32, ']')).valid());
    CHECK(JsonAnswer("{\"brackets\": \"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"}").valid());
}

TEST_CASE("a text between quotes stays the text") {
    const std::string text = "a\"b\\c\nd\t\x01 \u0633\u0644\u0627\u0645 {{to}}";
    const Secret escaped = json_escaped(text);
    CHECK(JsonAnswer("{\"x\": \"" + std::string(escaped.reveal()) + "\"}").word("/x") == text);
}

TEST_CASE("pointers are of one form") {
    for (const char* good : {"", "/", "/a/0/b", "/a~0b~1c"}) CHECK(is_json_pointer(good));
    for (const char* bad : {"a", "a/b", "/a~", "/a~2", "/~x/b"}) CHECK_FALSE(is_json_pointer(bad));
}
