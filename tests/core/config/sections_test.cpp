#include "src/config/sections.h"

#include <array>
#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using namespace std::chrono_literals;

TEST_CASE("a password in the file is refused and never repeated") {
    const std::string hint =
        "put it into a file of mode 0600 and write password_file = \"database.password\"; "
        "change the password if others could read this file";
    CHECK(fault_of(with(user, user + "\npassword = \"hunter2\"")) ==
          "6:1: password written into the file: 'database.password' | " + hint);
    CHECK(fault_of(with(relay, relay + "\npasswd = \"hunter2\"")) ==
          "13:1: password written into the file: 'mail.passwd' | put it into a file of mode 0600 and write "
          "password_file = \"mail.password\"; change the password if others could read this file");
}

TEST_CASE("the application has a name that is safe anywhere") {
    const std::string hint = "write lower-case letters, digits, '_' and '-', at most 64";
    for (const std::string& name :
         std::vector<std::string>{"Shop", "-shop", "sh op", "sh\\\"op", "shöp", std::string(65, 'a')}) {
        INFO(name);
        CHECK(fault_of(with("application = \"shop\"", "application = \"" + name + "\"")) ==
              "1:15: expected a name for 'application' | " + hint);
    }
    CHECK(fault_of(with("application = \"shop\"", "")) ==
          "1:1: missing 'application' | write application = \"shop\" at the top of the file");
    CHECK(parse(with("application = \"shop\"", "application = \"0-a_b\"")).application == "0-a_b");
}

TEST_CASE("a host name cannot end a field of the connection string") {
    for (const std::string& host :
         std::vector<std::string>{"db;ssl=0", "db=x", "db x", "db'", "db\\\"", "db,db2", "dü"}) {
        INFO(host);
        CHECK(fault_of(with(database_host, "host = \"" + host + "\"")) ==
              "3:8: expected a host name for 'database.host' | write letters, digits, '.', '_', '-' and ':' only");
    }
    CHECK(fault_of(with(database_host, "hosts = [\"db1\", \"db2;\"]")) ==
          "3:9: expected a host name for 'database.hosts' | write letters, digits, '.', '_', '-' and ':' only");
    CHECK(fault_of(with(relay, "host = \"smtp://u:p@x\"")) ==
          "12:8: expected a host name for 'mail.host' | write letters, digits, '.', '_', '-' and ':' only");
    CHECK(parse(with(database_host, "hosts = [\"10.0.0.1\", \"::1\"]")).database.hosts.size() == 2);
}

TEST_CASE("a database is reached by host or by socket") {
    CHECK(fault_of(with(database_host, "")) ==
          "2:1: missing 'database.host' or 'database.socket' | "
          "write host = \"db.example\", or socket = \"/run/mysqld/mysqld.sock\"");
    CHECK(fault_of(with(database_host, database_host + "\nsocket = \"/s\"")) ==
          "3:8: 'database.host' means nothing beside 'socket' | remove it");
    CHECK(fault_of(with(database_host, database_host + "\nhosts = [\"b\"]")) ==
          "4:9: 'database.hosts' means nothing beside 'host' | remove it");
    CHECK(fault_of(with(database_host, "socket = \"/run/my sql.sock\"")) ==
          "3:10: character that a connection string cannot hold in 'database.socket' | "
          "use a path without ';', '=', space, quote and backslash");
    CHECK(fault_of(with(user, user + "\ntls_ca = \"a;ssl-verify=0\"")) ==
          "6:10: character that a connection string cannot hold in 'database.tls_ca' | "
          "use a path without ';', '=', space, quote and backslash");
    CHECK(fault_of(with(user, "")) ==
          "2:1: missing 'database.user' | write user = \"pwreset\", the login at the database");
    CHECK(fault_of(with("name = \"shop\"", "")) ==
          "2:1: missing 'database.name' | write name = \"shop\", the schema with the application's tables");
}

