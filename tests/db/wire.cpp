#include "tests/db/wire.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pwreset::test {
namespace {

constexpr int glance = 20;  // milliseconds until we look again whether it is over

int connected_by_socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return fd;
}

int connected_by_tcp(const std::string& host, int port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return -1;
    const int fd = ::socket(found->ai_family, SOCK_STREAM, 0);
    ::connect(fd, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    return fd;
}

int connected_to_server() {
    const auto& database = TestDatabase::get();
    return database.socket.empty() ? connected_by_tcp(database.host, database.port)
                                   : connected_by_socket(database.socket);
}

bool readable(int fd, int milliseconds) {
    pollfd waiting{fd, POLLIN, 0};
    return ::poll(&waiting, 1, milliseconds) > 0;
}

/// Reads what is there; "" when the other side has closed.
std::string_view read_from(int fd, std::array<char, 65536>& buffer) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    return {buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

bool write_to(int fd, std::string_view bytes) {
    return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

}  // namespace

Wire::Wire() {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, raw, size) != 0 || ::listen(listener_, 8) != 0 || ::getsockname(listener_, raw, &size) != 0) {
        throw std::runtime_error("cannot listen on 127.0.0.1");
    }
    port_ = ::ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

Wire::~Wire() { take_down(); }

void Wire::take_down() {
    down_ = true;
    if (thread_.joinable()) thread_.join();
}

db::ConnectOptions Wire::options() const {
    auto options = TestDatabase::get().options();
    options.hosts = {"127.0.0.1"};
    options.port = port_;
    options.socket.clear();
    return options;
}

void Wire::serve() {
    while (!down_) {
        if (!readable(listener_, glance)) continue;
        const int client = ::accept(listener_, nullptr, nullptr);
        const int server = connected_to_server();
        pass_on(client, server);
        ::close(client);
        ::close(server);
    }
    ::close(listener_);
}

void Wire::pass_on(int client, int server) {
    std::array<char, 65536> buffer{};
    while (!down_) {
        std::array<pollfd, 2> ends{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
        if (::poll(ends.data(), ends.size(), glance) <= 0) continue;
        if (ends[1].revents != 0) {
            const auto answer = read_from(server, buffer);
            if (answer.empty() || !write_to(client, answer)) return;
        }
        if (ends[0].revents == 0) continue;
        const auto question = read_from(client, buffer);
        if (question.empty()) return;
        const bool commit = question.find("COMMIT") != question.npos;
        const Cut cut = commit ? cut_.exchange(Cut::never) : Cut::never;
        if (cut == Cut::before_commit || !write_to(server, question)) return;
        if (cut == Cut::never) continue;
        read_from(server, buffer);  // once the server has answered, it has committed
        return;
    }
}

}  // namespace pwreset::test
