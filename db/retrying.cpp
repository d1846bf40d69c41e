#include "db/retrying.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "src/base/error.h"

namespace pwreset::db {

namespace {

void pause_before_retry(int attempt) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    const int longest = 10 << (attempt < 6 ? attempt : 6);
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + random() % longest));
}

/// A new connection after the old one was lost, tried for a few seconds: fail-over takes that long.
bool reconnected(Session& session) {
    for (int attempt = 0; attempt < 4; ++attempt) {
        try {
            session.reconnect();
            return true;
        } catch (const std::exception&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(200 << attempt));
        }
    }
    return false;
}

Error outcome_unknown() {
    return {Exit::outcome_unknown, "OUTCOME_UNKNOWN",
            "the connection to the database broke while the change was being committed",
            "look at it with 'list-tokens' before you try again; 'audit' shows it, too"};
}

bool went_through(const std::function<bool()>& committed) {
    try {
        return committed();
    } catch (const Lost&) {
        throw outcome_unknown();
    }
}

/// The time of one retrying(), and what the session may wait for locks in it.
class Waiting {
public:
    Waiting(Session& session, Patience patience)
        : session_(session), patience_(patience), before_(session.gives_up_at()) {
        // What waits in vain for the one lock would mostly wait in vain for the next.
        constexpr std::chrono::seconds just_now{5};
        constexpr std::chrono::seconds hardly{1};
        if (began_ - session.waited_in_vain() < just_now) patience_.span = std::min(patience_.span, hardly);
        session_.give_up_at(began_ + patience_.span);
    }
    ~Waiting() { session_.give_up_at(before_); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    bool is_over(int attempt) {
        const bool out_of_time = Clock::now() - began_ >= patience_.span;
        if (out_of_time) session_.note_waited_in_vain();
        return out_of_time || attempt >= patience_.tries;
    }

private:
    using Clock = std::chrono::steady_clock;
    Session& session_;
    Patience patience_;
    std::optional<Clock::time_point> before_;
    Clock::time_point began_ = Clock::now();
};

/// For a server that does not answer: three times its silence.
constexpr std::chrono::seconds silence{90};

}  // namespace

void retrying(Session& session, const std::function<void()>& body, const std::function<bool()>& committed,
              Patience patience) {
    const auto began = std::chrono::steady_clock::now();
    Waiting waiting(session, patience);
    for (int attempt = 1;; ++attempt) {
        try {
            return body();
        } catch (const Conflict& conflict) {
            if (conflict.too_large) throw;
            if (waiting.is_over(attempt)) throw conflict.given_up();
            pause_before_retry(attempt);
        } catch (const ReadOnly& fault) {
            if (!session.has_further_hosts()) throw config_error(fault.message, fault.hint);
            if (waiting.is_over(attempt) || !reconnected(session)) throw;
            pause_before_retry(attempt);
        } catch (const Lost& lost) {
            const bool again = attempt < patience.tries && std::chrono::steady_clock::now() - began < silence;
            const bool back = again && reconnected(session);
            if (!lost.during_commit) {
                if (!back) throw lost.given_up();
                continue;
            }
            if (!back || !committed) throw outcome_unknown();
            if (went_through(committed)) return session.committed_after_all();
        }
    }
}

}  // namespace pwreset::db
