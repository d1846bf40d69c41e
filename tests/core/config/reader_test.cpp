#include "src/toml/reader.h"

#include <array>
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

TEST_CASE("a syntax error says where it is and what the parser knows, and never quotes the file") {
    const std::string form = "see pwreset.toml(5) for the form of the file";
    const std::string quotes = "write text, also an address, a path or a span such as 2m, in double quotes";
    const std::string in_quotes = "a name with other characters than letters, digits, '_' and '-' stands in quotes";
    const std::string no_value = "could not determine value type";
    const std::vector<std::array<std::string, 3>> rows{
        {"port = 0123", "leading zeroes are prohibited", form},
        {"port = -01", "leading zeroes are prohibited", form},
        {"port = 1__0", "underscores may only follow digits", form},
        {"port = _1", "values may not begin with underscores", form},
        {"port = 99999999999999999999", "number that is not representable in 64 bits", form},
        {"port = 0xg", "expected digit", quotes},
        {"timeout = 2m", "expected digit", quotes},
        {"host = 127.0.0.1", "expected decimal digit", quotes},
        {"host = hunter2", no_value, quotes},
        {"enabled = yes", no_value, quotes},
        {"enabled = True", "expected 'true'", form},
        {"enabled = falsehunter2", "expected value-terminator", form},
        {"host = \u201Chunter2\u201D", no_value, quotes},
        {"host = \"hunter2\n", "text without a closing quote on its line", form},
        {"host = 'hunter2\n", "text without a closing quote on its line", form},
        {"host = \"C:\\hunter2\"", "unknown escape sequence", "write a backslash twice, or the text in single quotes"},
        {"host = \"\\u00G0hunter2\"", "expected hex digit", form},
        {"host = \"\\uD800hunter2\"", "unicode surrogates are prohibited", form},
        {"host = \"hunter2\" hunter2", "expected a comment or whitespace", form},
        {"hosts = [\"hunter2\" \"x\"]", "expected comma or closing ']'", form},
        {"hosts = [,]", "expected value or closing ']'", form},
        {"role = { table = \"hunter2\", }", "comma behind the last key of an inline table", form},
        {"role = { table = \"hunter2\" x }", "expected comma or closing '}'", form},
        {"host hunter2", "expected '='", form},
        {"host: hunter2", "expected '='", form},
        {"domain users = [\"hunter2\"]", "expected '='", in_quotes},
        {"helpdesk@corp.example = [\"hunter2\"]", "expected '='", in_quotes},
        {"CORP\\helpdesk = [\"hunter2\"]", "expected '='", in_quotes},
        {"S\u00FCd = [\"hunter2\"]", "expected '='", in_quotes},
        {"host =\n", "expected value", form},
        {"= hunter2", "expected keys, tables, whitespace or comments", form},
        {"[mail] hunter2", "expected a comment or whitespace", form},
        {"[mail\n", "expected ']'", form},
        {"[]", "section without a name", form},
        {"[ [mail]]", "[[ and ]] must not be torn apart", form},
        {"from = 2026-13-01", "expected month between 1 and 12 (inclusive)", form},
    };
    for (const auto& [line, fault, hint] : rows) {
        INFO(line);
        const std::string told = fault_of("# of the shop\n" + line + "\n");
        CHECK_THAT(told, ContainsSubstring("2:") && ContainsSubstring(": not valid TOML: " + fault + " | " + hint));
        CHECK(told.find("hunter2") == std::string::npos);
    }
    CHECK(fault_of("port = 0123\n") == "1:12: not valid TOML: leading zeroes are prohibited | " + form);
    CHECK(fault_of("application = \"hunter2") == "1:23: unexpected end of the file | " + form);
    CHECK(fault_of("application =") == "1:14: unexpected end of the file | " + form);
}

