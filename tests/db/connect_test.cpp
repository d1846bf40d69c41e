#include <filesystem>
#include <fstream>

#include "db/connection.h"
#include "tests/db/fixture.h"
#include "tests/db/wire.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// What connecting, or what is done with the connection, ends in.
Error connect_fault_of(const ConnectOptions& options, const std::string& sql = "DO 1") {
    try {
        Session session(options);
        session.run(sql);
    } catch (const Error& error) {
        return error;
    }
    return {Exit::ok, "NONE", "no fault"};
}

/// A port of 127.0.0.1 where nobody listens any more.
int dead_port() {
    Wire wire;
    return wire.options().port;
}

}  // namespace

TEST_CASE("a session reaches its server over TCP") {
    const Wire wire;
    Session session(wire.options());
    CHECK(session.row("SELECT DATABASE()")->text(0) == TestDatabase::get().name);
}

TEST_CASE("the next host is tried when the first does not answer") {
    const Wire wire;
    auto options = wire.options();
    options.hosts = {"127.0.0.2", "127.0.0.1"};
    Session session(options);
    CHECK(session.row("SELECT 1")->integer(0) == 1);
}

TEST_CASE("of hosts that are all read-only the first is taken: what only reads works there") {
    const Wire wire;
    auto options = wire.options();
    options.hosts = {"127.0.0.2", "127.0.0.1"};
    TestDatabase::get().run("SET GLOBAL read_only = 1");
    std::string answer;
    try {
        Session session(options);
        answer = session.row("SELECT 'read'")->text(0);
    } catch (const std::exception&) {
    }
    TestDatabase::get().run("SET GLOBAL read_only = 0");
    CHECK(answer == "read");
}

TEST_CASE("an address of this host is told to the library in a way that it compares with the certificate") {
    CHECK(spelled("127.0.0.1") == "127.0.0.01");
    CHECK(spelled("::1") == "0::1");
    for (const char* other : {"db.example", "localhost", "127.0.0.2", "10.0.0.1", "fe80::1"})
        CHECK(spelled(other) == other);
    CHECK(with_own_spelling("Can't connect to '127.0.0.01' (115)", "127.0.0.1") ==
          "Can't connect to '127.0.0.1' (115)");
    CHECK(with_own_spelling("Can't connect to 'db' (115)", "db") == "Can't connect to 'db' (115)");
}

TEST_CASE("a server that is away is UNAVAILABLE") {
    auto options = TestDatabase::get().options();
    SECTION("at a port") {
        options.hosts = {"127.0.0.1"};
        options.port = dead_port();
        options.socket.clear();
    }
    SECTION("at each of several hosts") {
        options.hosts = {"127.0.0.2", "127.0.0.1"};
        options.port = dead_port();
        options.socket.clear();
    }
    SECTION("at a socket") {
        options.hosts.clear();
        options.socket = "/nonexistent/socket";
    }
    const Error fault = connect_fault_of(options);
    CHECK(fault.exit == Exit::unavailable);
    CHECK(fault.code == "UNAVAILABLE");
    CHECK_FALSE(fault.hint.empty());
    for (const auto& host : options.hosts) CHECK_THAT(fault.message, ContainsSubstring("'" + host + "'"));
}

TEST_CASE("a wrong password is a fault of the configuration, and is not shown") {
    auto options = TestDatabase::get().options();
    options.password = "wr0ng'pass\\word";
    const Error fault = connect_fault_of(options);
    CHECK(fault.exit == Exit::config);
    CHECK(fault.code == "CONFIG");
    CHECK_THAT(fault.hint, ContainsSubstring("password_file"));
    CHECK((fault.message + fault.hint).find("wr0ng") == std::string::npos);
}

TEST_CASE("a password with quotes and backslashes is handed over whole") {
    const auto& server = TestDatabase::get();
    const std::string password = "it's a \\ \"quoted\"; pass=word";
    for (const char* at : {"'%'", "'localhost'"}) {
        const std::string login = std::string("'pwreset_probe'@") + at;
        server.run("DROP USER IF EXISTS " + login);
        server.run("CREATE USER " + login + " IDENTIFIED BY 'it\\'s a \\\\ \"quoted\"; pass=word'");
        server.run("GRANT ALL ON `" + server.name + "`.* TO " + login);
    }
    const Wire wire;
    for (auto options : {server.options(), wire.options()}) {
        options.user = "pwreset_probe";
        options.password = password;
        CHECK(connect_fault_of(options).message == "no fault");
    }
    for (const char* at : {"'%'", "'localhost'"}) server.run(std::string("DROP USER 'pwreset_probe'@") + at);
}

TEST_CASE("a schema that is not there is a fault of the configuration") {
    auto options = TestDatabase::get().options();
    options.schema = "pwreset_no_such_schema";
    const Error fault = connect_fault_of(options);
    CHECK(fault.exit == Exit::config);
    CHECK_THAT(fault.hint, ContainsSubstring("[database] name"));
}

TEST_CASE("a server without TLS that we trust is refused where TLS is asked for") {
    const Wire wire;
    auto options = wire.options();
    options.tls = true;
    const Error fault = connect_fault_of(options);
    CHECK(fault.exit == Exit::unavailable);
    CHECK_THAT(fault.hint, ContainsSubstring("tls_ca"));
}

TEST_CASE("the server cannot ask for a file of ours") {
    const Folder folder;
    const auto file = folder.path / "private";
    std::ofstream(file) << "private\n";
    TestDatabase::get().reset();
    TestDatabase::get().run("CREATE TABLE stolen (line TEXT)", TestDatabase::get().name);
    const std::string sql = "LOAD DATA LOCAL INFILE '" + file.string() + "' INTO TABLE stolen";
    const Wire wire;
    CHECK(connect_fault_of(TestDatabase::get().options(), sql).message != "no fault");
    CHECK(connect_fault_of(wire.options(), sql).message != "no fault");
    Session session(TestDatabase::get().options());
    CHECK(session.row("SELECT COUNT(*) FROM stolen")->integer(0) == 0);
}

TEST_CASE("an SQLite file that cannot be opened is UNAVAILABLE") {
    ConnectOptions options;
    options.kind = ConnectOptions::Kind::sqlite;
    const Folder folder;
    SECTION("because its folder is not there") { options.path = folder.path / "missing/database"; }
    SECTION("because it is a folder") { options.path = folder.path; }
    SECTION("because it is something else") {
        options.path = folder.path / "text";
        std::ofstream(options.path) << std::string(4096, 'x');
    }
    CHECK(connect_fault_of(options, "CREATE TABLE x (id INTEGER)").exit == Exit::unavailable);
}