TEST_CASE("TLS to the database is off only when the file says so, or on a socket") {
    CHECK(parse(with(user, user + "\ntls = \"off\"")).database.tls == Tls::off);
    CHECK(parse(with(database_host, "socket = \"/s\"")).database.tls == Tls::off);
    CHECK(parse(with(database_host, "host = \"127.0.0.1\"")).database.tls == Tls::implicit);
    CHECK(fault_of(with(user, user + "\ntls = \"of\"")) ==
          "6:7: expected \"verify\" or \"off\" for 'database.tls' | did you mean 'off'?");
    CHECK(fault_of(with(user, user + "\ntls = false")) ==
          "6:7: expected text for 'database.tls' | write it between double quotes");
    CHECK(fault_of(with(user, user + "\ntls = \"off\"\ntls_ca = \"ca.pem\"")) ==
          "7:10: 'database.tls_ca' means nothing beside tls = \"off\" | remove it");
    CHECK(parse(with(user, user + "\ntls_ca = \"ca.pem\"")).database.tls_ca == "/etc/pwreset/ca.pem");
}

TEST_CASE("SQLite needs a path and takes nothing of a server") {
    const std::string sqlite = "application = \"demo\"\n[database]\nkind = \"sqlite\"\n";
    const std::string rest = least.substr(least.find("[users]"));
    const Config config = parse(sqlite + "path = \"shop.db\"\n" + rest);
    CHECK(config.database.kind == DatabaseConfig::Kind::sqlite);
    CHECK(config.database.path == "/etc/pwreset/shop.db");
    CHECK(fault_of(sqlite + rest) == "2:1: missing 'database.path' | write path = \"shop.db\"");
    CHECK(fault_of(sqlite + "path = \"a\"\nuser = \"b\"\n" + rest) ==
          "5:8: 'database.user' means nothing beside kind = \"sqlite\" | remove it");
    CHECK(fault_of(with(user, user + "\npath = \"a\"")) ==
          "6:8: 'database.path' means nothing beside kind = \"mysql\" | remove it");
    CHECK(fault_of(with(user, user + "\nkind = \"postgres\"")) ==
          "6:8: expected \"mysql\" or \"sqlite\" for 'database.kind' | choose one of these words");
}

TEST_CASE("columns and tables are identifiers") {
    for (const std::string& name : std::vector<std::string>{"a b", "a`", "a;", "a.b", "ä", std::string(65, 'a')}) {
        INFO(name);
        CHECK(fault_of(with(protect, protect + "\nid = \"" + name + "\"")) ==
              "8:6: expected a column name for 'users.id' | write letters, digits, '_' and '$', at most 64");
    }
    CHECK(parse(with(protect, protect + "\ntable = \"app.users\"")).users.table == "app.users");
    CHECK(fault_of(with(protect, protect + "\ntable = \"a.b.c\"")) ==
          "8:9: expected a table name for 'users.table' | write table or schema.table, in letters, digits, '_', '$'");
    CHECK(fault_of(with(protect, protect + "\ntable = \".b\"")) ==
          "8:9: expected a table name for 'users.table' | write table or schema.table, in letters, digits, '_', '$'");
    CHECK(fault_of(with(protect, protect + "\nid = \"\"")) == "8:6: empty 'users.id' | name it, or remove the key");
    CHECK(fault_of(with(protect, protect + "\nemail = \"\"")) ==
          "8:9: neither 'users.email' nor 'users.phone' | name the column that mails or texts go to");
    CHECK(fault_of(with("name = \"shop\"", "name = \"a/b\"")) ==
          "4:8: expected a schema name for 'database.name' | write letters, digits, '_', '$' and '-', at most 64");
}

