#include "src/config/retention.h"

#include "src/toml/reader.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

constexpr Seconds day = 24h;
constexpr Seconds ten_years = 3650 * day;

}  // namespace

std::span<const std::string_view> retention_keys() {
    static constexpr std::string_view keys[] = {"retention.limits", "retention.tokens", "retention.deliveries",
                                                "retention.audit"};
    return keys;
}

RetentionConfig read_retention(const ConfigText& text) {
    const Section section(text, "retention");
    RetentionConfig retention;
    retention.limits = section.span("limits", retention.limits, 1h, ten_years);
    // Links live, and sending is tried, for up to a day.
    retention.tokens = section.span("tokens", retention.tokens, day, ten_years);
    retention.deliveries = section.span("deliveries", retention.deliveries, 2 * day, ten_years);
    retention.audit = section.span("audit", retention.audit, day, ten_years);
    return retention;
}

}  // namespace pwreset
