// A host's mark: a small file beside the keys that says what this host wrote into the tables last. Tables that do not
// reach as far are older: a backup was restored, or another server took over without the last writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "src/base/time.h"

namespace pwreset {

/// Numbers from here on were written by hand: no reference has them, and they say nothing of what was given out.
constexpr std::int64_t no_number = std::int64_t{1} << 59;

/// Largest numbers that were given out, as far as a host has seen them.
struct Numbers {
    std::int64_t audit = 0;  ///< ids
    std::int64_t deliveries = 0;
    std::int64_t tokens = 0;
    std::int64_t jobs = 0;
    std::int64_t seq = 0;  ///< of the audit trail's chain

    /// Each the larger of the two, but for numbers that are none.
    void raise(const Numbers& other);
    bool operator==(const Numbers&) const = default;
};

struct HostMark {
    std::int64_t audit_id = 0;  ///< a row of the audit trail that was committed
    std::string mac;            ///< its MAC, raw
    std::string key_id;         ///< the key that made that
    Time at;                    ///< its time, by the database's clock
    Numbers used;

    bool operator==(const HostMark&) const = default;
};

/// "shop.mark" in the key folder.
std::filesystem::path mark_file(const std::filesystem::path& folder, const std::string& app);
/// The text of a mark, always of one length, and the reverse; nothing for what is none of this application, or damaged.
std::string mark_text(const std::string& app, const HostMark& mark);
std::optional<HostMark> parse_mark(const std::string& app, const std::string& text);

/// The mark of this host. Nothing when there is none that is ours alone to write and whole: then nothing can be told.
std::optional<HostMark> read_mark(const std::filesystem::path& folder, const std::string& app, unsigned uid);
/// Puts `mark` in the place of the one that is `former` by now; false, and the file as it is, when it is another one,
/// or cannot be written. One write of one block: who reads it, or a crash, finds the one or the other.
bool replace_mark(const std::filesystem::path& folder, const std::string& app, unsigned uid,
                  const std::optional<HostMark>& former, const HostMark& mark);
/// Why no mark can be written there; empty when one can.
std::string why_no_mark(const std::filesystem::path& folder, const std::string& app, unsigned uid);

}  // namespace pwreset
