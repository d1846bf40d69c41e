#include "src/config/captcha.h"

#include "src/config/service.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

}  // namespace

std::span<const std::string_view> captcha_keys() {
    static constexpr std::string_view keys[] = {"captcha.url",    "captcha.secret_file", "captcha.secret_credential",
                                                "captcha.tls_ca", "captcha.timeout",     "captcha.hostname",
                                                "captcha.action"};
    return keys;
}

std::optional<CaptchaConfig> read_captcha(const ConfigText& text, const SecretSource* source) {
    const Section section(text, "captcha");
    if (!section.written()) return {};
    CaptchaConfig captcha;
    // The address of Cloudflare's Turnstile (developers.cloudflare.com/turnstile/get-started/server-side-validation).
    const std::string url = section.text("url", "https://challenges.cloudflare.com/turnstile/v0/siteverify");
    captcha.server = read_server(section, source, url, captcha.target);
    captcha.timeout = section.span("timeout", captcha.timeout, 1s, 1min);
    captcha.hostname = section.text("hostname");
    captcha.action = section.text("action");
    captcha.secret = read_named_secret(section, source, "secret");
    if (!names_secret(section, "secret"))
        section.fail("secret_file", "missing 'captcha.secret_file'", "write secret_file = \"captcha.secret\"");
    return captcha;
}

}  // namespace pwreset
