#include "db/server_errors.h"

#include <chrono>
#include <functional>
#include <memory>

#include "db/faults.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

constexpr const char* quoting = "Cannot convert string 's3cr3t' from utf8mb4 to latin1";

struct Outcome {
    std::string kind;  ///< an exception of the database layer, or the exit code's word
    std::string text;  ///< message and hint
};

/// What the layers above get to see of an act's fault.
Outcome outcome_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Duplicate&) {
        return {"duplicate", ""};
    } catch (const Conflict& conflict) {
        const Error error = conflict.given_up();
        return {conflict.too_large ? "too large" : "conflict", error.message + " | " + error.hint};
    } catch (const Lost&) {
        return {"lost", ""};
    } catch (const ForeignText& error) {
        return {"foreign text", error.message + " | " + error.hint};
    } catch (const TooSlow& error) {
        return {"too slow", error.code + ": " + error.message + " | " + error.hint};
    } catch (const ReadOnly& error) {
        return {"read only", error.code + ": " + error.message + " | " + error.hint};
    } catch (const Error& error) {
        return {error.code, error.message + " | " + error.hint};
    }
    return {"nothing", ""};
}

/// The server itself says this error, by a statement that raises it.
Outcome raised(Session& session, unsigned number, const std::string& text = quoting) {
    return outcome_of([&] {
        session.run("SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = " + std::to_string(number) + ", MESSAGE_TEXT = :text",
                    {{"text", text}});
    });
}

std::string kind_of(Meaning meaning) {
    switch (meaning) {
        case Meaning::duplicate:
            return "duplicate";
        case Meaning::again:
            return "conflict";
        case Meaning::too_large:
            return "too large";
        case Meaning::lost:
            return "lost";
        case Meaning::foreign_text:
            return "foreign text";
        case Meaning::stopped:
            return "too slow";
        case Meaning::away:
            return "UNAVAILABLE";
        case Meaning::read_only:
            return "read only";
        case Meaning::full:
        case Meaning::no_id:
            return "IO_ERROR";
        case Meaning::settings:
            return "CONFIG";
        case Meaning::ours:
            break;
    }
    return "INTERNAL_ERROR";
}

/// The names of the server's variables differ between the two families.
std::string isolation_of(Session& session) {
    return session.row(session.is_mariadb() ? "SELECT @@tx_isolation" : "SELECT @@transaction_isolation")->text(0);
}

/// A global variable of the server, as long as it lives.
class Default {
public:
    Default(Session& session, const std::string& name, const std::string& value) : name_(name) {
        before_ = session.row("SELECT QUOTE(@@global." + name + ")")->text(0);
        const bool number = before_.size() > 2 && before_.find_first_not_of("'0123456789") == before_.npos;
        if (number) before_ = before_.substr(1, before_.size() - 2);
        TestDatabase::get().run("SET GLOBAL " + name + " = " + value);
    }
    ~Default() { TestDatabase::get().run("SET GLOBAL " + name_ + " = " + before_); }
    Default(const Default&) = delete;
    Default& operator=(const Default&) = delete;

private:
    std::string name_;
    std::string before_;
};

}  // namespace

TEST_CASE("each error of the table means to the layers above what it says there, and quotes no value") {
    Database database(Dialect::mariadb, Tables::none);
    for (const auto& error : server_errors()) {
        INFO(error.number);
        const bool raisable = error.number < 2000 || (error.number > 3000 && error.number < 5000);
        const auto outcome = raisable ? raised(database.session, error.number)
                                      : outcome_of([&] { throw_server_fault(error.number, quoting); });
        CHECK(outcome.kind == kind_of(error.meaning));
        if (!error.fault.empty()) {
            CHECK_THAT(outcome.text, !ContainsSubstring("s3cr3t"));
            CHECK_THAT(outcome.text, ContainsSubstring(std::string(error.fault)) &&
                                         ContainsSubstring("(error " + std::to_string(error.number) + ")") &&
                                         ContainsSubstring(std::string(error.hint)));
        }
        if (error.meaning != Meaning::ours) CHECK_THAT(outcome.text, !ContainsSubstring("fault of pwreset"));
    }
}