TEST_CASE("protected accounts are named, or said to be none") {
    CHECK(fault_of(with(protect, "")) ==
          "6:1: missing 'users.protected' | "
          "list the roles whose accounts must not be reset, such as protected = [\"admin\"]; [] means none");
    CHECK(fault_of(with(protect, "protected = [\"admin\"]")) ==
          "7:13: no 'users.role' to look up 'users.protected' | "
          "write role = \"COLUMN\", the column of the users table that holds the role");
    CHECK(fault_of(with(protect, protect + "\nallowed_roles = [\"a\"]")) ==
          "8:17: no 'users.role' to look up 'users.allowed_roles' | "
          "write role = \"COLUMN\", the column of the users table that holds the role");
    CHECK(fault_of(with(protect, "protected = \"admin\"")) ==
          "7:13: expected a list for 'users.protected' | write it as [\"one\", \"two\"], or [] for none");
    CHECK(fault_of(with(protect, "protected = [\"admin\", 3]")) ==
          "7:23: expected text for 'users.protected' | write it between double quotes");
    CHECK(fault_of(with(protect, "protected = [\"\"]")) == "7:14: empty text in 'users.protected' | remove it");
    CHECK(parse(with(protect, "protected = [\"admin\"]\nrole = \"role\"")).users.role.column == "role");
}

TEST_CASE("roles may stand in a table of their own") {
    const RoleSource role =
        parse(with(protect, protect + "\nrole = { table = \"s.roles\", user = \"user_id\", role = \"name\" }"))
            .users.role;
    CHECK(role.column.empty());
    CHECK(role.table == "s.roles");
    CHECK(role.user == "user_id");
    CHECK(role.role == "name");
    CHECK(fault_of(with(protect, protect + "\nrole = { table = \"roles\", role = \"name\" }")) ==
          "8:8: missing 'users.role.user' | write role = { table = \"roles\", user = \"user_id\", role = \"name\" }");
}

TEST_CASE("a link that could harm is refused, and never repeated") {
    const std::string names = "write {token} once and, where wanted, {email}, {id} or {reference}";
    const std::string form = "write a link such as https://shop.example/reset/{token}";
    const std::string encode = "write it percent-encoded, a domain in punycode";
    const std::vector<std::array<std::string, 3>> links = {
        {"http://shop.example/{token}", "plain http", "write https: http is for localhost, 127.0.0.1 and [::1] only"},
        {"http://localhost.evil.example/{token}", "plain http",
         "write https: http is for localhost, 127.0.0.1 and [::1] only"},
        {"ftp://shop.example/{token}", "no 'https://' at the beginning", form},
        {"javascript:alert({token})", "no 'https://' at the beginning", form},
        {"https://user:hunter2@shop.example/{token}", "user name before the host", form},
        {"https:///{token}", "no valid host", form},
        {"https://{token}/", "no valid host", form},
        {"https://shop_example/{token}", "no valid host", form},
        {"https://[::1/{token}", "no valid host", form},
        {"https://shop.example:/{token}", "no valid port", form},
        {"https://shop.example:70000/{token}", "no valid port", form},
        {"https://shop.example/", "no '{token}'", names},
        {"https://shop.example/{token}/{token}", "'{token}' more than once", names},
        {"https://shop.example/{tokn}", "unknown name '{tokn}'", names},
        {"https://shop.example/{token", "brace without its partner", names},
        {"https://shop.example/}{token}", "brace without its partner", names},
        {"https://shop.example/{{token}}", "brace without its partner", names},
        {"https://shop.example/a b/{token}", "character U+0020", encode},
        {"https://shop.example/'{token}", "character ''' U+0027", encode},
        {"https://shop.example/\\\"{token}", "character '\"' U+0022", encode},
        {"https://shop.example/<{token}", "character '<' U+003C", encode},
        {"https://shöp.example/{token}", "character 'ö' U+00F6", encode}};
    for (const auto& [text, fault, hint] : links) {
        INFO(text);
        CHECK(fault_of(with(reset_link, "link = \"" + text + "\"")) == "9:8: " + fault + " in 'reset.link' | " + hint);
    }
    CHECK(fault_of(with(reset_link, "link = \"https://shop.example/\\n{token}\"")) ==
          "9:8: control character in 'reset.link' | write it on one line, without tabs");
    CHECK(fault_of(with(reset_link, "")) ==
          "8:1: missing 'reset.link' | write link = \"https://shop.example/reset/{token}\"");
}

