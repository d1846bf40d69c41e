// Entries that tell of a page of deliveries, as a job of many has them: how many, which, and a digest of what the
// ledger says of each. Nobody's name is in them; whom they tell of is found through the ledger.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/own/deliveries.h"
#include "src/audit/trail.h"

namespace pwreset {

/// What an entry tells of one delivery, and the ledger must go on to say.
struct PageLine {
    std::int64_t delivery = 0;
    int attempt = 0;
    std::string fact;  ///< its kind when it was queued, kind and verifier of its token, what became of it
};

/// The digest of lines, in any order, as hexadecimal digits.
std::string digest_of(std::vector<PageLine> lines);

/// The entries that tell of all of these as `entry` would of one. One, unless their ids lie so scattered that they have
/// no room, or their attempts differ.
std::vector<AuditEntry> page_entries(const AuditEntry& entry, const std::vector<PageLine>& lines);

/// The entries of a batch in which deliveries of several jobs may be: each job has its own, with its ticket and reason.
class PageEntries {
public:
    /// `entry` says what was done, `delivery` for which job, and at which attempt it is.
    void add(AuditEntry entry, const db::DeliveryRow& delivery, std::string fact);
    void append_to(std::vector<AuditEntry>& entries) const;

private:
    struct Told {
        AuditEntry entry;
        std::vector<PageLine> lines;
    };
    std::map<std::pair<std::int64_t, Channel>, Told> jobs_;
};

/// What such an entry says.
struct ToldPage {
    std::int64_t rows = 0;
    int attempt = 0;
    std::vector<std::pair<std::int64_t, std::int64_t>> ids;  ///< stretches, first and last
    std::string digest;

    bool tells_of(std::int64_t delivery) const;
    std::vector<std::int64_t> all_ids() const;
};
/// Nothing for an entry of another form.
std::optional<ToldPage> told_page(const db::AuditRow& row);

/// Adds to a filter by account or delivery the entries that tell of it among others.
void include_pages(db::Session& session, const std::string& app, db::AuditFilter& filter);

/// Whether the ledger says what a page says. Rows of the ledger that were purged or erased say nothing.
enum class PageVerdict { holds, differs, gone };
PageVerdict check_page(db::Session& session, const std::string& app, const db::AuditRow& row, const ToldPage& page);

}  // namespace pwreset
