// How far pwreset's tables reach: whether a row is there that was committed once, and which ids were given out. A
// backup that was restored reaches less far than what a host remembers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

/// The tables whose ids must never be given out a second time.
enum class Numbered { audit, deliveries, tokens, jobs };
const char* table_of(Numbered what);

/// An audit row, found by its MAC.
struct FoundRow {
    std::int64_t id = 0;
    Time at;
    std::string key_id;
};
struct Reach {
    std::optional<FoundRow> former;  ///< the row with the MAC that was asked for first
    std::optional<FoundRow> newest;  ///< the same of the second
    std::int64_t seq = 0;            ///< the last number of the application's chain
    std::int64_t audit = 0;          ///< the largest ids that rows have, of whatever application
    std::int64_t deliveries = 0;
    std::int64_t tokens = 0;
    std::int64_t jobs = 0;
    std::optional<std::string> note{};  ///< as note_restore() left it
};
/// MACs are raw, and may be empty. Without `all_tables` it asks the audit trail alone, which every login may read that
/// seals.
Reach reach(Session& session, const std::string& app, const std::string& former, const std::string& newest,
            bool all_tables);

/// The id that the next row of a table is given. The server keeps that where rows are deleted, so only another table in
/// the place of this one makes it less. Nothing where the server does not say.
std::optional<std::int64_t> next_id(Session& session, Numbered what);
/// Makes it at least that. On MySQL and MariaDB this is DDL, outside of any transaction.
void move_on(Session& session, Numbered what, std::int64_t next);

/// On a Galera cluster: lets what is read from now on wait for what other nodes have committed. Whether it is one.
bool wait_for_cluster(Session& session);

// What is known in the tables of a restored backup: one row an application, among the leases, which every login that
// issues may read and write.

/// "noticed by HOST", or "settled:ID" with the id of the audit row that says so.
void note_restore(Session& session, const std::string& app, const std::string& note);

}  // namespace pwreset::db