TEST_CASE("links that serve are taken as they are") {
    for (const std::string& text : std::vector<std::string>{
             "https://shop.example/{token}", "https://shop.example:8443/r?t={token}&e={email}&i={id}#{reference}",
             "http://localhost:8000/{token}", "http://127.0.0.1/{token}", "http://[::1]:80/{token}",
             "https://shop.example#{token}", "https://[2001:db8::1]/{token}", "https://xn--shp-sna.example/{token}"}) {
        INFO(text);
        CHECK(parse(with(reset_link, "link = \"" + text + "\"")).reset.link == text);
    }
}

TEST_CASE("a link lives a day at most, a code ten minutes") {
    CHECK(fault_of(with(reset_link, reset_link + "\nlink_lifetime = \"25h\"")) ==
          "10:17: expected a span of time from 1 min to 1 d for 'reset.link_lifetime' | "
          "write it with its unit (s, m, h, d), such as link_lifetime = \"3600s\"");
    CHECK(fault_of(with(reset_link, reset_link + "\ncode_lifetime = \"11m\"")) ==
          "10:17: expected a span of time from 1 min to 10 min for 'reset.code_lifetime' | "
          "write it with its unit (s, m, h, d), such as code_lifetime = \"300s\"");
    CHECK(fault_of(with(reset_link, reset_link + "\ncode_lifetime = \"59s\"")) != "no fault");
    CHECK(parse(with(reset_link, reset_link + "\ncode_lifetime = \"10m\"")).reset.code_lifetime == 10min);
    CHECK(parse(with(reset_link, reset_link + "\nlink_lifetime = \"24h\"")).reset.link_lifetime == 24h);
}

TEST_CASE("a rate is a count in a window") {
    const auto rate = [](const std::string& text) {
        return parse(least + "[limits]\nper_account = \"" + text + "\"\n").limits.per_account;
    };
    CHECK(rate("100/d").count == 100);
    CHECK(rate("100/d").window == 24h);
    CHECK(rate("5/30m").window == 30min);
    CHECK(rate("1/s").window == 1s);
    for (const std::string& text : std::vector<std::string>{"10", "/h", "0/h", "-1/h", "10/", "10/x", "10/0s", "10 / h",
                                                            "10/h/h", "9999999999/h"}) {
        INFO(text);
        CHECK(fault_of(least + "[limits]\nweb = \"" + text + "\"\n") ==
              "14:7: expected a rate for 'limits.web' | "
              "write a number, a slash and a span of time, such as \"10/h\", \"100/d\" or \"5/30m\"");
    }
    CHECK(fault_of(least + "[limits]\nweb = \"10/3d\"\n") ==
          "14:7: window longer than 'retention.limits' in 'limits.web' | "
          "a count is kept for 2 d: shorten the window, or keep it longer");
}

TEST_CASE("the sender is one mailbox") {
    const auto sender = [](const std::string& text) {
        const MailConfig mail = parse(with(from, "from = '" + text + "'")).mail;
        return mail.from_name + "|" + mail.from_address;
    };
    CHECK(sender("no-reply@shop.example") == "|no-reply@shop.example");
    CHECK(sender("\"Shop, Inc.\" <a.b+c@shop.example>") == "Shop, Inc.|a.b+c@shop.example");
    CHECK(sender("فروشگاه <a@b>") == "فروشگاه|a@b");
    for (const std::string& text :
         std::vector<std::string>{"Shop", "Shop <a@b", "Shop <a@b> x", "Shop <@b>", "Shop <a@>", "Shop <a@b..c>",
                                  "Shop <a@-b>", "Shop <.a@b>", "a@b, c@d", "Shop <a@b>, <c@d>", "Shop, Inc. <a@b>",
                                  "Shop <a b@c>", "\"Sh\"op\" <a@b>", "<a@b@c>", "a@bü.de"}) {
        INFO(text);
        CHECK(fault_of(with(from, "from = '" + text + "'")) ==
              "11:8: expected a sender for 'mail.from' | write from = \"Shop <no-reply@shop.example>\"");
    }
    CHECK(fault_of(with(from, "from = \"Shop\\r\\nBcc: x <a@b>\"")) ==
          "11:8: control character in 'mail.from' | write it on one line, without tabs");
    CHECK(fault_of(with(from, from + "\nreply_to = \"Shop <a@b>\"")) ==
          "12:12: expected an e-mail address for 'mail.reply_to' | write name@domain, the domain in punycode");
}

