// What a profile may not say: each abuse is refused when it is read.
#include <string>

#include "src/apps/profile.h"
#include "src/base/error.h"
#include "src/config/load.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

/// The fault of a configuration that describes its application so; empty when there is none.
std::string refusal_of_profile(const std::string& reset, const std::string& users = "role = \"role\"\n") {
    const std::string text =
        "application = \"shop\"\n[database]\nhost = \"db.example\"\nname = \"shop\"\nuser = \"pwreset\"\n"
        "[users]\nprotected = []\n" +
        users +
        "[mail]\nfrom = \"no-reply@shop.example\"\nhost = \"mail.example\"\n"
        "[secrets]\nsite = { file = \"site.secret\" }\n"
        "[reset]\nlink = \"https://shop.example/reset/{token}\"\n" +
        reset;
    try {
        read_profile(parse_config(text, "/etc/pwreset/shop.toml", false), nullptr);
    } catch (const Error& error) {
        CHECK(error.exit == Exit::config);
        return error.message;
    }
    return {};
}

const std::string token = "token = \"random(hex, 64)\"\napplication_lifetime = \"1h\"\n";
const std::string columns = "[reset.store]\nmode = \"columns\"\nrevoke = \"empty\"\nempty = { t = \"null\" }\n";
const std::string rows = "[reset.store]\nmode = \"delete-insert\"\nrevoke = \"delete\"\ntable = \"tokens\"\n";

}  // namespace

TEST_CASE("a profile writes a token where its application does") {
    CHECK(refusal_of_profile(token + columns + "set = { t = \"unix(issued) + token\" }\n").empty());
    CHECK(refusal_of_profile(token + rows + "find = { u = \"key\" }\nset = { t = \"token\", at = \"issued\" }\n")
              .empty());
}

TEST_CASE("no profile writes who somebody is, or what they may") {
    for (const std::string column : {"id", "EMAIL", "password", "role", "two_factor_secret"}) {
        INFO(column);
        CHECK_THAT(refusal_of_profile(token + columns + "set = { " + column + " = \"unix(issued) + token\" }\n"),
                   ContainsSubstring("is written, and it"));
    }
    CHECK_THAT(refusal_of_profile(token + columns + "set = { t = \"'yes'\", s = \"unix(issued) + token\" }\n"),
               ContainsSubstring("a constant for the column 't'"));
}

TEST_CASE("no profile writes or clears what decides whether somebody may be reset") {
    const std::string users =
        "active = \"enabled\"\nsecond_factor = \"tfa\"\n"
        "refuse = [{ column = \"provider\", unless = [\"local\"], because = \"signs in elsewhere\" }]\n";
    for (const std::string column : {"enabled", "tfa", "PROVIDER"}) {
        INFO(column);
        CHECK_THAT(refusal_of_profile(token + columns + "set = { " + column + " = \"unix(issued) + token\" }\n", users),
                   ContainsSubstring("is written, and it"));
        const std::string emptied =
            "[reset.store]\nmode = \"columns\"\nrevoke = \"empty\"\nset = { t = \"unix(issued) + token\" }\n"
            "empty = { t = \"null\", " +
            column + " = \"null\" }\n";
        CHECK_THAT(refusal_of_profile(token + emptied, users), ContainsSubstring("is written, and it"));
        const std::string moved =
            "mailed = \"unix(issued) + hex(sha256(unix(issued) + password))\"\napplication_lifetime = \"1h\"\n"
            "[reset.store]\nmode = \"none\"\nrevoke = \"bump\"\nbump = { column = \"" +
            column + "\" }\n";
        CHECK_THAT(refusal_of_profile(moved, users), ContainsSubstring("is the column that holds"));
    }
}

TEST_CASE("no profile keeps its tokens where accounts, roles or our own rows are") {
    const std::string kept =
        "[reset.store]\nmode = \"delete-insert\"\nrevoke = \"delete\"\nfind = { u = \"key\" }\n"
        "set = { t = \"token\", at = \"issued\" }\n";
    const std::string users =
        "role = { table = \"grants\", user = \"uid\", role = \"role\", where = { kind = \"role\" } }\n";
    const auto in_table = [&](const std::string& table) {
        return refusal_of_profile(token + kept + "table = \"" + table + "\"\n", users);
    };
    CHECK_THAT(in_table("users"), ContainsSubstring("is the users table"));
    CHECK_THAT(in_table("pwreset_tokens"), ContainsSubstring("is a table of pwreset's own"));
    CHECK_THAT(in_table("grants"), ContainsSubstring("accounts are read from 'grants'"));
    CHECK_THAT(refusal_of_profile(token + kept + "table = \"grants\"\nwhere = { kind = \"role\" }\n", users),
               ContainsSubstring("accounts are read from 'grants'"));
    CHECK(refusal_of_profile(token + kept + "table = \"grants\"\nwhere = { kind = \"token\" }\n", users).empty());
}

TEST_CASE("a secret comes from a file, a credential or a row, and from nowhere else") {
    for (const std::string source : {"env = \"APP_KEY\"", "value = \"hunter2\"", "command = \"cat key\""}) {
        INFO(source);
        CHECK_FALSE(refusal_of_profile("[secrets.other]\n" + source + "\n").empty());
    }
}

