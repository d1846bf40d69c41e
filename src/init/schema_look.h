// A look at a schema by a login that is used once: which tables and columns there are.
#pragma once

#include <string>
#include <vector>

#include "db/session.h"
#include "src/init/detection.h"

namespace pwreset {

/// The tables that may tell which application it is, with their columns.
Schema look_at_schema(db::Session& session, const std::string& schema, const std::vector<Signature>& signatures);

}  // namespace pwreset
