#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using namespace std::chrono_literals;

namespace {

TemporaryPasswordConfig section(const std::string& lines) {
    return parse(least + "[temporary_password]\n" + lines).temporary_password;
}

std::string fault(const std::string& lines) { return fault_of(least + "[temporary_password]\n" + lines); }

}  // namespace

TEST_CASE("temporary passwords are off unless the configuration turns them on") {
    CHECK_FALSE(parse(least).temporary_password.enabled);
    CHECK(section("enabled = true\n").enabled);
    CHECK(fault("enabled = \"true\"\n") ==
          "14:11: expected true or false for 'temporary_password.enabled' | write it without quotes");
}

TEST_CASE("a password of sixteen letters and digits lives a day unless the site says otherwise") {
    const auto usual = parse(least).temporary_password;
    CHECK(usual.policy.length == 16);
    CHECK(usual.policy.classes.size() == 3);
    CHECK(usual.lifetime == 24h);
    CHECK(section("lifetime = \"8h\"\n").lifetime == 8h);
    CHECK(fault("lifetime = \"25h\"\n").find("14:12: expected a span of time from 10 min to 1 d") == 0);
}

TEST_CASE("a site's policy chooses the sorts of characters, and leaves some out") {
    const auto policy = section("length = 20\nrequire = [\"lower\", \"symbol\"]\nexclude = \"abc#\"\n").policy;
    CHECK(policy.length == 20);
    REQUIRE(policy.classes.size() == 2);
    CHECK(policy.classes[0] == "defghjkmnpqrstuvwxyz");
    CHECK(policy.classes[1] == "%*+?@");
    CHECK(section("require = [\"upper\", \"symbol\"]\nsymbols = \"_-_\"\n").policy.classes[1] == "-_");
}

TEST_CASE("a policy that allows fewer than 2^64 passwords does not load") {
    CHECK(fault("length = 10\n") ==
          "14:10: fewer than 2^64 passwords are possible in 'temporary_password' | "
          "make it longer, or require and leave in more sorts of characters");
    CHECK(fault("length = 21\nrequire = [\"digit\"]\n").find("14:10: fewer than 2^64") == 0);
    CHECK(section("length = 22\nrequire = [\"digit\"]\n").policy.length == 22);
    CHECK(fault("require = []\n").find("fewer than 2^64") != std::string::npos);
    CHECK(fault("length = 65\n").find("14:10: expected a whole number from 10 to 64") == 0);
}

TEST_CASE("a policy is made of known words, each once, none of them empty") {
    CHECK(fault("require = [\"lower\", \"symbols\"]\n").find("14:11: expected \"lower\", \"upper\"") == 0);
    CHECK(fault("require = [\"lower\", \"lower\"]\n").find("14:11: 'lower' twice") == 0);
    CHECK(fault("exclude = \"23456789\"\n").find("14:11: no character left for 'digit'") == 0);
    CHECK(fault("symbols = \"#\"\n").find("14:11: 'temporary_password.symbols' means nothing") == 0);
    CHECK(fault("require = [\"lower\", \"symbol\"]\nsymbols = \"#<\"\n").find("15:11: expected symbols") == 0);
    CHECK(fault("exclude = \"a b\"\n").find("14:11: expected visible ASCII characters") == 0);
}

TEST_CASE("what goes with the password is named by identifiers") {
    const auto names = section(
        "must_change = { column = \"must_change\", value = \"1\" }\nclear = [\"remember_token\"]\nempty = "
        "[\"api_key\"]\n"
        "sessions = { table = \"web.sessions\", user = \"user_id\" }\n");
    CHECK(names.must_change == "must_change");
    CHECK(names.must_change_value == "1");
    CHECK(names.clear == std::vector<std::string>{"remember_token"});
    CHECK(names.empty == std::vector<std::string>{"api_key"});
    REQUIRE(names.sessions.size() == 1);
    CHECK(names.sessions.front().table == "web.sessions");
    CHECK(names.sessions.front().user == "user_id");
    CHECK(fault("clear = [\"a = 1; --\"]\n").find("14:9: expected a column name") == 0);
    CHECK(fault("sessions = { table = \"a`b\", user = \"c\" }\n").find("14:22: expected a table name") == 0);
    CHECK(fault("sessions = \"sessions\"\n").find("14:12: no table for 'temporary_password.sessions'") == 0);
    CHECK(fault("must_change = { column = \"a\" }\n").find("missing 'temporary_password.must_change.value'") !=
          std::string::npos);
}

TEST_CASE("no column of a second factor is written") {
    for (const char* line :
         {"clear = [\"two_factor_secret\"]\n", "empty = [\"OTP_Secret\"]\n",
          "clear = [\"two_factor_recovery_codes\"]\n", "must_change = { column = \"mfa_enabled\", value = \"0\" }\n"}) {
        INFO(line);
        CHECK_THAT(fault(line), ContainsSubstring("belongs to a second factor | a temporary password never takes one"));
    }
}

