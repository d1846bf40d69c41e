#include "src/queue/clock_correction.h"

#include <algorithm>
#include <chrono>

#include "db/own/clocks.h"
#include "db/own/leases.h"
#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/queue/claim.h"
#include "src/queue/enqueue.h"
#include "src/queue/schedule.h"

namespace pwreset {

namespace {

constexpr int rows_at_once = 200;
/// Between two corrections, each of which looks at all rows.
constexpr Seconds shortest_interval{60};
constexpr Seconds longest_lease = std::max(lease_span, hold_span);

/// One correction, page by page in transactions of their own: killed on the way, the next one does the rest.
class Correction {
public:
    Correction(Context& context, Time now) : context_(context), now_(now), limit_(now + db::clock_tolerance) {}

    /// What may be set of times is asked of the server by trying: logins from before have fewer rights.
    void run() {
        const bool with_times = allowed([&] { bound_deliveries(true); });
        if (!with_times) bound_deliveries(false);
        if (!allowed([&] { bound_tokens(); })) void_tokens();
    }

    std::string counts() const {
        return "deliveries=" + std::to_string(deliveries_) + " tokens=" + std::to_string(tokens_) +
               (voided_ > 0 ? " voided=" + std::to_string(voided_) : "");
    }

private:
    template <typename Act>
    static bool allowed(const Act& act) {
        try {
            act();
            return true;
        } catch (const Error& refusal) {
            if (refusal.exit != Exit::config) throw;
            return false;
        }
    }

    /// Calls `page(after)`, which answers with the rows that it set right, until there are none; how many they were.
    template <typename Page>
    std::int64_t by_pages(const Page& page) {
        std::int64_t count = 0;
        for (std::int64_t after = 0;;) {
            decltype(page(after)) found;
            db::retrying(context_.session, [&] {
                db::Transaction transaction(context_.session);
                found = page(after);
                transaction.commit();
            });
            if (found.empty()) return count;
            after = found.back().id;
            count += static_cast<std::int64_t>(found.size());
        }
    }

    std::optional<Time> no_later_than_now(const std::optional<Time>& time) const {
        return time && *time > limit_ ? std::optional(now_) : time;
    }

    void bound_deliveries(bool with_queued) {
        const db::DeliveryLimits limits{limit_, limit_ + longest_wait, limit_ + longest_lease};
        deliveries_ = by_pages([&](std::int64_t after) {
            auto found =
                db::deliveries_ahead(context_.session, context_.config.application, limits, after, rows_at_once);
            for (auto& times : found) {
                bound(times);
                db::set_times(context_.session, times, with_queued);
            }
            return found;
        });
    }

    void bound(db::DeliveryTimes& times) const {
        // Queued ahead, it was to be tried so much later; queued before, it was tried when the clock was ahead.
        const auto pause = times.queued_at > limit_ ? times.next_at - times.queued_at : longest_wait;
        const bool far = times.queued_at > limit_ || times.next_at > limit_ + longest_wait;
        if (far)
            times.next_at =
                std::min(times.next_at, now_ + std::clamp<Time::duration>(pause, Time::duration(0), longest_wait));
        times.queued_at = *no_later_than_now(times.queued_at);
        times.finished_at = no_later_than_now(times.finished_at);
        if (times.lease_until && *times.lease_until > limit_ + longest_lease) times.lease_until = now_ + longest_lease;
    }

    void bound_tokens() {
        tokens_ = by_pages([&](std::int64_t after) {
            auto found = db::tokens_ahead(context_.session, context_.config.application, limit_, after, rows_at_once);
            for (auto& times : found) {
                bound(times);
                db::set_times(context_.session, times);
            }
            return found;
        });
    }

    void bound(db::TokenTimes& times) const {
        if (times.issued_at > limit_) {
            const auto life = std::max(times.expires_at - times.issued_at, Time::duration(0));
            times.expires_at = std::min(times.expires_at, now_ + life);
            times.issued_at = now_;
        }
        times.voided_at = no_later_than_now(times.voided_at);
        if (!times.erase_at) return;
        times.erase_at = std::min(*times.erase_at, times.ends_alone ? times.expires_at : now_);
    }

    void void_tokens() {
        db::retrying(context_.session,
                     [&] { voided_ = db::void_tokens_ahead(context_.session, context_.config.application, limit_); });
    }

    Context& context_;
    const Time now_;
    const Time limit_;
    std::int64_t deliveries_ = 0;
    std::int64_t tokens_ = 0;
    std::int64_t voided_ = 0;
};

/// Whether these entries were dealt with; or others just now, on servers whose clocks go on to differ.
bool is_told(Context& context, const db::DatedAhead& ahead, Time now) {
    const auto mark = db::clock_mark(context.session, context.config.application);
    if (!mark) return false;
    return mark->audit_id >= ahead.newest_id || (mark->at <= now && now - mark->at < shortest_interval);
}

Seconds by_how_much(const db::DatedAhead& ahead, Time now) { return std::chrono::floor<Seconds>(ahead.latest - now); }

void tell(Context& context, const db::DatedAhead& ahead, Time now, const std::string& counts) {
    auto& session = context.session;
    const auto& app = context.config.application;
    db::retrying(session, [&] {
        db::Transaction transaction(session);
        // Another worker is at it, or was: what it did is the same.
        if (!db::lock_lease(session, app, "clock") || is_told(context, ahead, now)) return;
        record(context, {{.action = clock_action,
                          .result = "SET_RIGHT",
                          .detail = "ahead=" + duration_text(by_how_much(ahead, now)) +
                                    " entries=" + std::to_string(ahead.rows) + " " + counts}});
        db::write_clock_mark(session, app, {ahead.newest_id, now});
        transaction.commit();
    });
}

}  // namespace

void bound_what_is_ahead(Context& context) {
    const Time now = context.session.now();
    const auto ahead = db::audit_ahead(context.session, context.config.application, now + db::clock_tolerance);
    if (ahead.rows == 0 || is_told(context, ahead, now)) return;
    if (context.env.clock() + db::clock_tolerance >= ahead.latest) return;
    Correction correction(context, now);
    correction.run();
    tell(context, ahead, now, correction.counts());
}

ClockLeft clock_left(db::Session& session, const std::string& app) {
    const Time now = session.now();
    const auto ahead = db::audit_ahead(session, app, now + db::clock_tolerance);
    ClockLeft left{.rows = ahead.rows};
    if (ahead.rows == 0) return left;
    left.ahead = by_how_much(ahead, now);
    const auto mark = db::clock_mark(session, app);
    if (mark && mark->audit_id >= ahead.newest_id) left.bounded_at = mark->at;
    return left;
}

}  // namespace pwreset
