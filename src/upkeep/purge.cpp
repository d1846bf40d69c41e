#include "src/upkeep/purge.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "db/own/clocks.h"
#include "db/own/leases.h"
#include "db/own/limits.h"
#include "db/own/purge.h"
#include "db/own/tokens.h"
#include "db/refusal.h"
#include "db/retrying.h"
#include "src/audit/retention.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/base/process.h"
#include "src/base/stop.h"
#include "src/jobs/retention.h"
#include "src/queue/forfeit.h"
#include "src/queue/removal.h"
#include "src/queue/temporary_password.h"
#include "src/recovery/intake.h"

namespace pwreset {

namespace {

using Clock = std::chrono::steady_clock;

constexpr Seconds lease_span{60};
/// A batch aims at this long: longer ones make the application wait, shorter ones pay for their commit.
constexpr std::chrono::milliseconds aim{50};
constexpr int smallest_batch = 100;
constexpr int largest_batch = 20000;
/// Audit rows are read before they go.
constexpr int largest_trail_batch = 1000;
constexpr std::chrono::seconds sealing_patience{30};
/// Nothing is deleted by a clock that is further ahead of this host's.
constexpr Seconds most_ahead{600};
/// Rows one behind the other that are kept, after which a table is given up: something keeps all of them.
constexpr int most_kept = 2000;

constexpr const char* of_application = "application_tokens";

struct Table {
    db::Purgeable what;
    const char* name;
};
// Jobs after their deliveries: a job goes when its last delivery has gone.
constexpr std::array<Table, 7> tables{{{db::Purgeable::tokens, "tokens"},
                                       {db::Purgeable::deliveries, "deliveries"},
                                       {db::Purgeable::job_deliveries, "deliveries"},
                                       {db::Purgeable::jobs, "jobs"},
                                       {db::Purgeable::limits, "limits"},
                                       {db::Purgeable::web_limits, "limits"},
                                       {db::Purgeable::intake, "intake"}}};

Seconds retention_of(const Context& context, const PurgeRequest& request, db::Purgeable what) {
    const auto& retention = context.config.retention;
    switch (what) {
        case db::Purgeable::tokens:
            return request.older_than.value_or(retention.tokens);
        case db::Purgeable::limits:
        case db::Purgeable::web_limits:
            return retention.limits;
        case db::Purgeable::intake:
            return intake_span;
        case db::Purgeable::job_deliveries:
            return std::max(retention.deliveries, retention.audit);  // an audit row counts them
        case db::Purgeable::deliveries:
        case db::Purgeable::jobs:
            break;
    }
    return retention.deliveries;
}

/// The number of rows under a name, which two tables in a row may share.
std::int64_t& count_of(PurgeResult& result, const char* name) {
    if (result.deleted.empty() || result.deleted.back().first != name) result.deleted.emplace_back(name, 0);
    return result.deleted.back().second;
}

/// One purge under its lease.
class Purge {
public:
    Purge(Context& context, const PurgeRequest& request,
          const std::function<void(const std::string&, std::int64_t)>& on_progress)
        : context_(context), request_(request), on_progress_(on_progress), owner_(process_identity()) {}

    PurgeResult run() {
        if (another_purges()) {
            result_.busy = true;
            return result_;
        }
        try {
            if (is_clock_ahead()) return result_;
            unless_kept("passwords", [&] { result_.passwords_voided = void_expired_passwords(context_); });
            unless_refused("links", [&] { result_.links_removed = remove_all_ended(context_); });
            unless_refused("links", [&] { result_.forfeited = end_forfeited(context_, {}); });
            unless_refused(of_application, [&] { purge_application(); });
            unless_kept("codes", [&] { erase_codes(); });
            unless_kept("jobs", [&] {
                const Time cut = session().now() - retention_of(context_, request_, db::Purgeable::job_deliveries);
                purge_job_rows(context_, cut, [&] { breathe(); });
            });
            for (const auto& table : tables) unless_kept(table.name, [&] { purge_table(table); });
            unless_kept("limits", [&] { purge_counters_ahead(); });
            unless_kept("audit", [&] { purge_trail(); });
        } catch (...) {
            finish("interrupted");
            throw;
        }
        finish(!result_.complete ? "out of time" : result_.kept.empty() ? "done" : "in part");
        return result_;
    }

private:
    /// By a clock that is ahead everything would go before its time, and nothing brings it back.
    bool is_clock_ahead() {
        const auto ahead = std::chrono::floor<Seconds>(session().now() - context_.env.clock());
        if (ahead < most_ahead) return false;
        keep("everything", 0,
             unavailable("the database's clock is " + duration_text(ahead) + " ahead of this host's, so rows look old",
                         "set the one right that is wrong: pwreset doctor"));
        finish("clock ahead");
        return true;
    }

