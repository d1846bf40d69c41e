#include "src/net/http.h"

#include <algorithm>
#include <array>

#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/net/http_reply.h"

namespace pwreset {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = HttpOutcome::Kind;

constexpr std::chrono::seconds last_hearing{5};  ///< for the answer, after a signal

/// What ends a line or a word of the request would begin another: a header, or a second request.
void require_clean(std::string_view text, bool blank_allowed) {
    const bool clean = std::all_of(text.begin(), text.end(), [&](unsigned char c) {
        return (c > 0x20 && c != 0x7F) || (blank_allowed && (c == ' ' || c == '\t'));
    });
    if (!clean) throw internal_error("a request to a web service with a control character in its head");
}

std::string host_header(const HttpServer& server) {
    const std::string host = server.host.find(':') == server.host.npos ? server.host : "[" + server.host + "]";
    const int usual = server.encrypted ? 443 : 80;
    return server.port == usual ? host : host + ":" + std::to_string(server.port);
}

Secret request_bytes(const HttpRequest& request) {
    require_clean(request.method, false);
    require_clean(request.target.reveal(), false);
    const std::string host = host_header(request.server);
    require_clean(host, false);
    std::vector<std::string_view> pieces{
        request.method,        " ",  request.target.reveal(),
        " HTTP/1.1\r\nHost: ", host, "\r\nConnection: close\r\nAccept-Encoding: identity\r\nUser-Agent: pwreset\r\n"};
    for (const auto& [name, value] : request.headers) {
        require_clean(name, false);
        require_clean(value.reveal(), true);
        for (const std::string_view piece :
             {std::string_view(name), std::string_view(": "), value.reveal(), std::string_view("\r\n")})
            pieces.push_back(piece);
    }
    const std::string length = "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    if (request.method != "GET" || !request.body.empty()) pieces.push_back(length);
    pieces.push_back("\r\n");
    pieces.push_back(request.body.reveal());
    return joined(pieces);
}

HttpOutcome failed(Kind kind, const WireError& error) {
    HttpOutcome outcome;
    outcome.kind = kind;
    outcome.fault = error.kind == WireError::Kind::interrupted ? "interrupted" : error.text;
    outcome.late = error.kind == WireError::Kind::timeout;
    return outcome;
}

/// Reads until the answer is whole or the connection ends.
void listen(Wire& wire, HttpReply& reply, Wire::Deadline deadline) {
    std::array<char, 16384> buffer{};
    while (!reply.done()) {
        const std::size_t got = wire.read(buffer.data(), buffer.size(), deadline);
        if (got == 0) return reply.end();
        reply.feed({buffer.data(), got});
    }
}

/// The request has left, so what becomes of it is decided: a signal changes nothing, and the answer is worth a moment.
void hear_out(Wire& wire, HttpReply& reply, Wire::Deadline deadline) {
    try {
        return listen(wire, reply, deadline);
    } catch (const WireError& error) {
        if (error.kind != WireError::Kind::interrupted) throw;
    }
    listen(wire, reply, std::min(deadline, Clock::now() + last_hearing));
}

HttpOutcome answer_of(const HttpReply& reply) {
    HttpOutcome outcome;
    outcome.kind = Kind::answered;
    outcome.status = reply.status();
    outcome.body = reply.body();
    outcome.complete = reply.complete();
    outcome.retry_after = reply.retry_after();
    return outcome;
}

HttpOutcome heard(Wire& wire, Wire::Deadline deadline) {
    HttpReply reply;
    try {
        hear_out(wire, reply, deadline);
    } catch (const WireError& error) {
        if (!reply.has_head()) return failed(Kind::broken, error);
    } catch (const HttpFault& fault) {
        if (!reply.has_head()) return failed(Kind::broken, {WireError::Kind::broken, fault.what()});
    }
    if (reply.has_head()) return answer_of(reply);  // perhaps without all of its body
    return failed(Kind::broken, {WireError::Kind::closed, "the connection was closed without an answer"});
}

}  // namespace

std::unique_ptr<Wire> dial(const HttpServer& server, Wire::Deadline deadline, const std::function<int()>& signalled,
                           const WireConnector& connect) {
    std::unique_ptr<Wire> wire = connect(WireTarget{server.host, server.port, server.ca_file, signalled}, deadline);
    if (server.encrypted) wire->start_tls(deadline);
    return wire;
}

HttpOutcome ask(Wire& wire, const HttpRequest& request, Wire::Deadline deadline) {
    const Secret bytes = request_bytes(request);
    try {
        wire.write(bytes.reveal(), deadline);
    } catch (const WireError& error) {
        // A request of which a part has left may have been enough for a service that reads carelessly.
        return failed(error.written > 0 ? Kind::broken : Kind::not_sent, error);
    }
    return heard(wire, deadline);
}

HttpOutcome exchange(const HttpRequest& request, const std::function<int()>& signalled, const WireConnector& connect) {
    const Wire::Deadline deadline = Clock::now() + request.timeout;
    std::unique_ptr<Wire> wire;
    try {
        wire = dial(request.server, deadline, signalled, connect);
    } catch (const WireError& error) {
        return failed(Kind::not_sent, error);
    }
    return ask(*wire, request, deadline);
}

Secret joined(const std::vector<std::string_view>& pieces) {
    std::size_t size = 0;
    for (const std::string_view piece : pieces) size += piece.size();
    Secret whole(size);
    char* to = whole.data();
    for (const std::string_view piece : pieces) to = std::copy(piece.begin(), piece.end(), to);
    return whole;
}

Secret form_encoded(const std::vector<std::pair<std::string, Secret>>& fields) {
    std::vector<Secret> encoded;
    for (const auto& [name, value] : fields) {
        encoded.push_back(percent_encoded(name));
        encoded.push_back(percent_encoded(value.reveal()));
    }
    std::vector<std::string_view> pieces;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        if (i > 0) pieces.push_back(i % 2 == 0 ? "&" : "=");
        pieces.push_back(encoded[i].reveal());
    }
    return joined(pieces);
}

}  // namespace pwreset
