#include "src/jobs/input.h"

#include <fstream>
#include <sstream>

#include "tests/catch.h"
#include "tests/core/fake_env.h"
#include "tests/core/folder.h"

using namespace pwreset;

namespace {

/// "3 ana@example.com" for each row, "3 ana: field 1: …" for one with a fault; then what the summary counts.
std::vector<std::string> read_input(const std::string& text) {
    std::istringstream file(text);
    Input input(file, "IR");
    std::vector<std::string> rows;
    for (InputRow row; input.next(row);) {
        rows.push_back(std::to_string(row.line) + " " + row.typed + (row.fault ? ": " + *row.fault : ""));
        CHECK((row.duplicate_of != 0) == (row.fault && row.fault->starts_with("duplicate")));
    }
    const auto& summary = input.summary();
    rows.push_back(std::to_string(summary.rows) + " rows, " + std::to_string(summary.skipped) + " skipped, " +
                   std::to_string(summary.duplicates) + " twice, " + std::to_string(summary.faulty) + " faulty by '" +
                   summary.column + "'");
    return rows;
}

std::string refusal_of(const std::string& text) {
    try {
        read_input(text);
    } catch (const Error& error) {
        CHECK(error.exit == Exit::bad_data);
        CHECK(error.code == "INVALID_INPUT");
        CHECK_FALSE(error.hint.empty());
        return error.message;
    }
    return "none";
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("a file of users is one identity a line, in any form") {
    CHECK(read_input("ana@example.com\nid:42\r\n\n  login:bob  \n+98 912 123 4567") ==
          Told{"1 ana@example.com", "2 id:42", "4 login:bob", "5 +98 912 123 4567",
               "4 rows, 0 skipped, 0 twice, 0 faulty by ''"});
    CHECK(read_input("\xEF\xBB\xBF"
                     "ana@example.com\n") == Told{"1 ana@example.com", "1 rows, 0 skipped, 0 twice, 0 faulty by ''"});
}

TEST_CASE("a file of users is CSV whose header names a column of identities") {
    CHECK(read_input("Name,E-Mail\n\"Weber, Ana\",ana@example.com\nBob,bob@example.com\n") ==
          Told{"2 ana@example.com", "3 bob@example.com", "2 rows, 0 skipped, 0 twice, 0 faulty by 'E-Mail'"});
    CHECK(read_input("email\r\nana@example.com\r\n") ==
          Told{"2 ana@example.com", "1 rows, 0 skipped, 0 twice, 0 faulty by 'email'"});
    CHECK(read_input("User ID;name, first\n42;Ana\n") ==
          Told{"2 id:42", "1 rows, 0 skipped, 0 twice, 0 faulty by 'User ID'"});
    CHECK(read_input("username\tname\nbob\tBob\nlogin:eve\tEve\n") ==
          Told{"2 login:bob", "3 login:eve", "2 rows, 0 skipped, 0 twice, 0 faulty by 'username'"});
    CHECK(read_input("mobile,note\n0912 123 4567,\"two\nlines \"\"quoted\"\"\"\n+98 912 123 4568,\n") ==
          Told{"2 0912 123 4567", "4 +98 912 123 4568", "2 rows, 0 skipped, 0 twice, 0 faulty by 'mobile'"});
    CHECK(read_input("id,identity,email\n1,login:bob,ana@example.com\n") ==
          Told{"2 login:bob", "1 rows, 0 skipped, 0 twice, 0 faulty by 'identity'"});
    CHECK(read_input("id,email\n1,ana@example.com\n") ==
          Told{"2 ana@example.com", "1 rows, 0 skipped, 0 twice, 0 faulty by 'email'"});
}

TEST_CASE("a row that says so is skipped and counted, and one that says neither is a fault") {
    CHECK(read_input("email,Skip\na@example.com,\nb@example.com,TRUE\nc@example.com,x\nd@example.com,0\n"
                     "e@example.com,maybe\nf@example.com,ja\n") ==
          Told{"2 a@example.com", "5 d@example.com",
               "6 e@example.com: field 2: neither yes nor no in the column 'skip'",
               "2 rows, 3 skipped, 0 twice, 1 faulty by 'email'"});
}

TEST_CASE("an identity that a file names twice is one row") {
    CHECK(read_input("ana@example.com\n+989121234567\nAna@example.com\nana@example.com\n0912 123 4567\n") ==
          Told{"1 ana@example.com", "2 +989121234567", "3 Ana@example.com", "4 ana@example.com: duplicate of line 1",
               "5 0912 123 4567: duplicate of line 2", "3 rows, 0 skipped, 2 twice, 0 faulty by ''"});
}

TEST_CASE("rows that nobody wrote anything in, and empty fields behind the last, are no faults") {
    CHECK(read_input("email,name,,\na@example.com,A,,\n,,,\n , \nb@example.com,B\nc@example.com,C,,,,,\n\"\"\n") ==
          Told{"2 a@example.com", "5 b@example.com", "6 c@example.com",
               "3 rows, 0 skipped, 0 twice, 0 faulty by 'email'"});
}

TEST_CASE("all faults of a file of users are told by line and field, and never the text") {
    const std::string text =
        "name,email\nAna,secret\nBob\nEve,eve@example.com,secret\n,\nJoe,\nKim,\"kim\"secret\nLee,lee@example.com\n"
        "Mia,+49 30 1234567\n";
    CHECK(read_input(text) ==
          Told{"2 secret: field 2: not an e-mail address", "3 : field 1: fewer fields than columns",
               "4 eve@example.com: field 3: more fields than the first line has names", "6 : field 2: no identity",
               "7 kim: field 2: text behind the closing quote of a field", "8 lee@example.com",
               "9 +49 30 1234567: field 2: not an e-mail address", "1 rows, 0 skipped, 0 twice, 6 faulty by 'email'"});
    std::istringstream file(text);
    Input input(file, "IR");
    for (InputRow row; input.next(row);) {
    }
    const Error told = faulty_rows(input.summary());
    CHECK(told.exit == Exit::bad_data);
    CHECK(
        told.message ==
        "6 of 7 rows name nobody: line 2, field 2: not an e-mail address; line 3, field 1: fewer fields than columns; "
        "line 4, field 3: more fields than the first line has names; line 6, field 2: no identity; line 7, field 2: "
        "text behind the closing quote of a field; and 1 more");
    CHECK(told.errors.at("rows").size() == 6);
    CHECK(told.message.find("secret") == std::string::npos);
}

TEST_CASE("the list of faults has a bound") {
    std::string text = "email\n";
    for (int i = 0; i < 1000; ++i) text += "nobody\n";
    std::istringstream file(text);
    Input input(file, "");
    for (InputRow row; input.next(row);) {
    }
    CHECK(input.summary().faulty == 1000);
    CHECK(input.summary().faults.size() == 20);
    const auto told = faulty_rows(input.summary()).errors.at("rows");
    CHECK(told.size() == 21);
    CHECK(told.back() == "and 980 more");
}

TEST_CASE("a header without identities is told, unless it is somebody's row") {
    CHECK(refusal_of("name,city\nAna,Rom\n") == "line 1: no column of identities among 'name', 'city'");
    CHECK(refusal_of("name,\xD9\x86\xD8\xA7\xD9\x85\nAna,Rom\n") ==
          "line 1: no column of identities among 'name' and 1 more");
    CHECK(refusal_of("customer\nana@example.com\n") == "line 1: no column of identities among 'customer'");
    CHECK(refusal_of("ana@example.com,Rom 7\n") == "line 1: no column of identities among 'Rom 7' and 1 more");
    CHECK(refusal_of("email,E-Mail\n") == "line 1: two columns of identities of the same sort");
    CHECK(refusal_of("email,a\"b\n") == "line 1, field 2: double quote inside a field that does not begin with one");
    // A list may begin with a faulty row.
    CHECK(read_input("ana@@example.com\nbob@example.com\n").front() ==
          "1 ana@@example.com: field 1: not an e-mail address");
}

TEST_CASE("a file without rows is refused") {
    for (const char* text : {"", "\n\r\n", "email\n", "email,name\n,\n", "\xEF\xBB\xBF"})
        CHECK(refusal_of(text) == "the file has no rows");
    CHECK(read_input("email,skip\na@example.com,1\n") == Told{"0 rows, 1 skipped, 0 twice, 0 faulty by 'email'"});
}

TEST_CASE("a file that is not UTF-8 is refused as a whole, with the line") {
    CHECK(refusal_of("email,name\na@example.com,Ana\nb@example.com,Jos\xE9\n") ==
          "line 3, field 2: text that is not UTF-8");
    CHECK(refusal_of("Jos\xE9\n") == "line 1, field 1: text that is not UTF-8");
}

TEST_CASE("faulty text of a row is kept short") {
    const auto rows = read_input("email\n" + std::string(4000, 'x') + "\n");
    CHECK(rows.front().size() < 320);
}

TEST_CASE("a file of one's own is read, but not for somebody else") {
    FakeEnv world;
    const TestFolder folder;
    const std::string path = folder.path / "users.csv";
    std::ofstream(path) << "email\nana@example.com\n";
    {
        InputFile file(world.env, "--from-file", path);
        Input input(file.stream(), "");
        InputRow row;
        CHECK(input.next(row));
        CHECK(row.typed == "ana@example.com");
    }
    const auto refused = [&](const std::string& name) {
        try {
            InputFile(world.env, "--from-file", name);
        } catch (const Error& error) {
            return error.code + ": " + error.message + " | " + error.hint;
        }
        return std::string("none");
    };
    CHECK(refused("/nonexistent\x1B") == "IO_ERROR: cannot read '/nonexistent\\u{1B}': No such file or directory | ");
    CHECK(refused(folder.path).find("Is a directory") != std::string::npos);
    world.env.uid = world.env.effective_uid + 1;
    CHECK(refused(path) ==
          "FORBIDDEN: a file of one's own is not read for somebody else | give it on standard input: '--from-file - < "
          "FILE'");
    CHECK(refused("-") == "none");
}

TEST_CASE("what was seen before is known among many") {
    Seen seen;
    for (int i = 1; i <= 100000; ++i) REQUIRE(seen.add("user" + std::to_string(i), i) == 0);
    for (int i = 1; i <= 100000; ++i) REQUIRE(seen.add("user" + std::to_string(i), 200000 + i) == i);
}
