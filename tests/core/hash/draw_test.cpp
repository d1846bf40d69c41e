#include "src/hash/draw.h"

#include <map>

#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;
using namespace std::string_literals;

TEST_CASE("letters are drawn evenly, by the bytes that divide evenly among them") {
    FakeEnv fake;
    fake.first_random = "\x00\x01\xff\xfe\xfc\x02\xfb"s;
    CHECK(draw_letters(fake.env, "abc", 5).reveal() == "abcac");
    CHECK(draw_letters(fake.env, "abc", 0).empty());
    std::map<char, int> times;
    const Secret many = draw_letters(fake.env, "abcdefghij", 100'000);
    for (const char letter : many.reveal()) ++times[letter];
    CHECK(times.size() == 10);
    for (const auto& [letter, count] : times) CHECK(std::abs(count - 10'000) < 500);
}
