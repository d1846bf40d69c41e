#include "src/secrets/password_policy.h"

#include <cmath>
#include <map>
#include <set>

#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

PasswordPolicy policy(std::size_t length, std::initializer_list<const char*> names) {
    PasswordPolicy made{length, {}};
    for (const std::string name : names) {
        made.classes.emplace_back(name == "symbol" ? usual_symbols : *unambiguous(name));
    }
    return made;
}

}  // namespace

TEST_CASE("a password has the length asked for and a character of each class") {
    FakeEnv fake;
    const auto wanted = policy(12, {"lower", "upper", "digit", "symbol"});
    std::set<std::string> seen;
    for (int i = 0; i < 500; ++i) {
        const auto password = new_password(fake.env, wanted);
        CHECK(password.size() == 12);
        for (const auto& one : wanted.classes) CHECK(password.reveal().find_first_of(one) != std::string_view::npos);
        seen.emplace(password.reveal());
    }
    CHECK(seen.size() == 500);
}

TEST_CASE("nothing in a password is taken for another character") {
    std::string all(usual_symbols);
    for (const char* name : {"lower", "upper", "digit"}) all += *unambiguous(name);
    CHECK(all.find_first_of("0OolI1i|!`'\"&<> .,;:") == all.npos);
    CHECK(std::set<char>(all.begin(), all.end()).size() == all.size());
    CHECK_FALSE(unambiguous("symbol"));
}

TEST_CASE("every password the policy allows is equally likely") {
    FakeEnv fake;
    // Two characters of "ab" and "c": ac, bc, ca, cb.
    const PasswordPolicy small{2, {"ab", "c"}};
    std::map<std::string, int> seen;
    constexpr int draws = 8000;
    for (int i = 0; i < draws; ++i) ++seen[std::string(new_password(fake.env, small).reveal())];
    REQUIRE(seen.size() == 4);
    // Five standard deviations; the generator is seeded, so the outcome is the same at each run.
    for (const auto& [password, count] : seen) CHECK(std::abs(count - draws / 4) < 5 * std::sqrt(draws * 3 / 16.0));
}

TEST_CASE("a byte that would favour the first characters is thrown away") {
    FakeEnv fake;
    fake.first_random = std::string("\xff\xff\x02\x01\x00", 5);
    // 255 is the largest multiple of three below 256.
    CHECK(new_password(fake.env, {3, {"abc"}}).reveal() == "cba");
}

TEST_CASE("entropy counts the passwords that the policy allows, not those that it could draw from") {
    CHECK(entropy_bits({2, {"ab", "c"}}) == Approx(2));  // ac, bc, ca, cb
    CHECK(entropy_bits({3, {"a", "b"}}) == Approx(std::log2(6)));
    CHECK(entropy_bits({1, {"a", "b"}}) == 0);
    CHECK(entropy_bits({64, {"a"}}) == 0);
    CHECK(entropy_bits({10, {"0123456789abcdef"}}) == Approx(40));
    // 16 of 55 characters are 92.5 bits; three classes take a little of that.
    CHECK(entropy_bits(policy(16, {"lower", "upper", "digit"})) == Approx(92.35).margin(0.1));
}

TEST_CASE("a symbol is one that HTML leaves alone") {
    for (const char c : usual_symbols) CHECK(is_symbol(c));
    for (const char c : std::string("&<>\"' aZ5\t\x7f\xc3")) CHECK_FALSE(is_symbol(c));
}
