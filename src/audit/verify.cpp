#include "src/audit/verify.h"

#include <algorithm>

#include "src/audit/page.h"
#include "src/audit/seal.h"
#include "src/base/stop.h"
#include "src/base/time.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

constexpr int page_rows = 1000;
constexpr std::size_t most_findings = 100;
/// Sealing follows at the end of each command, in long work every second.
constexpr Seconds in_time{60};
constexpr std::chrono::seconds sealing_patience{30};

std::string word_of(Fault fault) {
    switch (fault) {
        case Fault::missing:
            return "missing";
        case Fault::changed:
            return "changed";
        case Fault::changed_personal:
            return "changed_personal";
        case Fault::unknown_key:
            return "unknown_key";
        case Fault::out_of_place:
            return "out_of_place";
        case Fault::copied:
            return "copied";
        case Fault::backdated:
            return "backdated";
        case Fault::outdated_key:
            return "outdated_key";
        case Fault::older_key:
            break;
    }
    return "older_key";
}

std::string number_of_rows(std::int64_t number) { return std::to_string(number) + (number == 1 ? " row" : " rows"); }

std::string number_of_deliveries(std::int64_t number) {
    return std::to_string(number) + (number == 1 ? " delivery" : " deliveries");
}

/// "row 17 was changed", "rows 17 to 19 were changed".
std::string sentence(const Finding& finding) {
    const bool one = finding.first == finding.last;
    const auto rows = one ? "row " + std::to_string(finding.first)
                          : "rows " + std::to_string(finding.first) + " to " + std::to_string(finding.last);
    const std::string was = one ? " was " : " were ";
    const std::string is = one ? " is " : " are ";
    if (finding.kind == "missing") return rows + is + "missing";
    if (finding.kind == "changed") return rows + was + "changed";
    if (finding.kind == "changed_personal") return rows + ": personal fields were changed";
    if (finding.kind == "unknown_key") return rows + ": the key is not in pwreset.key";
    if (finding.kind == "out_of_place") {
        return rows + (one ? " is not the row that was sealed there" : " are not the rows that were sealed there");
    }
    if (finding.kind == "copied") return rows + is + "copied from earlier rows";
    if (finding.kind == "backdated") return rows + is + "dated more than an hour before what was sealed earlier";
    if (finding.kind == "outdated_key") return rows + was + "made with a key that had been replaced over a day before";
    if (finding.kind == "older_key") return rows + was + "sealed with a key that had been replaced";
    // Unsealed rows have no number yet.
    return "unsealed " + rows + ", by id," + was + "not written by pwreset, or copied";
}

/// One verification on its way through the chain.
class Verifying {
public:
    Verifying(Context& context, const Heads& heads, const std::function<void(std::int64_t)>& on_progress)
        : context_(context),
          heads_(heads),
          on_progress_(on_progress),
          walk_(context.keys.own,
                [this](Fault what, std::int64_t first, std::int64_t last) { add(word_of(what), first, last); }) {}

    Verification run(bool dry_run) {
        const auto unsealed = look_at_unsealed(context_, [this](std::int64_t id) { add("forged", id, id); });
        judge(unsealed);
        if (!dry_run) seal(context_, sealing_patience);
        begin();
        follow();
        judge_erasures();
        judge_replaced_heads();
        judge_later_heads();
        judge_key();
        result_.rows = walk_.rows();
        result_.erased = walk_.erased();
        result_.head = walk_.end();
        result_.keys = walk_.keys_seen();
        return std::move(result_);
    }

private:
    db::Session& session() { return context_.session; }
    const std::string& app() const { return context_.config.application; }

    void add(Finding finding) {
        result_.tampered = result_.tampered || finding.tampering;
        if (result_.findings.size() < most_findings) {
            result_.findings.push_back(std::move(finding));
        } else {
            ++result_.more;
        }
    }

    /// A fault of rows; one that goes on where the last of its kind ended makes that one longer, and none is named
    /// twice.
    void add(const std::string& kind, std::int64_t first, std::int64_t last) {
        const auto same = std::find_if(result_.findings.rbegin(), result_.findings.rend(),
                                       [&](const Finding& finding) { return finding.kind == kind; });
        if (same == result_.findings.rend() || first < same->first || first > same->last + 1) {
            Finding finding{.kind = kind, .first = first, .last = last, .message = {}};
            finding.message = sentence(finding);
            return add(std::move(finding));
        }
        same->last = std::max(same->last, last);
        same->message = sentence(*same);
    }