TEST_CASE("no row is written or deleted without the account") {
    const std::string set = "set = { t = \"token\", at = \"issued\" }\n";
    CHECK_THAT(refusal_of_profile(token + rows + set),
               ContainsSubstring("no 'reset.store.find' that names the account"));
    CHECK_THAT(refusal_of_profile(token + rows + set + "find = { kind = \"'reset'\" }\n"),
               ContainsSubstring("no 'reset.store.find' that names the account"));
    CHECK_THAT(refusal_of_profile(token + rows + set +
                                  "find = { u = \"key\" }\ncaches = [{ table = \"c\", find = { k = \"'all'\" } }]\n"),
               ContainsSubstring("would be deleted without naming the account"));
    CHECK_THAT(
        refusal_of_profile(token + rows + set +
                           "find = { u = \"key\" }\ncaches = [{ table = \"users\", find = { id = \"key\" } }]\n"),
        ContainsSubstring("accounts are read from 'users'"));
}

TEST_CASE("a secret and a password hash leave only through a digest") {
    const std::string none = "application_lifetime = \"1h\"\n[reset.store]\nmode = \"none\"\n";
    for (const std::string mailed :
         {"password + unix(issued)", "hex(secret.site) + unix(issued)", "secret.site + unix(issued)"}) {
        INFO(mailed);
        CHECK_FALSE(refusal_of_profile("mailed = \"" + mailed + "\"\n" + none).empty());
    }
    CHECK(refusal_of_profile(
              "mailed = \"unix(issued) + hex(hmac_sha256(secret.site, key + password + unix(issued)))\"\n" + none)
              .empty());
    CHECK_THAT(
        refusal_of_profile("mailed = \"pw + unix(issued)\"\nreads = { pw = { column = \"Password\" } }\n" + none),
        ContainsSubstring("is a credential"));
    CHECK_THAT(refusal_of_profile(token + "places = { t = \"token\" }\n" + columns +
                                  "set = { t = \"unix(issued) + token\" }\n"),
               ContainsSubstring("the place 't' holds a secret"));
}

TEST_CASE("what can be guessed, has no end or no clock is refused") {
    CHECK_THAT(refusal_of_profile("token = \"random(hex, 20)\"\napplication_lifetime = \"1h\"\n" + columns +
                                  "set = { t = \"unix(issued) + token\" }\n"),
               ContainsSubstring("only 80 bits are drawn"));
    CHECK_THAT(refusal_of_profile("token = \"random(hex, 64)\"\n" + columns + "set = { t = \"token\" }\n"),
               ContainsSubstring("has no clock"));
    CHECK_THAT(
        refusal_of_profile(token + "not_before = \"seen\"\n" + columns + "set = { t = \"unix(issued) + token\" }\n"),
        ContainsSubstring("no name of 'reset.reads'"));
    CHECK_THAT(refusal_of_profile(token + "burn = \"get\"\n" + columns + "set = { t = \"unix(issued) + token\" }\n"),
               ContainsSubstring("also by a mail scanner"));
}

TEST_CASE("a link that signs in asks for a new password, where there are any") {
    const std::string stored = columns + "set = { t = \"unix(issued) + token\" }\n";
    const std::string demand = "[temporary_password]\nmust_change = { column = \"must_change\", value = \"1\" }\n";
    const std::string signs_in = token + "signs_in = true\naccept_sign_in = true\n";
    CHECK_THAT(refusal_of_profile(signs_in + stored), ContainsSubstring("nothing asks for a new password"));
    CHECK_THAT(refusal_of_profile(signs_in + "must_change = true\n" + stored),
               ContainsSubstring("'reset.must_change' goes with 'signs_in'"));
    CHECK_THAT(refusal_of_profile(token + "must_change = true\n" + stored + demand),
               ContainsSubstring("'reset.must_change' goes with 'signs_in'"));
    CHECK(refusal_of_profile(signs_in + "must_change = true\n" + stored + demand).empty());
    CHECK_THAT(refusal_of_profile(token + "signs_in = true\nmust_change = true\n" + stored + demand),
               ContainsSubstring("accept_sign_in") || ContainsSubstring("signs in instead"));
}

TEST_CASE("a table of codes has a place for the code, and no link beside it") {
    const std::string store = rows + "kind = \"code\"\nfind = { u = \"key\" }\n";
    CHECK_THAT(refusal_of_profile(token + store + "set = { c = \"code\", e = \"expires\" }\n"),
               ContainsSubstring("a table of codes beside links"));
    const auto refusal_of_codes = [](const std::string& reset) {
        const std::string text =
            "application = \"shop\"\n[database]\nhost = \"db.example\"\nname = \"shop\"\nuser = \"pwreset\"\n"
            "[users]\nprofile = \"s5-otps\"\nprotected = []\n[mail]\nfrom = \"no-reply@shop.example\"\nhost = "
            "\"mail.example\"\n[reset]\n" +
            reset;
        try {
            read_profile(parse_config(text, "/etc/pwreset/shop.toml", false), nullptr);
        } catch (const Error& error) {
            return error.message;
        }
        return std::string();
    };
    CHECK(refusal_of_codes("store.table = \"codes\"\n").empty());
    CHECK_THAT(refusal_of_codes("store.mode = \"none\"\n"), ContainsSubstring("codes, and no place to store them"));
    CHECK_THAT(refusal_of_codes("store.find = { kind = \"'x'\" }\n"),
               ContainsSubstring("no 'reset.store.find' that names the account"));
    CHECK_THAT(refusal_of_codes("store.set.otp = \"'1'\"\n"), ContainsSubstring("holds the code"));
}
