// The second door of pwreset-net.so: HTTP/1.1 by Poco's HTTPClientSession. The session is given a socket whose bytes go
// over our wire, because sockets of its own (and HTTPSClientSession, and their way through a proxy) wait for each read
// anew, never look at a signal, and do not say how much had left when a connection broke.
#include <Poco/Buffer.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <Poco/String.h>

#include <algorithm>
#include <ctime>
#include <istream>
#include <optional>
#include <ostream>
#include <streambuf>
#include <utility>

#include "src/base/ascii.h"
#include "src/net/http_engine.h"

namespace pwreset {
namespace {

using Clock = std::chrono::steady_clock;
using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPResponse;
using Poco::Net::StreamSocketImpl;

constexpr std::chrono::seconds last_hearing{5};  ///< for the answer, after a signal
/// Stands for each byte of a secret where Poco composes a request; no request holds it otherwise.
constexpr char stand_in = '\x1A';

/// What an answer must not be, and Poco lets pass. The words repeat nothing of it.
struct BadAnswer {
    const char* fault;
};

/// What Poco takes for its socket. Secrets enter here, in a buffer that is wiped: Poco's own buffers are not.
class WireSocket : public StreamSocketImpl {
public:
    /// `hears_out`: the answer is worth a moment after a signal. The socket that the base class makes is never
    /// connected; a session asks only whether there is one.
    WireSocket(Wire& wire, Wire::Deadline deadline, bool hears_out)
        : StreamSocketImpl(Poco::Net::SocketAddress::UNIX_LOCAL),
          wire_(wire),
          deadline_(deadline),
          hears_out_(hears_out) {}

    using StreamSocketImpl::receiveBytes;
    using StreamSocketImpl::sendBytes;
    int sendBytes(const void* buffer, int length, int flags) override;
    int receiveBytes(void* buffer, int length, int flags) override;

    /// What Poco is to send in the place of a secret, which must outlive this. Secrets leave in the order in which they
    /// were withheld.
    std::string withhold(const Secret& secret);
    /// So much may be read in all.
    void allow(std::size_t bytes) { most_ = bytes; }

    /// What broke the wire.
    const std::optional<WireError>& fault() const { return fault_; }
    std::size_t written() const { return written_; }
    const std::string& heard() const { return heard_; }
    /// The other end has closed.
    bool ended() const { return ended_; }

private:
    void put_secrets(Secret& piece);
    std::size_t read(char* buffer, std::size_t size);
    [[noreturn]] void fail(const WireError& error);

