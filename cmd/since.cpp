#include "cmd/since.h"

#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {

std::optional<Time> parse_moment(const std::string& option, const std::optional<std::string>& text, Time now) {
    if (!text) return {};
    if (const auto moment = parse_rfc3339(*text)) return moment;
    if (const auto age = parse_duration(*text)) return now - *age;
    throw usage_error("'" + printable(*text) + "' after " + option + " is no time",
                      "write 2026-03-01T12:00:00Z, 2026-03-01 or an age such as 2h");
}

}  // namespace pwreset
