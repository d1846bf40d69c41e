#include "src/message/segments.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// "COUNT/PLAIN", and how many characters are to blame.
std::string counted(const std::string& text) {
    const auto found = segments_of(text);
    return std::to_string(found.count) + "/" + std::to_string(found.plain) + " " + std::to_string(found.costly.size());
}

std::string times(int count, const std::string& piece) {
    std::string text;
    for (int i = 0; i < count; ++i) text += piece;
    return text;
}

}  // namespace

TEST_CASE("a text of the small alphabet has 160 places, then 153 each") {
    CHECK(counted("") == "1/1 0");
    CHECK(counted(times(160, "a")) == "1/1 0");
    CHECK(counted(times(160, "ü")) == "1/1 0");
    CHECK(counted(times(161, "a")) == "2/2 0");
    CHECK(counted(times(306, "a")) == "2/2 0");
    CHECK(counted(times(307, "a")) == "3/3 0");
    CHECK(counted(times(80, "€")) == "1/1 0");
    CHECK(counted(times(80, "[") + "a") == "2/2 0");
}

TEST_CASE("one character beyond the alphabet leaves 70, then 67 each") {
    CHECK(counted(times(69, "a") + "’") == "1/1 1");
    CHECK(counted(times(70, "a") + "’") == "2/1 1");
    CHECK(counted(times(134, "a") + "ç") == "3/1 1");
    CHECK(counted(times(69, "a") + "😀") == "2/1 1");
    CHECK(counted(times(140, "a") + "“”…") == "3/1 3");
    CHECK(counted(times(158, "a") + "…") == "3/2 1");
}

TEST_CASE("a script that has no other letters is not to blame") {
    CHECK(counted(times(71, "ک")) == "2/2 0");
    CHECK(counted(times(71, "д") + "’") == "2/2 0");
}