TEST_CASE("what is written twice is named, and never a value") {
    const std::vector<std::array<std::string, 2>> rows{
        {"host = \"a\"\nhost = \"hunter2\"", "'host'"},
        {"host = \"a\"\n\"host\" = \"hunter2\"", "'host'"},
        {"'host' = \"a\"\n 'host' = \"hunter2\"", "'host'"},
        {"role = \"a\"\nrole.table = \"hunter2\"", "'role.table'"},
        {"role.table = 1\nrole.table = 2", "'role.table'"},
        {"role = { table = 1,  table = 2 }", "'table'"},
        {"role = { table = 1 }\nrole.user = 2", "'role.user'"},
        {"[mail]\nhost = 1\n[mail]", "'mail'"},
        {"[mail]\nhost = 1\nhost = 2", "'host'"},
        {"[mail]\n[ \"mail\" ]", "'mail'"},
        {"[mail]\n[[mail]]", "'mail'"},
        {"[a.b]\n[a.b]", "'a.b'"},
        {"a = { b = 1 }\n[a.c]", "'a.c'"},
        {std::string(900, 'x') + " = 1\n" + std::string(900, 'x') + " = 2", "'" + std::string(64, 'x') + "'"},
        {"\"a\\u001b[2J\" = 1\n\"a\\u001b[2J\" = 2", "'a\\u001b[2J'"},
    };
    for (const auto& [text, name] : rows) {
        INFO(text);
        CHECK_THAT(fault_of(text + "\n"),
                   ContainsSubstring(": key or section " + name + " written twice | write it once"));
    }
    CHECK_THAT(fault_of(least + "[mail]\n"), ContainsSubstring("13:1: key or section 'mail' written twice"));
    CHECK_THAT(fault_of("hosts = [\n  \"hunter2\", { \"b\" = 1, \"b\" = 2 }]\n"),
               ContainsSubstring("2:") && ContainsSubstring(": key or section written twice"));
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
    CHECK(
        fault_of("a = " + std::string(500, '[') + "\n") ==
        "1:21: not valid TOML: values within values, too many of them | see pwreset.toml(5) for the form of the file");
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

TEST_CASE("what a file does not say holds as the file has it that it stands on, section by section") {
    static constexpr std::string_view keys[] = {"users.table",        "users.email",     "users.role",
                                                "users.role.column",  "users.role.list", "users.refuse",
                                                "users.refuse.column"};
    const auto base = std::make_shared<const ConfigText>(
        "[users]\ntable = \"members\"\nemail = \"mail\"\nrole = { column = \"kind\", list = \"json\" }\n"
        "[[users.refuse]]\ncolumn = \"provider\"\n[[users.refuse]]\ncolumn = \"gone\"\n",
        "base.toml", keys);
    ConfigText text("[users]\nemail = \"address\"\nrole = { column = \"role\" }\n", "own.toml", keys);
    text.stand_on(base);
    const Section users(text, "users");
    CHECK(users.text("table") == "members");
    CHECK(users.text("email") == "address");
    CHECK(users.keys() == std::vector<std::string>{"email", "role", "table", "refuse"});
    const Section role(text, "users.role");
    CHECK(role.text("column") == "role");
    CHECK_FALSE(role.given("list"));  // braces are one value
    const auto refuse = users.tables("refuse");
    REQUIRE(refuse.size() == 2);
    CHECK(refuse[1].text("column") == "gone");
    const auto fault_at = [](const Section& section, std::string_view key) {
        try {
            section.fail(key, "fault", "");
        } catch (const Error& error) {
            return error.message;
        }
        return std::string();
    };
    CHECK(fault_at(users, "table") == "base.toml:2:9: fault");
    CHECK(fault_at(users, "email") == "own.toml:2:9: fault");
    CHECK(fault_at(refuse[0], "column") == "base.toml:6:10: fault");
    CHECK(fault_at(role, "list") == "own.toml:3:8: fault");
}

TEST_CASE("a key that is not known is refused in a list of tables, too") {
    static constexpr std::string_view keys[] = {"users.refuse", "users.refuse.column"};
    const ConfigText text("[users]\nrefuse = [{ column = \"a\" }, { colunm = \"b\" }]\n", "own.toml", keys);
    CHECK_THROWS_WITH(text.refuse_unknown(), ContainsSubstring("own.toml:2:31: unknown key 'users.refuse.colunm'"));
}
