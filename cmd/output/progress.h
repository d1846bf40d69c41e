// A progress line on a terminal, for anything that takes longer than a second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/base/env.h"

namespace pwreset {

/// Draws on standard error, only on a terminal, only after a second, at most ten times a second; removes itself.
class Progress {
public:
    /// `label`: "purging tokens". `quiet` never draws.
    Progress(Env& env, const std::string& label, bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    /// `total` unknown: a count and a rate instead of a bar and the time left. The first call sets what the rate is
    /// measured from, so make it before the work begins.
    void update(std::int64_t done, std::optional<std::int64_t> total = {});
    /// Takes the line away so that other text can be written.
    void clear();

private:
    /// Where the speed is measured from: what a resumed job had done before is not ours.
    struct Start {
        Time time;
        std::int64_t done;
    };
    std::string line(std::int64_t done, std::optional<std::int64_t> total, Time now) const;

    Env& env_;
    std::string label_;
    bool enabled_;
    Time started_;
    Time drawn_;
    std::optional<Start> first_;
    bool visible_ = false;
};

}  // namespace pwreset
