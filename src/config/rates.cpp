#include "src/config/rates.h"

#include "src/toml/values.h"

namespace pwreset {

Rate read_rate(const Section& section, std::string_view key, const Rate& fallback, Seconds longest) {
    const std::string written = section.text(key);
    if (written.empty()) return fallback;
    const auto rate = parse_rate(written);
    if (!rate) {
        section.fail(key, "expected a rate for '" + section.full(key) + "'",
                     "write a number, a slash and a span of time, such as \"10/h\", \"100/d\" or \"5/30m\"");
    }
    if (rate->window > longest) {
        section.fail(key, "window longer than 'retention.limits' in '" + section.full(key) + "'",
                     "a count is kept for " + duration_text(longest) + ": shorten the window, or keep it longer");
    }
    return *rate;
}

}  // namespace pwreset
