#include "src/config/public.h"

#include <algorithm>

#include "src/config/rates.h"
#include "src/toml/reader.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

}  // namespace

std::span<const std::string_view> public_keys() {
    static constexpr std::string_view keys[] = {"public.email", "public.cooldown", "public.per_identity"};
    return keys;
}

PublicConfig read_public(const ConfigText& text, Seconds retention, bool has_passwords) {
    const Section section(text, "public");
    PublicConfig web;
    web.email = section.choice("email", web.email,
                               {{"link", PublicConfig::Mail::link},
                                {"code", PublicConfig::Mail::code},
                                {"password", PublicConfig::Mail::password}});
    if (web.email == PublicConfig::Mail::password && !has_passwords) {
        section.fail("email", "'public.email' asks for temporary passwords, which are off",
                     "write enabled = true in [temporary_password], or email = \"link\"");
    }
    web.cooldown = section.span("cooldown", web.cooldown, 0s, std::min<Seconds>(24h, retention));
    web.per_identity = read_rate(section, "per_identity", web.per_identity, retention);
    return web;
}

}  // namespace pwreset
