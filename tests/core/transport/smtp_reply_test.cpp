#include <string>

#include "src/transport/smtp.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

SmtpReply parse_lines(std::string_view bytes) {
    ReplyParser parser;
    parser.feed(bytes);
    REQUIRE(parser.has_reply());
    return parser.take_reply();
}

}  // namespace

TEST_CASE("a reply of several lines is put together from pieces of one byte") {
    ReplyParser parser;
    const std::string bytes = "250-relay.test\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        CHECK_FALSE(parser.has_reply());
        parser.feed(bytes.substr(i, 1));
    }
    REQUIRE(parser.has_reply());
    const SmtpReply reply = parser.take_reply();
    CHECK(reply.code == 250);
    CHECK(reply.lines == std::vector<std::string>{"relay.test", "PIPELINING", "AUTH PLAIN"});
    CHECK_FALSE(parser.has_leftovers());
}

TEST_CASE("a reply that is not finished is a leftover") {
    ReplyParser parser;
    SECTION("in the middle of a line") { parser.feed("25"); }
    SECTION("between two lines") { parser.feed("250-ok\r\n"); }
    SECTION("after a whole one") {
        parser.feed("220 go\r\n2");
        CHECK(parser.take_reply().code == 220);
    }
    CHECK_FALSE(parser.has_reply());
    CHECK(parser.has_leftovers());
}

TEST_CASE("replies that arrive together are taken in order") {
    ReplyParser parser;
    parser.feed("250 one\r\n550 5.1.1 two\r\n354\r\n");
    CHECK(parser.take_reply().summary() == "250 one");
    CHECK(parser.take_reply().summary() == "550 5.1.1 two");
    CHECK(parser.take_reply().summary() == "354");
    CHECK_FALSE(parser.has_reply());
}

TEST_CASE("the enhanced status code is told apart from the text") {
    const SmtpReply reply = parse_lines("550-5.1.1 no such\r\n550 5.1.1 user here\r\n");
    CHECK(reply.enhanced == "5.1.1");
    CHECK(reply.lines == std::vector<std::string>{"no such", "user here"});
    CHECK(reply.summary() == "550 5.1.1 no such user here");
    CHECK(parse_lines("250 5.1.1 of another class\r\n").enhanced.empty());
    CHECK(parse_lines("250 2.0 too short\r\n").enhanced.empty());
    CHECK(parse_lines("250 2.1234.0 too long\r\n").enhanced.empty());
    CHECK(parse_lines("250 2.0.0.example greets\r\n").enhanced.empty());
    CHECK(parse_lines("250 2.0.0\r\n").enhanced == "2.0.0");
    for (const char* behind : {": ", ", ", "; ", "- "}) {
        const auto odd = parse_lines("550 5.4.5" + std::string(behind) + "daily quota\r\n");
        CHECK(odd.enhanced == "5.4.5");
        CHECK(odd.summary() == "550 5.4.5 daily quota");
    }
}

TEST_CASE("what is no reply is refused") {
    ReplyParser parser;
    const auto bytes = GENERATE(as<std::string>{}, "hello\r\n", "\r\n", "25\r\n", "2500 ok\r\n", "250_ok\r\n",
                                "150 ok\r\n", "650 ok\r\n", "25x ok\r\n", "HTTP/1.1 200 OK\r\n", "250-a\r\n251 b\r\n");
    CAPTURE(bytes);
    CHECK_THROWS_AS(parser.feed(bytes), WireError);
}

TEST_CASE("a line or a reply without end is refused before it fills the memory") {
    ReplyParser parser;
    SECTION("a line of a megabyte") { CHECK_THROWS_AS(parser.feed("250 " + std::string(1000000, 'x')), WireError); }
    SECTION("the same in pieces") {
        CHECK_THROWS_AS(
            [&] {
                for (int i = 0; i < 1000; ++i) parser.feed(std::string(100, '2'));
            }(),
            WireError);
    }
    SECTION("lines and lines") {
        CHECK_THROWS_AS(
            [&] {
                for (int i = 0; i < 1000; ++i) parser.feed("250-more\r\n");
            }(),
            WireError);
    }
}

TEST_CASE("a summary is one printable line of at most 200 bytes") {
    CHECK(parse_lines("550 \x1b[2Jgone\r\n").summary().find('\x1b') == std::string::npos);
    const std::string text = parse_lines("550 " + std::string(195, 'x') + "\xC3\xA4\xC3\xA4\r\n").summary();
    CHECK(text.size() == 199);  // the letter of two bytes that would not fit is gone as a whole
    CHECK(text.back() == 'x');
}
