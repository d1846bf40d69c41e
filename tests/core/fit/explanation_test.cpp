#include "src/fit/explanation.h"

#include "src/apps/preset.h"
#include "src/base/error.h"
#include "src/config/profile.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

std::string explained(const std::string& name) {
    const Preset preset = preset_by_name(name);
    std::string all;
    for (const auto& line : explain(preset.config, preset.profile)) all += line.about + ": " + line.text + "\n";
    return all;
}

}  // namespace

TEST_CASE("every preset is told in words, each with whose accounts it is about") {
    for (const auto name : preset_names()) {
        INFO(name);
        const std::string text = explained(std::string(name));
        CHECK_THAT(text, ContainsSubstring("accounts: in table '"));
        CHECK_THAT(text, ContainsSubstring("protected: "));
        CHECK(text.find(": \n") == text.npos);
    }
}

TEST_CASE("Laravel in words") {
    const std::string text = explained("laravel");
    for (const char* line : {
             "profile: Laravel, 5.4 to 13; known by runs of its real code\n",
             "accounts: in table 'users' by the key 'id'\n",
             "protected: nobody: name the roles in 'users.protected'\n",
             "drawn: the token: 64 random hexadecimal digits\n",
             "mailed: the token\n",
             "link: https://application.example/reset-password/{token}?email={email}\n",
             "stored: in a row of table 'password_reset_tokens', in the place of the account's older ones\n",
             "stored: found by column 'email': the account's e-mail address\n",
             "stored: column 'token': the bcrypt hash of the token\n",
             "revoked: by 'pwreset revoke': its row is deleted\n",
             "needs: the application's time zone: 'reset.application_zone', now utc\n",
         }) {
        INFO(text);
        CHECK_THAT(text, ContainsSubstring(line));
    }
}

TEST_CASE("what a link of an application cannot be is told") {
    CHECK_THAT(explained("ghost"), ContainsSubstring("revoked: it cannot be: only what ends it by itself does\n"));
    CHECK_THAT(explained("ghost"), ContainsSubstring("needs: the secret 'db_hash', from column 'value'"));
    CHECK_THAT(explained("django"), ContainsSubstring("all tokens of the account at once: column 'last_login'"));
    CHECK_THAT(explained("wikijs"), ContainsSubstring("whoever opens the link uses it up, a mail scanner too"));
    CHECK_THAT(explained("strapi"), ContainsSubstring("lives: for ever in the application"));
    CHECK_THAT(explained("mediawiki"), ContainsSubstring("mailed: no link: the application has none\n"));
    CHECK_THAT(explained("mediawiki"), ContainsSubstring("stands beside the old one, which goes on working\n"));
}

TEST_CASE("a preset that there is not is a fault of the command line") {
    CHECK_THROWS_AS(preset_by_name("laravell"), Error);
}

TEST_CASE("what is weaker in an application's links is noted in each answer, and nothing of native ones") {
    const auto notes = [](const std::string& name) { return notes_on_links(preset_by_name(name).profile); };
    CHECK(notes("native").empty());
    CHECK(notes("mediawiki").empty());
    CHECK(notes("devise").empty());
    CHECK(notes("laravel").size() == 1);
    CHECK(notes("django") == std::vector<std::string>{"links of before go on working until they end"});
    CHECK(notes("ghost") ==
          std::vector<std::string>{"links of before go on working until they end", "the link cannot be revoked"});
    CHECK(notes("authjs").size() == 3);
}
