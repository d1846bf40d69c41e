#include "db/session.h"

#include <chrono>
#include <limits>

#include "db/names.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

constexpr const char* kept_table = "CREATE TABLE kept (id INTEGER PRIMARY KEY, word TEXT, number BIGINT)";

/// All that the operator would see of the fault.
template <typename Act>
std::string fault_of(Act act) {
    try {
        act();
    } catch (const Error& error) {
        return error.code + ": " + error.message + " | " + error.hint;
    }
    return "no fault";
}

}  // namespace

TEST_CASE("a session is strict, in UTC, READ COMMITTED and utf8mb4") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    const bool mariadb = session.is_mariadb();
    CHECK(database.text(mariadb ? "SELECT @@tx_isolation" : "SELECT @@transaction_isolation") == "READ-COMMITTED");
    CHECK(database.text("SELECT @@time_zone") == "+00:00");
    CHECK_THAT(database.text("SELECT @@sql_mode"), ContainsSubstring("STRICT_ALL_TABLES"));
    CHECK(database.text("SELECT @@character_set_client") == "utf8mb4");
    CHECK(database.text("SELECT @@character_set_connection") == "utf8mb4");
    CHECK(database.text("SELECT @@character_set_results") == "utf8mb4");
    CHECK(database.number("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())") == 0);
}

TEST_CASE("a new connection has the same settings as the first") {
    Database database(Dialect::mariadb, Tables::none);
    const auto first = database.number("SELECT CONNECTION_ID()");
    database.session.reconnect();
    CHECK(database.number("SELECT CONNECTION_ID()") != first);
    CHECK(database.text("SELECT @@time_zone") == "+00:00");
    CHECK_THAT(database.text("SELECT @@sql_mode"), ContainsSubstring("STRICT_ALL_TABLES"));
}

TEST_CASE("a transaction sees what others have committed meanwhile") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run(kept_table);
    Session other(database.options);
    Transaction transaction(database.session);
    CHECK(database.number("SELECT COUNT(*) FROM kept") == 0);
    other.run("INSERT INTO kept (id) VALUES (1)");
    CHECK(database.number("SELECT COUNT(*) FROM kept") == 1);
}

TEST_CASE("nothing is cut or zeroed silently") {
    Database database(Dialect::mariadb, Tables::none);
    database.session.run("CREATE TABLE strict (word VARCHAR(3), at DATETIME(6), number TINYINT)");
    CHECK_THROWS_AS(database.session.run("INSERT INTO strict (word) VALUES (:word)", {{"word", "four"}}), Error);
    CHECK_THROWS_AS(database.session.run("INSERT INTO strict (at) VALUES (:at)", {{"at", "0000-00-00"}}), Error);
    CHECK_THROWS_AS(database.session.run("INSERT INTO strict (number) VALUES (:number)", {{"number", 300}}), Error);
    CHECK(database.number("SELECT COUNT(*) FROM strict") == 0);
}

TEST_CASE("a text comes back byte for byte") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(kept_table);
    const std::vector<std::string> words{"",
                                         "it's",
                                         "\"quoted\" and `backquoted`",
                                         "back\\slash\\",
                                         "\\'; DROP TABLE kept; --",
                                         ":id :word ::x 12:34",
                                         "100 % and _ and ?",
                                         "line\r\nbreak\tand \x1a",
                                         std::string("nul\0inside", 10),
                                         "سلام 😀",
                                         std::string(60000, 'x')};
    for (std::size_t i = 0; i < words.size(); ++i) {
        database.session.run("INSERT INTO kept (id, word) VALUES (:id, :word)",
                             {{"id", static_cast<std::int64_t>(i)}, {"word", words[i]}});
    }
    const auto rows = database.session.rows("SELECT word FROM kept ORDER BY id");
    REQUIRE(rows.size() == words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
        CHECK_FALSE(rows[i].is_null(0));
        CHECK(rows[i].text(0) == words[i]);
        const auto found = database.session.row("SELECT id FROM kept WHERE word = :word", {{"word", words[i]}});
        REQUIRE(found);
        CHECK(found->integer(0) == static_cast<std::int64_t>(i));
    }
}

