// The first door of the module pwreset-net.so: sockets and TLS by Poco::Net. Sockets are non-blocking and every wait is
// ours, because Poco's own timeouts start anew with each piece of data and do not bound a handshake.
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <future>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "src/net/wire.h"

namespace pwreset {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = WireError::Kind;
using Poco::Net::SecureStreamSocket;
using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

constexpr std::chrono::milliseconds longest_wait{100};  // how late a signal may be noticed
constexpr std::size_t tls_record = 16384;

std::string words_of(int error) { return std::generic_category().message(error); }

/// The patience of one wire: until the deadline or the first sight of a signal, looked at slice by slice.
class Patience {
public:
    explicit Patience(std::function<int()> signalled) : signalled_(std::move(signalled)) {}

    /// How long to wait next. Throws WireError `interrupted` (once for each signal) or `timeout`.
    std::chrono::milliseconds slice(Wire::Deadline deadline) {
        const int signal = signalled_ ? signalled_() : 0;
        if (signal != std::exchange(seen_, signal) && signal != 0) throw WireError(Kind::interrupted, "interrupted");
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) throw WireError(Kind::timeout, "no answer in time");
        return std::min(left, longest_wait);
    }

    /// Waits until the socket is ready for `events` of poll(2).
    void wait(int socket, short events, Wire::Deadline deadline) {
        while (true) {
            pollfd entry{socket, events, 0};
            const int ready = ::poll(&entry, 1, static_cast<int>(slice(deadline).count()));
            if (ready > 0) return;
            if (ready < 0 && errno != EINTR) throw WireError(Kind::broken, words_of(errno));
        }
    }

private:
    std::function<int()> signalled_;
    int seen_ = 0;
};

/// Runs a call of Poco's and gives its exceptions our names.
template <typename Call>
auto in_our_words(Call call) {
    try {
        return call();
    } catch (const Poco::Net::SSLConnectionUnexpectedlyClosedException&) {
        throw WireError(Kind::closed, "the connection was closed");
    } catch (const Poco::Net::SSLException& error) {
        // So OpenSSL 3 calls a peer that hangs up without TLS's farewell; Poco passes it on as its text.
        if (error.message().find("unexpected eof") != std::string::npos)
            throw WireError(Kind::closed, "the connection was closed");
        throw WireError(Kind::broken, error.displayText());
    } catch (const Poco::Net::ConnectionResetException&) {
        throw WireError(Kind::closed, "the connection was reset");
    } catch (const Poco::Net::ConnectionAbortedException&) {
        throw WireError(Kind::closed, "the connection was aborted");
    } catch (const Poco::Net::ConnectionRefusedException&) {
        throw WireError(Kind::refused, "connection refused");
    } catch (const Poco::Exception& error) {
        throw WireError(Kind::broken, error.displayText());
    }
}

// --- whom to trust -----------------------------------------------------------------------------------------------

/// Why the last certificate in this thread was refused: OpenSSL tells nobody but this callback.
thread_local std::string certificate_fault;

int note_fault(int fine, X509_STORE_CTX* chain) {
    if (fine == 0) certificate_fault = X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
    return fine;
}

bool is_ip_address(const std::string& host) {
    Poco::Net::IPAddress ignored;
    return Poco::Net::IPAddress::tryParse(host, ignored);
}

/// Chain and name are both checked by OpenSSL inside the handshake, so nothing is ever sent to the wrong one. Poco's
/// own check comes later, and not at all for "localhost".
Poco::Net::Context::Ptr verifying_context(const WireTarget& target) {
    using Poco::Net::Context;
    Context::Params params;
    params.caLocation = target.ca_file;
    params.loadDefaultCAs = target.ca_file.empty();
    params.verificationMode = Context::VERIFY_STRICT;
    params.cipherList = "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES";
    Context::Ptr context;
    try {
        context = new Context(Context::TLS_CLIENT_USE, params);
    } catch (const Poco::Exception&) {
        throw WireError(Kind::certificate, "cannot read the authorities' certificates in '" + target.ca_file + "'");
    }
    SSL_CTX* const ssl = context->sslContext();
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, note_fault);
    X509_VERIFY_PARAM* const check = SSL_CTX_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool named = is_ip_address(target.name)
                           ? X509_VERIFY_PARAM_set1_ip_asc(check, target.name.c_str()) == 1
                           : X509_VERIFY_PARAM_set1_host(check, target.name.data(), target.name.size()) == 1;
    if (!named || SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) != 1)
        throw WireError(Kind::certificate, "cannot check certificates for '" + target.name + "'");
    return context;
}

// --- the stream --------------------------------------------------------------------------------------------------

class PocoWire : public Wire {
public:
    PocoWire(StreamSocket socket, WireTarget target, Patience patience)
        : socket_(std::move(socket)),
          fd_(socket_.impl()->sockfd()),
          target_(std::move(target)),
          patience_(std::move(patience)) {
        if (target_.name.empty()) target_.name = target_.host;
    }

    std::size_t read(char* buffer, std::size_t size, Deadline deadline) override {
        while (true) {
            const int got = in_our_words([&] { return socket_.receiveBytes(buffer, static_cast<int>(size)); });
            if (got >= 0) return static_cast<std::size_t>(got);
            patience_.wait(fd_, wanted(got, POLLIN), deadline);
        }
    }

    void write(std::string_view bytes, Deadline deadline) override {
        std::size_t written = 0;
        try {
            while (written < bytes.size()) written += write_some(bytes.substr(written, tls_record), deadline);
        } catch (WireError& error) {
            error.written = written;
            throw;
        }
    }

