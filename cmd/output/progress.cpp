#include "cmd/output/progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ostream>
#include <utility>

#include "src/base/printable.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bar_cells = 24;
constexpr double longest_wait = 1e9;  // seconds; a wild estimate must not overflow
/// Back to the first column; and away with the rest of the line (ECMA-48, EL).
constexpr char line_start[] = "\r";
constexpr char erase_rest[] = "\033[K";

/// "190 000": a space every three digits, which no language reads as a decimal mark.
std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    const std::size_t sign = number < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > sign + 3;) text.insert(at -= 3, 1, ' ');
    return text;
}

/// "  [#########---------------]  38%"
std::string bar(double share) {
    const auto filled = static_cast<std::size_t>(share * static_cast<double>(bar_cells));
    const std::string percent = std::to_string(static_cast<int>(share * 100));
    return "  [" + std::string(filled, '#') + std::string(bar_cells - filled, '-') + "] " +
           std::string(3 - percent.size(), ' ') + percent + '%';
}

}  // namespace

Progress::Progress(Env& env, const std::string& label, bool quiet)
    : env_(env), label_(printable(label)), enabled_(env.terminal.err && !quiet) {
    if (enabled_) started_ = drawn_ = env_.clock();
}

Progress::~Progress() { clear(); }

void Progress::update(std::int64_t done, std::optional<std::int64_t> total) {
    if (!enabled_) return;
    const Time now = env_.clock();
    if (!first_) first_ = Start{now, done};
    if (now - started_ < 1s) return;
    // A clock that was set back must not stop the drawing.
    if (now >= drawn_ && now - drawn_ < 100ms) return;
    // One column stays free: a terminal that has just filled its last one erases it with the rest of the line.
    const std::size_t width = std::max<std::size_t>(env_.terminal.width, 2) - 1;
    env_.err << line_start + cut(line(done, total, now), width) + erase_rest << std::flush;
    drawn_ = now;
    visible_ = true;
}

void Progress::clear() {
    if (!visible_) return;
    env_.err << line_start << erase_rest << std::flush;
    visible_ = false;
}

std::string Progress::line(std::int64_t done, std::optional<std::int64_t> total, Time now) const {
    const bool bounded = total && *total > 0;
    std::string text = label_;
    if (bounded) text += bar(std::clamp(static_cast<double>(done) / static_cast<double>(*total), 0.0, 1.0));
    text += "  " + grouped(done);
    if (bounded) text += " of " + grouped(*total);

    const double seconds = std::chrono::duration<double>(now - first_->time).count();
    const auto since = static_cast<double>(done - first_->done);
    if (seconds <= 0 || since <= 0) return text;
    const double rate = since / seconds;
    if (rate >= 1) text += ", " + grouped(std::llround(rate)) + "/s";
    if (!bounded || done >= *total) return text;
    const double left = std::min(static_cast<double>(*total - done) / rate, longest_wait);
    return text + ", " + duration_text(Seconds(std::llround(left))) + " left";
}

}  // namespace pwreset
