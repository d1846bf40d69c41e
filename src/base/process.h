// Which process holds a lease, written so that any process on the same host can tell whether that one still lives.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pwreset {

/// What became of the process that an owner text names.
enum class Liveness {
    alive,
    dead,
    elsewhere,  ///< it cannot be seen from here (another host, boot, PID namespace): only the database's clock can tell
};

/// "host/boot-id/pid-namespace/pid/start-time" of this process. The start time is field 22 of /proc/PID/stat, so a pid
/// that was given out again is not mistaken for its former owner.
std::string process_identity();
/// Whether the process behind such a text is still there. A text of another form is `elsewhere`.
Liveness liveness(std::string_view identity);
/// The path of the running program; nothing where /proc is not there to tell it (a build root).
std::optional<std::string> program_path();
/// What to do when a module of the program cannot be opened.
std::string remedy_for_missing_module();

/// The host's name, for the audit trail.
std::string host_name();

}  // namespace pwreset
