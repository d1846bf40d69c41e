// What a monitoring system reads of the queue: Prometheus's text format, in a file that its node exporter collects.
#pragma once

#include <filesystem>
#include <string>

#include "src/context.h"
#include "src/delivery/worker.h"

namespace pwreset {

/// The queue as it is now, and what this process has done since it began. Labels have words of closed lists, and the
/// application's name: nothing of a person, a domain or an operator.
/// Format: https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
std::string metrics_text(Context& context, const Pass& done);

/// Puts the text in the place of the file, at once: a reader finds the former or the new one. Its mode is 0644. Throws
/// Error IO_ERROR; FORBIDDEN where another file than one of ours has that name.
void write_metrics(const std::filesystem::path& file, const std::string& text);

}  // namespace pwreset
