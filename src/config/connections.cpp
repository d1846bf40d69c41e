#include "src/config/connections.h"

#include <utility>

#include "src/base/error.h"
#include "src/base/trusted_file.h"
#include "src/config/values.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

bool is_helo(std::string_view text) {
    if (text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    return is_host(text);
}

constexpr Form schema_name = {is_schema_name, "a schema name", "write letters, digits, '_', '$' and '-', at most 64"};
constexpr Form host_name = {is_host, "a host name", "write letters, digits, '.', '_', '-' and ':' only"};
constexpr Form login_name = {is_connection_value, "a user name",
                             "no ';', '=', space, quote or backslash may stand in it"};
constexpr Form helo_name = {is_helo, "a host name", "write the name of this host, or [ADDRESS]"};
constexpr Form address = {is_sender_address, "an e-mail address", "write name@domain, the domain in punycode"};

/// A secret of one line; the line's end does not belong to it. `word` names it: "password".
Secret first_line(Secret content, const Section& section, std::string_view key, const std::string& word) {
    std::size_t size = content.size();
    if (size > 0 && content.reveal()[size - 1] == '\n') --size;
    if (size > 0 && size < content.size() && content.reveal()[size - 1] == '\r') --size;
    content.shrink(size);
    const std::string file = " in the file of '" + section.full(key) + "'";
    if (content.empty()) section.fail(key, "no " + word + file, "write it there, on one line");
    if (content.reveal().find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
        section.fail(key, "more than one line" + file, "keep only the " + word + " there");
    }
    return content;
}

Secret read_file(const Section& section, std::string_view key, const std::filesystem::path& file, Trust trust,
                 uid_t uid) {
    try {
        return read_trusted(file, trust, uid);
    } catch (const Error& error) {
        section.fail(key, error.message, error.hint);  // the same, with the place that named the file
    }
}

Secret read_secret(const Section& section, std::string_view key, const std::filesystem::path& file, Trust trust,
                   const std::string& word, uid_t uid) {
    return first_line(read_file(section, key, file, trust, uid), section, key, word);
}

/// systemd hands a credential over as a file of root's, whose group bits may only be the mask of an access list: so it
/// is held to the rules of a configuration, not of a secret.
Secret read_credential(const Section& section, const SecretSource* source, const std::string& word) {
    const std::string key = word + "_credential";
    const std::string name = section.text(key);
    if (name.find('/') != std::string::npos || name == "." || name == "..") {
        section.fail(key, "expected a name without slash for '" + section.full(key) + "'",
                     "write the name that LoadCredential= gives in the systemd unit");
    }
    if (source == nullptr) return {};
    if (!source->credentials) {
        section.fail(key, "no credentials passed by systemd for '" + section.full(key) + "'",
                     "run pwreset as a systemd unit with LoadCredential=, or use " + word + "_file");
    }
    return read_secret(section, key, *source->credentials / name, Trust::configuration, word, source->uid);
}

Secret read_password(const Section& section, const SecretSource* source) {
    return read_named_secret(section, source, "password");
}

/// A path that goes into a connection string; fails for one that does not fit.
std::string connection_path(const Section& section, std::string_view key) {
    std::string path = section.path(key).string();
    if (!is_connection_value(path)) {
        section.fail(key, "character that a connection string cannot hold in '" + section.full(key) + "'",
                     "use a path without ';', '=', space, quote and backslash");
    }
    return path;
}

std::vector<std::string> read_hosts(const Section& section) {
    std::vector<std::string> hosts = section.texts("hosts", host_name);
    const std::string host = section.text("host", host_name);
    if (host.empty()) return hosts;
    section.refuse({"hosts"}, "'host'");
    return {host};
}

void read_sqlite(const Section& section, DatabaseConfig& database) {
    section.refuse({"host", "hosts", "port", "socket", "name", "schema", "user", "password_file", "password_credential",
                    "tls", "tls_ca"},
                   "kind = \"sqlite\"");
    section.required("path", "write path = \"shop.db\"");
    database.path = section.path("path");
    database.tls = Tls::off;
}

void read_mysql(const Section& section, const SecretSource* source, DatabaseConfig& database) {
    section.refuse({"path"}, "kind = \"mysql\"");
    database.hosts = read_hosts(section);
    database.socket = connection_path(section, "socket");
    if (database.hosts.empty() && database.socket.empty()) {
        section.fail("host", "missing 'database.host' or 'database.socket'",
                     "write host = \"db.example\", or socket = \"/run/mysqld/mysqld.sock\"");
    }
    if (!database.socket.empty()) section.refuse({"host", "hosts", "port", "tls", "tls_ca"}, "'socket'");
    database.port = section.number("port", 3306, 1, 65535);
    section.required("name", "write name = \"shop\", the schema with the application's tables");
    database.name = section.text("name", schema_name);
    database.schema = section.text("schema", schema_name);
    section.required("user", "write user = \"pwreset\", the login at the database");
    database.user = section.text("user", login_name);
    database.password = read_password(section, source);
    const Tls unless_said = database.socket.empty() ? Tls::implicit : Tls::off;
    database.tls = section.choice("tls", unless_said, {{"verify", Tls::implicit}, {"off", Tls::off}});
    if (database.tls == Tls::off) section.refuse({"tls_ca"}, "tls = \"off\"");
    connection_path(section, "tls_ca");
    database.tls_ca = read_authorities(section, source);
}

/// The ports of RFC 6409 (submission), RFC 8314 (implicit TLS) and RFC 5321.
int usual_port(Tls tls) {
    if (tls == Tls::off) return 25;
    return tls == Tls::implicit ? 465 : 587;
}

void read_smtp(const Section& section, const SecretSource* source, MailConfig& mail) {
    section.refuse({"maildir"}, "transport = \"smtp\"");
    section.required("host", "write host = \"mail.example\", the relay that takes our mail");
    mail.host = section.text("host", host_name);
    mail.tls = section.choice("tls", Tls::starttls,
                              {{"starttls", Tls::starttls}, {"implicit", Tls::implicit}, {"off", Tls::off}});
    if (mail.tls == Tls::off) section.refuse({"tls_ca"}, "tls = \"off\"");
    mail.tls_ca = read_authorities(section, source);
    mail.port = section.number("port", usual_port(mail.tls), 1, 65535);
    mail.helo = section.text("helo", helo_name);
    mail.user = section.text("user");
    mail.password = read_password(section, source);
    const bool has_password = section.given("password_file") || section.given("password_credential");
    if (mail.user.empty() && has_password) {
        section.fail("user", "password without 'mail.user'", "write user = \"shop\", the login at the relay");
    }
    if (!mail.user.empty() && !has_password) {
        section.fail("user", "'mail.user' without a password", "write password_file = \"mail.password\"");
    }
}

void read_maildir(const Section& section, MailConfig& mail) {
    section.refuse({"host", "port", "tls", "tls_ca", "user", "password_file", "password_credential", "helo"},
                   "transport = \"maildir\"");
    section.required("maildir", "write maildir = \"mail\", the folder that mails are written to");
    mail.maildir = section.path("maildir");
    mail.tls = Tls::off;
}

}  // namespace