    Wire& wire_;
    Wire::Deadline deadline_;
    bool hears_out_;
    std::vector<std::string_view> withheld_;
    std::size_t at_ = 0;  ///< in the first of them
    std::size_t most_ = longest_head;
    std::size_t written_ = 0;
    std::string heard_;
    bool ended_ = false;
    std::optional<WireError> fault_;
};

/// Poco's streams swallow exceptions, so it is kept; and what they try afterwards fails at once. Not an IOException:
/// after one of those a session may connect anew and say the rest again.
void WireSocket::fail(const WireError& error) {
    if (!fault_) fault_ = error;
    throw Poco::RuntimeException("the wire broke");
}

std::string WireSocket::withhold(const Secret& secret) {
    if (!secret.empty()) withheld_.push_back(secret.reveal());
    return std::string(secret.size(), stand_in);
}

void WireSocket::put_secrets(Secret& piece) {
    for (char* byte = piece.data(); byte != piece.data() + piece.size(); ++byte) {
        if (*byte != stand_in || withheld_.empty()) continue;
        *byte = withheld_.front()[at_];
        if (++at_ < withheld_.front().size()) continue;
        withheld_.erase(withheld_.begin());
        at_ = 0;
    }
}

int WireSocket::sendBytes(const void* buffer, int length, int) {
    if (fault_) fail(*fault_);
    Secret piece(std::string_view(static_cast<const char*>(buffer), static_cast<std::size_t>(length)));
    put_secrets(piece);
    try {
        wire_.write(piece.reveal(), deadline_);
    } catch (const WireError& error) {
        written_ += error.written;
        fail(error);
    }
    written_ += piece.size();
    return length;
}

/// What has left is decided: a signal changes nothing, and the answer is worth a moment.
std::size_t WireSocket::read(char* buffer, std::size_t size) {
    try {
        return wire_.read(buffer, size, deadline_);
    } catch (const WireError& error) {
        if (error.kind != WireError::Kind::interrupted || !std::exchange(hears_out_, false)) throw;
    }
    deadline_ = std::min(deadline_, Clock::now() + last_hearing);
    return wire_.read(buffer, size, deadline_);
}

int WireSocket::receiveBytes(void* buffer, int length, int) {
    if (fault_) fail(*fault_);
    const std::size_t room = std::min(most_ - heard_.size(), static_cast<std::size_t>(length));
    if (room == 0) fail({WireError::Kind::broken, "an answer whose head does not end"});
    try {
        const std::size_t got = read(static_cast<char*>(buffer), room);
        heard_.append(static_cast<char*>(buffer), got);
        ended_ = ended_ || got == 0;
        return static_cast<int>(got);
    } catch (const WireError& error) {
        fail(error);
    }
}

// --- the request -------------------------------------------------------------------------------------------------

/// A host, a name of a header and the like are ours; whatever may be secret is withheld, in the order of the lines.
void say(HTTPClientSession& session, WireSocket& socket, const HttpRequest& request, const std::string& host) {
    const bool tunnel = request.method == "CONNECT";
    Poco::Net::HTTPRequest lines(request.method, socket.withhold(request.target), Poco::Net::HTTPMessage::HTTP_1_1);
    lines.set("Host", host);
    if (!tunnel) lines.set("Accept-Encoding", "identity");
    for (const auto& [name, value] : request.headers) {
        if (!lines.has(name)) lines.set(name, socket.withhold(value));
    }
    if (!lines.has("User-Agent")) lines.set("User-Agent", "pwreset");
    const bool bodiless = tunnel || (request.method == "GET" && request.body.empty());
    if (!bodiless) lines.setContentLength64(static_cast<Poco::Int64>(request.body.size()));
    // A tunnel stays; any other connection says "close", and nothing is said on it again.
    session.setKeepAlive(tunnel);
    std::ostream& body = session.sendRequest(lines);
    body << socket.withhold(request.body);
    session.flushRequest();
}

// --- the answer --------------------------------------------------------------------------------------------------

/// Poco takes any word for a version, and signs and commas for parts of a number.
void require_http(const HTTPResponse& response) {
    const std::string& version = response.getVersion();
    const int status = response.getStatus();
    if (version.size() != 8 || !version.starts_with("HTTP/1.") || !is_digit(version[7]) || status < 100)
        throw BadAnswer{"an answer that is not HTTP"};
}

/// The length of the body, if it has one of its own.
std::optional<std::size_t> length_of(const HTTPResponse& response) {
    std::optional<std::string> length;
    for (const auto& [name, value] : response) {
        if (Poco::icompare(name, "Transfer-Encoding") == 0 && Poco::icompare(value, "chunked") != 0)
            throw BadAnswer{"an answer in an unknown encoding"};
        if (Poco::icompare(name, "Content-Length") != 0) continue;
        if (value.empty() || value.size() > 18 || !std::all_of(value.begin(), value.end(), is_digit))
            throw BadAnswer{"an answer without a valid length"};
        // Two that differ say that somebody on the way has tampered (RFC 9112, 6.3).
        if (length && std::stoull(*length) != std::stoull(value)) throw BadAnswer{"an answer with two lengths"};
        length = value;
    }
    if (!length) return {};
    return std::stoull(*length);
}

/// Status and headers of the last answer, and the stream of its body. Poco passes over 100 alone of the interim ones,
/// and takes what the connection's end has cut off for all.
std::istream& hear_head(HTTPClientSession& session, const WireSocket& socket, HTTPResponse& response) {
    std::istream* body = nullptr;
    do {
        body = &session.receiveResponse(response);
        if (socket.ended() || socket.fault()) throw BadAnswer{"an answer that was cut off"};
        require_http(response);
    } while (response.getStatus() < 200);
    return *body;
}

/// Collects what comes, also of a body that breaks off; true when there was no more than anybody wants. Read from the
/// buffer itself, because a stream forgets how much it got before an exception.
bool hear_body(std::streambuf& buffer, std::string& body) {
    try {
        while (body.size() <= longest_body && buffer.sgetc() != std::streambuf::traits_type::eof()) {
            const std::size_t before = body.size();
            body.resize(before + static_cast<std::size_t>(buffer.in_avail()));
            buffer.sgetn(body.data() + before, static_cast<std::streamsize>(body.size() - before));
        }
    } catch (const Poco::Exception&) {
        return true;  // the socket knows
    }
    if (body.size() <= longest_body) return true;
    body.resize(longest_body);
    return false;
}

/// What was read and not understood yet.
std::size_t unread(HTTPClientSession& session) {
    Poco::Buffer<char> rest(0);
    session.drainBuffer(rest);
    return rest.size();
}

/// Poco ends a body alike at its last chunk and at one that it cannot read. Behind the last one comes an empty line, or
/// one of a trailer, whose rest Poco 1.11 leaves alone.
bool ended_by_last_chunk(HTTPClientSession& session, const WireSocket& socket) {
    std::string_view read = socket.heard();
    read.remove_suffix(unread(session));
    if (!read.ends_with('\n')) return false;
    read.remove_suffix(read.ends_with("\r\n") ? 2 : 1);
    const std::string_view line = read.substr(read.rfind('\n') + 1);
    return line.empty() || line.find(':') != line.npos;
}

/// Whether the whole body has come. Poco does not tell: a body that breaks off ends as if nothing were amiss.
bool is_whole(HTTPClientSession& session, const HTTPResponse& response, const WireSocket& socket, std::size_t size) {
    if (socket.fault()) return false;
    const auto status = response.getStatus();
    if (status == HTTPResponse::HTTP_NO_CONTENT || status == HTTPResponse::HTTP_NOT_MODIFIED) return true;
    if (response.getChunkedTransferEncoding()) return !socket.ended() && ended_by_last_chunk(session, socket);
    if (const auto length = length_of(response)) return size == *length;
    return socket.ended();
}

/// "basic", "negotiate": the schemes that a proxy names, as far as they are words.
std::vector<std::string> schemes_of(const HTTPResponse& response) {
    std::vector<std::string> schemes;
    for (const auto& [name, value] : response) {
        const std::string scheme = ascii_lower(value.substr(0, value.find_first_of(" ,")));
        const bool word =
            !scheme.empty() && scheme.size() <= 20 &&
            std::all_of(scheme.begin(), scheme.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
        if (Poco::icompare(name, "Proxy-Authenticate") == 0 && word) schemes.push_back(scheme);
    }
    return schemes;
}

/// Retry-After (RFC 9110, section 10.2.3): seconds, or a date in the form that HTTP prefers, of the past too; nothing
/// for any other text.
std::optional<Seconds> wait_of(const HTTPResponse& response) {
    constexpr std::size_t most_digits = 9;
    const std::string value = Poco::trim(response.get("Retry-After", ""));
    if (!value.empty() && value.size() <= most_digits && std::all_of(value.begin(), value.end(), is_digit))
        return Seconds(std::stoll(value));
    std::tm date{};
    const char* const end = strptime(value.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    if (end == nullptr || *end != '\0') return {};
    return std::max(Seconds(timegm(&date) - std::time(nullptr)), Seconds(0));
}

HttpOutcome broken(const WireSocket& socket, const std::string& fault) {
    HttpOutcome outcome;
    // A request of which a part has left may have been enough for a service that reads carelessly.
    outcome.kind = socket.written() > 0 ? HttpOutcome::Kind::broken : HttpOutcome::Kind::not_sent;
    outcome.fault = socket.ended() ? "the connection was closed without an answer" : fault;
    if (const auto& error = socket.fault()) {
        outcome.fault = error->kind == WireError::Kind::interrupted ? "interrupted" : error->text;
        outcome.late = error->kind == WireError::Kind::timeout;
    }
    return outcome;
}

HttpOutcome heard(HTTPClientSession& session, WireSocket& socket, bool tunnel) {
    HttpOutcome outcome;
    HTTPResponse response;
    std::istream& body = hear_head(session, socket, response);
    outcome.status = response.getStatus();
    const bool open = tunnel && outcome.status / 100 == 2;
    if (open && unread(session) > 0) throw BadAnswer{"more than an answer"};
    if (!tunnel) length_of(response);  // or it is no answer
    outcome.kind = HttpOutcome::Kind::answered;
    outcome.retry_after = wait_of(response);
    if (outcome.status == HTTPResponse::HTTP_PROXY_AUTHENTICATION_REQUIRED) outcome.logins = schemes_of(response);
    if (tunnel) return outcome;
    socket.allow(longest_head + longest_body + 1);
    outcome.complete =
        hear_body(*body.rdbuf(), outcome.body) && is_whole(session, response, socket, outcome.body.size());
    return outcome;
}

HttpOutcome spoken(Wire& wire, const HttpRequest& request, const std::string& host, Wire::Deadline deadline) {
    const bool tunnel = request.method == "CONNECT";
    auto* const socket = new WireSocket(wire, deadline, !tunnel);
    HTTPClientSession session{Poco::Net::StreamSocket(socket)};  // which owns it
    try {
        say(session, *socket, request, host);
        return heard(session, *socket, tunnel);
    } catch (const BadAnswer& bad) {
        return broken(*socket, bad.fault);
    } catch (const Poco::Exception&) {
        return broken(*socket, "an answer that is not HTTP");
    }
}

}  // namespace
}  // namespace pwreset

void pwreset_speak_http(pwreset::Wire& wire, const pwreset::HttpRequest& request, const std::string& host,
                        pwreset::Wire::Deadline deadline, pwreset::HttpOutcome& outcome) {
    try {
        outcome = pwreset::spoken(wire, request, host, deadline);
    } catch (const Poco::Exception&) {
        outcome.fault = "no socket to be had";
    }
}
