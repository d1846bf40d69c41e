#include "src/config/reader.h"

#include <string>
#include <vector>

#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;

TEST_CASE("an unknown key names the nearest one, or its section") {
    CHECK(fault_of(with(database_host, "hots = \"db.example\"")) ==
          "3:1: unknown key 'database.hots' | did you mean 'host'?");
    CHECK(fault_of(with(user, user + "\npasword_file = \"x\"")) ==
          "6:1: unknown key 'database.pasword_file' | did you mean 'password_file'?");
    CHECK(fault_of(with(reset_link, reset_link + "\n  cooldown = \"2m\"")) ==
          "10:3: unknown key 'reset.cooldown' | it belongs into the section [limits] or [public]");
    CHECK(fault_of(with(protect, protect + "\nxyzzy = 1")) ==
          "8:1: unknown key 'users.xyzzy' | see pwreset.toml(5) for the keys there are");
    CHECK(fault_of("applicaton = \"shop\"\n") == "1:1: unknown key 'applicaton' | did you mean 'application'?");
    CHECK(fault_of("\"database.host\" = \"x\"\n") ==
          "1:1: unknown key 'database.host' | see pwreset.toml(5) for the keys there are");
    CHECK(fault_of(with(protect, protect + "\nrole = { tabel = \"r\" }")) ==
          "8:10: unknown key 'users.role.tabel' | did you mean 'table'?");
}

TEST_CASE("an unknown section names the nearest one") {
    CHECK(fault_of(least + "[retenton]\ntokens = \"1d\"\n") ==
          "13:2: unknown section 'retenton' | did you mean 'retention'?");
    CHECK(fault_of("database = 3\n") ==
          "1:1: expected a section for 'database' | write [database] on a line of its own");
}

TEST_CASE("control characters in a name are never printed") {
    CHECK(fault_of("\"a\\u001b[2J\" = 1\n") ==
          "1:1: unknown key 'a\\u{1B}[2J' | see pwreset.toml(5) for the keys there are");
}

TEST_CASE("a syntax error is placed and never quotes the file") {
    CHECK(fault_of("application = \"hunter2\n") ==
          "1:23: not valid TOML: error in a string | see pwreset.toml(5) for the form of the file");
    CHECK(fault_of("[database]\npassword_file = hunter2\n") ==
          "2:17: not valid TOML: error in a value | see pwreset.toml(5) for the form of the file");
    CHECK(fault_of(least + "[mail]\n") ==
          "13:1: key or section written twice | see pwreset.toml(5) for the form of the file");
}

TEST_CASE("what is no text is refused before it is parsed") {
    CHECK(fault_of("application = \"sh\xFFop\"\n") == "1:1: line that is not UTF-8 | save the file as UTF-8 text");
    CHECK(fault_of(std::string("a = 1\n\x7F"
                               "ELF\0\0",
                               12)) == "2:5: control character | name a configuration file, written as text");
    CHECK(fault_of(std::string(10 << 20, '#')) == "1:1: file larger than 1 MiB | name a configuration file");
    CHECK(fault_of("application = 1\n#" + std::string(2000, 'x')) ==
          "2:1: line longer than 1024 bytes | write it shorter");
}

TEST_CASE("a letter beyond ASCII where a blank may stand is a syntax error") {
    for (const std::string& line : std::vector<std::string>{"é = 1", "a = é", "a = [é]", "a é = 1", "گ"}) {
        INFO(line);
        CHECK_THAT(fault_of(line), ContainsSubstring("1:") && ContainsSubstring(": not valid TOML"));
    }
    CHECK_THAT(fault_of("application = \"\"\"\\\n§\"\"\"\n"), ContainsSubstring("for 'application'"));
}

TEST_CASE("a name of the file is not repeated at any length") {
    CHECK(fault_of(std::string(900, 'x') + " = 1\n") ==
          "1:1: unknown key '" + std::string(64, 'x') + "' | see pwreset.toml(5) for the keys there are");
}

TEST_CASE("sections are never lists") {
    CHECK(fault_of("[[mail]]\n") == "1:3: expected a section for 'mail' | write [mail] on a line of its own");
    CHECK(fault_of("mail = [{}]\n") == "1:1: expected a section for 'mail' | write [mail] on a line of its own");
}

TEST_CASE("what the parser takes for granted is an error when it is not so") {
    for (const std::string& line :
         std::vector<std::string>{"[=", "[[[1]]]", "[[=", "[.mail]", "a = [1, }", "a = [ }"}) {
        INFO(line);
        CHECK(fault_of(least + line + "\n[text]\n") ==
              "13:1: not valid TOML | see pwreset.toml(5) for the form of the file");
        CHECK(fault_of(line) == "1:1: not valid TOML | see pwreset.toml(5) for the form of the file");
    }
}

TEST_CASE("a file that nests as deep as it may is refused like any other") {
    std::string dotted = "a";
    for (int i = 0; i < 450; ++i) dotted += ".a";
    std::string text = dotted + " = ";
    for (int i = 0; i < 14; ++i) text += i % 2 == 0 ? "[\n" : "{ " + dotted + " = ";
    text += "1";
    for (int i = 13; i >= 0; --i) text += i % 2 == 0 ? "\n]" : "}";
    CHECK(fault_of(text + "\n") == "1:1: unknown section 'a' | see pwreset.toml(5) for the keys there are");
    CHECK(fault_of("a = " + std::string(500, '[') + "\n") ==
          "1:21: not valid TOML: error in a value | see pwreset.toml(5) for the form of the file");
}

TEST_CASE("numbers and spans have bounds and units") {
    const std::string port = "expected a whole number from 1 to 65535 for 'database.port' | write port = 3306";
    for (const std::string& value :
         std::vector<std::string>{"0", "65536", "-1", "\"3306\"", "33.06", "99999999999999"}) {
        INFO(value);
        CHECK(fault_of(with(user, user + "\nport = " + value)) == "6:8: " + port);
    }
    const std::string timeout =
        "6:16: expected a span of time from 1 s to 1 h for 'database.read_timeout' | "
        "write it with its unit (s, m, h, d), such as read_timeout = \"30s\"";
    for (const std::string& value : std::vector<std::string>{"30", "\"30\"", "\"0s\"", "\"2h\"", "\"-1s\"", "\"\""}) {
        INFO(value);
        CHECK(fault_of(with(user, user + "\nread_timeout = " + value)) == timeout);
    }
}
