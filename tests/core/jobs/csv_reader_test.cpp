#include "src/jobs/csv_reader.h"

#include <sstream>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// The columns and, below them, the rows.
Rows rows_of(const std::string& text) {
    std::istringstream file(text);
    CsvReader reader(file);
    Rows rows{reader.columns()};
    for (std::vector<std::string> row; reader.next(row);) rows.push_back(row);
    return rows;
}

/// What the operator is told: "fault | hint".
std::string fault_of(const std::string& text) {
    try {
        rows_of(text);
    } catch (const Error& error) {
        CHECK(error.exit == Exit::bad_data);
        CHECK(error.code == "INVALID_INPUT");
        return error.message + " | " + error.hint;
    }
    return "no fault";
}

/// A disk that fails after its first bytes.
struct BrokenDisk : std::streambuf {
    std::string text = "email\nana@exam";
    bool broken = false;
    int_type underflow() override {
        if (broken) throw std::runtime_error("input/output error");
        broken = true;
        setg(text.data(), text.data(), text.data() + text.size());
        return traits_type::to_int_type(text.front());
    }
};

}  // namespace

TEST_CASE("CSV is a row of names and rows of fields") {
    CHECK(rows_of("email,name\r\nana@example.com,Ana\r\nbob@example.com,\r\n") ==
          Rows{{"email", "name"}, {"ana@example.com", "Ana"}, {"bob@example.com", ""}});
}

TEST_CASE("CSV may end its lines with LF, and its last line with nothing") {
    CHECK(rows_of("email\na@example.com\nb@example.com") == Rows{{"email"}, {"a@example.com"}, {"b@example.com"}});
}

TEST_CASE("CSV fields in quotes hold commas, line ends and doubled quotes") {
    CHECK(rows_of("\"e\"\"mail\",name\n\"a,b\",\"two\r\nlines\n\"\n\"\",\"\"\"\"\n") ==
          Rows{{"e\"mail", "name"}, {"a,b", "two\r\nlines\n"}, {"", "\""}});
}

TEST_CASE("a byte order mark before CSV is skipped, quotes behind it or not") {
    CHECK(rows_of("\xEF\xBB\xBF"
                  "email\nx\n") == Rows{{"email"}, {"x"}});
    CHECK(rows_of("\xEF\xBB\xBF\"email\"\nx\n") == Rows{{"email"}, {"x"}});
}

TEST_CASE("lines of CSV without anything on them are skipped, an empty field in quotes is not") {
    CHECK(rows_of("\n\r\nemail\n\n\"\"\nx\n\r\n") == Rows{{"email"}, {""}, {"x"}});
}

TEST_CASE("CSV with its column names alone has no rows") { CHECK(rows_of("email\n") == Rows{{"email"}}); }

TEST_CASE("a CSV column is found by its exact name") {
    std::istringstream file("email,Email\n");
    const CsvReader reader(file);
    CHECK(reader.column("email") == 0);
    CHECK(reader.column("Email") == 1);
    CHECK_FALSE(reader.column("EMAIL"));
}

TEST_CASE("a CSV row knows the line it begins on") {
    std::istringstream file("a,b\n\n1,\"2\n3\"\n4,5\n");
    CsvReader reader(file);
    std::vector<std::string> row;
    CHECK(reader.line() == 1);
    CHECK(reader.next(row));
    CHECK(reader.line() == 3);
    CHECK(reader.next(row));
    CHECK(reader.line() == 5);
    CHECK_FALSE(reader.next(row));
}

TEST_CASE("CSV larger than the reader's buffer comes out whole") {
    std::string text = "number,text\n";
    for (int i = 0; i < 20000; ++i) text += std::to_string(i) + ",\"\"\"" + std::string(i % 50, 'x') + "\"\"\"\r\n";
    std::istringstream file(text);
    CsvReader reader(file);
    std::vector<std::string> row;
    for (int i = 0; i < 20000; ++i) {
        REQUIRE(reader.next(row));
        REQUIRE(row == std::vector<std::string>{std::to_string(i), '"' + std::string(i % 50, 'x') + '"'});
    }
    CHECK_FALSE(reader.next(row));
}

TEST_CASE("CSV rows with more or fewer fields than columns are refused") {
    CHECK(fault_of("a,b\n1,2\n3\n") == "line 3, field 1: row with fewer fields than columns | fill it up with commas");
    CHECK(fault_of("a,b\n1,2,secret\n") ==
          "line 2, field 3: row with more fields than columns | put a field that holds a comma between double quotes");
}

TEST_CASE("CSV without usable names of columns is refused") {
    const std::string missing =
        "line 1, field 1: no row with the names of the columns | write them on the first line, such as: email";
    CHECK(fault_of("") == missing);
    CHECK(fault_of("\xEF\xBB\xBF") == missing);
    CHECK(fault_of("a,,c\n") == "line 1, field 2: column without a name | write one, or remove the column");
    CHECK(fault_of("a,b,a\n") == "line 1, field 3: column with the name of another | rename one of them");
}

TEST_CASE("CSV with a quote out of place is refused") {
    CHECK(fault_of("a\nsec\"ret\n") ==
          "line 2, field 1: double quote inside a field | put the field between double quotes, and write \"\" for it");
    CHECK(fault_of("a,b\n1,\"sec\"ret\n") ==
          "line 2, field 2: text behind the closing quote of a field | write \"\" for a quote inside");
    CHECK(fault_of("a\n\"secret\n\n\n") ==
          "line 2, field 1: field without a closing quote | write \"\" for a quote inside a field");
}

TEST_CASE("CSV that is not UTF-8 text is refused, with the place") {
    const std::string hint = " | save the file as UTF-8 text";
    CHECK(fault_of("a,b\nx,Jos\xE9\n") == "line 2, field 2: text that is not UTF-8" + hint);
    CHECK(fault_of("a,b\n\"two\nlines\",\"Jos\xE9\"\n") == "line 3, field 2: text that is not UTF-8" + hint);
    CHECK(fault_of("\xEF\xBB"
                   "a\n") == "line 1, field 1: text that is not UTF-8" + hint);
    CHECK(fault_of(std::string("a\nx\0y\n", 6)) == "line 2, field 1: NUL byte" + hint);
    CHECK(fault_of(std::string("\xFF\xFE"
                               "a\0\n\0",
                               6)) == "line 1, field 1: NUL byte" + hint);
}

TEST_CASE("CSV with a carriage return alone is refused") {
    const std::string told = "carriage return without a line feed | save the file with CRLF or LF line ends";
    CHECK(fault_of("a\rb\r") == "line 1, field 1: " + told);
    CHECK(fault_of("a,b\n1,2\r3,4\r") == "line 2, field 2: " + told);
}

TEST_CASE("CSV fields and rows have bounds") {
    const std::string field(4096, 'x');
    CHECK(rows_of("a\n" + field + "\n").back().front() == field);
    const std::string too_long =
        "line 2, field 1: field longer than 4096 bytes | shorten it, or look for a stray quote";
    CHECK(fault_of("a\n" + field + "x\n") == too_long);
    CHECK(fault_of("a\n\"" + field + "x\"\n") == too_long);
    CHECK(fault_of(std::string(100000, ',')) == "line 1, field 65537: row longer than 65536 bytes | shorten it");
}

TEST_CASE("CSV that breaks off is not taken for complete") {
    BrokenDisk disk;
    std::istream file(&disk);
    try {
        CsvReader reader(file);
        FAIL("it was read");
    } catch (const Error& error) {
        CHECK(error.code == "IO_ERROR");
        CHECK(error.message == "the file broke off while it was read");
    }
}
