// Which accounts a bulk request is for, where no file names them: filters as a value that a job keeps, and the walk
// over those who meet them, a page at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/app/accounts.h"
#include "src/base/time.h"
#include "src/context.h"
#include "src/jobs/input.h"
#include "src/jobs/moments.h"

namespace pwreset {

/// All must be met; of the roles one.
struct Filters {
    bool all = false;                         ///< everybody, where no other filter is given
    std::vector<std::string> roles{};         ///< the whole value, or an element of a list that is declared
    std::optional<Time> created_before{};     ///< an account of which nobody knows when it was made is meant too
    std::optional<Time> not_changed_since{};  ///< the password: one of which nobody knows counts as not changed
    bool never_logged_in = false;
    std::vector<std::string> excluded{};  ///< the keys of accounts, as deliveries have them: no identity of anybody
    std::string upto{};                   ///< the last key there was when the selection began; empty = not fixed yet

    bool given() const { return all || !roles.empty() || created_before || not_changed_since || never_logged_in; }
};

/// As a job keeps them (TOML), and back. The second throws Error CONFIG for what the first did not write.
std::string text_of(const Filters& filters);
Filters read_filters(const std::string& text);

/// The accounts that a file of `--exclude` names.
struct Exclusion {
    std::vector<std::string> keys{};     ///< sorted, each once
    std::vector<std::string> unknown{};  ///< the first 20 rows that name no account, or several: "line 7: …"
    std::int64_t unknown_rows = 0;
};
/// Looks each of them up. Throws Error INVALID_INPUT for a row that names nobody, and where there are more keys than a
/// job can keep (60,000 bytes of them).
Exclusion read_exclusion(Context& context, Input& input);

/// A page of a selection, and what became of the accounts that were looked at for it.
struct SelectedPage {
    std::vector<db::AccountRow> accounts{};  ///< complete, in the order of their keys
    std::string next{};                      ///< the key behind which the next page begins
    bool last = false;                       ///< there is none
    std::int64_t looked_at = 0;
    std::int64_t excluded = 0;         ///< met the filters, and are in the list of those left out
    std::int64_t unknown_created = 0;  ///< among `accounts`: nobody knows when they were made
    std::int64_t unknown_changed = 0;  ///< likewise, when their password was changed
    std::int64_t unknown_login = 0;    ///< not among them: what says when they signed in is no known form
    std::int64_t nameless = 0;         ///< not among them: their key is no text of 1 to 64 bytes
};

/// How many accounts a selection holds.
struct SelectionCount {
    std::int64_t number = 0;
    bool exact = true;  ///< false: an estimate, from those that there was time to look at
};

class Selection {
public:
    /// Fixes the last key, where `filters` do not say it. Throws Error CONFIG where a filter asks for a column that the
    /// configuration does not name, USAGE for filters that select nothing. `context` must outlive this.
    Selection(Context& context, Filters filters);

    /// With the last key, as the job is to keep them.
    const Filters& filters() const { return filters_; }
    /// The next accounts behind a key (empty: the first). At most `most` of them, but for a few with keys that only the
    /// database's collation takes for equal; fewer where many had to be looked at, perhaps none: then the walk goes on
    /// at `next`. An account that comes later is in it only where its key sorts among the others, as a random one does.
    SelectedPage page(const std::string& after, int most);
    /// Counts for so long at most, and estimates the rest.
    SelectionCount count(Seconds patience);

private:
    void require_columns() const;
    void add_time_filter(UsersColumn column);
    bool by_role(const db::AccountRow& account) const;
    Moment moment(UsersColumn column, const db::WalkedAccount& account, const db::WalkedPage& page) const;
    bool by_times(const db::WalkedAccount& account, const db::WalkedPage& page, SelectedPage& out) const;
    void take(db::WalkedPage&& walked, SelectedPage& out);

    Context& context_;
    Filters filters_;
    std::vector<UsersColumn> beside_;
    std::vector<Moments> moments_;  ///< of each of those
};

}  // namespace pwreset
