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
