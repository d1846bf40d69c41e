#include "src/net/http_reply.h"

#include <algorithm>

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// What was understood, whole and byte by byte: "200 complete: body".
std::string understood(const std::string& text, bool closed = false) {
    std::string last;
    for (const std::size_t step : {std::max<std::size_t>(text.size(), 2), std::size_t{1}}) {
        HttpReply reply;
        std::string result;
        try {
            for (std::size_t at = 0; at < text.size(); at += step) reply.feed(std::string_view(text).substr(at, step));
            if (closed) reply.end();
            result = !reply.has_head() ? "no head"
                                       : std::to_string(reply.status()) +
                                             (reply.complete() ? " complete: " : " cut: ") + reply.body();
        } catch (const HttpFault& fault) {
            result = fault.what();
        }
        if (step > 1) last = result;
        CHECK(result == last);
    }
    return last;
}

}  // namespace

TEST_CASE("a service says how long it wants to be left alone") {
    const auto wait_of = [](const std::string& value) {
        HttpReply reply;
        reply.feed("HTTP/1.1 429 Slow Down\r\nRetry-After: " + value + "\r\nContent-Length: 0\r\n\r\n");
        return reply.retry_after();
    };
    CHECK(wait_of("1") == Seconds(1));
    CHECK(wait_of(" 120 ") == Seconds(120));
    CHECK(wait_of("0") == Seconds(0));
    CHECK(wait_of("Fri, 31 Dec 1999 23:59:59 GMT") == Seconds(0));
    const auto far = wait_of("Sat, 01 Jan 2101 00:00:00 GMT");
    CHECK((far && *far > Seconds(86400)));
    for (const char* odd : {"", "-1", "1.5", "soon", "1234567890", "31 Dec 1999"}) CHECK_FALSE(wait_of(odd));
    HttpReply silent;
    silent.feed("HTTP/1.1 429 Slow Down\r\nContent-Length: 0\r\n\r\n");
    CHECK_FALSE(silent.retry_after());
}

TEST_CASE("a body ends after its length, its last chunk, or with the connection") {
    CHECK(understood("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more") == "200 complete: hello");
    CHECK(understood("HTTP/1.1 201\r\ncontent-length:5\r\n\r\nhello") == "201 complete: hello");
    CHECK(understood("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello") == "200 complete: hello");
    CHECK(understood(
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n") ==
          "200 complete: hello");
    CHECK(understood("HTTP/1.0 200 OK\r\n\r\nhello", true) == "200 complete: hello");
    CHECK(understood("HTTP/1.1 204 No Content\r\n\r\nhello") == "204 complete: ");
    CHECK(understood("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") == "400 complete: ");
}

TEST_CASE("a body that ends too early is cut") {
    CHECK(understood("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", true) == "200 cut: hello");
    CHECK(understood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true) == "200 cut: hello");
    CHECK(understood("HTTP/1.1 200 OK\r\n\r\nhello") == "200 cut: hello");
    CHECK(understood("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n", true) == "no head");
    CHECK(understood("", true) == "no head");
}

TEST_CASE("interim answers are passed over") {
    CHECK(understood("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
                     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") == "200 complete: ok");
}

TEST_CASE("what is not HTTP is not understood") {
    for (const std::string& line :
         std::vector<std::string>{"SSH-2.0-OpenSSH", "HTTP/2 200", "HTTP/1.1 099 x", "HTTP/1.1 20", "HTTP/1.1 2000",
                                  "HTTP/1.1  200 OK", "<html>"}) {
        INFO(line);
        CHECK(understood(line + "\r\n\r\n") == "an answer that is not HTTP");
    }
    CHECK(understood("HTTP/1.1 200 OK\r\nno colon\r\n\r\n") == "an answer with a broken header");
    CHECK(understood("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n") ==
          "an answer with two lengths");
    for (const std::string& length : std::vector<std::string>{"-1", "5x", "", "0x5", "99999999999999999999999"}) {
        INFO(length);
        CHECK(understood("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n") ==
              "an answer without a valid length");
    }
    CHECK(understood("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") ==
          "an answer in an unknown encoding");
    CHECK(understood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n") ==
          "an answer without a valid length");
}

TEST_CASE("nothing is read without end") {
    const std::string header(100, 'x');
    std::string head = "HTTP/1.1 200 OK\r\n";
    while (head.size() <= longest_head) head += header + ": y\r\n";
    CHECK(understood(head) == "an answer whose head does not end");
    CHECK(understood(std::string(longest_head + 1, 'H')) == "an answer whose head does not end");
    HttpReply reply;
    reply.feed("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    const std::string piece(1000, 'x');
    int pieces = 0;
    for (; !reply.done() && pieces < 1000; ++pieces) reply.feed(piece);
    CHECK(pieces == 66);
    CHECK(reply.body().size() == longest_body);
    CHECK_FALSE(reply.complete());
}