TEST_CASE("NULL and whole numbers come back as they were") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(kept_table);
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const std::string sql = "INSERT INTO kept (id, word, number) VALUES (:id, :word, :number)";
    database.session.run(sql, {{"id", 1}, {"word", std::nullopt}, {"number", least}});
    database.session.run(sql, {{"id", 2}, {"word", std::optional<std::string>()}, {"number", most}});
    database.session.run(sql, {{"id", 3}, {"word", std::optional<std::string>("x")}, {"number", std::nullopt}});
    const auto rows = database.session.rows("SELECT word, number FROM kept ORDER BY id");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].is_null(0));
    CHECK_FALSE(rows[1].optional_text(0));
    CHECK(rows[1].text(0).empty());
    CHECK(rows[2].text(0) == "x");
    CHECK(rows[0].integer(1) == least);
    CHECK(rows[1].integer(1) == most);
    CHECK(rows[2].is_null(1));
    CHECK(rows[2].integer(1) == 0);
}

TEST_CASE("an answer has the columns that were selected, and no column beside them is read") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    session.run(kept_table);
    session.run("INSERT INTO kept (id, word, number) VALUES (7, 'seven', NULL)");
    CHECK(session.rows("SELECT id FROM kept WHERE id = 8").empty());
    for (const std::string sql : {"SELECT * FROM kept", "SELECT id, word, number FROM kept"}) {
        const auto row = session.row(sql);
        CHECK(row->integer(0) == 7);
        CHECK(row->text(1) == "seven");
        CHECK(row->is_null(2));
        CHECK(fault_of([&] { static_cast<void>(row->text(3)); }) ==
              "INTERNAL_ERROR: column 3 of an answer with 3 | this is a fault of pwreset: please report it");
        CHECK_THROWS_AS(row->is_null(3), Error);
        CHECK_THROWS_AS(row->integer(3), Error);
    }
    const auto rows = session.rows("SELECT id, 1, 2, 3, 4, 5, 6 FROM kept UNION ALL SELECT NULL, 7, 8, 9, 10, 11, 12");
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].integer(6) == 6);
    CHECK(rows[1].is_null(0));
    CHECK(rows[1].integer(6) == 12);
}

TEST_CASE("a time comes back to the microsecond") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run("CREATE TABLE moments (at DATETIME(6))");
    const Time time = parse_db_time("2026-03-01 12:34:56.000001");
    database.session.run("INSERT INTO moments (at) VALUES (:at)", {{"at", time}});
    database.session.run("INSERT INTO moments (at) VALUES (:at)", {{"at", std::optional<Time>()}});
    const auto rows = database.session.rows("SELECT at FROM moments ORDER BY at DESC");
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].time(0) == time);
    CHECK_FALSE(rows[1].optional_time(0));
}

TEST_CASE("the database's clock is a clock") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    const Time before = database.session.now();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const Time after = database.session.now();
    CHECK(after > before);
    CHECK(after < before + Seconds(5));
}

TEST_CASE("an update counts the rows that matched, changed or not") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(kept_table);
    database.session.run("INSERT INTO kept (id, word) VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    CHECK(database.session.run("UPDATE kept SET word = 'a' WHERE id <= 2") == 2);
    CHECK(database.session.run("UPDATE kept SET word = 'a' WHERE id <= 2") == 2);
    CHECK(database.session.run("UPDATE kept SET word = 'a' WHERE id > 3") == 0);
    CHECK(database.session.run("DELETE FROM kept") == 3);
}

TEST_CASE("a second row with the same key is a duplicate") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(kept_table);
    const std::string sql = "INSERT INTO kept (id, word) VALUES (:id, :word)";
    database.session.run(sql, {{"id", 1}, {"word", "first"}});
    CHECK_THROWS_AS(database.session.run(sql, {{"id", 1}, {"word", "second"}}), Duplicate);
    database.session.run(sql, {{"id", 2}, {"word", "third"}});
    CHECK_THROWS_AS(database.session.run("UPDATE kept SET id = 1 WHERE id = 2"), Duplicate);
    CHECK(database.text("SELECT word FROM kept WHERE id = 1") == "first");
}