std::string read_authorities(const Section& section, const SecretSource* source) {
    const auto file = section.path("tls_ca");
    if (source != nullptr && !file.empty()) read_file(section, "tls_ca", file, Trust::configuration, source->uid);
    return file.string();
}

Secret read_named_secret(const Section& section, const SecretSource* source, const std::string& word) {
    const auto file = section.path(word + "_file");
    if (section.given(word + "_credential")) {
        section.refuse({word + "_file"}, "'" + word + "_credential'");
        return read_credential(section, source, word);
    }
    if (file.empty() || source == nullptr) return {};
    return read_secret(section, word + "_file", file, Trust::secret, word, source->uid);
}

DatabaseConfig read_database(const ConfigText& text, const SecretSource* source) {
    using Kind = DatabaseConfig::Kind;
    const Section section(text, "database");
    DatabaseConfig database;
    database.kind = section.choice("kind", Kind::mysql, {{"mysql", Kind::mysql}, {"sqlite", Kind::sqlite}});
    database.connect_timeout = section.span("connect_timeout", 5s, 1s, 1h);
    database.read_timeout = section.span("read_timeout", 30s, 1s, 1h);
    database.write_timeout = section.span("write_timeout", 30s, 1s, 1h);
    if (database.kind == Kind::sqlite) {
        read_sqlite(section, database);
    } else {
        read_mysql(section, source, database);
    }
    return database;
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