TEST_CASE("what an operator meets most, in full") {
    Database database(Dialect::mariadb, Tables::none);
    struct Case {
        unsigned number;
        const char* kind;
        const char* text;
    };
    const auto c = GENERATE(values<Case>(
        {{1969, "too slow", "UNAVAILABLE: the database server ended a statement that took longer than it allows"},
         {3024, "too slow", "max_execution_time"},
         {1317, "too slow", "UNAVAILABLE: the database server ended a statement (error 1317)"},
         {3100, "UNAVAILABLE",
          "the replication group did not take the transaction, which was rolled back (error 3100)"},
         {3098, "CONFIG", "give it a primary key, and InnoDB as its engine"},
         {1047, "conflict", "the database was too busy: this node of the cluster is not ready"},
         {1205, "conflict", "the database was too busy: somebody holds a lock on rows or tables of the database"},
         {1020, "conflict", "others changed the same rows meanwhile"},
         {3572, "conflict", "somebody holds a lock"},
         {3101, "conflict", "replication group"},
         {3854, "foreign text", "its character set lacks a character of it"},
         {1267, "foreign text", "its character set lacks a character of it"},
         {1665, "CONFIG", "set binlog_format to ROW or MIXED at the server"},
         {3750, "CONFIG", "sql_require_primary_key"},
         {1173, "CONFIG", "innodb_force_primary_key"},
         {1153, "CONFIG", "max_allowed_packet"},
         {1175, "CONFIG", "sql_safe_updates"},
         {3032, "UNAVAILABLE", "offline_mode"},
         {1040, "UNAVAILABLE", "max_connections"},
         {1226, "UNAVAILABLE", "raise the limit of this login"},
         {1836, "read only", "UNAVAILABLE: the database server is read-only (error 1836)"},
         {1792, "read only", "transaction_read_only"},
         {3989, "read only", "the schema is read-only"},
         {1524, "CONFIG", "the way in which this login signs in is gone from the database server (error 1524)"},
         {1251, "CONFIG", "caching_sha2_password"},
         {1862, "CONFIG", "has expired"},
         {3159, "CONFIG", "require_secure_transport"},
         {1180, "too large", "wsrep_max_ws_size"},
         {1197, "too large", "max_binlog_cache_size"},
         {9001, "UNAVAILABLE", "the proxy before the database"},
         {1064, "INTERNAL_ERROR", "the database refused a statement (error 1064)"}}));
    const auto outcome = raised(database.session, c.number);
    CHECK(outcome.kind == c.kind);
    CHECK_THAT(outcome.text, ContainsSubstring(c.text));
}

TEST_CASE("an error that the table does not have is a matter of the server's, in words that quote nothing") {
    Database database(Dialect::mariadb, Tables::none);
    for (const unsigned number : {1002U, 1799U, 3719U, 4300U, 12345U}) {
        const auto outcome = raised(database.session, number);
        CHECK(outcome.kind == "CONFIG");
        CHECK(outcome.text ==
              "the database server refused a statement (error " + std::to_string(number) +
                  ") | its manual tells what that number means; where no setting of the server explains "
                  "it, please report it");
    }
}

TEST_CASE("an option that prevents a statement is a read-only server only where it says so, in any language") {
    Database database(Dialect::mariadb, Tables::none);
    const std::string german = "Der MariaDB-Server läuft mit der Option --read-only";
    CHECK(raised(database.session, 1290, german).kind == "read only");
    CHECK(raised(database.session, 1290, "running with the --super-read-only option").kind == "read only");
    const auto other = raised(database.session, 1290, "running with the --skip-grant-tables option");
    CHECK(other.kind == "CONFIG");
    CHECK_THAT(other.text, ContainsSubstring("--skip-grant-tables"));
}

TEST_CASE("a server that was made read-only says so in the middle of a transaction, and keeps nothing of it") {
    const auto& server = TestDatabase::get();
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE kept (id INTEGER PRIMARY KEY)");
    server.run("DROP USER IF EXISTS 'pwreset_plain'@'%', 'pwreset_plain'@'localhost'");
    for (const char* at : {"'%'", "'localhost'"}) {
        server.run(std::string("CREATE USER 'pwreset_plain'@") + at + " IDENTIFIED BY 'plain'");
        server.run("GRANT SELECT, INSERT ON `" + server.name + "`.* TO 'pwreset_plain'@" + at);
    }
    auto options = server.options();
    options.user = "pwreset_plain";
    options.password = "plain";
    Session session(options);
    const auto outcome = outcome_of([&] {
        Transaction transaction(session);
        session.run("INSERT INTO kept VALUES (1)");
        server.run("SET GLOBAL read_only = 1");
        transaction.commit();
    });
    server.run("SET GLOBAL read_only = 0");
    CHECK(outcome.kind == "read only");
    CHECK_THAT(outcome.text, ContainsSubstring("UNAVAILABLE: the database server is read-only (error 1290)") &&
                                 ContainsSubstring("[database] hosts"));
    CHECK(database.number("SELECT COUNT(*) FROM kept") == 0);
    for (const char* at : {"'%'", "'localhost'"}) server.run(std::string("DROP USER 'pwreset_plain'@") + at);
}

