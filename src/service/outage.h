// Something the worker depends on that is away: told once when it goes and once when it is back, tried ever more
// seldom.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "src/base/error.h"

namespace pwreset {

/// Does it; what failed, in words, or nothing. The database's own exceptions become Errors; what is no failure of the
/// world outside passes through.
std::optional<Error> fault_of(const std::function<void()>& work);

/// Where a service says what it does, a line at a time.
struct ServiceLog {
    std::function<void(const std::string&)> news;
    std::function<void(const std::string&)> warning;
};

class Outage {
public:
    /// `what` is away or back: "database".
    Outage(std::string what, const ServiceLog& log) : what_(std::move(what)), log_(log) {}

    /// Notes a failure. Of each kind (code, and remedy where one is told) only the first is told. `how` is said of it.
    void gone(const Error& fault, const std::string& how = "away");
    /// The next failure is told even if it is of the same kind: something was done about it.
    void tell_again() { told_.clear(); }
    /// Ends it; how long it was is told.
    void over();
    bool on() const { return since_.has_value(); }
    /// How long to wait before the next try: 1 s after the first failure, then twice as long each time, at most 30 s.
    std::chrono::seconds pause() const { return pause_; }

private:
    using Clock = std::chrono::steady_clock;

    std::string what_;
    const ServiceLog& log_;
    std::optional<Clock::time_point> since_;
    std::set<std::string> told_;  ///< kinds
    std::string how_;             ///< it failed when that was told last
    std::chrono::seconds pause_{0};
};

}  // namespace pwreset