    /// What the site has added to one table is no reason to leave the others.
    void unless_kept(const char* table, const std::function<void()>& work) {
        try {
            work();
        } catch (const db::RefusedBySite& refusal) {
            keep_the_rest(table, refusal);
        } catch (const db::TooSlow& limit) {
            keep_the_rest(table, limit);
        }
    }

    /// What the application's own tables refuse, or lack, is no reason to leave ours.
    void unless_refused(const char* what, const std::function<void()>& work) {
        try {
            unless_kept(what, work);
        } catch (const Error& refusal) {
            if (refusal.exit != Exit::config && refusal.exit != Exit::failed) throw;
            keep_the_rest(what, refusal);
        }
    }

    void keep_the_rest(const char* table, const Error& refusal) {
        keep(table, 0, refusal);
        result_.kept.back().more = result_.kept.back().rows > 0;
    }

    void keep(const std::string& table, std::int64_t rows, const Error& refusal) {
        const bool another = result_.kept.empty() || result_.kept.back().table != table;
        Kept& kept = another ? result_.kept.emplace_back() : result_.kept.back();
        kept.table = table;
        kept.rows += rows;
        kept.message = refusal.message;
        kept.hint = refusal.hint;
    }

    db::Session& session() { return context_.session; }
    const std::string& app() const { return context_.config.application; }

    bool out_of_time() {
        if (!request_.max_time || std::chrono::duration_cast<Seconds>(Clock::now() - started_) < *request_.max_time)
            return false;
        result_.complete = false;
        return true;
    }

    std::string done_so_far() const {
        std::string text = std::to_string(result_.codes_erased) + " codes erased";
        for (const auto& [name, count] : result_.deleted) text += ", " + std::to_string(count) + " " + name;
        if (result_.passwords_voided > 0) {
            text += ", " + std::to_string(result_.passwords_voided) + " temporary passwords made void";
        }
        if (result_.forfeited > 0) text += ", " + std::to_string(result_.forfeited) + " live tokens ended";
        for (const auto& kept : result_.kept) text += ", kept: " + std::to_string(kept.rows) + " " + kept.table;
        if (result_.audit_faults > 0) text += ", " + std::to_string(result_.audit_faults) + " faults in audit rows";
        return text;
    }

    /// Whether another one has the lease, which otherwise is ours.
    bool another_purges() {
        bool another = false;
        db::retrying(session(),
                     [&] { another = db::take_lease(session(), app(), "purge", owner_, lease_span).has_value(); });
        return another;
    }

    /// Between two batches: signals, and the lease.
    void breathe() {
        stop_when_signalled(context_.env, "purged " + done_so_far() + "; run it again for the rest");
        if (Clock::now() - renewed_ < lease_span / 4) return;
        renewed_ = Clock::now();
        if (another_purges()) {
            throw unavailable("another purge has taken over", "nothing is lost: it goes on where this one stopped");
        }
    }

    void erase_codes() {
        for (std::int64_t gone = 1; gone > 0 && !out_of_time();) {
            breathe();
            db::retrying(session(), [&] { gone = db::erase_codes(session(), app(), 5000); });
            result_.codes_erased += gone;
            if (session().is_sqlite()) return;
        }
    }

    void purge_table(const Table& table) {
        auto& count = count_of(result_, table.name);
        const Time cut = session().now() - retention_of(context_, request_, table.what);
        db::Watermark mark;
        int batch = 1000;
        int kept_in_a_row = 0;
        for (;;) {
            breathe();
            if (out_of_time()) return;
            const auto before = Clock::now();
            std::optional<std::int64_t> gone;
            const db::Watermark from = mark;
            try {
                db::retrying(session(), [&] {
                    mark = from;
                    gone = db::purge_batch(session(), table.what, app(), cut, batch, mark);
                });
            } catch (const db::Conflict&) {
                // Galera's limits on one transaction: half as much, from the same place.
                mark = from;
                batch = std::max(batch / 2, smallest_batch);
                continue;
            } catch (const db::TooSlow&) {
                // The server has a limit for the time of a statement: fewer rows may get through it.
                mark = from;
                if (batch == 1) throw;
                batch = std::max(batch / 8, 1);
                continue;
            } catch (const db::RefusedBySite& refusal) {
                // One row of the batch is kept: fewer, until it stands alone and is passed over.
                mark = from;
                if (batch > 1) {
                    batch = std::max(batch / 8, 1);
                    continue;
                }
                if (++kept_in_a_row > most_kept) throw;
                keep(table.name, 1, refusal);
                db::pass_over(session(), table.what, cut, mark);
                continue;
            }
            if (!gone) return;
            if (*gone > 0) kept_in_a_row = 0;
            count += *gone;
            on_progress_(table.name, count);
            const auto took = Clock::now() - before;
            if (took > aim * 2) batch = std::max(batch / 2, smallest_batch);
            if (took < aim / 2) batch = std::min(batch * 2, largest_batch);
        }
    }

