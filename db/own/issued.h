// What one operator's commands have issued: to take it back, and to say what comes too late for that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

/// Whose commands, and of jobs begun at or after when.
struct IssuedBy {
    std::string operator_name;
    Time since;
};

/// A delivery that is not over: waiting, being sent, or with a token that still lives.
struct Issued {
    std::int64_t delivery_id = 0;
    std::string account;
};
/// At most `most` of those with ids above `after`, the oldest first.
std::vector<Issued> issued_and_open(Session& session, const std::string& app, const IssuedBy& by, std::int64_t after,
                                    int most);
/// How many tokens of theirs were used.
std::int64_t issued_and_used(Session& session, const std::string& app, const IssuedBy& by);

}  // namespace pwreset::db
