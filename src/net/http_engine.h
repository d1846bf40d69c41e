// One request over a connected wire and its answer, by Poco's HTTPClientSession: the second door of pwreset-net.so.
#pragma once

#include <cstddef>
#include <string>

#include "src/net/http.h"
#include "src/net/wire.h"

namespace pwreset {

constexpr std::size_t longest_head = 16384;  ///< bytes of status line and headers, interim answers included
constexpr std::size_t longest_body = 65536;  ///< bytes of a body that are kept: the services answer in some hundred

/// Says the request and reads the answer; `host` is what its Host field says. Nothing is said twice, whatever breaks.
/// After CONNECT the wire leads to the other end, if the answer is of the 2xx. Once another request has left, a signal
/// leaves a few seconds to hear the answer. Method, target and headers hold no character that could end a line or a
/// word. Throws Error UNAVAILABLE when the network module is missing.
HttpOutcome speak_http(Wire& wire, const HttpRequest& request, const std::string& host, Wire::Deadline deadline);

}  // namespace pwreset

/// The door of the module; `outcome` is new.
extern "C" void pwreset_speak_http(pwreset::Wire& wire, const pwreset::HttpRequest& request, const std::string& host,
                                   pwreset::Wire::Deadline deadline, pwreset::HttpOutcome& outcome);
