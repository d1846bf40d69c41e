// One digest for all that decides how a token is made, kept and mailed, and for nothing else.
#include "src/apps/profile_digest.h"

#include <set>

#include "src/apps/profile.h"
#include "src/config/load.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

const std::string start =
    "application = \"shop\"\n[database]\nhost = \"db.example\"\nname = \"shop\"\nuser = \"pwreset\"\n"
    "[mail]\nfrom = \"no-reply@shop.example\"\nhost = \"mail.example\"\n";

std::string digest_with(const std::string& users, const std::string& reset, const std::string& more = {}) {
    const auto config = parse_config(start + "[users]\nprotected = []\nprofile = \"laravel\"\n" + users +
                                         "[reset]\nbase = \"https://shop.example\"\n" + reset + more,
                                     "/etc/pwreset/shop.toml", false);
    return read_profile(config, nullptr).digest;
}

}  // namespace

TEST_CASE("what decides nothing of a token changes no digest") {
    const std::string digest = digest_with("", "");
    CHECK(digest.size() == 64);
    CHECK(digest_with("", "link_lifetime = \"30m\"  # shorter\nnotify_on_change = false\n") == digest);
    CHECK(digest_with("role = \"role\"\nallowed_roles = [\"customer\"]\n", "test_account = \"id:1\"\n") == digest);
    CHECK(digest_with("", "", "[limits]\ncooldown = \"1m\"\n[text]\nproduct = \"Shop\"\n") == digest);
    // What the preset says is said again.
    CHECK(digest_with("table = \"users\"\nid = \"id\"\n", "application_lifetime = \"60m\"\n") == digest);
}

TEST_CASE("each thing that decides something of a token changes the digest") {
    const std::set<std::string> digests{
        digest_with("", ""),
        digest_with("table = \"people\"\n", ""),
        digest_with("email = \"mail\"\n", ""),
        digest_with("", "application_lifetime = \"2h\"\n"),
        digest_with("", "application_zone = \"Europe/Berlin\"\n"),
        digest_with("", "link = \"{base}/other/{token}?email={email}\"\n"),
        digest_with("", "", "[reset.store]\ntable = \"password_resets\"\n"),
        digest_with("", "", "[secrets]\nextra = { file = \"extra.key\" }\n"),
    };
    CHECK(digests.size() == 8);
}

TEST_CASE("a configuration that says itself what a token is does not rest on its preset") {
    const auto own = [](const std::string& reset) {
        return says_what_a_token_is(*parse_config(start + "[users]\nprotected = []\nprofile = \"laravel\"\n[reset]\n" +
                                                      "base = \"https://shop.example\"\n" + reset,
                                                  "/etc/pwreset/shop.toml", false)
                                         .text_of_file);
    };
    CHECK_FALSE(own("application_zone = \"Europe/Berlin\"\n[reset.store]\ntable = \"password_resets\"\n"));
    CHECK(own("token = \"random(hex, 40)\"\n"));
    CHECK(own("[reset.store]\nset = { token = \"sha256(token)\", created_at = \"issued\" }\n"));
}
