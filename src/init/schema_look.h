// A look at a schema by a login that is used once: which tables and columns there are.
#pragma once

#include <string>
#include <vector>

#include "db/session.h"
#include "src/init/detection.h"
#include "src/init/likely_columns.h"

namespace pwreset {

/// The tables that may tell which application it is, with their columns.
Schema look_at_schema(db::Session& session, const std::string& schema, const std::vector<Signature>& signatures);
/// All its tables but pwreset's own, for an application that nothing is known of.
std::vector<TableColumns> all_columns(db::Session& session, const std::string& schema);

}  // namespace pwreset
