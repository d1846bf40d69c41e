#include "src/mail/section.h"

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
constexpr Form address = {is_sender_address, "an e-mail address", "write name@domain, the domain in punycode"};

/// The ports of RFC 6409 (submission), RFC 8314 (implicit TLS) and RFC 5321.
int usual_port(Tls tls) {
    if (tls == Tls::off) return 25;
    return tls == Tls::implicit ? 465 : 587;
}

/// Only where the file is, and that it is fit: another program writes a new token every hour or so.
void read_token(const Section& section, const SecretSource* source, MailConfig& mail) {
    mail.token_file = section.path("token_file");
    if (mail.token_file.empty()) return;
    if (mail.tls == Tls::off) section.refuse({"token_file"}, "tls = \"off\"");
    section.refuse({"password_file", "password_credential"}, "'token_file'");
    if (source == nullptr) return;
    mail.token_reader = source->uid;
    check_secret_file(section, *source, "token_file");
}

void read_smtp(const Section& section, const SecretSource* source, MailConfig& mail) {
    section.refuse({"maildir"}, "transport = \"smtp\"");
    section.required("host", "write host = \"mail.example\", the relay that takes our mail");
    mail.host = section.text("host", host_form);
    mail.tls = section.choice("tls", Tls::starttls,
                              {{"starttls", Tls::starttls}, {"implicit", Tls::implicit}, {"off", Tls::off}});
    if (mail.tls == Tls::off) section.refuse({"tls_ca"}, "tls = \"off\"");
    mail.tls_ca = read_authorities(section, source);
    mail.port = section.number("port", usual_port(mail.tls), 1, 65535);
    mail.helo = section.text("helo", helo_name);
    mail.user = section.text("user");
    mail.password = read_named_secret(section, source, "password");
    read_token(section, source, mail);
    mail.per_connection = section.number("per_connection", 10, 0, 10'000);
    const bool has_password = names_secret(section, "password");
    if (mail.user.empty() && (has_password || !mail.token_file.empty())) {
        section.fail("user", std::string(has_password ? "password" : "token") + " without 'mail.user'",
                     "write user = \"shop\", the login at the relay");
    }
    if (!mail.user.empty() && !has_password && mail.token_file.empty()) {
        section.fail("user", "'mail.user' without a password",
                     "write password_file = \"mail.password\", or token_file = \"mail.token\"");
    }
}

void read_maildir(const Section& section, MailConfig& mail) {
    section.refuse({"host", "port", "tls", "tls_ca", "user", "password_file", "password_credential", "token_file",
                    "per_connection", "helo"},
                   "transport = \"maildir\"");
    section.required("maildir", "write maildir = \"mail\", the folder that mails are written to");
    mail.maildir = section.path("maildir");
    mail.tls = Tls::off;
}

}  // namespace

std::span<const std::string_view> mail_keys() {
    static constexpr std::string_view keys[] = {
        "mail.transport",  "mail.from",           "mail.reply_to", "mail.host",          "mail.port",
        "mail.tls",        "mail.tls_ca",         "mail.user",     "mail.password_file", "mail.password_credential",
        "mail.token_file", "mail.per_connection", "mail.helo",     "mail.timeout",       "mail.maildir"};
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
    mail.timeout = section.span("timeout", 30s, 1s, 10min);
    if (mail.transport == Way::smtp) {
        read_smtp(section, source, mail);
    } else {
        read_maildir(section, mail);
    }
    return mail;
}

}  // namespace pwreset
