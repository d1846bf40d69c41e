#include "src/mail/relay.h"

#include "src/secrets/secrets.h"
#include "src/toml/forms.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

bool is_helo(std::string_view text) {
    if (text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    return is_host(text);
}

constexpr Form helo_name = {is_helo, "a host name", "write the name of this host, or [ADDRESS]"};

/// The ports of RFC 6409 (submission), RFC 8314 (implicit TLS) and RFC 5321.
int usual_port(Tls tls) {
    if (tls == Tls::off) return 25;
    return tls == Tls::implicit ? 465 : 587;
}

/// Only where the file is, and that it is fit: another program writes a new token every hour or so.
void read_token(const Section& section, const SecretSource* source, RelayConfig& relay) {
    relay.token_file = section.path("token_file");
    if (relay.token_file.empty()) return;
    if (relay.tls == Tls::off) section.refuse({"token_file"}, "tls = \"off\"");
    section.refuse({"password_file", "password_credential"}, "'token_file'");
    if (source == nullptr) return;
    relay.token_reader = source->uid;
    check_secret_file(section, *source, "token_file");
}

void read_login(const Section& section, const SecretSource* source, RelayConfig& relay) {
    relay.user = section.text("user");
    relay.password = read_named_secret(section, source, "password");
    read_token(section, source, relay);
    const bool has_password = names_secret(section, "password");
    const std::string user = section.full("user");
    if (relay.user.empty() && (has_password || !relay.token_file.empty())) {
        section.fail("user", std::string(has_password ? "password" : "token") + " without '" + user + "'",
                     "write user = \"shop\", the login at the relay");
    }
    if (!relay.user.empty() && !has_password && relay.token_file.empty()) {
        section.fail("user", "'" + user + "' without a password",
                     "write password_file = \"mail.password\", or token_file = \"mail.token\"");
    }
}

}  // namespace

void read_relay(const Section& section, const SecretSource* source, RelayConfig& relay) {
    section.required("host", "write host = \"mail.example\", the relay that takes our mail");
    relay.host = section.text("host", host_form);
    relay.tls = section.choice("tls", Tls::starttls,
                               {{"starttls", Tls::starttls}, {"implicit", Tls::implicit}, {"off", Tls::off}});
    if (relay.tls == Tls::off) section.refuse({"tls_ca"}, "tls = \"off\"");
    relay.tls_ca = read_authorities(section, source);
    relay.port = section.number("port", usual_port(relay.tls), 1, 65535);
    relay.helo = section.text("helo", helo_name, relay.helo.c_str());
    read_login(section, source, relay);
    relay.per_connection = section.number("per_connection", relay.per_connection, 0, 10'000);
}

Seconds read_relay_timeout(const Section& section, Seconds fallback) {
    return section.span("timeout", fallback, 1s, 10min);
}

}  // namespace pwreset
