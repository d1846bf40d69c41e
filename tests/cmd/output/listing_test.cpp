#include "cmd/output/listing.h"

#include <algorithm>

#include "cmd/output/json.h"
#include "src/base/printable.h"
#include "tests/catch.h"
#include "tests/cmd/output/console.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using Rows = std::vector<std::vector<Cell>>;

const std::vector<Column> id_and_name = {{"id", "ID"}, {"name", "NAME"}};
constexpr auto null = std::monostate{};

Cell number(std::int64_t value) { return value; }
Cell text(std::string value) { return value; }

/// All that a listing of these rows writes.
std::string listed(Console& console, Format format, const std::vector<Column>& columns, const Rows& rows,
                   const std::string& next = {}) {
    Listing listing(console.env, format, "tokens", columns, "t");
    for (const auto& cells : rows) listing.row(cells);
    listing.finish(next);
    return console.out.str();
}

std::string in_pipe(Format format, const std::vector<Column>& columns, const Rows& rows) {
    Console console;
    return listed(console, format, columns, rows);
}

std::string on_terminal(std::size_t width, const std::vector<Column>& columns, const Rows& rows) {
    Console console;
    console.env.terminal.out = true;
    console.env.terminal.width = width;
    return listed(console, Format::table, columns, rows);
}

TEST_CASE("a table has texts to the left, integers to the right and no trailing spaces") {
    const Rows rows = {{number(7), text("alice"), true}, {number(1000), text("bob"), false}, {null, null, null}};
    CHECK(in_pipe(Format::table, {{"id", "ID"}, {"name", "NAME"}, {"used", "USED"}}, rows) ==
          "  ID  NAME   USED\n"
          "   7  alice  yes\n"
          "1000  bob    no\n"
          "   -  -      -\n");
}

TEST_CASE("a table whose last cell is empty has no trailing spaces either") {
    CHECK(in_pipe(Format::table, id_and_name, {{number(1), text("")}}) == "ID  NAME\n 1\n");
}

TEST_CASE("a table without rows writes nothing") { CHECK(in_pipe(Format::table, id_and_name, {}).empty()); }

TEST_CASE("a column of a table that holds more than integers is a text") {
    CHECK(in_pipe(Format::table, id_and_name, {{number(1), text("a")}, {text("x:10"), text("b")}}) ==
          "ID    NAME\n"
          "1     a\n"
          "x:10  b\n");
}

TEST_CASE("wide and combining characters keep the columns aligned") {
    const Rows rows = {{text("漢字"), number(1)}, {text("e\u0301a"), number(2)}, {text("گذر"), number(3)}};
    CHECK(in_pipe(Format::table, {{"name", "NAME"}, {"id", "ID"}}, rows) ==
          "NAME  ID\n"
          "漢字   1\n"
          "e\u0301a     2\n"
          "گذر    3\n");
}

TEST_CASE("a table in a pipe is not cut, and its times are UTC without the fraction") {
    const Time time = *parse_rfc3339("2026-03-01T12:34:56Z") + 999'999us;
    const std::string name(300, 'x');
    CHECK(in_pipe(Format::table, {{"at", "AT"}, {"name", "NAME"}}, {{time, text(name)}}) ==
          "AT                    NAME\n2026-03-01T12:34:56Z  " + name + "\n");
}

TEST_CASE("a table on a terminal has local times, with the distance where wanted") {
    const Time time = *parse_rfc3339("2026-03-01T12:31:50Z");
    const std::string local = local_text(time);
    CHECK(on_terminal(80, {{"at", "AT"}, {"till", "TILL", false}}, {{time, time}}) ==
          "AT" + std::string(local.size() + 12, ' ') + "TILL\n" + local + " (3 min ago)  " + local + "\n");
}

TEST_CASE("on a terminal the widest text gives way first, integers never") {
    const Rows rows = {{number(123456789), text("a long name that will not fit here"), text("link")},
                       {number(2), text("bob"), text("reset_otp")}};
    CHECK(on_terminal(40, {{"id", "ID"}, {"name", "NAME"}, {"kind", "KIND"}}, rows) ==
          "       ID  NAME                KIND\n"
          "123456789  a long name that …  link\n"
          "        2  bob                 reset_otp\n");
}

