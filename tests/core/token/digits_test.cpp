#include "src/token/digits.h"

#include <string>

#include "src/base/printable.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

/// The values of a text's characters, "." for what is no digit.
std::string values(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const int value = digit_value(next_code_point(text, at));
        out += value < 0 ? '.' : static_cast<char>('0' + value);
    }
    return out;
}

}  // namespace

TEST_CASE("the ten digits of each script have their values") {
    CHECK(values("0123456789") == "0123456789");
    CHECK(values("٠١٢٣٤٥٦٧٨٩") == "0123456789");
    CHECK(values("۰۱۲۳۴۵۶۷۸۹") == "0123456789");
    CHECK(values("०१२३४५६७८९") == "0123456789");
    CHECK(values("০১২৩৪৫৬৭৮৯") == "0123456789");
    CHECK(values("๐๑๒๓๔๕๖๗๘๙") == "0123456789");
    CHECK(values("０１２３４５６７８９") == "0123456789");
    CHECK(values("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟘") == "01234567890");
    CHECK(values("🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹") == "0123456789");
}

TEST_CASE("what stands beside digits in Unicode, or only looks like one, is none") {
    CHECK(values("/:oOlI") == "......");
    CHECK(values("¹①½Ⅷ一〇") == "......");
    CHECK(values("\u065F\u066A\u06FA\u0970") == "....");
    CHECK(values("\xff") == ".");
}

TEST_CASE("dashes are dashes however they are written") {
    for (const char32_t dash : U"-\u2010\u2011\u2013\u2014\u2212\uFE63\uFF0D") {
        if (dash != 0) CHECK(is_dash(dash));
    }
    for (const char32_t other : U"_~+.a0 \u30FC\u2022") CHECK_FALSE(is_dash(other));
}
