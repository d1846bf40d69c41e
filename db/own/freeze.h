// Whether issuing is frozen: one row among the leases, which every login that issues may read and write.
#pragma once

#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

/// Bytes of the words that are kept.
constexpr std::size_t longest_freeze_words = 255;

/// Since when, and in words by whom and why.
struct Freeze {
    Time since;
    std::string words;
};
std::optional<Freeze> freeze_of(Session& session, const std::string& app);
/// False when it is frozen already: then the row stays as it is.
bool insert_freeze(Session& session, const std::string& app, const std::string& words);
/// False when it is not frozen.
bool delete_freeze(Session& session, const std::string& app);

}  // namespace pwreset::db
