// One question to a web service and its answer: a connection of its own, through a proxy where the configuration names
// one, TLS verified, one deadline for all of it. Nothing is followed, kept, said twice or taken from the environment.
// Poco speaks HTTP (http_engine.h); the wire below it is ours.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/base/secret.h"
#include "src/base/time.h"
#include "src/net/http_server.h"
#include "src/net/wire.h"

namespace pwreset {

/// What is asked. Everything but server and method may hold a key, a code or a number, and is never shown.
struct HttpRequest {
    HttpServer server;
    std::string method = "POST";
    Secret target;                                        ///< path and query, encoded: "/v1/KEY/send.json"
    std::vector<std::pair<std::string, Secret>> headers;  ///< of two with one name the first is said
    Secret body;
    Seconds timeout{10};  ///< for name, connection, proxy, TLS, request and answer together
};

/// How far it came. The words of `fault` are printable and hold nothing that was sent.
struct HttpOutcome {
    enum class Kind {
        not_sent,  ///< nothing of the request has left: the service knows nothing of it
        broken,    ///< some or all of it has left, and no answer came: what the service did is unknown
        answered,
    };
    Kind kind = Kind::not_sent;
    std::string fault;  ///< unless answered
    std::string hint;   ///< the next step, where there is one that helps
    bool late = false;  ///< the time was over
    int status = 0;
    std::string body;                      ///< at most longest_body bytes
    bool complete = false;                 ///< the body has come to its end
    std::vector<std::string> logins;       ///< of a proxy's 407: the schemes by which it lets in, such as "Basic"
    std::optional<Seconds> retry_after{};  ///< how long the service wants to be left alone

    bool answered() const { return kind == Kind::answered; }
};

/// Connects; the default is connect_wire().
using WireConnector = std::function<std::unique_ptr<Wire>(const WireTarget&, Wire::Deadline)>;

/// Connects, through the proxy if the server has one, with TLS where the URL says https. `signalled` as in WireTarget.
/// Throws WireError, and Error UNAVAILABLE when the network module is missing.
std::unique_ptr<Wire> dial(const HttpServer& server, Wire::Deadline deadline, const std::function<int()>& signalled,
                           const WireConnector& connect = connect_wire);
/// Sends the request over a new connection, whose last one it is, and reads the answer. Throws Error INTERNAL_ERROR for
/// a request with a line break where none may be.
HttpOutcome ask(Wire& wire, const HttpRequest& request, Wire::Deadline deadline);
/// Both, within the request's time.
HttpOutcome exchange(const HttpRequest& request, const std::function<int()>& signalled,
                     const WireConnector& connect = connect_wire);

/// The pieces one after another.
Secret joined(const std::vector<std::string_view>& pieces);
/// A body of application/x-www-form-urlencoded; names and values in UTF-8.
Secret form_encoded(const std::vector<std::pair<std::string, Secret>>& fields);
/// The value of an Authorization header: "user:password" as HTTP's Basic wants it (RFC 7617).
Secret basic_login(const std::string& user, std::string_view password);

}  // namespace pwreset