    void start_tls(Deadline deadline) override {
        // Once: several connections may come here at the same time.
        static const bool ready = (Poco::Net::initializeSSL(), true);
        static_cast<void>(ready);
        const Poco::Net::Context::Ptr context = verifying_context(target_);
        const std::string server_name = is_ip_address(target_.name) ? "" : target_.name;  // RFC 6066: no address in SNI
        // On a non-blocking socket this prepares the handshake without beginning it.
        SecureStreamSocket secure =
            in_our_words([&] { return SecureStreamSocket::attach(socket_, server_name, context); });
        socket_ = secure;
        encrypted_ = true;
        certificate_fault.clear();
        try {
            shake_hands(secure, deadline);
        } catch (WireError& error) {
            if (!certificate_fault.empty())
                throw WireError(Kind::certificate,
                                "certificate of '" + target_.name + "' refused: " + certificate_fault);
            if (error.kind == Kind::broken) error.text = "no TLS with this server: " + error.text;
            if (error.kind == Kind::closed) error.text += " during the TLS handshake";
            throw;
        }
    }

private:
    /// What to wait for when a call could not go on: TLS may want to read in order to write, and the reverse.
    short wanted(int result, short otherwise) const {
        if (!encrypted_) return otherwise;
        return result == SecureStreamSocket::ERR_SSL_WANT_WRITE ? POLLOUT : POLLIN;
    }

    std::size_t write_some(std::string_view bytes, Deadline deadline) {
        while (true) {
            const int sent =
                in_our_words([&] { return socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size())); });
            if (sent > 0) return static_cast<std::size_t>(sent);
            patience_.wait(fd_, wanted(sent, POLLOUT), deadline);
        }
    }

    void shake_hands(SecureStreamSocket& secure, Deadline deadline) {
        while (true) {
            const int result = in_our_words([&] { return secure.completeHandshake(); });
            if (result > 0) return;
            if (result == 0) throw WireError(Kind::closed, "the connection was closed");
            patience_.wait(fd_, wanted(result, POLLIN), deadline);
        }
    }

    StreamSocket socket_;
    int fd_;
    WireTarget target_;
    Patience patience_;
    bool encrypted_ = false;
};

// --- how to get there --------------------------------------------------------------------------------------------

std::vector<SocketAddress> look_up(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int fault = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    // This name is known without asking anybody (RFC 6761, section 6.3), also where there is no /etc/hosts.
    if (fault != 0 && host == "localhost") return {{"127.0.0.1", static_cast<Poco::UInt16>(port)}};
    if (fault != 0) throw WireError(Kind::refused, "cannot find host '" + host + "': " + ::gai_strerror(fault));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    std::vector<SocketAddress> addresses;
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next)
        addresses.emplace_back(each->ai_addr, each->ai_addrlen);
    return addresses;
}

/// The addresses of the host. getaddrinfo(3) knows no deadline, so a thread waits for it; one that is late is left to
/// itself and touches nothing of ours.
std::vector<SocketAddress> resolve(const WireTarget& target, Patience& patience, Wire::Deadline deadline) {
    if (is_ip_address(target.host)) return {SocketAddress(target.host, static_cast<Poco::UInt16>(target.port))};
    std::packaged_task<std::vector<SocketAddress>(std::string, int)> task(look_up);
    std::future<std::vector<SocketAddress>> answer = task.get_future();
    std::thread(std::move(task), target.host, target.port).detach();
    auto status = std::future_status::timeout;
    while (status != std::future_status::ready) status = answer.wait_for(patience.slice(deadline));
    return answer.get();
}

StreamSocket connect_to(const SocketAddress& address, Patience& patience, Wire::Deadline deadline) {
    StreamSocket socket;
    in_our_words([&] { socket.connectNB(address); });
    patience.wait(socket.impl()->sockfd(), POLLOUT, deadline);
    if (const int error = socket.impl()->socketError(); error != 0) throw WireError(Kind::refused, words_of(error));
    // Commands and messages are written whole: waiting for more to send (Nagle) would only add 40 ms to each.
    in_our_words([&] { socket.setNoDelay(true); });
    return socket;
}

/// Tries each address; an unreachable one takes no more than its share of the time.
std::unique_ptr<Wire> connect_to_any(const WireTarget& target, Wire::Deadline deadline) {
    Patience patience(target.signalled);
    const std::vector<SocketAddress> addresses = resolve(target, patience, deadline);
    WireError failure(Kind::refused, "");
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const Wire::Deadline share = Clock::now() + (deadline - Clock::now()) / static_cast<int>(addresses.size() - i);
        try {
            StreamSocket socket = connect_to(addresses[i], patience, share);
            return std::make_unique<PocoWire>(std::move(socket), target, std::move(patience));
        } catch (const WireError& error) {
            if (error.kind == Kind::interrupted) throw;
            failure.kind = error.kind;
            failure.text += (i == 0 ? "" : "; ") + addresses[i].toString() + ": " + error.text;
        }
    }
    throw failure;
}

}  // namespace
}  // namespace pwreset

pwreset::Wire* pwreset_connect_wire(const pwreset::WireTarget& target, pwreset::Wire::Deadline deadline) {
    // A peer that hangs up must be an error, not the end of the program; TLS writes with write(2), so no flag of
    // send(2) prevents it.
    static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
    static_cast<void>(ignored);
    return pwreset::connect_to_any(target, deadline).release();
}