TEST_CASE("a statement that the server stops is told as that, whoever stopped it") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    const auto stopped = [&](const std::string& sql) { return outcome_of([&] { session.rows(sql); }).kind; };
    if (session.is_mariadb()) {
        session.run("SET SESSION max_statement_time = 0.1");
        CHECK(stopped("SELECT SLEEP(5)") == "too slow");
        session.run("SET SESSION max_statement_time = 0");
    }
    const auto id = session.row("SELECT CONNECTION_ID()")->text(0);
    std::thread other([&] {
        const std::string working =
            "SELECT COUNT(*) FROM information_schema.processlist WHERE command = 'Query' AND id = " + id;
        Session watcher(database.options);
        while (watcher.row(working)->integer(0) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        TestDatabase::get().run("KILL QUERY " + id);
    });
    // What is read while it sleeps, so that MySQL does not take the end of the sleep for an answer.
    const auto kind = stopped(
        "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, "
        "information_schema.columns c");
    other.join();
    CHECK(kind == "too slow");
    CHECK(session.row("SELECT 1")->integer(0) == 1);
}

TEST_CASE("whatever the server has as its defaults, a session works as it must") {
    const auto& server = TestDatabase::get();
    Database database(Dialect::mariadb, Tables::none);
    const bool maria = database.session.is_mariadb();
    const std::string read_only = maria ? "tx_read_only" : "transaction_read_only";
    const std::vector<std::unique_ptr<Default>> defaults = [&] {
        std::vector<std::unique_ptr<Default>> set;
        for (const auto& [name, value] :
             std::vector<std::pair<std::string, std::string>>{{"sql_mode", "'ANSI,NO_BACKSLASH_ESCAPES'"},
                                                              {"sql_select_limit", "1"},
                                                              {"sql_safe_updates", "1"},
                                                              {"completion_type", "1"},
                                                              {"sql_big_selects", "0"},
                                                              {"autocommit", "0"},
                                                              {"unique_checks", "0"},
                                                              {read_only, "1"},
                                                              {"lock_wait_timeout", "1000"},
                                                              {"time_zone", "'+05:00'"}}) {
            set.push_back(std::make_unique<Default>(database.session, name, value));
        }
        return set;
    }();
    {
        Session session(server.options());
        session.run("CREATE TABLE kept (id INTEGER PRIMARY KEY AUTO_INCREMENT, word VARBINARY(90))");
        const std::string word("it's \"a\" \\ back\0slash ınd 😀", 31);
        {
            Transaction transaction(session);
            session.run("INSERT INTO kept (word) VALUES (:word), ('second')", {{"word", word}});
            transaction.commit();
        }
        session.run("UPDATE kept SET word = 'changed' WHERE word = 'second'");  // without a key
        const auto rows = session.rows("SELECT word FROM kept ORDER BY id");
        REQUIRE(rows.size() == 2);
        CHECK(rows[0].text(0) == word);
        // What came after the commit is committed as well.
        CHECK(database.text("SELECT word FROM kept WHERE id = 2") == "changed");
    }
}

TEST_CASE("with a binary log of statements a session runs REPEATABLE READ, and else READ COMMITTED") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    const bool logs = session.row("SELECT @@global.log_bin")->integer(0) == 1;
    const auto format = session.row("SELECT @@global.binlog_format")->text(0);
    {
        const Default statements(session, "binlog_format", "'STATEMENT'");
        session.reconnect();
    }
    CHECK(isolation_of(session) == (logs ? "REPEATABLE-READ" : "READ-COMMITTED"));
    session.reconnect();
    CHECK(isolation_of(session) == (logs && format == "STATEMENT" ? "REPEATABLE-READ" : "READ-COMMITTED"));
}
