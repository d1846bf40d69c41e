#include "src/base/process.h"

#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

namespace pwreset {
namespace {

/// The five parts of an identity; a part that could not be learnt is empty.
struct Identity {
    std::string host;
    std::string boot;
    std::string pid_namespace;
    std::string pid;
    std::string start;
};

/// A host name may hold any byte; the one that parts ours is written as in a URL (RFC 3986, section 2.1).
std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '/' || c == '%')
            text += c == '/' ? "%2F" : "%25";
        else
            text += c;
    }
    return text;
}

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

/// "4026531836", out of the link's "pid:[4026531836]".
std::string pid_namespace() {
    std::array<char, 64> target{};
    const ssize_t size = readlink("/proc/self/ns/pid", target.data(), target.size());
    const std::string_view link(target.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const std::size_t open = link.find('[');
    const std::size_t close = link.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
    return std::string(link.substr(open + 1, close - open - 1));
}

struct ProcessState {
    char state = '?';   ///< field 3: Z and X have ended
    std::string start;  ///< field 22: when it started, in ticks since boot
};

/// What /proc/PID/stat says (proc(5)); nothing when it cannot be read.
std::optional<ProcessState> state_of(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string line;
    if (!std::getline(file, line, '\0')) return std::nullopt;
    // Field 2 is the program's name in parentheses, and the name may hold spaces and parentheses itself.
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return std::nullopt;
    std::istringstream fields(line.substr(name_end + 1));
    ProcessState process;
    fields >> process.state;
    for (int field = 4; field <= 22; ++field) fields >> process.start;
    if (!fields) return std::nullopt;
    return process;
}

/// The host's name with the beginning of its machine id (machine-id(5)): cloned machines share the name, and one of
/// them must not think the other's processes dead.
std::string host_identity() {
    std::ifstream file("/etc/machine-id");
    std::string id;
    file >> id;
    return escaped(host_name()) + (id.empty() ? "" : "~" + escaped(id.substr(0, 8)));
}

Identity own_identity() {
    const std::string pid = std::to_string(getpid());
    const std::optional<ProcessState> process = state_of(pid);
    return {host_identity(), boot_id(), pid_namespace(), pid, process ? process->start : std::string{}};
}

/// The parts of such a text; nothing when it is not five parts, each of them something, with a number for a pid.
std::optional<Identity> parse_identity(std::string_view text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t slash = 0; slash != std::string_view::npos; begin = slash + 1) {
        slash = text.find('/', begin);
        parts.emplace_back(text.substr(begin, slash == std::string_view::npos ? slash : slash - begin));
        if (parts.back().empty()) return std::nullopt;
    }
    if (parts.size() != 5) return std::nullopt;
    const std::string& pid = parts[3];
    pid_t number = 0;
    const auto [end, error] = std::from_chars(pid.data(), pid.data() + pid.size(), number);
    if (error != std::errc{} || end != pid.data() + pid.size() || number <= 0) return std::nullopt;
    return Identity{parts[0], parts[1], parts[2], pid, parts[4]};
}

/// What became of a process of our own PID namespace.
Liveness neighbour_liveness(const Identity& identity) {
    const std::optional<ProcessState> process = state_of(identity.pid);
    if (process) {
        const bool same = process->start == identity.start;
        const bool ended = process->state == 'Z' || process->state == 'X';
        return same && !ended ? Liveness::alive : Liveness::dead;
    }
    // Either there is none, or /proc hides the processes of other users (its mount option hidepid).
    const bool gone = kill(static_cast<pid_t>(std::stol(identity.pid)), 0) != 0 && errno == ESRCH;
    return gone ? Liveness::dead : Liveness::elsewhere;
}

}  // namespace

std::string process_identity() {
    const Identity own = own_identity();
    return own.host + '/' + own.boot + '/' + own.pid_namespace + '/' + own.pid + '/' + own.start;
}

Liveness liveness(std::string_view identity) {
    const std::optional<Identity> other = parse_identity(identity);
    const Identity own = own_identity();
    if (!other || own.boot.empty() || own.pid_namespace.empty() || other->host != own.host) return Liveness::elsewhere;
    if (other->boot != own.boot) return Liveness::dead;  // the host has restarted since
    if (other->pid_namespace != own.pid_namespace) return Liveness::elsewhere;
    return neighbour_liveness(*other);
}

std::optional<std::string> program_path() {
    std::array<char, PATH_MAX> path{};
    const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
    if (size <= 0) return {};
    return std::string(path.data(), static_cast<std::size_t>(size));
}

std::string remedy_for_missing_module() {
    if (!program_path()) return "mount /proc: without it the program does not know its own folder, where the module is";
    return "install pwreset completely: the module belongs beside the program's other files";
}

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

}  // namespace pwreset
