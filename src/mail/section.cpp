#include "src/mail/section.h"

#include <algorithm>
#include <chrono>

#include "src/base/ascii.h"
#include "src/secrets/secrets.h"
#include "src/toml/reader.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

constexpr Form address = {is_sender_address, "an e-mail address", "write name@domain, the domain in punycode"};

/// So many times of sending are kept in memory, since no span may hold more than the rate says.
constexpr std::int64_t largest_count = 100'000;

Rate read_pace(const Section& section, std::string_view key) {
    const auto rate = parse_rate(section.text(key));
    if (!rate)
        section.fail(key, "expected a rate for '" + section.full(key) + "'",
                     "write a number, a slash and a span of time, such as \"20/s\", \"500/m\" or \"10000/d\"");
    if (rate->window > 24h || rate->count > largest_count)
        section.fail(key, "rate out of bounds in '" + section.full(key) + "'",
                     "at most " + std::to_string(largest_count) + " mails in at most a day");
    return *rate;
}

void read_domains(const Section& domains, MailConfig& mail) {
    for (const std::string& key : domains.keys()) {
        const std::string domain = ascii_lower(key);
        if (!is_sender_address("a@" + domain))
            domains.fail(key, "expected a domain in 'mail.domains'", "write \"gmail.com\" = \"20/s\", in punycode");
        if (!mail.domains.emplace(domain, read_pace(domains, key)).second)
            domains.fail(key, "a domain twice in 'mail.domains'", "capitals make no other domain of it");
    }
}

/// One to fall back on is somebody else: it is told nothing of the first one's login, and no token at all.
void read_others(const Section& section, const SecretSource* source, MailConfig& mail) {
    for (const Section& other : section.tables("relay")) {
        if (other.given("token_file"))
            other.fail("token_file", "an OAuth token for a relay to fall back on",
                       "a token is for one relay: give this one a password, or no login");
        RelayConfig& relay = mail.others.emplace_back();
        relay.per_connection = mail.per_connection;
        relay.helo = mail.helo;
        read_relay(other, source, relay);
        relay.timeout = read_relay_timeout(other, mail.timeout);
        const auto is_it = [&](const RelayConfig& known) {
            return ascii_lower(known.host) == ascii_lower(relay.host) && known.port == relay.port;
        };
        if (is_it(mail) || std::any_of(mail.others.begin(), mail.others.end() - 1, is_it))
            other.fail("host", "a relay twice in [mail]", "name another one, or another port");
    }
}

void read_smtp(const Section& section, const SecretSource* source, MailConfig& mail) {
    section.refuse({"maildir"}, "transport = \"smtp\"");
    read_relay(section, source, mail);
    mail.connections = section.number("connections", mail.connections, 1, 16);
    read_others(section, source, mail);
}

void read_maildir(const Section& section, MailConfig& mail) {
    section.refuse({"host", "port", "tls", "tls_ca", "user", "password_file", "password_credential", "token_file",
                    "per_connection", "helo", "connections", "relay"},
                   "transport = \"maildir\"");
    section.required("maildir", "write maildir = \"mail\", the folder that mails are written to");
    mail.maildir = section.path("maildir");
    mail.tls = Tls::off;
    mail.connections = 1;
}

}  // namespace

std::span<const std::string_view> mail_keys() {
    static constexpr std::string_view keys[] = {"mail.transport",
                                                "mail.from",
                                                "mail.reply_to",
                                                "mail.host",
                                                "mail.port",
                                                "mail.tls",
                                                "mail.tls_ca",
                                                "mail.user",
                                                "mail.password_file",
                                                "mail.password_credential",
                                                "mail.token_file",
                                                "mail.per_connection",
                                                "mail.connections",
                                                "mail.rate",
                                                "mail.domains",
                                                "mail.domains.GROUP",
                                                "mail.helo",
                                                "mail.timeout",
                                                "mail.maildir",
                                                "mail.relay",
                                                "mail.relay.host",
                                                "mail.relay.port",
                                                "mail.relay.tls",
                                                "mail.relay.tls_ca",
                                                "mail.relay.user",
                                                "mail.relay.password_file",
                                                "mail.relay.password_credential",
                                                "mail.relay.token_file",
                                                "mail.relay.per_connection",
                                                "mail.relay.helo",
                                                "mail.relay.timeout"};
    return keys;
}

MailConfig read_mail(const ConfigText& text, const SecretSource* source) {
    using Way = MailConfig::Transport;
    const Section section(text, "mail");
    MailConfig mail;
    mail.transport = section.choice("transport", Way::smtp, {{"smtp", Way::smtp}, {"maildir", Way::maildir}});
    const std::string form = "write from = \"Shop <no-reply@shop.example>\"";
    const auto from = parse_mailbox(section.required("from", form));
    if (!from) section.fail("from", "expected a sender for 'mail.from'", form);
    mail.from_name = from->name;
    mail.from_address = from->address;
    mail.reply_to = section.text("reply_to", address);
    mail.timeout = read_relay_timeout(section, mail.timeout);
    if (section.given("rate")) mail.rate = read_pace(section, "rate");
    read_domains(section.below("domains"), mail);
    if (mail.transport == Way::smtp) {
        read_smtp(section, source, mail);
    } else {
        read_maildir(section, mail);
    }
    return mail;
}

}  // namespace pwreset
