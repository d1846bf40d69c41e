// The key 'application' changed, and with it the name of all rows: what lies under a name that no configuration has any
// more is out of everybody's reach, until somebody takes it over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"
#include "src/base/env.h"
#include "src/config/config.h"

namespace pwreset {

/// A name under which the tables hold rows. The counts are missing where this login may not look.
struct FormerName {
    std::string name;
    std::optional<std::int64_t> live{};  ///< tokens
    std::optional<std::int64_t> open{};  ///< deliveries

    /// Whether anything of it may still matter to a user.
    bool matters() const { return live.value_or(1) + open.value_or(1) > 0; }
};

/// Names that no configuration beside ours has, and under which nothing was recorded since there are rows of ours: so
/// not those of other applications that are alive in the same tables. Empty where nobody may tell.
std::vector<FormerName> former_names(const Env& env, db::Session& session, const Config& config);
/// "the tables hold rows of application 'shop' (2 live tokens, 1 open delivery), a name that no configuration here
/// has".
std::string in_words(const FormerName& former);
/// How to take them over, or end them.
std::string remedy_for(const FormerName& former);
/// Throws Error CONFIG where our key files are missing, and those of a name that no configuration has lie beside them.
void refuse_new_key_folder(const Env& env, const Config& config);
/// Throws Error CONFIG where nothing was recorded under our name, and there are former ones.
void refuse_new_name(const Env& env, db::Session& session, const Config& config);

}  // namespace pwreset
