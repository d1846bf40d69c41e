#include "src/jobs/run.h"

#include <chrono>
#include <string>
#include <thread>

#include "src/base/stop.h"
#include "src/delivery/worker.h"
#include "src/jobs/life.h"
#include "src/jobs/release.h"
#include "src/service/outage.h"

namespace pwreset {

namespace {

using namespace std::chrono_literals;

/// Longer nobody waits at a terminal: a worker goes on.
constexpr Seconds longest_pause{10};
constexpr auto nap = 50ms;

std::string counted(std::int64_t count, const char* what) { return std::to_string(count) + " " + what; }

/// "1200 of 100000 queued, 1100 sent, 3 failed".
std::string state_of(Context& context, const db::BulkJob& job) {
    std::string text = std::to_string(job.queued) + " of " + std::to_string(job.row.total) + " queued";
    for (const auto& [state, count] : db::deliveries_by_state(context.session, job.id)) {
        if (state != word_of(DeliveryState::queued)) text += ", " + counted(count, state.c_str());
    }
    return text;
}

/// Who stops it wants it stopped, not gone on with by the next worker. Who is killed leaves it running.
[[noreturn]] void pause_for_signal(Context& context, std::int64_t id, int signal) {
    fault_of([&] { pause_job(context, id, {}); });
    const auto job = find_job(context, id);
    const std::string name = "job " + std::to_string(id);
    std::string state = state_of(context, job);
    if (job.state == db::JobState::paused) {
        state += "; " + name + " is paused";
    } else {
        state += "; " + name + " is " + std::string(word_of(job.state));
    }
    Error error = interrupted_by(signal, state);
    error.hint = "'pwreset jobs resume " + std::to_string(id) + "' goes on with it, 'pwreset jobs cancel " +
                 std::to_string(id) + "' ends it";
    throw Error(error);
}

class Run {
public:
    Run(Context& context, std::int64_t id, const JobProgress& progress)
        : context_(context),
          id_(id),
          progress_(progress),
          worker_(context, {}, [this](Lane lane) { return lane == Lane::bulk && release_page(context_, id_); }) {}

    JobRun until_done() {
        for (;;) {
            if (const int signal = context_.env.signalled()) pause_for_signal(context_, id_, signal);
            if (const auto away = send()) return {find_job(context_, id_), {}, away};
            const auto job = find_job(context_, id_);
            if (job.state != db::JobState::running) return {job, {}, {}};
            if (!wait_for(job)) return {job, job.next_at, {}};
        }
    }

private:
    /// All that is due, of this job or not. A relay that is away holds up the job.
    std::optional<Error> send() {
        try {
            const auto pass = worker_.pass([&](std::int64_t done) { tell(done); });
            moved_ += pass.moved();
            tell(0);
        } catch (const Error& error) {
            if (const int signal = context_.env.signalled()) pause_for_signal(context_, id_, signal);
            if (error.exit != Exit::unavailable) throw;
            return error;
        }
        return {};
    }

    void tell(std::int64_t more) {
        if (total_ == 0) total_ = find_job(context_, id_).row.total;
        progress_(std::min(moved_ + more, total_), total_);
    }

    /// False when it is not worth it: what is left is for a worker.
    bool wait_for(const db::BulkJob& job) {
        if (!job.next_at) return false;
        const auto left = *job.next_at - context_.session.now();
        if (left > longest_pause) return false;
        if (left.count() <= 0 && job.exhausted) return false;  // only what the relay has put off is in the queue
        const auto until = std::chrono::steady_clock::now() + left;
        do {  // at least once: what was due may not be let go, as while issuing is frozen
            std::this_thread::sleep_for(nap);
        } while (std::chrono::steady_clock::now() < until && context_.env.signalled() == 0);
        return true;
    }

    Context& context_;
    std::int64_t id_;
    const JobProgress& progress_;
    Worker worker_;
    std::int64_t moved_ = 0;
    std::int64_t total_ = 0;
};

}  // namespace

JobRun run_job(Context& context, std::int64_t job, const JobProgress& progress) {
    return Run(context, job, progress).until_done();
}

}  // namespace pwreset
