#include "src/net/http.h"

#include "src/base/error.h"
#include "src/net/http_engine.h"
#include "tests/catch.h"
#include "tests/core/net/scripted_wire.h"

using namespace pwreset;
using Catch::Matchers::StartsWith;

namespace {

Secret secret(std::string_view text) { return Secret(text); }

const Wire::Deadline later = std::chrono::steady_clock::now() + std::chrono::hours(1);

HttpRequest question() {
    HttpRequest request;
    request.server.host = "gateway.example";
    request.target = secret("/v1/KEY/send?to=%2B98");
    request.headers.emplace_back("Content-Type", secret("text/plain"));
    request.headers.emplace_back("X-Api-Key", secret("the key"));
    request.body = secret("hello");
    return request;
}

std::string told(const HttpOutcome& outcome) {
    if (outcome.kind == HttpOutcome::Kind::not_sent) return "not sent: " + outcome.fault;
    if (outcome.kind == HttpOutcome::Kind::broken) return "broken: " + outcome.fault;
    return std::to_string(outcome.status) + (outcome.complete ? " complete: " : " cut: ") + outcome.body;
}

HttpOutcome asked(const std::shared_ptr<WireScript>& script, const HttpRequest& request = question()) {
    ScriptedWire wire(script);
    return ask(wire, request, later);
}

/// What was understood, whole and byte by byte: "200 complete: body".
std::string understood(const std::string& text, bool closed = false) {
    std::string last;
    for (const std::size_t piece : {SIZE_MAX, std::size_t{1}}) {
        const auto script = std::make_shared<WireScript>();
        script->says = text;
        script->closes = closed;
        script->piece = piece;
        const std::string result = told(asked(script));
        if (piece == SIZE_MAX) last = result;
        CHECK(result == last);
    }
    return last;
}

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string cut_off = "broken: the connection was closed without an answer";

/// What of the request was in each write.
std::vector<std::string> written(const HttpRequest& request, std::size_t takes = SIZE_MAX) {
    const auto script = std::make_shared<WireScript>();
    script->takes = takes;
    asked(script, request);
    return script->writes;
}

}  // namespace

TEST_CASE("a request goes out at once, and what is secret stands where it belongs") {
    const std::string head =
        "POST /v1/KEY/send?to=%2B98 HTTP/1.1\r\nHost: gateway.example\r\nAccept-Encoding: identity\r\n"
        "Content-Type: text/plain\r\nX-Api-Key: the key\r\nUser-Agent: pwreset\r\nContent-Length: ";
    CHECK(written(question()) == std::vector{head + "5\r\nConnection: Close\r\n\r\nhello"});
    HttpRequest get = question();
    get.server.port = 8443;
    get.method = "GET";
    get.headers.clear();
    get.body = {};
    CHECK(written(get) ==
          std::vector<std::string>{"GET /v1/KEY/send?to=%2B98 HTTP/1.1\r\nHost: gateway.example:8443\r\n"
                                   "Accept-Encoding: identity\r\nUser-Agent: pwreset\r\nConnection: Close\r\n\r\n"});
    HttpRequest plain = question();
    plain.server.encrypted = false;
    plain.server.host = "::1";
    plain.server.port = 80;
    plain.body = {};
    CHECK_THAT(written(plain).at(0), StartsWith("POST /v1/KEY/send?to=%2B98 HTTP/1.1\r\nHost: [::1]\r\n"));
    CHECK_THAT(written(plain).at(0), ContainsSubstring("\r\nContent-Length: 0\r\n"));
}

TEST_CASE("a long request and one with any bytes are the same at the other end") {
    HttpRequest request = question();
    std::string body(100000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7);
    request.body = secret(body);
    std::string whole;
    for (const std::string& piece : written(request)) whole += piece;
    CHECK(whole.substr(whole.find("\r\n\r\n") + 4) == body);
}

TEST_CASE("of two headers with one name the first is said") {
    HttpRequest request = question();
    request.headers.emplace(request.headers.begin(), "content-type", secret("application/json"));
    request.headers.emplace_back("User-Agent", secret("shop"));
    CHECK(written(request).at(0) ==
          "POST /v1/KEY/send?to=%2B98 HTTP/1.1\r\nHost: gateway.example\r\nAccept-Encoding: identity\r\n"
          "content-type: application/json\r\nX-Api-Key: the key\r\nUser-Agent: shop\r\nContent-Length: 5\r\n"
          "Connection: Close\r\n\r\nhello");
}

