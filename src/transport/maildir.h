// Delivery into a maildir: for the demo, for tests, and for looking at what would be sent.
#pragma once

#include <filesystem>
#include <memory>

#include "src/transport/transport.h"

namespace pwreset {

/// A transport that writes each message into `folder`/new, complete or not at all (tmp, fsync, rename), mode 0600.
/// The folders are made when missing (0700). Throws Error UNAVAILABLE when that fails.
std::unique_ptr<Transport> open_maildir(const std::filesystem::path& folder);

}  // namespace pwreset
