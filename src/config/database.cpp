#include "src/config/database.h"

#include "src/secrets/secrets.h"
#include "src/toml/forms.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

constexpr Form schema_name = {is_schema_name, "a schema name", "write letters, digits, '_', '$' and '-', at most 64"};
constexpr Form login_name = {is_connection_value, "a user name",
                             "no ';', '=', space, quote or backslash may stand in it"};

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
    std::vector<std::string> hosts = section.texts("hosts", host_form);
    const std::string host = section.text("host", host_form);
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
    database.port_given = section.given("port");
    section.required("name", "write name = \"shop\", the schema with the application's tables");
    database.name = section.text("name", schema_name);
    database.schema = section.text("schema", schema_name);
    section.required("user", "write user = \"pwreset\", the login at the database");
    database.user = section.text("user", login_name);
    database.password = read_named_secret(section, source, "password");
    const Tls unless_said = database.socket.empty() ? Tls::implicit : Tls::off;
    database.tls = section.choice("tls", unless_said, {{"verify", Tls::implicit}, {"off", Tls::off}});
    if (database.tls == Tls::off) section.refuse({"tls_ca"}, "tls = \"off\"");
    connection_path(section, "tls_ca");
    database.tls_ca = read_authorities(section, source);
}

}  // namespace

std::span<const std::string_view> database_keys() {
    static constexpr std::string_view keys[] = {"database.kind",          "database.host",
                                                "database.hosts",         "database.port",
                                                "database.socket",        "database.name",
                                                "database.schema",        "database.user",
                                                "database.password_file", "database.password_credential",
                                                "database.tls",           "database.tls_ca",
                                                "database.path",          "database.connect_timeout",
                                                "database.read_timeout",  "database.write_timeout"};
    return keys;
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

}  // namespace pwreset