TEST_CASE("the port of the relay follows its encryption") {
    CHECK(parse(with(relay, relay + "\ntls = \"implicit\"")).mail.port == 465);
    CHECK(parse(with(relay, relay + "\ntls = \"off\"")).mail.port == 25);
    CHECK(parse(with(relay, relay + "\ntls = \"off\"\nport = 2525")).mail.port == 2525);
}

TEST_CASE("a login at the relay and its password come together") {
    CHECK(fault_of(with(relay, relay + "\nuser = \"shop\"")) ==
          "13:8: 'mail.user' without a password | write password_file = \"mail.password\"");
    CHECK(fault_of(with(relay, relay + "\npassword_file = \"p\"")) ==
          "10:1: password without 'mail.user' | write user = \"shop\", the login at the relay");
    CHECK(fault_of(with(relay, relay + "\nuser = \"shop\"\npassword_file = \"p\"\npassword_credential = \"c\"")) ==
          "14:17: 'mail.password_file' means nothing beside 'password_credential' | remove it");
    CHECK(fault_of(with(relay, relay + "\nuser = \"shop\"\npassword_credential = \"../p\"")) ==
          "14:23: expected a name without slash for 'mail.password_credential' | "
          "write the name that LoadCredential= gives in the systemd unit");
}

TEST_CASE("a maildir takes nothing of a relay") {
    CHECK(parse(with(relay, "transport = \"maildir\"\nmaildir = \"mail\"")).mail.maildir == "/etc/pwreset/mail");
    CHECK(fault_of(with(relay, "transport = \"maildir\"")) ==
          "10:1: missing 'mail.maildir' | write maildir = \"mail\", the folder that mails are written to");
    CHECK(fault_of(with(relay, relay + "\ntransport = \"maildir\"\nmaildir = \"mail\"")) ==
          "12:8: 'mail.host' means nothing beside transport = \"maildir\" | remove it");
    CHECK(fault_of(with(relay, "")) ==
          "10:1: missing 'mail.host' | write host = \"mail.example\", the relay that takes our mail");
    CHECK(fault_of(with(relay, relay + "\nhelo = \"a b\"")) ==
          "13:8: expected a host name for 'mail.helo' | write the name of this host, or [ADDRESS]");
}

TEST_CASE("texts and their folder") {
    const TextConfig text =
        parse(least + "[text]\nproduct = \"فروشگاه\"\nlocale = \"fa\"\ntemplates = \"../t\"\n").text;
    CHECK(text.product == "فروشگاه");
    CHECK(text.locale == "fa");
    CHECK(text.templates == "/etc/t");
    for (const std::string& locale : std::vector<std::string>{"../en", "e/n", "en-", "1", "en\\\\"}) {
        INFO(locale);
        CHECK(fault_of(least + "[text]\nlocale = \"" + locale + "\"\n") ==
              "14:10: expected a language for 'text.locale' | write a tag such as en, de, fa or pt-BR");
    }
}

TEST_CASE("what a web back end's calls get") {
    const PublicConfig least_of_all = parse(least).web;
    CHECK(least_of_all.email == PublicConfig::Mail::link);
    CHECK(least_of_all.cooldown == 2min);
    CHECK(least_of_all.per_identity.count == 10);
    const PublicConfig web =
        parse(least + "[public]\nemail = \"code\"\ncooldown = \"0s\"\nper_identity = \"3/d\"\n").web;
    CHECK(web.email == PublicConfig::Mail::code);
    CHECK(web.cooldown == 0s);
    CHECK(web.per_identity.window == 24h);
}

