// Accounts whose identities differ in their writing alone. Looked for, counted and compared by the server, within a
// time; a few of them are read as samples, to be masked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/app/accounts.h"

namespace pwreset::db {

/// To whom two of them are the same.
enum class SameTo {
    case_folding,  ///< the letters, small or capital
    collation,     ///< the column's own
    unicode,       ///< compatibility forms, compositions and case: about what NFKC with case folding has
};

/// Identities that several accounts have.
struct Collisions {
    std::int64_t identities = 0;  ///< at most most_collisions
    std::int64_t accounts = 0;    ///< that have them
    bool more = false;
    /// One of them as some account has it, and the keys of two.
    struct Sample {
        std::string value, first, last;
    };
    std::vector<Sample> samples{};  ///< three at most
};
constexpr std::int64_t most_collisions = 1000;

/// Of a column that identities are looked up in. Nothing where this server cannot tell. Throws TooSlow after 10 s.
std::optional<Collisions> collisions(Session& session, Accounts& accounts, UsersColumn column, SameTo same);
/// The collation by which the server tells what is the same to Unicode; empty where it has none that keeps accents.
std::string unicode_collation(Session& session);

/// A number as it is stored, and whose it is.
struct StoredNumber {
    std::string account, number;
};
/// Numbers of which several accounts have one with the same last 8 digits, at most 2,000: candidates, to be compared in
/// code. Nothing on SQLite. Throws TooSlow after 10 s.
std::optional<std::vector<StoredNumber>> similar_numbers(Session& session, Accounts& accounts);

}  // namespace pwreset::db
