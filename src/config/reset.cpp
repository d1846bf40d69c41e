#include "src/config/reset.h"

#include <utility>

#include "src/config/values.h"
#include "src/toml/reader.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

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
    reset.link = section.required("link", "write link = \"https://shop.example/reset/{token}\"");
    if (const auto fault = link_fault(reset.link)) section.fail("link", fault->fault + " in 'reset.link'", fault->hint);
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
