// The chain of sealed rows: each has a number, and a MAC over itself and the row before it. Pure; seal.h makes it,
// verify.h follows it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "db/own/audit.h"
#include "db/own/checkpoints.h"
#include "src/keys/keyring.h"

namespace pwreset {

/// What the next row stands on. Before the first row: number 0 and 32 zero bytes.
struct Link {
    std::int64_t seq = 0;
    std::string mac = std::string(32, '\0');  ///< raw
};

/// The chain MAC of a row at `row.seq` under one key, raw; `before` is that of the row before it. `row.chain_key_id`
/// must be there.
std::string chain_mac(const db::AuditRow& row, const std::string& before, const Secret& key);
/// The MAC of a checkpoint under one key, raw.
std::string checkpoint_mac(const db::Checkpoint& checkpoint, const Secret& key);
/// Whether this key made it. That is to be the current one: a rotation makes the MAC anew.
bool is_genuine(const db::Checkpoint& checkpoint, const Key& key);

/// The place of a key in the file, where the newest is first; the number of keys when it is not there.
std::size_t position(const Keyring& keys, const std::string& id);
/// Whether the row was made with a key that had been replaced for longer than any command takes (a day), when the one
/// at place `newest` has been in use since then.
bool is_outdated(const db::AuditRow& row, const Keyring& keys, std::size_t newest, Time since);

/// The action of an entry that is sealed before rows which should have been sealed long ago.
constexpr const char* seal_late_action = "seal-late";
/// The action of an entry that is sealed before a row whose date is far behind that of the row before it, where at that
/// time the database's clock was behind the latter's, too: it had been ahead, or had gone back.
constexpr const char* clock_back_action = "clock-back";

/// Rows are sealed within moments. One that comes so much later was held back, or is an old one played again.
constexpr Seconds longest_delay{3600};

/// The action of an entry which states that a backup was restored: the rows behind the one before it were lost, and
/// numbers go on with its own, past all that those had.
constexpr const char* restored_action = "restored";

/// What a row is, apart from its place.
enum class Authenticity {
    genuine,
    erased,            ///< genuine, and its personal fields were removed
    changed,           ///< its MAC does not hold
    changed_personal,  ///< its MAC holds, its personal fields are others
    unknown_key,
};
Authenticity examine(const db::AuditRow& row, const Keyring& keys);
/// How many rows an entry of 'subject erase' says it erased; 0 for every other row.
std::int64_t erasures_told(const db::AuditRow& row);

/// What can be wrong with rows of the chain.
enum class Fault {
    missing,
    changed,
    changed_personal,
    unknown_key,
    out_of_place,  ///< another row was sealed there, or on another one
    copied,        ///< of an earlier row
    backdated,     ///< more than an hour older than what was sealed before it, and no entry says why
    older_key,     ///< the chain went back to a key that it had left
    outdated_key,  ///< made with a key that had been replaced long before
};

/// Follows the chain row by row from where it begins. After a fault it goes on from what is stored, so that each is
/// named once.
class ChainWalk {
public:
    /// What is found, for the rows `first` to `last`.
    using OnFault = std::function<void(Fault, std::int64_t first, std::int64_t last)>;

    ChainWalk(const Keyring& keys, OnFault on_fault);
    /// Starts behind what was purged.
    void start(const db::Checkpoint& checkpoint);
    /// The next row of the chain. True when it is genuine and its place proven, which the place behind a gap is not.
    bool step(const db::AuditRow& row);

    const Link& end() const { return end_; }
    Time latest() const { return latest_; }  ///< the latest time of a row so far, purged ones included
    /// The place in the key file of the newest key that rows were sealed with; the number of keys before the first row.
    std::size_t newest_key() const { return newest_chain_key_; }
    std::int64_t rows() const { return rows_; }
    std::int64_t erased() const { return erased_; }      ///< rows without personal fields, purged ones included
    std::int64_t erasures() const { return erasures_; }  ///< how many there may be
    /// The number of the last proven entry which states that a backup was restored, and of the row before it; 0
    /// without.
    std::int64_t restored_at() const { return restored_at_; }
    std::int64_t restored_after() const { return restored_after_; }
    /// Those of ours that authenticate something here.
    const std::set<std::string>& keys_seen() const { return keys_seen_; }

private:
    enum class Place { proven, unprovable, wrong };

    bool check_row(const db::AuditRow& row);
    Place check_place(const db::AuditRow& row, bool row_is_good);
    bool check_time(const db::AuditRow& row);
    bool check_age_of_key(const db::AuditRow& row);
    void fault(Fault what, const db::AuditRow& row) { on_fault_(what, *row.seq, *row.seq); }

    const Keyring& keys_;
    OnFault on_fault_;
    Link end_;
    std::string computed_;            ///< the chain MAC that the last row should have; mostly the one it has
    std::size_t oldest_key_allowed_;  ///< position in the key file, where the newest is first
    std::size_t newest_chain_key_;
    std::size_t newest_row_key_;  ///< the newest that a genuine row was made with
    Time newest_since_{};         ///< the time of the first such row: that of the rotation
    Time latest_{};
    Time expected_{};               ///< rows may be an hour older than this, and no more
    bool clock_went_back_ = false;  ///< by an entry that says so: the next row may be older than it was expected
    std::int64_t rows_ = 0;
    std::int64_t erased_ = 0;
    std::int64_t erasures_ = 0;
    std::int64_t restored_at_ = 0;
    std::int64_t restored_after_ = 0;
    std::set<std::string> keys_seen_;
};

}  // namespace pwreset
