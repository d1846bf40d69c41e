// The names of applications in our tables: who shares them, and what lies under a name that nobody has any more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// Every application for which `migrate` recorded keys.
std::vector<std::string> recorded_names(Session& session);
/// When the first and the last sealed entry of an application's audit trail were made.
std::optional<Time> oldest_entry(Session& session, const std::string& app);
std::optional<Time> newest_entry(Session& session, const std::string& app);

/// What another application's rows become ours of.
enum class Adoptable { jobs, deliveries, tokens, intake };
/// Deliveries of an application that some process has in its hands.
std::int64_t deliveries_in_hand(Session& session, const std::string& app);
/// Makes live tokens of `from` void where `to` has a live one of that account and kind: the number.
std::int64_t supersede_before_adoption(Session& session, const std::string& from, const std::string& to);
/// Gives at most `most` rows with ids behind `after` another name, and moves `after`; the number, or nothing when there
/// are no more.
std::optional<std::int64_t> adopt_batch(Session& session, Adoptable what, const std::string& from,
                                        const std::string& to, int most, std::int64_t& after);

}  // namespace pwreset::db
