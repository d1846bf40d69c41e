// The database that the configuration describes.
#pragma once

#include "db/session.h"
#include "src/config/config.h"

namespace pwreset {

/// How to connect; the password stays in `config`, which must outlive the session.
db::ConnectOptions connect_options(const DatabaseConfig& config);

}  // namespace pwreset
