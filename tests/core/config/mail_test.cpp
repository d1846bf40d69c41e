#include "src/mail/section.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

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
          "13:8: 'mail.user' without a password | write password_file = \"mail.password\", or token_file = "
          "\"mail.token\"");
    CHECK(fault_of(with(relay, relay + "\npassword_file = \"p\"")) ==
          "10:1: password without 'mail.user' | write user = \"shop\", the login at the relay");
    CHECK(fault_of(with(relay, relay + "\nuser = \"shop\"\npassword_file = \"p\"\npassword_credential = \"c\"")) ==
          "14:17: 'mail.password_file' means nothing beside 'password_credential' | remove it");
    CHECK(fault_of(with(relay, relay + "\nuser = \"shop\"\npassword_credential = \"../p\"")) ==
          "14:23: expected a name without slash for 'mail.password_credential' | "
          "write the name that LoadCredential= gives in the systemd unit");
}

TEST_CASE("a token takes a password's place, over TLS only") {
    CHECK(parse(with(relay, relay + "\nuser = \"shop\"\ntoken_file = \"t\"")).mail.token_file == "/etc/pwreset/t");
    CHECK(fault_of(with(relay, relay + "\nuser = \"shop\"\npassword_file = \"p\"\ntoken_file = \"t\"")) ==
          "14:17: 'mail.password_file' means nothing beside 'token_file' | remove it");
    CHECK(fault_of(with(relay, relay + "\ntls = \"off\"\nuser = \"shop\"\ntoken_file = \"t\"")) ==
          "15:14: 'mail.token_file' means nothing beside tls = \"off\" | remove it");
    CHECK(fault_of(with(relay, relay + "\ntoken_file = \"t\"")) ==
          "10:1: token without 'mail.user' | write user = \"shop\", the login at the relay");
}

TEST_CASE("a connection to the relay carries ten mails unless told otherwise") {
    CHECK(parse(with(relay, relay)).mail.per_connection == 10);
    CHECK(parse(with(relay, relay + "\nper_connection = 0")).mail.per_connection == 0);
}

TEST_CASE("a worker has four connections unless told otherwise") {
    CHECK(parse(with(relay, relay)).mail.connections == 4);
    CHECK(parse(with(relay, relay + "\nconnections = 16")).mail.connections == 16);
    CHECK(fault_of(with(relay, relay + "\nconnections = 0")) ==
          "13:15: expected a whole number from 1 to 16 for 'mail.connections' | write connections = 4");
}

TEST_CASE("mails leave at a rate, over all and by domain") {
    const MailConfig mail = parse(with(relay, relay + "\nrate = \"100/s\"\n[mail.domains]\n\"Gmail.com\" = \"20/s\"\n"
                                                      "'xn--bcher-kva.example' = \"500/m\""))
                                .mail;
    CHECK(mail.rate.value().count == 100);
    CHECK(mail.rate.value().window == Seconds(1));
    CHECK(mail.domains.at("gmail.com").count == 20);
    CHECK(mail.domains.at("xn--bcher-kva.example").window == Seconds(60));
    CHECK_FALSE(parse(with(relay, relay)).mail.rate);
    const std::string form = "write a number, a slash and a span of time, such as \"20/s\", \"500/m\" or \"10000/d\"";
    CHECK(fault_of(with(relay, relay + "\nrate = \"fast\"")) == "13:8: expected a rate for 'mail.rate' | " + form);
    CHECK(fault_of(with(relay, relay + "\nrate = \"100001/d\"")) ==
          "13:8: rate out of bounds in 'mail.rate' | at most 100000 mails in at most a day");
    const std::string domains = relay + "\n[mail.domains]\n";
    CHECK(fault_of(with(relay, domains + "'gmail.com' = '0/s'")) ==
          "14:15: expected a rate for 'mail.domains.gmail.com' | " + form);
    CHECK(fault_of(with(relay, domains + "'a b' = '1/s'")) ==
          "14:9: expected a domain in 'mail.domains' | write \"gmail.com\" = \"20/s\", in punycode");
    CHECK(fault_of(with(relay, domains + "'a.example' = '1/s'\n'A.example' = '2/s'")) ==
          "15:15: a domain twice in 'mail.domains' | capitals make no other domain of it");
}

TEST_CASE("a relay to fall back on has a login of its own, and never a token") {
    const std::string second =
        relay + "\nuser = \"shop\"\npassword_file = \"p\"\nhelo = \"h.example\"\n[[mail.relay]]\n";
    const MailConfig mail =
        parse(with(relay, second + "host = \"b.example\"\ntls = \"implicit\"\nper_connection = 3")).mail;
    REQUIRE(mail.others.size() == 1);
    CHECK(mail.others[0].host == "b.example");
    CHECK(mail.others[0].port == 465);
    CHECK(mail.others[0].user.empty());
    CHECK(mail.others[0].helo == "h.example");
    CHECK(mail.others[0].per_connection == 3);
    CHECK(mail.per_connection == 10);
    CHECK(fault_of(with(relay, second + "tls = \"off\"")) ==
          "16:1: missing 'mail.relay.host' | write host = \"mail.example\", the relay that takes our mail");
    CHECK(fault_of(with(relay, second + "host = \"b\"\nuser = \"u\"")) ==
          "18:8: 'mail.relay.user' without a password | write password_file = \"mail.password\", or token_file = "
          "\"mail.token\"");
    CHECK(
        fault_of(with(relay, second + "host = \"b\"\nuser = \"u\"\ntoken_file = \"t\"")) ==
        "19:14: an OAuth token for a relay to fall back on | a token is for one relay: give this one a password, or no "
        "login");
    CHECK(fault_of(with(relay, second + "host = \"b\"\npassword = \"u\"")) ==
          "18:1: password written into the file: 'mail.relay.password' | put it into a file of mode 0600 and write "
          "password_file = \"relay.password\"; change the password if others could read this file");
    CHECK(fault_of(with(relay, second + "host = \"b\"\n[[mail.relay]]\nhost = \"B\"")) ==
          "19:8: a relay twice in [mail] | name another one, or another port");
    CHECK(fault_of(with(relay, second + "host = \"b\"\nconnections = 2")).find("unknown key") != std::string::npos);
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
