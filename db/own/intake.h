// What web back ends asked for (`request --public`) and nobody has looked into yet: the identity as it was typed. A row
// lives until `deliver` has handled it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

struct IntakeRow {
    std::int64_t id = 0;
    std::string identity;
    std::optional<std::string> locale;
    std::string operator_name;  ///< the web back end
    std::string trace_id;       ///< of its call
    Time taken_at;
};

/// Takes a request in; the row's own id and time are the database's. Needs INSERT on this table and nothing else.
void insert_intake(Session& session, const std::string& app, const IntakeRow& row);
/// Whether anything waits: a look at one row of the index.
bool any_intake(Session& session, const std::string& app);
/// At most `most` rows with ids above `after`, oldest first.
std::vector<IntakeRow> intake(Session& session, const std::string& app, std::int64_t after, int most);
/// Whether that row still waits.
bool has_intake(Session& session, std::int64_t id);
/// Deletes the row; false when somebody else was first. Who got true holds it until the transaction ends.
bool consume_intake(Session& session, std::int64_t id);
/// Deletes at most `most` rows taken in before that time; the number.
std::int64_t erase_intake_before(Session& session, const std::string& app, Time cut, int most);

/// How much waits, and since when.
struct IntakeBacklog {
    std::int64_t waiting = 0;
    std::optional<Time> oldest;
};
IntakeBacklog intake_backlog(Session& session, const std::string& app);

}  // namespace pwreset::db
