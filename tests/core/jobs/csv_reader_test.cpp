#include "src/jobs/csv_reader.h"

#include <sstream>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// The rows; one with a fault as "line 3, field 2: NUL byte".
Rows rows_of(const std::string& text, char delimiter = ',') {
    std::istringstream file(text);
    CsvReader reader(file);
    reader.separate_by(delimiter);
    Rows rows;
    for (std::vector<std::string> row; reader.next(row);) {
        rows.push_back(row);
        if (reader.fault().empty()) continue;
        rows.back() = {"line " + std::to_string(reader.line_of(row.size())) + ", field " + std::to_string(row.size()) +
                       ": " + reader.fault()};
    }
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

TEST_CASE("CSV larger than the reader's buffer comes out whole") {
    std::string text = "number,text\n";
    for (int i = 0; i < 20000; ++i) text += std::to_string(i) + ",\"\"\"" + std::string(i % 50, 'x') + "\"\"\"\r\n";
    std::istringstream file(text);
    CsvReader reader(file);
    std::vector<std::string> row;
    REQUIRE(reader.next(row));
    for (int i = 0; i < 20000; ++i) {
        REQUIRE(reader.next(row));
        REQUIRE(row == std::vector<std::string>{std::to_string(i), '"' + std::string(i % 50, 'x') + '"'});
    }
    CHECK_FALSE(reader.next(row));
}

TEST_CASE("a CSV row and its fields know the lines they begin on") {
    std::istringstream file("a,b\n\n1,\"2\n3\",4\n5,6\n");
    CsvReader reader(file);
    std::vector<std::string> row;
    CHECK(reader.next(row));
    CHECK(reader.line() == 1);
    CHECK(reader.next(row));
    CHECK(reader.line() == 3);
    CHECK(reader.line_of(2) == 3);
    CHECK(reader.line_of(3) == 4);
    CHECK(reader.next(row));
    CHECK(reader.line() == 5);
    CHECK_FALSE(reader.next(row));
}

TEST_CASE("CSV may be separated by semicolons, or be lines as they are") {
    CHECK(rows_of("a;\"b;c\"\n1,2;3\n", ';') == Rows{{"a", "b;c"}, {"1,2", "3"}});
    CHECK(rows_of("a,\"b\n\n\"c\"\r\n", '\0') == Rows{{"a,\"b"}, {"\"c\""}});
}

TEST_CASE("the first line of CSV can be looked at before it is read") {
    std::istringstream file("\xEF\xBB\xBF\r\na;b\r\n1;2");
    CsvReader reader(file);
    CHECK(reader.first_line() == "a;b");
    CHECK(reader.first_line() == "a;b");
    std::vector<std::string> row;
    reader.separate_by(';');
    CHECK(reader.next(row));
    CHECK(row == std::vector<std::string>{"a", "b"});
    CHECK(reader.line() == 2);
    CHECK(reader.first_line() == "1;2");
    std::istringstream nothing("");
    CHECK(CsvReader(nothing).first_line().empty());
}

TEST_CASE("what is wrong with one row of CSV is told, and the next is read") {
    CHECK(rows_of("a\nsec\"ret\nb\n") ==
          Rows{{"a"}, {"line 2, field 1: double quote inside a field that does not begin with one"}, {"b"}});
    CHECK(rows_of("1,\"sec\"ret,3\nb\n") == Rows{{"line 1, field 2: text behind the closing quote of a field"}, {"b"}});
    CHECK(rows_of(std::string("x,\0y,z\nb\n", 9)) == Rows{{"line 1, field 2: NUL byte"}, {"b"}});
    const std::string field(4096, 'x');
    CHECK(rows_of(field + "\n" + field + "x\nb\n") ==
          Rows{{field}, {"line 2, field 1: field longer than 4096 bytes"}, {"b"}});
    CHECK(rows_of(std::string(100000, ',') + "\nb\n") ==
          Rows{{"line 1, field 65537: row longer than 65536 bytes"}, {"b"}});
}

TEST_CASE("CSV of which the rest is in doubt is refused, with the place") {
    const std::string text = " | save the file as UTF-8 text";
    CHECK(fault_of("a,b\nx,Jos\xE9\n") == "line 2, field 2: text that is not UTF-8" + text);
    CHECK(fault_of("a,b\n\"two\nlines\",\"Jos\xE9\"\n") == "line 3, field 2: text that is not UTF-8" + text);
    CHECK(fault_of("\xEF\xBB"
                   "a\n") == "line 1, field 1: text that is not UTF-8" + text);
    CHECK(fault_of(std::string("\xFF\xFE"
                               "a\0\n\0",
                               6)) == "line 1, field 1: text in UTF-16" + text);
    CHECK(fault_of("a\n\"secret\n\n\n") ==
          "line 2, field 1: field without a closing quote | write \"\" for a quote inside a field");
    CHECK(fault_of("a\n\"" + std::string(4097, 'x') + "\"\n") ==
          "line 2, field 1: field longer than 4096 bytes | shorten it, or look for a stray quote");
    const std::string alone = "carriage return without a line feed | save the file with CRLF or LF line ends";
    CHECK(fault_of("a\rb\r") == "line 1, field 1: " + alone);
    CHECK(fault_of("a,b\n1,2\r3,4\r") == "line 2, field 2: " + alone);
}

TEST_CASE("CSV that breaks off is not taken for complete") {
    BrokenDisk disk;
    std::istream file(&disk);
    try {
        CsvReader reader(file);
        for (std::vector<std::string> row; reader.next(row);) {
        }
        FAIL("it was read");
    } catch (const Error& error) {
        CHECK(error.code == "IO_ERROR");
        CHECK(error.message == "the file broke off while it was read");
    }
}
