#include "src/net/http.h"

#include <string.h>

#include <algorithm>

#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/net/http_engine.h"

namespace pwreset {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = HttpOutcome::Kind;

/// What ends a line or a word of the request would begin another: a header, or a second request.
void require_clean(std::string_view text, bool blank_allowed) {
    const bool clean = std::all_of(text.begin(), text.end(), [&](unsigned char c) {
        return (c > 0x20 && c != 0x7F) || (blank_allowed && (c == ' ' || c == '\t'));
    });
    if (!clean) throw internal_error("a request to a web service with a control character in its head");
}

void require_clean(const HttpRequest& request) {
    require_clean(request.method, false);
    require_clean(request.target.reveal(), false);
    for (const auto& [name, value] : request.headers) {
        require_clean(name, false);
        require_clean(value.reveal(), true);
    }
}

std::string host_field(const HttpServer& server) {
    const int usual = server.encrypted ? 443 : 80;
    const std::string authority = authority_of(server.host, server.port);
    return server.port == usual ? authority.substr(0, authority.rfind(':')) : authority;
}

HttpOutcome not_sent(const WireError& error) {
    HttpOutcome outcome;
    outcome.fault = error.kind == WireError::Kind::interrupted ? "interrupted" : error.text;
    outcome.hint = error.hint;
    outcome.late = error.kind == WireError::Kind::timeout;
    return outcome;
}

// --- the proxy ---------------------------------------------------------------------------------------------------

std::string told(const HttpProxy& proxy) { return "proxy '" + authority_of(proxy.host, proxy.port) + "'"; }

WireError no_login(const HttpProxy& proxy, const std::vector<std::string>& schemes) {
    constexpr auto refused = WireError::Kind::refused;
    const bool basic = schemes.empty() || std::find(schemes.begin(), schemes.end(), "basic") != schemes.end();
    if (!basic) {
        std::string words;
        for (const std::string& scheme : schemes) words += (words.empty() ? "'" : ", '") + scheme + "'";
        return {refused, told(proxy) + " lets in by " + words + " only, and pwreset knows 'basic' alone",
                "have it let this host through without a login, or by 'basic'"};
    }
    if (proxy.user.empty())
        return {refused, told(proxy) + " asks for a login",
                "write it into network.proxy_user and the file of network.proxy_password_file"};
    return {refused, told(proxy) + " refuses the login of 'network.proxy_user'",
            "correct network.proxy_user or the proxy's password"};
}

/// Why the proxy opened no way.
WireError no_way(const HttpServer& server, const HttpOutcome& outcome) {
    using What = WireError::Kind;
    const HttpProxy& proxy = *server.proxy;
    const std::string hint = "is network.proxy right, and the proxy up?";
    if (!outcome.answered())
        return {outcome.late ? What::timeout : What::closed, told(proxy) + ": " + outcome.fault, hint};
    if (outcome.status == 407) return no_login(proxy, outcome.logins);
    const std::string service = "'" + authority_of(server.host, server.port) + "'";
    const std::string status = ": status " + std::to_string(outcome.status);
    if (outcome.status >= 500)
        return {What::refused, told(proxy) + " does not reach " + service + status, "is the service up?"};
    return {What::refused, told(proxy) + " opens no way to " + service + status, "have it allow CONNECT to " + service};
}

/// Asks the proxy at the other end for the way to the server.
void open_way(Wire& wire, const HttpServer& server, Wire::Deadline deadline) {
    const HttpProxy& proxy = *server.proxy;
    const std::string authority = authority_of(server.host, server.port);
    HttpRequest request;
    request.method = "CONNECT";
    request.target = Secret(std::string_view(authority));
    if (!proxy.user.empty())
        request.headers.emplace_back("Proxy-Authorization", basic_login(proxy.user, proxy.password.reveal()));
    require_clean(request);
    const HttpOutcome outcome = speak_http(wire, request, authority, deadline);
    if (!outcome.answered() || outcome.status / 100 != 2) throw no_way(server, outcome);
}

std::unique_ptr<Wire> connect_through(const HttpServer& server, Wire::Deadline deadline,
                                      const std::function<int()>& signalled, const WireConnector& connect) {
    const HttpProxy& proxy = *server.proxy;
    std::unique_ptr<Wire> wire;
    try {
        wire = connect({proxy.host, proxy.port, server.ca_file, signalled, server.host}, deadline);
    } catch (WireError& error) {
        error.text = told(proxy) + ": " + error.text;
        error.hint = "is network.proxy right, and the proxy up?";
        throw;
    }
    open_way(*wire, server, deadline);
    return wire;
}

}  // namespace

std::unique_ptr<Wire> dial(const HttpServer& server, Wire::Deadline deadline, const std::function<int()>& signalled,
                           const WireConnector& connect) {
    std::unique_ptr<Wire> wire = server.proxy
                                     ? connect_through(server, deadline, signalled, connect)
                                     : connect({server.host, server.port, server.ca_file, signalled}, deadline);
    if (server.encrypted) wire->start_tls(deadline);
    return wire;
}

HttpOutcome ask(Wire& wire, const HttpRequest& request, Wire::Deadline deadline) {
    const std::string host = host_field(request.server);
    require_clean(host, false);
    require_clean(request);
    return speak_http(wire, request, host, deadline);
}

HttpOutcome exchange(const HttpRequest& request, const std::function<int()>& signalled, const WireConnector& connect) {
    const Wire::Deadline deadline = Clock::now() + request.timeout;
    std::unique_ptr<Wire> wire;
    try {
        wire = dial(request.server, deadline, signalled, connect);
    } catch (const WireError& error) {
        return not_sent(error);
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

Secret basic_login(const std::string& user, std::string_view password) {
    const Secret pair = joined({user, ":", password});
    std::string encoded = base64(pair.reveal());
    Secret login = joined({"Basic ", encoded});
    explicit_bzero(encoded.data(), encoded.size());  // the encoder knows no Secret
    return login;
}

}  // namespace pwreset
