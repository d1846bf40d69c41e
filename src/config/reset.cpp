#include "src/config/reset.h"

#include <utility>

#include "src/toml/reader.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

/// Whether there is anything to be put into a link.
bool draws_token(const Section& section) {
    return section.given("token") || section.given("mailed") || section.given("scheme");
}

constexpr std::string_view base_place = "{base}";

/// The link, its origin put in: that is a literal of the configuration, whatever the path that a profile knows.
std::string read_link(const ConfigText& text, const Section& section) {
    std::string link = section.text("link");
    const bool stands_on_base = link.starts_with(base_place);
    if (stands_on_base) {
        std::string base = section.required("base", "write where the application is: base = \"https://shop.example\"");
        if (const auto fault = page_fault(base)) section.fail("base", fault->fault + " in 'reset.base'", fault->hint);
        while (base.ends_with('/')) base.pop_back();
        link.replace(0, base_place.size(), base);
    } else if (section.given("base")) {
        section.fail("base", "'reset.base' beside a 'reset.link' that does not begin with {base}", "remove it");
    }
    // Where a profile draws no token there is nothing that a link could carry.
    if (link.empty() && !draws_token(section)) return link;
    if (link.empty()) section.required("link", "write link = \"https://shop.example/reset/{token}\"");
    const auto fault = link_fault(link, Section(text, "reset.places").keys());
    if (fault) section.fail(stands_on_base ? "base" : "link", fault->fault + " in 'reset.link'", fault->hint);
    return link;
}

}  // namespace

std::span<const std::string_view> reset_keys() {
    static constexpr std::string_view keys[] = {"reset.link",           "reset.verify_link_url",
                                                "reset.verify_otp_url", "reset.link_lifetime",
                                                "reset.code_lifetime",  "reset.notify_on_change"};
    return keys;
}

ResetConfig read_reset(const ConfigText& text) {
    const Section section(text, "reset");
    ResetConfig reset;
    reset.link = read_link(text, section);
    for (const auto& [key, url] :
         {std::pair("verify_link_url", &reset.verify_link_url), std::pair("verify_otp_url", &reset.verify_otp_url)}) {
        *url = section.text(key);
        const auto fault = url->empty() ? std::nullopt : page_fault(*url);
        if (fault) section.fail(key, fault->fault + " in '" + section.full(key) + "'", fault->hint);
    }
    reset.link_lifetime = section.span("link_lifetime", 1h, 1min, 24h);
    // Ten minutes: NIST SP 800-63B, section 5.1.3.2, for a secret sent out of band.
    reset.code_lifetime = section.span("code_lifetime", 5min, 1min, 10min);
    reset.notify_on_change = section.flag("notify_on_change", true);
    return reset;
}

}  // namespace pwreset
