#include "db/retrying.h"

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

}  // namespace

void retrying(Session& session, const std::function<void()>& body, const std::function<bool()>& committed) {
    constexpr int most = 8;
    for (int attempt = 1;; ++attempt) {
        try {
            return body();
        } catch (const Conflict& conflict) {
            if (conflict.too_large) throw;
            if (attempt == most) throw unavailable("the database was too busy", "try again in a moment");
            pause_before_retry(attempt);
        } catch (const Lost& lost) {
            const bool back = attempt < most && reconnected(session);
            if (!lost.during_commit) {
                if (!back)
                    throw unavailable("the connection to the database was lost", "what was committed stays; try again");
                continue;
            }
            if (!back || !committed) throw outcome_unknown();
            if (went_through(committed)) return session.committed_after_all();
        }
    }
}

}  // namespace pwreset::db