TEST_CASE("web back ends hand out temporary passwords only where these are on") {
    CHECK(fault_of(least + "[public]\nemail = \"password\"\n") ==
          "14:9: 'public.email' asks for temporary passwords, which are off | "
          "write enabled = true in [temporary_password], or email = \"link\"");
}

TEST_CASE("retention is long enough for what is alive") {
    CHECK(fault_of(least + "[retention]\ntokens = \"23h\"\n") ==
          "14:10: expected a span of time from 1 d to 3650 d for 'retention.tokens' | "
          "write it with its unit (s, m, h, d), such as tokens = \"2592000s\"");
    CHECK(parse(least + "[retention]\naudit = \"800d\"\n").retention.audit == 800 * 24h);
}

TEST_CASE("operators have capabilities that exist") {
    const auto operators =
        parse(least + "[operators]\n\"dom.users\" = []\nagents = [\"support\", \"bulk\"]\n").operators;
    CHECK(operators->at("dom.users").empty());
    CHECK(operators->at("agents") == std::vector<std::string>{"support", "bulk"});
    CHECK(fault_of(least + "[operators]\nagents = [\"suport\"]\n") ==
          "14:10: unknown capability 'suport' of 'agents' | did you mean 'support'?");
    CHECK(fault_of(least + "[operators]\nagents = [\"all\"]\n") ==
          "14:10: unknown capability 'all' of 'agents' | see pwreset.toml(5) for the capabilities");
    CHECK(fault_of(least + "[operators]\n\"a b\" = [\"web\"]\n") ==
          "14:9: expected a group instead of 'a b' | write a Unix group, or \"user:NAME\" in double quotes");
    CHECK(fault_of(least + "[operators]\n") ==
          "13:1: no group in '[operators]' | "
          "name one, or remove the section: then only the owner of this file may do anything");
}

TEST_CASE("a column of phone numbers needs the country of those without a code") {
    CHECK(fault_of(with(protect, protect + "\nphone = \"mobile\"")) ==
          "8:9: missing 'users.phone_region' | "
          "write the country of numbers without a country code, such as phone_region = \"IR\"");
    CHECK(fault_of(with(protect, protect + "\nphone_region = \"IR\"")) ==
          "8:16: 'users.phone_region' without 'users.phone' | name the column of phone numbers, or remove it");
    for (const char* region : {"ir", "IRN", "98", "I"}) {
        CHECK(fault_of(with(protect, protect + "\nphone = \"mobile\"\nphone_region = \"" + region + "\"")) ==
              "9:16: expected a country for 'users.phone_region' | write its ISO 3166 code, such as \"IR\"");
    }
    const auto users = parse(with(protect, protect + "\nphone = \"mobile\"\nphone_region = \"IR\"")).users;
    CHECK(users.phone == "mobile");
    CHECK(users.phone_region == "IR");
}

TEST_CASE("the pages that users are sent to are links without a token") {
    const auto page = [](const std::string& url) {
        return fault_of(with(reset_link, reset_link + "\nverify_otp_url = \"" + url + "\""));
    };
    const std::string form = " in 'reset.verify_otp_url' | write a page such as https://shop.example/verify-otp/";
    CHECK(page("https://shop.example/verify-otp/") == "no fault");
    CHECK(page("http://localhost:8000/verify-otp/") == "no fault");
    CHECK(page("verify-otp/") == "10:18: no 'https://' at the beginning" + form);
    CHECK(page("https://tom@shop.example/") == "10:18: user name before the host" + form);
    CHECK(page("https://shop.example/{token}") == "10:18: brace" + form);
    CHECK(parse(with(reset_link, reset_link + "\nverify_link_url = \"https://shop.example/verify-link/\""))
              .reset.verify_link_url == "https://shop.example/verify-link/");
}