TEST_CASE("no column is written that has another meaning") {
    CHECK(fault("clear = [\"EMAIL\"]\n") ==
          "14:9: column 'EMAIL' has another meaning already | name another, or remove it");
    CHECK(fault("clear = [\"token\"]\nempty = [\"token\"]\n").find("15:9: column 'token' has another") == 0);
    CHECK(fault("must_change = { column = \"password\", value = \"1\" }\n").find("14:15: column 'password'") == 0);
    CHECK(fault("sessions = { table = \"shop.Users\", user = \"id\" }\n").find("14:12: the table of users is no") == 0);
}

TEST_CASE("an application's formats are named, the one that is written first") {
    CHECK(parse(least).temporary_password.formats.empty());
    CHECK(section("formats = [\"wordpress bcrypt\", \"bcrypt $2y$\"]\n").formats ==
          std::vector<PasswordFormat>{BcryptFormat{'y', 12, BcryptLayout::wordpress}, BcryptFormat{'y', 12}});
    CHECK(fault("formats = [\"bcrypt\"]\n").find("14:11: unknown format in 'temporary_password.formats' | there are") ==
          0);
    CHECK_THAT(fault("formats = [\"Argon2id\"]\n"), ContainsSubstring("| did you mean \"argon2id\"? there are"));
}

TEST_CASE("MD5 and phpass are never written, whatever an application takes") {
    for (const char* name : {"phpass", "md5", "MD5:salt", "$P$", "$H$", "salted md5", "wordpress phpass"}) {
        INFO(name);
        CHECK(fault(std::string("formats = [\"bcrypt $2y$\", \"") + name + "\"]\n")
                  .find("14:11: format that is never written in 'temporary_password.formats' | passwords are not") ==
              0);
    }
}

TEST_CASE("a salt in a column of its own belongs to the one format that has one") {
    const auto redmine = section("formats = [\"redmine sha1\"]\nsalt = \"salt\"\n");
    CHECK(redmine.formats == std::vector<PasswordFormat>{RedmineFormat{}});
    CHECK(redmine.salt == "salt");
    CHECK(fault("formats = [\"redmine sha1\"]\n").find("14:11: missing 'temporary_password.salt'") == 0);
    CHECK(fault("salt = \"salt\"\n").find("14:8: 'temporary_password.salt' means nothing beside 'formats' without") ==
          0);
    CHECK(fault("formats = [\"redmine sha1\", \"bcrypt $2a$\"]\nsalt = \"salt\"\n").find("14:11: another format") == 0);
    CHECK(fault("formats = [\"redmine sha1\"]\nsalt = \"email\"\n").find("15:8: column 'email' has another") == 0);
}

TEST_CASE("where hashes are fast to guess at, fewer than 2^112 passwords do not load") {
    const std::string redmine = "formats = [\"redmine sha1\"]\nsalt = \"salt\"\n";
    CHECK(section(redmine).policy.length == 20);
    CHECK(fault(redmine + "length = 19\n") ==
          "16:10: fewer than 2^112 passwords are possible in 'temporary_password', whose hashes are fast to guess at | "
          "make it longer, or require and leave in more sorts of characters");
    CHECK(fault(redmine + "require = [\"digit\"]\nlength = 37\n").find("17:10: fewer than 2^112") == 0);
    CHECK(section(redmine + "require = [\"digit\"]\nlength = 38\n").policy.length == 38);
}

TEST_CASE("a pepper stands beside plain bcrypt alone, and never in the file itself") {
    CHECK(section("formats = [\"bcrypt $2a$\"]\npepper_file = \"p\"\n")
              .pepper.empty());  // nothing is read without a source
    CHECK(fault("pepper_file = \"p\"\n")
              .find("14:15: 'temporary_password.pepper_file' beside formats that take no pepper | write formats") == 0);
    CHECK(fault("formats = [\"bcrypt $2a$\", \"argon2id\"]\npepper_file = \"p\"\n")
              .find("15:15: 'temporary_password.pepper_file' beside") == 0);
    CHECK(fault("formats = [\"wordpress bcrypt\"]\npepper_credential = \"p\"\n")
              .find("15:21: 'temporary_password.pepper_credential' beside") == 0);
    CHECK_THAT(
        fault("pepper = \"s3cret\"\n"),
        ContainsSubstring("pepper written into the file: 'temporary_password.pepper' | put it into a file of mode "
                          "0600 and write pepper_file = \"temporary_password.pepper\""));
}

