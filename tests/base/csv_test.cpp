#include "src/base/csv.h"

#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("a CSV cell never starts a formula") {
    CHECK(csv_cell("=1+1") == "'=1+1");
    CHECK(csv_cell("=HYPERLINK(\"http://x\",\"y\")") == "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    CHECK(csv_cell("-2") == "'-2");
    CHECK(csv_cell("@SUM(A1)") == "'@SUM(A1)");
    CHECK(csv_cell("\t=1") == "'\\u{9}=1");
    CHECK(csv_cell("\r=1") == "'\\u{D}=1");
    CHECK(csv_cell("\n=1") == "'\\u{A}=1");
    CHECK(csv_cell("＝1") == "'＝1");
    CHECK(csv_cell("＋1") == "'＋1");
    CHECK(csv_cell("－1") == "'－1");
    CHECK(csv_cell("＠x") == "'＠x");
}

TEST_CASE("a plus before digits only is a phone number and stays") {
    CHECK(csv_cell("+4930123456") == "+4930123456");
    CHECK(csv_cell("+49 30") == "'+49 30");
    CHECK(csv_cell("+1+1") == "'+1+1");
    CHECK(csv_cell("+") == "'+");
}

TEST_CASE("ordinary text is a CSV cell as it is") {
    CHECK(csv_cell("").empty());
    CHECK(csv_cell("a=b-c@example.com") == "a=b-c@example.com");
    CHECK(csv_cell("گذرواژه 漢字") == "گذرواژه 漢字");
}
