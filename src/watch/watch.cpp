#include "src/watch/watch.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <memory>

#include "db/own/deliveries.h"
#include "src/audit/restored.h"
#include "src/audit/seal.h"
#include "src/delivery/metrics.h"
#include "src/keys/key_registry.h"
#include "src/queue/freeze.h"
#include "src/queue/notices.h"
#include "src/queue/removal.h"
#include "src/queue/temporary_password.h"
#include "src/recovery/intake.h"
#include "src/service/renewal.h"
#include "src/watch/totals.h"

namespace pwreset {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds poll_pause{500};  ///< between two looks at the queue: new work is noticed within a second
/// Between two looks at dead workers' claims, at passwords that were changed, at the recorded keys and at unsealed
/// audit rows.
constexpr seconds upkeep_pause{5};
/// Between two looks for temporary passwords whose time is past.
constexpr std::chrono::minutes voiding_pause{1};
constexpr seconds metrics_pause{10};             ///< between two writings of the metrics file
constexpr seconds key_pause{1};                  ///< while a key is missing
constexpr seconds relay_idle{10};                ///< then the relay gets its connection back
constexpr seconds mark_pause{1};                 ///< between two tries to write a mark while the database is away
constexpr seconds grace{10};                     ///< how long that is tried after a signal
constexpr int intake_batch = 50;                 ///< requests of web back ends worked off between two rounds
constexpr milliseconds sealing_in_passing{100};  ///< for audit rows of commands that did not come to it

/// A worker with the keys it was made with: when they change, another one takes its place.
struct Shift {
    Shift(const Context& from, Keys read, Worker::Persistence persist, const FeedMaker& feed)
        : keys(std::move(read)),
          context(from.with(keys)),
          worker(context, std::move(persist), feed ? feed(context) : Worker::Feed()),
          notices(context) {}

    bool mints_with(const std::vector<db::CurrentKey>& recorded) const {
        return std::all_of(recorded.begin(), recorded.end(),
                           [&](const auto& key) { return keys.of(key.purpose).current().id == key.key_id; });
    }

    Keys keys;
    Context context;
    Worker worker;
    Notices notices;
};

/// What sends the messages of a channel, and whether it is away.
struct Line {
    Channel channel;
    Outage outage;
    Clock::time_point retry_at;
};

class Watch {
public:
    Watch(Context& given, const ServiceLog& log, const WatchOptions& options)
        : given_(given),
          log_(log),
          options_(options),
          database_("database", log),
          keys_("key", log),
          renewal_(given, log) {
        key_stamp_ = key_files_stamp(given_.config.keys);
        begin_shift(db::current_keys(given_.session, given_.config.application));
        // What fails here is wrong; what fails later may come right again.
        db::anything_due(given_.session, given_.config.application);
        if (options_.metrics) write_metrics(*options_.metrics, metrics_text(given_, {}));
        hung_up();  // caught from now on
    }

    Pass run();

private:
    bool stopping() const { return given_.env.signalled() != 0; }
    /// On a terminal the signal means that nobody is there any more.
    bool hung_up() const { return given_.env.hung_up && !given_.env.terminal.err && given_.env.hung_up(); }
    void wait(milliseconds span);
    void step();
    bool frozen();
    bool take_requests();
    bool work();
    bool work(Line& line);
    void away(Line& line, const RelayUnavailable& fault);
    bool database_away(const Error& fault);
    void read_secrets_if_asked();
    void keep_up();
    void void_expired();
    void measure();
    bool has_keys();
    void begin_shift(const std::vector<db::CurrentKey>& recorded);
    void end_shift();
    bool persist(const Error& fault);
    void leave_nothing_claimed();
    Pass done() const;
    void report();