TEST_CASE("further tables whose rows end are listed, each with what tells its rows apart") {
    const auto sessions =
        section(
            "sessions = { table = \"sessions\", user = \"user_id\" }\n"
            "ends = [{ table = \"tokens\", user = \"user_id\", where = { action = \"autologin\" } },\n"
            "  { table = \"tokens\", user = \"user_id\", where = { action = \"session\" } }]\n")
            .sessions;
    REQUIRE(sessions.size() == 3);
    CHECK((sessions[0].key == "sessions" && sessions[1].key == "ends"));
    CHECK(sessions[0].where.empty());
    CHECK(sessions[2].where == std::vector<std::pair<std::string, std::string>>{{"action", "session"}});
    CHECK(fault("ends = { table = \"t\", user = \"u\" }\n")
              .find("14:8: no list of tables for 'temporary_password.ends'") == 0);
    CHECK_THAT(fault("ends = [{ table = \"t\" }]\n"), ContainsSubstring("missing 'temporary_password.ends.user'"));
    CHECK_THAT(fault("ends = [{ table = \"t\", user = \"u\", where = { \"a b\" = \"1\" } }]\n"),
               ContainsSubstring("expected column names in 'temporary_password.ends.where'"));
    CHECK(fault("ends = [{ table = \"users\", user = \"id\" }]\n").find("14:8: the table of users is no table") == 0);
    CHECK(fault("ends = [{ table = \"shop.PWRESET_tokens\", user = \"account\" }]\n")
              .find("14:8: a table of pwreset's own") == 0);
}

TEST_CASE("rows of roles are no sessions, but others of their table may be") {
    const std::string meta = "role = { table = \"meta\", user = \"u\", role = \"v\", where = { k = \"roles\" } }";
    const auto said = [&](const std::string& where) {
        std::string text = least + "[temporary_password]\nends = [{ table = \"meta\", user = \"u\"" + where + " }]\n";
        text.insert(text.find("[users]\n") + 8, meta + "\n");
        return fault_of(text);
    };
    CHECK(said(", where = { k = \"sessions\" }") == "no fault");
    for (const char* where : {"", ", where = { k = \"Roles\" }", ", where = { other = \"sessions\" }"}) {
        INFO(where);
        CHECK_THAT(said(where), ContainsSubstring("a table that accounts are read from is no table of sessions"));
    }
}

TEST_CASE("what takes the place of a remember token is drawn, and hard to guess") {
    const auto rotate = section("rotate = { remember_token = \"random(alnum, 60)\" }\n").rotate;
    REQUIRE(rotate.size() == 1);
    CHECK(rotate.front().column == "remember_token");
    CHECK(rotate.front().value.drawn());
    CHECK_THAT(fault("rotate = { a = \"'constant'\" }\n"), ContainsSubstring("fewer than 2^112 values are possible"));
    CHECK_THAT(fault("rotate = { a = \"random(hex, 27)\" }\n"), ContainsSubstring("fewer than 2^112 values"));
    CHECK(section("rotate = { a = \"random(hex, 28)\" }\n").rotate.size() == 1);
    CHECK_THAT(fault("rotate = { a = \"null\" }\n"),
               ContainsSubstring("expected a text for 'temporary_password.rotate.a'"));
    CHECK_THAT(fault("rotate = { a = \"random(hex, 64\" }\n"), ContainsSubstring("14:"));
    CHECK_THAT(fault("rotate = { \"a b\" = \"random(hex, 64)\" }\n"), ContainsSubstring("expected column names"));
    for (const char* column : {"email", "password", "id"}) {
        INFO(column);
        CHECK_THAT(fault(std::string("rotate = { ") + column + " = \"random(hex, 64)\" }\n"),
                   ContainsSubstring("has another meaning already"));
    }
    CHECK_THAT(fault("rotate = { otp_secret = \"random(hex, 64)\" }\n"),
               ContainsSubstring("belongs to a second factor"));
}

TEST_CASE("a password can have columns of its own, beside the one that goes on working") {
    const auto side =
        section(
            "store = { set = { new_password = \"pbkdf2_mediawiki(token, 30000)\", new_at = \"ts14(issued)\" }, "
            "empty = { new_password = \"''\", new_at = \"null\" } }\n")
            .side;
    CHECK(side.hash == "new_password");
    CHECK(side.hashed.salted());
    CHECK(side.empty_hash.empty());
    REQUIRE(side.set.size() == 1);
    CHECK(side.set.front().column == "new_at");
    CHECK(side.empty == std::vector<std::optional<std::string>>{std::nullopt});
    CHECK(parse(least).temporary_password.side.hash.empty());
}