TEST_CASE("a transaction that is not committed by name is rolled back") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(kept_table);
    {
        Transaction dropped(database.session);
        database.session.run("INSERT INTO kept (id) VALUES (1)");
    }
    {
        Transaction kept(database.session);
        database.session.run("INSERT INTO kept (id) VALUES (2)");
        kept.commit();
    }
    const auto rows = database.session.rows("SELECT id FROM kept");
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].integer(0) == 2);
}

TEST_CASE("a fault's text quotes no bound value") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(kept_table);
    database.session.run("CREATE TABLE picky (word VARCHAR(3) NOT NULL CHECK (LENGTH(word) < 4), number INTEGER)");
    const std::string secret = "ana-s3cr3t@example.com";
    for (const char* sql :
         {"INSERT INTO picky (word, number) VALUES (:value, 1)", "INSERT INTO kept (word, nowhere) VALUES (:value, 1)",
          "SELECT id FROM kept WHERE nowhere = :value", "SELECT id FROM nowhere WHERE word = :value",
          "SELEC id FROM kept WHERE word = :value", "SELECT id FROM kept WHERE word = nothing(:value)"}) {
        INFO(sql);
        std::string text;
        try {
            database.session.rows(sql, {{"value", secret}});
        } catch (const Error& error) {
            text = error.message + error.hint;
            for (const auto& [field, messages] : error.errors) {
                for (const auto& message : messages) text += field + message;
            }
        } catch (const std::exception& other) {
            text = other.what();
        }
        CHECK_FALSE(text.empty());
        CHECK(text.find("s3cr3t") == std::string::npos);
    }
}

TEST_CASE("an unknown table or column names the remedy") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    database.session.run(kept_table);
    const std::string table = fault_of([&] { database.session.rows("SELECT id FROM pwreset_tokens"); });
    CHECK_THAT(table, ContainsSubstring("CONFIG: the database refused") && ContainsSubstring("'pwreset migrate'"));
    const std::string column = fault_of([&] { database.session.rows("SELECT nowhere FROM kept"); });
    CHECK_THAT(column, ContainsSubstring("CONFIG: the database refused") && ContainsSubstring("[users]"));
}

TEST_CASE("a name is quoted, whatever it holds") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    CHECK(backquoted("order") == "`order`");
    CHECK(backquoted("a`b") == "`a``b`");
    CHECK(qualified(database.session, "users") == "`users`");
    CHECK(qualified(database.session, "crm.users") == "`crm`.`users`");
    database.session.run("CREATE TABLE " + backquoted("or`der") + " (" + backquoted("group") + " INTEGER)");
    CHECK(database.session.run("INSERT INTO " + qualified(database.session, "or`der") + " VALUES (1)") == 1);
}

TEST_CASE("what waits for a commit is done after it, once, and never after a rollback") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    auto& session = database.session;
    int done = 0;
    session.after_commit([&] { ++done; });
    CHECK(done == 1);  // no transaction is open: it is committed already
    {
        Transaction dropped(session);
        session.after_commit([&] { done += 10; });
    }
    {
        Transaction kept(session);
        session.after_commit([&] { done += 100; });
        CHECK(done == 1);
        kept.commit();
    }
    CHECK(done == 101);
    Transaction next(session);
    next.commit();
    CHECK(done == 101);
}

TEST_CASE("what is done after a commit cannot make it fail") {
    Database database(GENERATE(Dialect::mariadb, Dialect::sqlite), Tables::none);
    Transaction transaction(database.session);
    database.session.after_commit([] { throw internal_error("x"); });
    int done = 0;
    database.session.after_commit([&] { ++done; });
    CHECK_NOTHROW(transaction.commit());
    CHECK(done == 1);
}

TEST_CASE("a date that no calendar has is the epoch, and what is no date at all is a fault") {
    Database database(Dialect::mariadb, Tables::none);
    auto& session = database.session;
    session.run("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'");
    for (const auto* text : {"0000-00-00", "2026-00-10", "2026-02-31 10:00:00"}) {
        const auto row = session.row("SELECT CAST(:text AS DATETIME(6)) UNION SELECT '' LIMIT 1", {{"text", text}});
        CHECK(row->time(0) == Time{});
        CHECK(row->optional_time(0) == Time{});
    }
    CHECK_THROWS_AS(session.row("SELECT 'a secret of nineteen'")->time(0), Error);
}
