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
#include <random>
#include <sstream>
#include <vector>

namespace pwreset {
namespace {

/// The five parts of an identity; a part that could not be learnt is empty.
struct Identity {
    std::string host, boot, pid_namespace, pid, start;
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

std::string word_in(const char* path) {
    std::ifstream file(path);
    std::string word;
    file >> word;
    return word;
}

/// Where a link of /proc leads; "" where it cannot be read.
std::string target_of(const std::string& link) {
    std::array<char, 64> target{};
    const ssize_t size = readlink(link.c_str(), target.data(), target.size());
    return {target.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// "4026531836", out of the link's "pid:[4026531836]"; "" where /proc is another namespace's, and its numbers not ours.
std::string pid_namespace() {
    if (target_of("/proc/self") != std::to_string(getpid())) return {};
    const std::string link = target_of("/proc/self/ns/pid");
    return link.starts_with("pid:[") ? link.substr(5, link.size() - 6) : "";
}

struct ProcessState {
    char state = '?';     ///< field 3: Z and X have ended
    std::string start{};  ///< field 22: when it started, in ticks since boot
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

/// The host's name with the beginning of its machine id (machine-id(5)), where it has one.
std::string host_identity() {
    const std::string id = word_in("/etc/machine-id");
    return escaped(host_name()) + (id.empty() ? "" : "~" + escaped(id.substr(0, 8)));
}

Identity own_identity() {
    const std::string pid = std::to_string(getpid());
    const std::string boot = word_in("/proc/sys/kernel/random/boot_id");
    return {host_identity(), boot, pid_namespace(), pid, state_of(pid).value_or(ProcessState{}).start};
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
        if (process->state == 'Z' || process->state == 'X') return Liveness::dead;
        if (process->start == identity.start) return Liveness::alive;
        // Another process has its number now; or it is the same, and counts from another time (time_namespaces(7)).
        const bool same_time = target_of("/proc/" + identity.pid + "/ns/time") == target_of("/proc/self/ns/time");
        return same_time ? Liveness::dead : Liveness::elsewhere;
    }
    // Either there is none, or /proc hides the processes of other users (its mount option hidepid).
    const bool gone = kill(static_cast<pid_t>(std::stol(identity.pid)), 0) != 0 && errno == ESRCH;
    return gone ? Liveness::dead : Liveness::elsewhere;
}

}  // namespace

std::string process_identity() {
    // Where it cannot be learnt who this is, nobody else may be taken for it: not the process 1 of every container.
    static const std::string unlike_others = "-" + std::to_string(std::random_device{}());
    Identity own = own_identity();
    if (own.boot.empty() || own.pid_namespace.empty()) own.start += unlike_others;
    return own.host + '/' + own.boot + '/' + own.pid_namespace + '/' + own.pid + '/' + own.start;
}

Liveness liveness(std::string_view identity) {
    const std::optional<Identity> other = parse_identity(identity);
    const Identity own = own_identity();
    if (!other || own.boot.empty() || own.pid_namespace.empty() || other->host != own.host) return Liveness::elsewhere;
    // Has this host restarted since? Or is it another one that has our name, as containers and cloned machines do?
    if (other->boot != own.boot) return Liveness::elsewhere;
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