TEST_CASE("what is stored of a password beside the other is its salted hash, and nothing that tells it") {
    const auto said = [](const std::string& set, const std::string& empty = "a = \"''\"") {
        return fault("store = { set = { " + set + " }, empty = { " + empty + " } }\n");
    };
    CHECK_THAT(said("a = \"token\""), ContainsSubstring("expected a text that does not tell the password for "
                                                        "'temporary_password.store.set.a'"));
    CHECK_THAT(said("a = \"hex(sha256(token))\""), ContainsSubstring("hash of a password without a salt"));
    CHECK_THAT(said("a = \"ts14(issued)\""),
               ContainsSubstring("no hash of the password in 'temporary_password.store'"));
    CHECK_THAT(said("a = \"bcrypt(token, 4)\", b = \"bcrypt(token, 4)\"", "a = \"''\", b = \"''\""),
               ContainsSubstring("a second hash"));
    CHECK_THAT(said("a = \"bcrypt(token, 4)\"", "a = \"null\""), ContainsSubstring("one that is emptied by NULL"));
    CHECK_THAT(said("a = \"bcrypt(token, 4)\"", "b = \"''\""),
               ContainsSubstring("missing 'temporary_password.store.empty.a'"));
    CHECK_THAT(said("a = \"bcrypt(token, 4)\"", "a = \"''\", b = \"''\""),
               ContainsSubstring("without the same in 'set'"));
    CHECK_THAT(said("a = \"bcrypt(token, 4)\"", "a = \"issued\""), ContainsSubstring("expected null or a literal"));
    CHECK_THAT(said("a = \"bcrypt(nothing, 4)\""), ContainsSubstring("14:"));
    CHECK_THAT(said("email = \"bcrypt(token, 4)\"", "email = \"''\""),
               ContainsSubstring("has another meaning already"));
}

TEST_CASE("a new password may be demanded by a row of another table") {
    const auto names = section(
        "must_change = { table = \"user_preferences\", user = \"userid\", column = \"value\", value = \"1\", where = { "
        "name = \"auth_forcepasswordchange\" } }\n");
    CHECK(names.must_change == "value");
    CHECK(names.must_change_in.table == "user_preferences");
    CHECK(names.must_change_in.user == "userid");
    CHECK(names.must_change_in.where == Constants{{"name", "auth_forcepasswordchange"}});
    CHECK_THAT(fault("must_change = { table = \"t\", column = \"c\", value = \"1\" }\n"),
               ContainsSubstring("missing 'temporary_password.must_change.user'"));
    CHECK_THAT(fault("must_change = { user = \"u\", column = \"c\", value = \"1\" }\n"),
               ContainsSubstring("means nothing beside no 'table'"));
    CHECK_THAT(fault("must_change = { table = \"users\", user = \"id\", column = \"c\", value = \"1\" }\n"),
               ContainsSubstring("accounts are read from the table"));
    CHECK_THAT(
        fault("must_change = { table = \"pwreset_tokens\", user = \"account\", column = \"state\", value = \"1\" }\n"),
        ContainsSubstring("a table of pwreset's own"));
    for (const bool apart : {false, true}) {
        const std::string text = least +
                                 "[temporary_password]\nmust_change = { table = \"meta\", user = \"u\", column = "
                                 "\"v\", value = \"1\", where = { k = \"" +
                                 std::string(apart ? "demand" : "role") + "\" } }\n";
        std::string with_roles = text;
        with_roles.replace(
            with_roles.find("protected = []"), 14,
            "protected = []\nrole = { table = \"meta\", user = \"u\", role = \"v\", where = { k = \"role\" } }");
        CHECK((fault_of(with_roles) == "no fault") == apart);
    }
}

TEST_CASE("sessions may be known by the login") {
    std::string text =
        least + "[temporary_password]\nends = [{ table = \"user_keys\", user = \"user_id\", of = \"login\" }]\n";
    CHECK_THAT(fault_of(text), ContainsSubstring("logins in 'temporary_password.ends'"));
    text.replace(text.find("protected = []"), 14, "protected = []\nlogin = \"username\"");
    CHECK(parse(text).temporary_password.sessions.at(0).by_login);
    CHECK_FALSE(section("ends = [{ table = \"t\", user = \"u\" }]\n").sessions.at(0).by_login);
}

TEST_CASE("where a link signs in there may be no passwords, and then no temporary ones") {
    std::string text = least;
    text.replace(text.find("protected = []"), 14, "protected = []\npassword = \"\"");
    CHECK_THAT(fault_of(text), ContainsSubstring("empty 'users.password'"));
    text.replace(text.find("[reset]"), 7, "[reset]\nsigns_in = true");
    CHECK(parse(text).users.password.empty());
    CHECK_THAT(fault_of(text + "[temporary_password]\nenabled = true\n"),
               ContainsSubstring("where nobody has a password"));
}
