#include "src/literals/env_file.h"

#include "tests/catch.h"
#include "tests/core/literals/shown.h"

using namespace pwreset;

namespace {

std::string variable(const std::string& line) { return shown(env_value("A=1\n" + line + "\nZ=2\n", "NAME")); }

}  // namespace

TEST_CASE("a variable is what stands behind its equals sign") {
    CHECK(variable("NAME=shop") == "|shop|");
    CHECK(variable("NAME = shop  ") == "|shop|");
    CHECK(variable("export NAME=shop\r") == "|shop|");
    CHECK(variable("NAME=") == "||");
    CHECK(variable("NAME=mysql://u:p#1@h/db") == "|mysql://u:p#1@h/db|");
    CHECK(variable("OTHER=shop") == "absent");
    CHECK(variable("NAME_2=shop") == "absent");
    CHECK(variable("MY_NAME=shop") == "absent");
}

TEST_CASE("quotes of a variable are taken off, and what stands in them is meant") {
    CHECK(variable("NAME='a # b $X'") == "|a # b $X|");
    CHECK(variable(R"(NAME="My \"Shop\"")") == R"(|My "Shop"|)");
    CHECK(variable(R"(NAME="price: \$5")") == "|price: $5|");
    CHECK(variable("NAME=\"shop\" # ours") == "|shop|");
}

TEST_CASE("a comment ends a variable, and begins none") {
    CHECK(variable("NAME=shop # ours") == "|shop|");
    CHECK(variable("NAME=#") == "||");
    CHECK(variable("# NAME=shop") == "absent");
    CHECK(variable("#NAME=shop") == "absent");
}

TEST_CASE("what would be put together when the application runs is computed") {
    for (const auto* line : {"NAME=${OTHER}", "NAME=\"${OTHER}/x\"", "NAME=$OTHER", "NAME=$(hostname)", "NAME=`id`",
                             "NAME=\"`id`\"", "NAME=\"a\\n\"", "NAME='it\\'s'", "NAME=two words", "NAME=a\"b\"",
                             "NAME=\"a\"b", "NAME='a' 'b'", "NAME=a\\ b"}) {
        CAPTURE(line);
        CHECK(variable(line) == "computed");
    }
}

TEST_CASE("the last of several lines counts") { CHECK(variable("NAME=a\nNAME=b") == "|b|"); }

TEST_CASE("a text of several lines hides what looks like a variable in it") {
    CHECK(variable("KEY=\"-----BEGIN\nNAME=shop\n-----END\"") == "absent");
    CHECK(variable("NAME=\"first\nsecond\"") == "computed");
    CHECK(variable("NAME=shop\nKEY='never ends") == "computed");
}

TEST_CASE("a file of variables may be empty, and may hold anything") {
    CHECK(shown(env_value("", "NAME")) == "absent");
    CHECK(shown(env_value("NAME", "NAME")) == "absent");
    CHECK(shown(env_value("NAME=", "NAME")) == "||");
    CHECK(shown(env_value("=", "NAME")) == "absent");
    CHECK(shown(env_value("NAME=\"", "NAME")) == "computed");
    CHECK(shown(env_value("NAME=\"\\", "NAME")) == "computed");
    CHECK(shown(env_value(std::string("NAME=a\0b", 8), "NAME")) == std::string("|a\0b|", 5));
}