    Context& given_;
    const ServiceLog& log_;
    const WatchOptions& options_;
    Outage database_;
    std::array<Line, channel_words.size()> lines_{Line{Channel::email, {"relay", log_}, {}},
                                                  Line{Channel::sms, {"gateway", log_}, {}}};
    Outage keys_;
    Renewal renewal_;
    std::unique_ptr<Shift> shift_;  ///< null while a key is missing
    std::string key_stamp_;         ///< of the key files when they were read last
    Pass past_;                     ///< what earlier shifts did
    Pass told_;
    IntakeTally intake_;  ///< since the log was told
    Clock::time_point told_at_;
    Clock::time_point voided_at_ = Clock::now() - voiding_pause;
    Clock::time_point kept_up_at_ = Clock::now() - upkeep_pause;
    std::optional<Clock::time_point> signalled_at_;
    bool asked_for_secrets_ = false;  ///< to be read again, by SIGHUP
    bool claims_left_ = false;        ///< a round failed: what it had claimed is ours and in nobody's hands
    bool unmarked_ = false;           ///< a mark was given up
    Clock::time_point measured_at_ = Clock::now() - metrics_pause;
    bool unmeasured_ = false;  ///< the metrics file could not be written
    bool frozen_ = false;      ///< when it was looked at last
};

/// Sleeps, but no longer than until a signal; one that comes right before the sleep is noticed after half a second.
void Watch::wait(milliseconds span) {
    report();
    const auto until = Clock::now() + span;
    for (auto left = span; left.count() > 0 && !stopping();
         left = std::chrono::ceil<milliseconds>(until - Clock::now())) {
        ::poll(nullptr, 0, static_cast<int>(std::min(left, poll_pause).count()));
        asked_for_secrets_ = asked_for_secrets_ || hung_up();
        if (asked_for_secrets_) return;
    }
}

void Watch::begin_shift(const std::vector<db::CurrentKey>& recorded) {
    Keys keys = load_keys(given_.env, given_.config.keys);
    use_recorded_keys(given_.config, recorded, keys);
    auto next = std::make_unique<Shift>(
        given_, std::move(keys), [this](const Error& fault) { return persist(fault); }, options_.feed);
    end_shift();
    shift_ = std::move(next);
}

void Watch::end_shift() {
    if (shift_) seal_quietly(shift_->context);
    past_ = done();
    shift_.reset();
}

/// Takes up rotated keys. False while the recorded one is not here: then nothing is minted.
bool Watch::has_keys() {
    const std::string stamp = key_files_stamp(given_.config.keys);
    const bool changed = stamp != key_stamp_;
    const auto recorded = db::current_keys(given_.session, given_.config.application);
    const bool current = shift_ && shift_->mints_with(recorded);
    if (current && !changed) return true;
    key_stamp_ = stamp;
    try {
        begin_shift(recorded);
        keys_.over();
        log_.news("keys read again: " + shift_->keys.application.current().id + " for codes, " +
                  shift_->keys.own.current().id + " for the audit trail");
        return true;
    } catch (const Error& fault) {
        if (!current) {
            end_shift();
            keys_.gone(fault);
            return false;
        }
        log_.warning("keys not read again, the ones in memory are still current: " + fault.message);
        return true;
    }
}

/// What is looked at every few seconds, and the keys also when their files change.
void Watch::keep_up() {
    const bool due = Clock::now() - kept_up_at_ >= upkeep_pause;
    if (!due && shift_ && key_files_stamp(given_.config.keys) == key_stamp_) return;
    if (!has_keys() || !due) return;
    kept_up_at_ = Clock::now();
    if (Clock::now() - measured_at_ >= metrics_pause) measure();
    require_current_tables(shift_->context);
    shift_->worker.release_abandoned();
    shift_->notices.look();
    seal(shift_->context, sealing_in_passing);
    if (Clock::now() - voided_at_ >= voiding_pause) void_expired();
}

/// Whoever collects the file sees by its time that it is old.
void Watch::measure() {
    if (!options_.metrics) return;
    measured_at_ = Clock::now();
    const std::string text = metrics_text(given_, done());
    const auto fault = fault_of([&] { write_metrics(*options_.metrics, text); });
    if (fault && !unmeasured_) log_.warning(fault->message);
    unmeasured_ = fault.has_value();
}

/// What keeps it from that (a right that is missing) must not keep mails from going out.
void Watch::void_expired() {
    voided_at_ = Clock::now();
    try {
        const auto count = void_expired_passwords(shift_->context);
        if (count > 0) log_.news(std::to_string(count) + " temporary passwords made void: their time is past");
        remove_all_ended(shift_->context);
    } catch (const Error& fault) {
        if (fault.exit == Exit::unavailable) throw;
        if (stopping()) return log_.news(fault.message);
        log_.warning("temporary passwords or links whose time is past may still work: " + fault.message);
    }
}

/// Whether somebody has frozen issuing; told when that changes.
bool Watch::frozen() {
    const auto why = why_frozen(given_.session, given_.config.application);
    if (why && !frozen_) log_.warning(why->message);
    if (!why && frozen_) log_.news("issuing goes on");
    frozen_ = why.has_value();
    return frozen_;
}

/// What web back ends asked for becomes deliveries, which the rounds send.
bool Watch::take_requests() {
    const IntakeTally tally = work_off_intake(shift_->context, intake_batch);
    intake_ += tally;
    return tally.moved() > 0;
}

/// One round for each channel; false when there is nothing to do, or nobody to do it with.
bool Watch::work() {
    if (!db::anything_due(given_.session, given_.config.application) && !shift_->worker.feed()) return false;
    require_current_tables(shift_->context);  // a backup may have been restored while we watched
    bool moved = false;
    for (Line& line : lines_) {
        if (Clock::now() >= line.retry_at) moved = work(line) || moved;
    }
    return moved;
}

bool Watch::work(Line& line) {
    auto& worker = shift_->worker;
    const auto taken = [&] { return worker.done().sent + worker.done().failed; };
    const std::int64_t before = taken();
    try {
        if (!worker.round(line.channel)) return false;
    } catch (const RelayUnavailable& fault) {
        database_.over();
        away(line, fault);
        return false;
    }
    // A relay that opens and takes nothing is not back.
    if (taken() > before) line.outage.over();
    return true;
}

/// Others are served meanwhile. A secret that was changed is tried at once, however the relay says that it does not
/// like the old one: some hang up.
void Watch::away(Line& line, const RelayUnavailable& fault) {
    if (stopping()) return;
    line.outage.gone(fault);
    line.retry_at = Clock::now() + line.outage.pause();
    if (!renewal_.of(line.channel, fault.concern == Concern::login)) return;
    line.outage.tell_again();
    line.retry_at = Clock::now();
}

/// Whether it is away, or answers and does not do its work: whoever reads the log looks at another place.
const char* how_it_fails(const Error& fault) {
    switch (fault.exit) {
        case Exit::unavailable:
        case Exit::outcome_unknown:
            return "away";
        case Exit::io:
            return "cannot write";
        default:
            return "refuses us";
    }
}

/// True when there is another password to be tried at once. That a server does not take ours is CONFIG, or, where the
/// account was locked or a password has expired, one of many faults.
bool Watch::database_away(const Error& fault) {
    database_.gone(fault, how_it_fails(fault));
    if (!renewal_.of_database(fault.exit == Exit::config)) return false;
    database_.tell_again();
    return true;
}

void Watch::read_secrets_if_asked() {
    if (!asked_for_secrets_ && !hung_up()) return;
    asked_for_secrets_ = false;
    renewal_.of_all();
    database_.tell_again();
    for (Line& line : lines_) {
        line.retry_at = {};
        line.outage.tell_again();
    }
}

void Watch::step() {
    read_secrets_if_asked();
    if (database_.on()) {
        given_.session.reconnect();
        // Other workers may hold marks that waited for the database too: theirs come before their claims are overdue.
        kept_up_at_ = Clock::now();
    }
    leave_nothing_claimed();
    keep_up();
    const bool may = shift_ && !frozen();
    const bool taken = may && take_requests();
    const bool moved = (may && work()) || taken;
    database_.over();
    if (moved) return report();
    if (shift_) seal_quietly(shift_->context);
    if (shift_) shift_->worker.hang_up_after(relay_idle);
    wait(shift_ ? poll_pause : milliseconds(key_pause));
}

void Watch::leave_nothing_claimed() {
    if (!claims_left_ || !shift_) return;
    shift_->worker.release_own();
    claims_left_ = false;
}

/// A mark could not be written: waits for the database, after a signal not for long. The pause does not grow: once the
/// claim's lease has run out, another host's worker may take the delivery as soon as the database is back.
bool Watch::persist(const Error& fault) {
    database_away(fault);
    if (stopping() && !signalled_at_) signalled_at_ = Clock::now();
    if (signalled_at_ && Clock::now() - *signalled_at_ > grace) {
        unmarked_ = true;
        return false;
    }
    if (signalled_at_) ::poll(nullptr, 0, static_cast<int>(poll_pause.count()));
    wait(mark_pause);
    read_secrets_if_asked();
    if (const auto refused = fault_of([&] { given_.session.reconnect(); })) database_away(*refused);
    return true;
}

Pass Watch::done() const { return shift_ ? sum(past_, shift_->worker.done()) : past_; }

/// A line about what was done since the last one, at most once a second.
void Watch::report() {
    const Pass news = sum(done(), told_, -1);
    if (news.moved() + news.taken_back + intake_.moved() == 0 || Clock::now() - told_at_ < seconds(1)) return;
    if (intake_.moved() > 0) log_.news(in_words(intake_));
    if (news.moved() + news.taken_back > 0) log_.news(in_words(news));
    told_ = done();
    intake_ = {};
    told_at_ = Clock::now();
}

Pass Watch::run() {
    log_.news("watching the queue of '" + given_.config.application + "'");
    while (!stopping()) {
        const auto fault = fault_of([&] { step(); });
        if (!fault) continue;
        claims_left_ = true;
        if (!database_away(*fault)) wait(database_.pause());
    }
    fault_of([&] { leave_nothing_claimed(); });
    end_shift();
    fault_of([&] { measure(); });
    if (unmarked_) {
        throw unavailable("the database is away, and what became of the last mails could not be written down",
                          "those that the relay took are sent a second time");
    }
    return done();
}

}  // namespace

Pass watch(Context& context, const ServiceLog& log, const WatchOptions& options) {
    return Watch(context, log, options).run();
}

}  // namespace pwreset