TEST_CASE("a table that fits its terminal is not cut") {
    CHECK(on_terminal(9, id_and_name, {{number(1), text("alice")}}) == "ID  NAME\n 1  alice\n");
}

TEST_CASE("times give way first, and keep their distance") {
    const Time time = *parse_rfc3339("2026-03-01T12:31:50Z");
    CHECK(on_terminal(34, {{"name", "NAME"}, {"at", "AT"}}, {{text(std::string(30, 'x')), time}}) ==
          "NAME                  AT\nxxxxxxxxxxxxxxxxxxx…  3 min ago\n");
}

TEST_CASE("spare columns are left out before a text is cut") {
    const std::vector<Column> columns{{"id", "ID"}, {"name", "NAME"}, {"kind", "KIND", true, true}};
    const Rows rows{{number(1), text("somebody"), text("a long word")}};
    CHECK(on_terminal(30, columns, rows) == "ID  NAME      KIND\n 1  somebody  a long word\n");
    CHECK(on_terminal(20, columns, rows) == "ID  NAME\n 1  somebody\n");
}

TEST_CASE("no line of a table is longer than its terminal, however narrow") {
    const Time time = *parse_rfc3339("2026-03-01T12:31:50Z");
    Rows rows;
    for (std::int64_t i = 0; i < 250; ++i)
        rows.push_back({number(i * 1'000'003), text("漢字漢字漢字"), time, text("é-é-é")});
    rows.push_back({number(INT64_MIN), text(std::string(90, 'x')), null, text(std::string(90, 'y'))});
    const auto width = GENERATE(1U, 2U, 7U, 10U, 33U, 60U, 80U, 200U);
    std::istringstream lines(on_terminal(width, {{"i", "ID"}, {"n", "NAME"}, {"t", "AT"}, {"x", "X"}}, rows));
    std::size_t count = 0;
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line); ++count) longest = std::max(longest, display_width(line));
    CHECK(count == 252);
    CHECK(longest <= width);
}

TEST_CASE("a table waits for 200 rows, then streams") {
    Console console;
    Listing listing(console.env, Format::table, "tokens", id_and_name, "t");
    for (std::int64_t i = 1; i < 200; ++i) listing.row({number(i), text("x")});
    CHECK(console.out.str().empty());
    listing.row({number(200), text("x")});
    CHECK(console.out.str().size() == 201 * std::string("200  x\n").size() + 3);
    console.out.str({});
    listing.row({number(12345), text("y")});
    CHECK(console.out.str() == "12345  y\n");
    listing.finish();
    CHECK(console.out.str() == "12345  y\n");
    CHECK(listing.rows() == 201);
}

TEST_CASE("a later cell that is longer than the measured ones is whole where there is room") {
    Rows rows(200, {number(1), null});
    rows.push_back({number(2), text("2026-03-01")});
    CHECK_THAT(on_terminal(20, id_and_name, rows), ContainsSubstring(" 1  -\n 2  2026-03-01\n"));
}

TEST_CASE("a column without a title is for programs only") {
    const std::vector<Column> columns = {{"token_id", ""}, {"name", "NAME"}};
    CHECK(in_pipe(Format::table, columns, {{number(1), text("bob")}}) == "NAME\nbob\n");
    CHECK(in_pipe(Format::ndjson, columns, {{number(1), text("bob")}}) == "{\"token_id\":1,\"name\":\"bob\"}\n");
}

TEST_CASE("JSON is the envelope around the list") {
    Console console;
    const Time time = *parse_rfc3339("1969-12-31T23:59:59Z") + 500ms;
    const Rows rows = {{number(INT64_MIN), text("a \"b\"")}, {time, true}, {null, false}};
    CHECK(listed(console, Format::json, id_and_name, rows, "c:2") ==
          R"({"success":true,"data":{"tokens":[{"id":-9223372036854775808,"name":"a \"b\""},)"
          R"({"id":"1969-12-31T23:59:59Z","name":true},{"id":null,"name":false}],"next":"c:2"},"trace_id":"t"})"
          "\n");
}

