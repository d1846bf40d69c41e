#include "src/service/outage.h"

#include <algorithm>

#include "db/session.h"
#include "src/base/time.h"

namespace pwreset {

namespace {

constexpr std::chrono::seconds shortest_pause{1};
constexpr std::chrono::seconds longest_pause{30};

}  // namespace

std::optional<Error> fault_of(const std::function<void()>& work) {
    try {
        work();
        return {};
    } catch (const Error& error) {
        return error;
    } catch (const db::Lost& lost) {
        return lost.given_up();
    } catch (const db::Conflict& conflict) {
        return conflict.given_up();
    }
}

void Outage::gone(const Error& fault, const std::string& how) {
    if (!since_) since_ = Clock::now();
    pause_ = std::clamp(pause_ * 2, shortest_pause, longest_pause);
    // What answers, and still does not work, does not come back by itself: say what to do. When that is done, another
    // fault of the same code may be left, which is mended otherwise.
    const bool remedy = fault.exit != Exit::unavailable && !fault.hint.empty();
    if (!told_.insert(fault.code + (remedy ? ": " + fault.hint : "")).second) return;
    how_ = how;
    log_.warning(what_ + " " + how + ": " + fault.message + (remedy ? "; " + fault.hint : ""));
}

void Outage::over() {
    if (!since_) return;
    const auto lasted = std::chrono::duration_cast<Seconds>(Clock::now() - *since_);
    since_.reset();
    told_.clear();
    pause_ = std::chrono::seconds(0);
    log_.warning(what_ + (how_ == "away" ? " back after " : " works again after ") + duration_text(lasted));
}

}  // namespace pwreset