    void remark(const std::string& kind, const db::AuditRow& row, const std::string& message) {
        if (result_.remarks.size() == most_findings) {
            ++result_.more_remarks;
            return;
        }
        result_.remarks.push_back(
            {.kind = kind, .first = *row.seq, .last = *row.seq, .message = message, .tampering = false});
    }

    /// Says who sealed what late (a system that stood still, or somebody who took numbers away to hide a removal),
    /// where the clock went back, and who stated that rows were lost.
    void remark(const db::AuditRow& row) {
        const std::string rows = "rows behind " + std::to_string(*row.seq);
        const std::string when = rfc3339(row.at) + (row.detail ? " (" + *row.detail + ")" : "");
        if (row.action == seal_late_action)
            remark("sealed_late", row, rows + " were sealed over an hour late, on " + when);
        if (row.action == clock_back_action) {
            remark("clock_back", row,
                   rows + " are dated before earlier ones: the database's clock was set back, told on " + when);
        }
        if (row.action == restored_action) {
            remark("restored", row,
                   "row " + std::to_string(*row.seq) + ", of " + rfc3339(row.at) + " by '" + row.operator_name +
                       "', states that a backup was restored: what had been sealed behind row " +
                       std::to_string(walk_.restored_after()) + " was lost");
        }
    }

    /// With the tables alone an old key can be made the current one again.
    void judge_key() {
        const auto& keys = context_.keys.own;
        require_same_key();
        if (walk_.newest_key() >= position(keys, keys.current().id)) return;
        add({.kind = word_of(Fault::older_key),
             .message =
                 "the recorded key '" + keys.current().id + "' is older than the one that the chain goes on with"});
    }

    /// What a newer key made cannot be judged without it.
    void require_same_key() {
        if (is_key_replaced(context_))
            throw unavailable("the keys were rotated while the audit trail was read", "run it again");
    }

    void judge(const Unsealed& unsealed) {
        result_.unsealed = unsealed.genuine + unsealed.forged;
        result_.oldest_unsealed = unsealed.oldest;
        if (unsealed.late == 0) return;
        const auto age = std::chrono::duration_cast<Seconds>(session().now() - *unsealed.oldest);
        add({.kind = "late",
             .message = number_of_rows(unsealed.late) + " had not been sealed for over a minute, the oldest for " +
                        duration_text(age),
             .tampering = false});
    }

    void begin() {
        if (const auto checkpoint = db::read_checkpoint(session(), app())) start_behind(*checkpoint);
        compare_heads();
        const auto before = db::sealed_up_to(session(), app(), walk_.end().seq);
        if (before == 0) return;
        add({.kind = "before_checkpoint",
             .last = walk_.end().seq,
             .message = number_of_rows(before) + " found where all rows were purged"});
    }

    void start_behind(const db::Checkpoint& checkpoint) {
        if (!is_genuine(checkpoint, context_.keys.own.current())) {
            require_same_key();
            add({.kind = "checkpoint",
                 .first = checkpoint.seq,
                 .last = checkpoint.seq,
                 .message = "the checkpoint at row " + std::to_string(checkpoint.seq) + " was changed"});
        }
        walk_.start(checkpoint);
        result_.purged_up_to = checkpoint.seq;
        compare_heads();
    }

    /// Where rows are missing, a purge may have come in between: then the chain goes on behind its checkpoint.
    /// False when there was none.
    bool catch_up_with_purge() {
        const auto now = db::read_checkpoint(session(), app());
        if (!now || now->seq <= walk_.end().seq) return false;
        start_behind(*now);
        return true;
    }

    void follow() {
        for (bool more = true; more;) {
            stop_when_signalled(context_.env, "verified rows up to " + std::to_string(walk_.end().seq));
            const auto from = walk_.end().seq;
            const auto rows = db::sealed_audit(session(), app(), from, page_rows);
            more = rows.size() == page_rows && *rows.back().seq > from;
            const bool gap = rows.empty() || *rows.front().seq != from + 1;
            if (gap && catch_up_with_purge() && rows.empty()) more = true;
            for (const auto& row : rows) {
                if (*row.seq <= walk_.end().seq) continue;
                if (walk_.step(row)) {
                    remark(row);
                    compare_page(row);
                }
                compare_heads();
            }
            on_progress_(walk_.rows());
        }
    }

