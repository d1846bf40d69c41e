// The options that every command takes.
#pragma once

#include <optional>
#include <string>

#include "cmd/command_line.h"
#include "cmd/output/listing.h"
#include "src/base/grounds.h"

namespace pwreset {

/// The grounds are recorded where something is done, and filter where something is listed.
struct Common {
    std::string config;
    Format format = Format::table;
    bool quiet = false;
    bool verbose = false;
    bool dry_run = false;
    bool yes = false;
    Grounds grounds;
    std::optional<std::string> locale;
    std::string color = "auto";
};

/// Binds them to the program, so that they may stand before and after the command.
void bind_common(CommandLine& program, Common& common);
/// Throws Error INVALID_INPUT for texts that no column could hold: too long, not UTF-8, with control characters.
void check_common(const Common& common);
/// Decides about colour: --color, else NO_COLOR (https://no-color.org), else whether the stream is a terminal.
void apply_color(const Common& common, Env& env);
/// Whether the caller wants JSON, read from the bare arguments: also where they could not be parsed.
bool wants_json(const std::vector<std::string>& arguments);

}  // namespace pwreset
