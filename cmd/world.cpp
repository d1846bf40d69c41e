#include "cmd/world.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <utility>
#include <vector>

#include "src/audit/journal.h"
#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/stop.h"
#include "src/config/config.h"
#include "src/net/http.h"
#include "src/transport/open.h"

namespace pwreset {

namespace {

std::atomic<int> caught{0};
static_assert(std::atomic<int>::is_always_lock_free, "set in a signal handler");

extern "C" void note_signal(int signal) { caught = signal; }

/// The first signal asks to stop; a second one of the same kind ends the process at once.
void catch_signal(int signal) {
    struct sigaction action {};
    action.sa_handler = note_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(signal, &action, nullptr);
}

std::atomic<bool> hung_up{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

extern "C" void note_hang_up(int) { hung_up = true; }

/// Caught only where somebody asks: to all others it means, as ever, that the terminal is gone.
bool was_hung_up() {
    static const bool caught_from_now_on = [] {
        struct sigaction action {};
        action.sa_handler = note_hang_up;
        action.sa_flags = SA_RESTART;  // nothing that goes on is disturbed
        return ::sigaction(SIGHUP, &action, nullptr) == 0;
    }();
    return hung_up.exchange(false) && caught_from_now_on;
}

std::size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

void fill_random(char* bytes, std::size_t size) {
    while (size > 0) {
        const auto got = ::getrandom(bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw internal_error("the system has no random numbers");
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
}

/// Keeps what is typed off the screen while it lives.
class EchoOff {
public:
    explicit EchoOff(bool wanted) : active_(wanted && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!active_) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~EchoOff() {
        if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

private:
    termios before_{};
    bool active_;
};

/// One byte of standard input, not through a stream: those read on after a signal, and a ^C would be swallowed.
std::optional<char> read_byte() {
    for (;;) {
        char byte = 0;
        const auto got = ::read(STDIN_FILENO, &byte, 1);
        if (got == 1) return byte;
        if (got == 0 || errno != EINTR) return {};
        if (caught != 0) throw interrupted_by(caught, "nothing was done");
    }
}

/// A line of at most 4 KiB: an endless one must not fill the memory.
std::optional<std::string> read_line(const std::string& prompt, bool hidden) {
    const bool terminal = ::isatty(STDIN_FILENO) != 0;
    if (terminal) std::cerr << prompt << std::flush;
    const EchoOff echo(hidden && terminal);
    std::string line;
    while (const auto byte = read_byte()) {
        if (*byte == '\n') return line;
        if (line.size() >= 4096) throw invalid_input("the line on standard input is too long");
        line += *byte;
    }
    if (line.empty()) return {};
    return line;
}

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    if (!value) return {};
    return std::string(value);
}

}  // namespace

namespace {

/// A zone such as "Europe/Berlin": a TZ that names a file by its path would have it read.
bool is_zone_name(std::string_view zone) {
    return !zone.starts_with('/') && zone.find("..") == zone.npos && std::all_of(zone.begin(), zone.end(), [](char c) {
        return is_alphanumeric(c) || c == '/' || c == '_' || c == '-' || c == '+';
    });
}

/// Run through sudo: libraries read variables (OPENSSL_CONF, SSL_CERT_FILE, TMPDIR …) that would be the caller's. sudo
/// drops them unless its configuration was loosened; here they go whatever it says.
void keep_harmless_variables() {
    std::vector<std::pair<std::string, std::string>> kept;
    for (const char* name : {"SUDO_UID", "TERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TZ"}) {
        const auto value = environment(name);
        if (value && (std::string_view(name) != "TZ" || is_zone_name(*value))) kept.emplace_back(name, *value);
    }
    ::clearenv();
    for (const auto& [name, value] : kept) ::setenv(name.c_str(), value.c_str(), 1);
}

/// A caller may close a standard stream; the next file opened would take its number, and be written to as output.
void fill_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(stream, F_GETFD) == -1 && ::open("/dev/null", O_RDWR) != stream) std::abort();
    }
}

}  // namespace

void harden_process() {
    fill_standard_streams();
    ::prctl(PR_SET_DUMPABLE, 0);
    constexpr rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a caller's file size limit becomes an error, not a death half-way
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    // A mask is inherited: whoever started us may have blocked what asks us to stop.
    sigset_t none_blocked;
    ::sigemptyset(&none_blocked);
    ::sigprocmask(SIG_SETMASK, &none_blocked, nullptr);
    ::unsetenv("MARIADB_TLS_DISABLE_PEER_VERIFICATION");  // later Connectors/C heed it; only tls = "off" may
    if (std::getenv("SUDO_UID")) {
        keep_harmless_variables();
        std::signal(SIGTSTP, SIG_IGN);  // a suspended command would keep its row locks
    }
    std::ios::sync_with_stdio(false);
}

Env real_world() {
    const auto signalled = [] { return caught.load(); };
    return {.in = std::cin,
            .out = std::cout,
            .err = std::cerr,
            .terminal = {.in = ::isatty(STDIN_FILENO) != 0,
                         .out = ::isatty(STDOUT_FILENO) != 0,
                         .err = ::isatty(STDERR_FILENO) != 0,
                         .width = terminal_width()},
            .uid = ::getuid(),
            .effective_uid = ::geteuid(),
            .clock = [] { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); },
            .random = fill_random,
            .variable = environment,
            .open_transport = [signalled](const Config& config,
                                          Channel channel) { return open_transport(config, channel, signalled); },
            .ask = read_line,
            .signalled = signalled,
            .checkpoint = [](std::string_view) {},
            .journal = [socket = std::make_shared<JournalSocket>()](const std::string& line) { socket->send(line); },
            .http = [signalled](const HttpRequest& request) { return exchange(request, signalled); },
            .hung_up = was_hung_up};
}

}  // namespace pwreset