TEST_CASE("a service says how long it wants to be left alone") {
    const auto wait_of = [](const std::string& header) {
        const auto script = std::make_shared<WireScript>();
        script->says = "HTTP/1.1 429 Slow Down\r\n" + header + "Content-Length: 0\r\n\r\n";
        return asked(script).retry_after;
    };
    CHECK(wait_of("Retry-After: 1\r\n") == Seconds(1));
    CHECK(wait_of("retry-after:  120 \r\n") == Seconds(120));
    CHECK(wait_of("Retry-After: 0\r\n") == Seconds(0));
    CHECK(wait_of("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n") == Seconds(0));
    const auto far = wait_of("Retry-After: Sat, 01 Jan 2101 00:00:00 GMT\r\n");
    CHECK((far && *far > Seconds(86400)));
    for (const char* odd : {"", "-1", "1.5", "soon", "1234567890", "31 Dec 1999"})
        CHECK_FALSE(wait_of("Retry-After: " + std::string(odd) + "\r\n"));
    CHECK_FALSE(wait_of(""));
}

TEST_CASE("nothing that is said can become another line") {
    for (const char* bad : {"/a b", "/a\r\nX: y", "/\n", "/\x1A", "/\x7F"}) {
        HttpRequest request = question();
        request.target = secret(bad);
        CHECK_THROWS_AS(written(request), Error);
    }
    for (const char* bad : {"a\r\nX: y", "a\nb", "\x1A"}) {
        HttpRequest request = question();
        request.headers.emplace_back("X", secret(bad));
        CHECK_THROWS_AS(written(request), Error);
    }
}

TEST_CASE("what has not left was not sent, and what left in part may have arrived") {
    const auto after = [](std::size_t takes, const std::string& body = "hello") {
        const auto script = std::make_shared<WireScript>();
        script->takes = takes;
        HttpRequest request = question();
        request.body = secret(body);
        return told(asked(script, request));
    };
    CHECK(after(0) == "not sent: the connection was reset");
    CHECK(after(1) == "broken: the connection was reset");
    CHECK(after(5000, std::string(20000, 'x')) == "broken: the connection was reset");
    CHECK(after(SIZE_MAX) == "broken: no answer in time");
}

TEST_CASE("nothing is said a second time, whatever breaks") {
    for (const bool closes : {false, true}) {
        const auto script = std::make_shared<WireScript>();
        script->closes = closes;
        asked(script);
        CHECK(script->writes.size() == 1);
    }
    CHECK(written(question(), 10).size() == 1);
    CHECK(written(question(), 0).size() == 1);
}

TEST_CASE("a signal leaves a moment to hear the answer, a second one does not") {
    const auto script = std::make_shared<WireScript>();
    script->says = ok + "Content-Length: 2\r\n\r\nok";
    script->signals = 1;
    CHECK(told(asked(script)) == "200 complete: ok");
    script->says = ok;
    script->signals = 2;
    CHECK(told(asked(script)) == "broken: interrupted");
}