    /// Compares the heads up to where the walk is.
    void compare_heads() {
        for (; next_head_ < heads_.size() && heads_[next_head_].seq <= walk_.end().seq; ++next_head_) {
            const Link& head = heads_[next_head_];
            if (head.seq < walk_.end().seq) {
                // Before the first row there is nothing to compare with; of a row that is missing, that is said.
                if (head.seq < result_.purged_up_to) ++result_.heads_purged;
                if (walk_.restored_at() == walk_.end().seq && head.seq > walk_.restored_after()) ++result_.heads_lost;
                continue;
            }
            ++result_.heads_compared;
            if (!equal_in_constant_time(head.mac, walk_.end().mac)) replaced_.push_back(head.seq);
        }
    }

    /// Rows may have been sealed on the restored ones before anybody noticed. What comes after the statement has
    /// numbers that no head had before.
    void judge_replaced_heads() {
        for (const auto seq : replaced_) {
            if (seq < walk_.restored_at()) {
                ++result_.heads_lost;
                continue;
            }
            add({.kind = "replaced",
                 .first = seq,
                 .last = seq,
                 .message = "another row stands at " + std::to_string(seq) + " than when its head was printed"});
        }
    }

    void judge_later_heads() {
        if (next_head_ == heads_.size()) return;
        const auto sealed = heads_.back().seq;
        const auto there = walk_.end().seq;
        result_.heads_compared += static_cast<std::int64_t>(heads_.size() - next_head_);
        add({.kind = "cut",
             .first = there + 1,
             .last = sealed,
             .message = "the tail is cut: " + std::to_string(sealed) + " rows were sealed, " + std::to_string(there) +
                        " are there"});
    }

    /// An entry of a page of deliveries is held against the ledger.
    void compare_page(const db::AuditRow& row) {
        const auto page = told_page(row);
        if (!page || check_page(session(), app(), row, *page) != PageVerdict::differs) return;
        add({.kind = "ledger",
             .first = *row.seq,
             .last = *row.seq,
             .message = "row " + std::to_string(*row.seq) + " tells of " + number_of_deliveries(page->rows) +
                        " what the ledger does not say any more"});
    }

    /// Personal fields go with an entry of 'subject erase' that tells how many rows it was, and not without one.
    void judge_erasures() {
        if (walk_.erased() <= walk_.erasures()) return;
        // One that came while we were reading: its entry is unsealed still, or behind where we ended.
        const auto told = look_at_unsealed(context_, [](std::int64_t) {}).erasures;
        follow();
        const auto unexplained = walk_.erased() - walk_.erasures() - told;
        if (unexplained <= 0) return;
        add({.kind = "erased",
             .message =
                 "personal fields were removed from " + number_of_rows(unexplained) + " without 'subject erase'"});
    }

    Context& context_;
    const Heads& heads_;
    const std::function<void(std::int64_t)>& on_progress_;
    ChainWalk walk_;
    std::size_t next_head_ = 0;
    std::vector<std::int64_t> replaced_;  ///< heads of other rows than those that are there
    Verification result_;
};

}  // namespace

Unsealed look_at_unsealed(Context& context, const std::function<void(std::int64_t)>& on_forged) {
    auto& session = context.session;
    const auto& app = context.config.application;
    const auto rules = sealing_rules(context);
    const Time now = session.now();
    Unsealed found;
    std::int64_t after = 0;
    for (bool more = true; more;) {
        const auto rows = db::unsealed_audit(session, app, after, page_rows);
        for (const auto& row : rows) {
            if (!is_sealable(row, rules)) {
                ++found.forged;
                on_forged(row.id);
                continue;
            }
            ++found.genuine;
            found.erasures += erasures_told(row);
            if (row.at < now - in_time) ++found.late;
            if (!found.oldest || row.at < *found.oldest) found.oldest = row.at;
        }
        more = rows.size() == page_rows && rows.back().id > after;
        if (more) after = rows.back().id;
    }
    return found;
}

Verification verify_audit(Context& context, const Heads& heads, bool dry_run,
                          const std::function<void(std::int64_t)>& on_progress) {
    return Verifying(context, heads, on_progress).run(dry_run);
}

}  // namespace pwreset