TEST_CASE("JSON without rows is an empty list") {
    CHECK(in_pipe(Format::json, id_and_name, {}) ==
          "{\"success\":true,\"data\":{\"tokens\":[],\"next\":null},\"trace_id\":\"t\"}\n");
}

TEST_CASE("nothing is written before the first row, so that a failure can still be the answer") {
    const auto format = GENERATE(Format::table, Format::json, Format::ndjson, Format::csv);
    Console console;
    const Listing listing(console.env, format, "tokens", id_and_name, "t");
    CHECK(console.out.str().empty());
}

TEST_CASE("NDJSON is a bare object a line, and nothing without rows") {
    CHECK(in_pipe(Format::ndjson, id_and_name, {{number(1), text("a")}, {number(2), null}}) ==
          "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":null}\n");
    CHECK(in_pipe(Format::ndjson, id_and_name, {}).empty());
}

TEST_CASE("CSV has a header, CRLF, and nothing where there is nothing") {
    const Time time = *parse_rfc3339("2026-03-01T12:34:56Z");
    const Rows rows = {{number(-7), text("Miller, \"Bob\"")}, {time, true}, {null, text("+4930123456")}};
    CHECK(in_pipe(Format::csv, id_and_name, rows) ==
          "id,name\r\n"
          "-7,\"Miller, \"\"Bob\"\"\"\r\n"
          "2026-03-01T12:34:56Z,true\r\n"
          ",+4930123456\r\n");
}

TEST_CASE("CSV without rows is its header") { CHECK(in_pipe(Format::csv, id_and_name, {}) == "id,name\r\n"); }

TEST_CASE("a CSV cell of a listing never starts a formula") {
    CHECK(in_pipe(Format::csv, {{"a", "A"}}, {{text("=1+1")}}) == "a\r\n'=1+1\r\n");
}

TEST_CASE("hostile text reaches no terminal, in no format") {
    const std::string hostile = "\033[2J\x01\x7F\u009B31m\u200B\u202Egnp\u2066\uFEFF\xFF\r\n";
    const auto format = GENERATE(Format::table, Format::json, Format::ndjson, Format::csv);
    Console console;
    console.env.terminal.out = GENERATE(false, true);
    std::string out = listed(console, format, {{"x", "X"}}, {{text(hostile)}, {text("b")}});
    // The line ends are ours: CRLF in CSV, LF elsewhere.
    if (format == Format::csv) out.erase(std::remove(out.begin(), out.end(), '\r'), out.end());
    out.erase(std::remove(out.begin(), out.end(), '\n'), out.end());
    CHECK(printable(out) == out);
}

TEST_CASE("NDJSON has a hostile text as the string that a parser gets back") {
    const std::string hostile = "\033[2J\u009B\u202Egnp\u2066\uFEFF\r\n\0"s;
    std::string row = "{\"x\":";
    append_json_string(row, hostile);
    CHECK(in_pipe(Format::ndjson, {{"x", "X"}}, {{text(hostile)}}) == row + "}\n");
}

TEST_CASE("a listing ends with IO_ERROR as soon as its output is full") {
    Console console;
    SmallDisk full(30);
    std::ostream out(&full);
    Env env = console.outside(out);
    Listing listing(env, Format::ndjson, "tokens", id_and_name, "t");
    listing.row({number(1), text("a")});
    CHECK_THROWS_AS(listing.row({number(2), text("b")}), Error);
    CHECK(listing.rows() == 1);
}

TEST_CASE("a listing whose last bytes are lost ends with IO_ERROR") {
    Console console;
    LostDisk lost;
    std::ostream out(&lost);
    Env env = console.outside(out);
    Listing listing(env, GENERATE(Format::table, Format::json, Format::ndjson, Format::csv), "tokens", id_and_name,
                    "t");
    listing.row({number(1), text("a")});
    try {
        listing.finish();
        FAIL("the loss went unnoticed");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::io);
        CHECK(error.code == "IO_ERROR");
    }
}

TEST_CASE("a row with the wrong number of cells is our fault, not a crash") {
    Console console;
    Listing listing(console.env, Format::csv, "tokens", id_and_name, "t");
    try {
        listing.row({number(1)});
        FAIL("the row was taken");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::internal);
    }
    CHECK(console.out.str().empty());
}

}  // namespace
}  // namespace pwreset
