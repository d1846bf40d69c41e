#include "db/bulk.h"

#include "src/base/encoding.h"
#include "tests/db/fixture.h"

using namespace pwreset;
using namespace pwreset::db;
using namespace pwreset::test;

namespace {

/// The three ways by which rows get into a table.
enum class Way { arrays, tuples, sqlite };

ConnectOptions options_of(const Database& database, Way way) {
    auto options = database.options;
    options.multi_row = way == Way::tuples;
    return options;
}

Dialect dialect_of(Way way) { return way == Way::sqlite ? Dialect::sqlite : Dialect::mariadb; }

constexpr const char* crowd_table = "CREATE TABLE bulk_crowd (id BIGINT PRIMARY KEY, word VARCHAR(40), bytes BLOB)";
constexpr const char* into = "INSERT INTO bulk_crowd (id, word, bytes) VALUES";
constexpr const char* tuple = "(?, ?, UNHEX(?))";

/// Awkward on purpose: quotes, colons, question marks, every byte, and NULL now in one column, now in the other.
std::optional<std::string> word_of(std::size_t i) {
    if (i % 5 == 0) return {};
    return "'w\\" + std::to_string(i) + ":x ?" + (i % 7 == 0 ? "" : "é😀");
}
std::optional<std::string> bytes_of(std::size_t i) {
    if (i % 3 == 1) return {};
    return std::string{'\0', static_cast<char>(i), '\'', '\0'};
}
std::optional<std::string> hexed(const std::optional<std::string>& bytes) {
    return bytes ? std::optional(hex(*bytes)) : std::nullopt;
}

std::vector<std::vector<Value>> bulk_crowd(std::size_t count) {
    std::vector<std::vector<Value>> rows;
    for (std::size_t i = 0; i < count; ++i) {
        rows.push_back({static_cast<std::int64_t>(i), word_of(i), hexed(bytes_of(i))});
    }
    return rows;
}

}  // namespace

TEST_CASE("each way of inserting many rows leaves the same rows") {
    const Way way = GENERATE(Way::arrays, Way::tuples, Way::sqlite);
    const std::size_t count = GENERATE(0U, 1U, 499U, 500U, 501U, 1234U);
    Database database(dialect_of(way), Tables::none);
    database.session.run(crowd_table);
    Session session(options_of(database, way));
    if (way != Way::arrays) CHECK_FALSE(session.takes_arrays());
    {
        Transaction transaction(session);
        bulk_insert(session, into, tuple, bulk_crowd(count));
        transaction.commit();
    }
    const auto rows =
        database.session.rows("SELECT id, word, LOWER(HEX(bytes)), bytes IS NULL FROM bulk_crowd ORDER BY id");
    REQUIRE(rows.size() == count);
    bool same = true;
    for (std::size_t i = 0; i < count; ++i) {
        same = same && rows[i].integer(0) == static_cast<std::int64_t>(i) && rows[i].optional_text(1) == word_of(i) &&
               rows[i].text(2) == hexed(bytes_of(i)).value_or("") && (rows[i].integer(3) == 1) == !bytes_of(i);
    }
    CHECK(same);
}

TEST_CASE("a duplicate among many rows throws, and the transaction leaves nothing") {
    const Way way = GENERATE(Way::arrays, Way::tuples, Way::sqlite);
    Database database(dialect_of(way), Tables::none);
    database.session.run(crowd_table);
    Session session(options_of(database, way));
    auto rows = bulk_crowd(1234);
    rows[700] = rows[699];
    {
        Transaction transaction(session);
        CHECK_THROWS_AS(bulk_insert(session, into, tuple, rows), Duplicate);
    }
    CHECK(database.number("SELECT COUNT(*) FROM bulk_crowd") == 0);
    bulk_insert(session, into, tuple, bulk_crowd(3));
    CHECK(database.number("SELECT COUNT(*) FROM bulk_crowd") == 3);
}

TEST_CASE("a row that does not fit is refused without being quoted") {
    const Way way = GENERATE(Way::arrays, Way::tuples);
    Database database(Dialect::mariadb, Tables::none);
    database.session.run(crowd_table);
    Session session(options_of(database, way));
    std::string text;
    try {
        bulk_insert(session, into, tuple, {{1, "s3cr3t" + std::string(40, 'x'), std::nullopt}});
    } catch (const Error& error) {
        text = error.message + error.hint;
    }
    CHECK_FALSE(text.empty());
    CHECK(text.find("s3cr3t") == std::string::npos);
    CHECK(database.number("SELECT COUNT(*) FROM bulk_crowd") == 0);
}

TEST_CASE("a connection killed before many rows are inserted is known to be lost") {
    const Way way = GENERATE(Way::arrays, Way::tuples);
    Database database(Dialect::mariadb, Tables::none);
    database.session.run(crowd_table);
    Session session(options_of(database, way));
    TestDatabase::get().run("KILL CONNECTION " + session.row("SELECT CONNECTION_ID()")->text(0));
    CHECK_THROWS_AS(bulk_insert(session, into, tuple, bulk_crowd(10)), Lost);
}

TEST_CASE("a table that is not there names the remedy also where many rows are inserted") {
    const Way way = GENERATE(Way::arrays, Way::tuples, Way::sqlite);
    Database database(dialect_of(way), Tables::none);
    Session session(options_of(database, way));
    try {
        bulk_insert(session, into, tuple, bulk_crowd(1));
        FAIL("inserted into a table that is not there");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::config);
        CHECK_THAT(error.hint, ContainsSubstring("'pwreset migrate'"));
    }
}

TEST_CASE("each way of updating many rows changes them all, and counts those it matched") {
    const Way way = GENERATE(Way::arrays, Way::tuples, Way::sqlite);
    const std::size_t count = GENERATE(0U, 1U, 3U, 4U, 1234U);
    Database database(dialect_of(way), Tables::none);
    database.session.run(crowd_table);
    Session session(options_of(database, way));
    bulk_insert(session, into, tuple, bulk_crowd(1500));
    std::vector<std::vector<Value>> changes;
    for (std::size_t i = 0; i < count; ++i) {
        changes.push_back({"n" + std::to_string(i), hex(std::to_string(i)), static_cast<std::int64_t>(i)});
    }
    constexpr const char* update = "UPDATE bulk_crowd SET word = ?, bytes = UNHEX(?) WHERE id = ?";
    CHECK(bulk_update(session, update, changes) == static_cast<std::int64_t>(count));
    // Matched, not changed: the same once more counts too; what is not there does not.
    changes.push_back({"x", "00", 99999});
    CHECK(bulk_update(session, update, changes) == static_cast<std::int64_t>(count));
    CHECK(database.number("SELECT COUNT(*) FROM bulk_crowd WHERE word LIKE 'n%'") == static_cast<std::int64_t>(count));
    if (count > 0) {
        CHECK(database.text("SELECT HEX(bytes) FROM bulk_crowd WHERE word = 'n" + std::to_string(count - 1) + "'") ==
              database.text("SELECT HEX('" + std::to_string(count - 1) + "')"));
    }
}