    /// Rows of the application's own table that its own clock has ended, whoever issued them.
    void purge_application() {
        auto& application = context_.application();
        if (!application.purges()) return;
        auto& count = count_of(result_, of_application);
        const Time cut = session().now() - retention_of(context_, request_, db::Purgeable::tokens);
        int batch = smallest_batch;
        for (;;) {
            breathe();
            if (out_of_time()) return;
            const auto before = Clock::now();
            std::int64_t gone = 0;
            db::retrying(session(), [&] { gone = application.purge(cut, batch); });
            count += gone;
            on_progress_(of_application, count);
            if (gone < batch) return;
            const auto took = Clock::now() - before;
            if (took > aim * 2) batch = std::max(batch / 2, smallest_batch);
            if (took < aim / 2) batch = std::min(batch * 2, largest_batch);
        }
    }

    /// No window is longer than counters are kept, or than a day: what ends later was dated by a clock that was ahead,
    /// and would be kept for as long.
    void purge_counters_ahead() {
        const auto longest = std::max<Seconds>(context_.config.retention.limits, std::chrono::hours(24));
        std::int64_t gone = 0;
        db::retrying(session(), [&] {
            gone = db::delete_limits_ahead(session(), app(), session().now() + longest + db::clock_tolerance);
        });
        for (auto& [name, count] : result_.deleted) count += name == "limits" ? gone : 0;
    }

    /// Audit rows go in the order of their chain, so that what is left can be verified.
    void purge_trail() {
        seal(context_, sealing_patience);
        auto& count = result_.deleted.emplace_back("audit", 0).second;
        const Time cut = session().now() - context_.config.retention.audit;
        // Mostly the first row is young enough: not many are read to learn that.
        int batch = 16;
        for (AuditPurge gone{.more = true}; gone.more;) {
            breathe();
            if (out_of_time()) return;
            db::retrying(session(), [&] { gone = purge_audit(context_, cut, batch); });
            // A full batch without one row that may go: the next one that is proven may be further behind.
            if (gone.deleted == 0 && batch == largest_trail_batch) return;
            batch = std::min(batch * 4, largest_trail_batch);
            count += gone.deleted;
            result_.audit_faults += gone.faults;
            on_progress_("audit", count);
        }
    }

    void finish(const std::string& how) {
        record_alone(context_, {.action = "purge", .result = how, .detail = done_so_far()});
        db::release_lease(session(), app(), "purge", owner_);
    }

    Context& context_;
    const PurgeRequest& request_;
    const std::function<void(const std::string&, std::int64_t)>& on_progress_;
    std::string owner_;
    Clock::time_point started_ = Clock::now();
    Clock::time_point renewed_ = Clock::now();
    PurgeResult result_;
};

}  // namespace

std::string in_words(const Kept& kept) {
    std::string text = kept.table;
    if (kept.rows > 0) {
        text += " (" + std::to_string(kept.rows) + (kept.rows == 1 ? " row" : " rows") +
                (kept.more ? " and more" : "") + ")";
    }
    return text + ": " + kept.message;
}

PurgeResult purge(Context& context, const PurgeRequest& request,
                  const std::function<void(const std::string&, std::int64_t)>& on_progress) {
    if (!request.dry_run) return Purge(context, request, on_progress).run();
    PurgeResult result;
    auto& application = context.application();
    if (application.purges()) {
        const Time cut = context.session.now() - retention_of(context, request, db::Purgeable::tokens);
        count_of(result, of_application) = application.count_over(cut);
    }
    for (const auto& table : tables) {
        const Time cut = context.session.now() - retention_of(context, request, table.what);
        count_of(result, table.name) +=
            db::count_purgeable(context.session, table.what, context.config.application, cut);
    }
    const Time cut = context.session.now() - context.config.retention.audit;
    result.deleted.emplace_back("audit", db::count_sealed_before(context.session, context.config.application, cut));
    return result;
}

}  // namespace pwreset