TEST_CASE("a body ends after its length, its last chunk, or with the connection") {
    CHECK(understood(ok + "Content-Length: 5\r\n\r\nhello, and more") == "200 complete: hello");
    CHECK(understood("HTTP/1.1 201\r\ncontent-length:5\r\n\r\nhello") == "201 complete: hello");
    CHECK(understood("HTTP/1.1 200 OK\nContent-Length: 5\n\nhello") == "200 complete: hello");
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    CHECK(understood(chunked + "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n") == "200 complete: hello");
    CHECK(understood(chunked + "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\nC: d\r\n\r\n") == "200 complete: hello");
    CHECK(understood(chunked + "00000005\r\nhello\r\n0000\r\n\r\n", true) == "200 complete: hello");
    CHECK(understood("HTTP/1.0 200 OK\r\n\r\nhello", true) == "200 complete: hello");
    CHECK(understood("HTTP/1.1 204 No Content\r\n\r\nhello") == "204 complete: ");
    CHECK(understood("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") == "400 complete: ");
    CHECK(understood(ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok") == "200 complete: ok");
}

TEST_CASE("a status may have any three digits") {
    for (const int status : {299, 422, 511, 520, 599, 999}) {
        const std::string number = std::to_string(status);
        CHECK(understood("HTTP/1.1 " + number + " x\r\nContent-Length: 1\r\n\r\ny") == number + " complete: y");
    }
}

TEST_CASE("a body that ends too early is cut, and what came of it is kept") {
    CHECK(understood(ok + "Content-Length: 6\r\n\r\nhello", true) == "200 cut: hello");
    CHECK(understood(ok + "Content-Length: 6\r\n\r\nhello") == "200 cut: hello");
    CHECK(understood(ok + "\r\nhello") == "200 cut: hello");
    const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    for (const std::string& end : std::vector<std::string>{"", "5", "5\r\n", "0", "0\r\n", "0\r\nA: b"}) {
        INFO(end);
        CHECK(understood(chunked + "5\r\nhello\r\n" + end, true) == "200 cut: hello");
    }
    for (const std::string& bad :
         std::vector<std::string>{"zz\r\n\r\n", ";x:y", "000000005\r\nhello", "-1\r\n", "0x5\r\n"}) {
        INFO(bad);
        CHECK(understood(chunked + "5\r\nhello\r\n" + bad, true) == "200 cut: hello");
    }
}

TEST_CASE("a head that ends too early is no answer") {
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: y\r\n\r\n";
    for (std::size_t size = 0; size < answer.size(); ++size) {
        INFO(size);
        CHECK(understood(answer.substr(0, size), true) == cut_off);
        CHECK(understood(answer.substr(0, size)) == "broken: no answer in time");
    }
}

TEST_CASE("interim answers are passed over") {
    CHECK(understood("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n" + ok +
                     "Content-Length: 2\r\n\r\nok") == "200 complete: ok");
    CHECK(understood("HTTP/1.1 103 Early Hints\r\n\r\n", true) == cut_off);
}

TEST_CASE("what is not HTTP is not understood") {
    for (const std::string& line :
         std::vector<std::string>{"SSH-2.0-OpenSSH", "HTTP/2 200", "HTTP/1.1 099 x", "HTTP/1.1 20", "HTTP/1.1 2000",
                                  "HTTP/1.1 -20 x", "220 250 OK", "<html><body>"}) {
        INFO(line);
        CHECK(understood(line + "\r\n\r\n") == "broken: an answer that is not HTTP");
    }
    CHECK(understood(ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n") == "broken: an answer with two lengths");
    for (const std::string& length :
         std::vector<std::string>{"-1", "5x", "", "0x5", "+5", "5,5", "1,0", "5, 5", "99999999999999999999999"}) {
        INFO(length);
        CHECK_THAT(understood(ok + "Content-Length: " + length + "\r\n\r\nhello"), StartsWith("broken: an answer "));
    }
    CHECK(understood(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n") == "broken: an answer in an unknown encoding");
    CHECK(understood(ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n") ==
          "broken: an answer in an unknown encoding");
}

TEST_CASE("nothing is read without end") {
    const std::string header = "X: " + std::string(8000, 'x') + "\r\n";
    CHECK(understood(ok + header + header + header) == "broken: an answer whose head does not end");
    CHECK(understood(std::string(longest_head + 1, ' ')) == "broken: an answer whose head does not end");
    std::string interim;
    while (interim.size() <= longest_head) interim += "HTTP/1.1 103 Early Hints\r\n\r\n";
    CHECK(understood(interim) == "broken: an answer whose head does not end");
    std::string lines = ok;
    while (lines.size() <= longest_head) lines += "X: y\r\n";
    CHECK_THAT(understood(lines), StartsWith("broken: an answer "));
    for (const char* framing :
         {"Content-Length: 100000000\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n5000000\r\n"}) {
        const auto script = std::make_shared<WireScript>();
        script->says = ok + framing + std::string(1000000, 'x');
        const HttpOutcome outcome = asked(script);
        CHECK((outcome.status == 200 && !outcome.complete && outcome.body == std::string(longest_body, 'x')));
        CHECK(script->heard <= longest_head + longest_body + 1);
    }
    std::string chunks = ok + "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100000; ++i) chunks += "1\r\nx\r\n";
    CHECK_THAT(understood(chunks), StartsWith("200 cut: xxxx"));
}

// --- behind a proxy ----------------------------------------------------------------------------------------------

namespace {

/// A service behind a proxy that says this to CONNECT.
struct Behind {
    std::shared_ptr<WireScript> script = std::make_shared<WireScript>();
    HttpRequest request = question();

    explicit Behind(const std::string& says, const std::string& user = "") {
        script->says = says;
        script->says_under_tls = ok + "Content-Length: 2\r\n\r\nok";
        auto proxy = std::make_shared<HttpProxy>();
        proxy->host = "proxy.example";
        proxy->port = 3128;
        proxy->user = user;
        proxy->password = secret("open sesame");
        request.server.proxy = proxy;
    }

    HttpOutcome outcome() {
        return exchange(request, {}, [this](const WireTarget& target, Wire::Deadline) {
            script->target = target;
            return std::make_unique<ScriptedWire>(script);
        });
    }
    /// What became of it, with the hint.
    std::string became() {
        const HttpOutcome came = outcome();
        return told(came) + (came.hint.empty() ? "" : " | " + came.hint);
    }
};

const std::string at = "not sent: proxy 'proxy.example:3128'";
const std::string up = " | is network.proxy right, and the proxy up?";

}  // namespace

TEST_CASE("a proxy opens the way, and the service's certificate is asked for") {
    Behind behind("HTTP/1.1 200 Connection established\r\n\r\n");
    CHECK(behind.became() == "200 complete: ok");
    CHECK(behind.script->target.host == "proxy.example");
    CHECK(behind.script->target.port == 3128);
    CHECK(behind.script->target.name == "gateway.example");
    REQUIRE(behind.script->writes.size() == 3);
    CHECK(behind.script->writes[0] ==
          "CONNECT gateway.example:443 HTTP/1.1\r\nHost: gateway.example:443\r\nUser-Agent: pwreset\r\n\r\n");
    CHECK(behind.script->writes[1] == "TLS");
    CHECK_THAT(behind.script->writes[2], StartsWith("POST /v1/KEY/"));
}

TEST_CASE("a way is open by any answer of the 2xx, whatever its headers say") {
    for (const char* answer : {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n",
                               "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
                               "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
        INFO(answer);
        CHECK(Behind(answer).became() == "200 complete: ok");
    }
}

TEST_CASE("a login goes to the proxy and not to the service") {
    Behind behind("HTTP/1.1 200 OK\r\n\r\n", "mia");
    CHECK(behind.became() == "200 complete: ok");
    CHECK_THAT(behind.script->writes[0], ContainsSubstring("\r\nProxy-Authorization: Basic bWlhOm9wZW4gc2VzYW1l\r\n"));
    CHECK(behind.script->writes[2].find("Proxy-") == std::string::npos);
    CHECK(behind.script->writes[2].find("bWlh") == std::string::npos);
}

TEST_CASE("an address of version 6 stands in brackets") {
    Behind behind("HTTP/1.1 200 OK\r\n\r\n");
    behind.request.server.host = "2001:db8::1";
    CHECK(behind.became() == "200 complete: ok");
    CHECK_THAT(behind.script->writes[0],
               StartsWith("CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"));
    CHECK(behind.script->target.name == "2001:db8::1");
}

TEST_CASE("a proxy that opens no way says why, and nothing was sent") {
    const std::string login = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ";
    CHECK(Behind(login + "Basic realm=\"x\"\r\n\r\n").became() ==
          at + " asks for a login | write it into network.proxy_user and the file of network.proxy_password_file");
    CHECK(Behind("HTTP/1.1 407 x\r\nContent-Length: 9\r\n\r\nhello", "mia").became() ==
          at + " refuses the login of 'network.proxy_user' | correct network.proxy_user or the proxy's password");
    CHECK(Behind(login + "Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n", "mia").became() ==
          at + " lets in by 'negotiate', 'ntlm' only, and pwreset knows 'basic' alone"
               " | have it let this host through without a login, or by 'basic'");
    CHECK(Behind(login + "Negotiate\r\nProxy-Authenticate: BASIC realm=x\r\n\r\n", "mia").became() ==
          at + " refuses the login of 'network.proxy_user' | correct network.proxy_user or the proxy's password");
    CHECK(Behind(login + "\x1b[31m\r\n\r\n").became() ==
          at + " asks for a login | write it into network.proxy_user and the file of network.proxy_password_file");
    CHECK(Behind("HTTP/1.1 403 Forbidden\r\n\r\n").became() ==
          at + " opens no way to 'gateway.example:443': status 403 | have it allow CONNECT to 'gateway.example:443'");
    CHECK(Behind("HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n").became() ==
          at + " opens no way to 'gateway.example:443': status 302 | have it allow CONNECT to 'gateway.example:443'");
    CHECK(Behind("HTTP/1.1 502 Bad Gateway\r\n\r\n").became() ==
          at + " does not reach 'gateway.example:443': status 502 | is the service up?");
    CHECK(Behind("220 proxy.example ESMTP\r\n").became() == at + ": an answer that is not HTTP" + up);
    CHECK(Behind("HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03").became() == at + ": more than an answer" + up);
    CHECK(Behind("").became() == at + ": no answer in time" + up);
    CHECK(Behind("").outcome().late);
}

TEST_CASE("a proxy that breaks off before the way is open has not sent anything") {
    for (const std::size_t takes : {std::size_t{0}, std::size_t{20}}) {
        Behind behind("HTTP/1.1 200 OK\r\n\r\n");
        behind.script->takes = takes;
        CHECK(behind.became() == at + ": the connection was reset" + up);
    }
    Behind closing("HTTP/1.1 200");
    closing.script->closes = true;
    CHECK(closing.became() == at + ": the connection was closed without an answer" + up);
    Behind stopped("HTTP/1.1 200 OK\r\n\r\n");
    stopped.script->signals = 1;
    CHECK(stopped.became() == at + ": interrupted" + up);
}

TEST_CASE("a proxy that is away is named") {
    Behind behind("");
    const HttpOutcome outcome =
        exchange(behind.request, {}, [](const WireTarget&, Wire::Deadline) -> std::unique_ptr<Wire> {
            throw WireError(WireError::Kind::timeout, "no answer in time");
        });
    CHECK(told(outcome) == at + ": no answer in time");
    CHECK(outcome.late);
}
