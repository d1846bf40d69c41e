#include "cmd/since.h"

#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

// The years that a DATETIME column can hold.
constexpr Time earliest = std::chrono::sys_days(std::chrono::year(1000) / 1 / 1);
constexpr Time latest = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);

}  // namespace

std::optional<Time> parse_moment(const std::string& option, const std::optional<std::string>& text, Time now) {
    if (!text) return {};
    auto moment = parse_rfc3339(*text);
    if (const auto age = parse_duration(*text)) moment = now - *age;
    if (moment && *moment >= earliest && *moment < latest) return moment;
    throw usage_error("'" + printable(*text) + "' after " + option + " is no time",
                      "write 2026-03-01T12:00:00Z, 2026-03-01 or an age such as 2h");
}

}  // namespace pwreset
