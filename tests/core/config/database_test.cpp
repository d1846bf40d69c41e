#include "src/config/database.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

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

TEST_CASE("a port that is written makes localhost a host") {
    CHECK(parse(with(database_host, "host = \"localhost\"\nport = 3306")).database.port_given);
    CHECK(parse(with(database_host, "hosts = [\"localhost\"]\nport = 3307")).database.port_given);
    CHECK_FALSE(parse(with(database_host, "host = \"localhost\"")).database.port_given);
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
