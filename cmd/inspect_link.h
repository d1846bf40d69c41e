// A pasted link at the edge of the program: how it is read, and what is said of it. Never the link itself.
#pragma once

#include <string>
#include <vector>

#include "cmd/output/envelope.h"
#include "cmd/output/sections.h"
#include "src/recovery/inspect.h"

namespace pwreset {

/// The link from a prompt (one line, not shown) or all of standard input. Throws Error INVALID_INPUT when there is
/// nothing, or more than longest_pasted bytes.
Secret read_link(Env& env);
/// Throws Error USAGE when the words of the command line hold what is to be read by read_link(): everybody on the
/// machine reads them there. The message does not repeat it.
void refuse_secret(const std::string& target);

/// "damaged: a line break after 30 of 64 digits (character 72)", or that it was rewritten, a line for each; at most
/// ten.
std::vector<std::string> damage_lines(const std::vector<Injury>& injuries);
/// "superseded 2026-03-01T12:00:00Z by ref 7K3Q-M2".
std::string verdict_text(const PastedLink& link, const std::function<std::string(Time)>& when);
/// "valid until 2026-03-01T12:00:00Z", "gone: used or withdrawn …": what the application makes of it.
std::string taken_text(const Taken& taken, const std::function<std::string(Time)>& when);
/// The same of one of ours: "replaced by the application's own form …".
std::string taken_text(const PastedLink& ours, const Taken& taken, const std::function<std::string(Time)>& when);
void show_link(Sections& out, const Inspection& found);
Json link_json(const Inspection& found);

}  // namespace pwreset
