#include "src/base/reference.h"

#include <cctype>
#include <limits>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::int64_t largest = (std::int64_t{1} << 60) - 1;

/// The first and the last id of each length (5 to 12 symbols and the check symbol), and some between.
std::vector<std::int64_t> ids_of_all_lengths() {
    std::vector<std::int64_t> ids = {1, 2, 4711};
    for (int symbols = 5; symbols < 12; ++symbols) {
        ids.push_back((std::int64_t{1} << 5 * symbols) - 1);
        ids.push_back(std::int64_t{1} << 5 * symbols);
    }
    ids.push_back(largest);
    std::mt19937_64 random(20260301);
    std::uniform_int_distribution<std::int64_t> large(std::int64_t{1} << 30, largest);
    for (int i = 0; i < 10; ++i) ids.push_back(large(random));
    return ids;
}

std::size_t symbols_of(const std::string& reference) { return reference.size() - 1; }

}  // namespace

// Worked out by another implementation; they may never change, as people have them in their mailboxes.
TEST_CASE("a reference is the same for ever") {
    CHECK(reference_of(1) == "G1XB-MX");
    CHECK(reference_of(2) == "CEB6-ZK");
    CHECK(reference_of(1'000'000) == "7C6R-4Q");
    CHECK(reference_of(100'000'000) == "MDXH-KZ2");
    CHECK(reference_of(largest) == "254J-F1SAE538X");
}

TEST_CASE("the first hundred thousand references differ and lead back to their ids") {
    std::set<std::string> seen;
    std::int64_t wrong = 0;
    for (std::int64_t id = 1; id <= 100'000; ++id) {
        const std::string reference = reference_of(id);
        seen.insert(reference);
        wrong += parse_reference(reference) != id || reference.size() != 7 || reference[4] != '-';
    }
    CHECK(wrong == 0);
    CHECK(seen.size() == 100'000);
}

TEST_CASE("ids of every length, and large ones at random, lead back") {
    for (const std::int64_t id : ids_of_all_lengths()) CHECK(parse_reference(reference_of(id)) == id);
}

TEST_CASE("a reference is as long as its id needs, and six symbols at least") {
    CHECK(symbols_of(reference_of(1)) == 6);
    CHECK(symbols_of(reference_of((1 << 25) - 1)) == 6);
    CHECK(symbols_of(reference_of(1 << 25)) == 7);
    CHECK(symbols_of(reference_of((1 << 30) - 1)) == 7);
    CHECK(symbols_of(reference_of(1 << 30)) == 8);
    CHECK(symbols_of(reference_of(largest)) == 13);
}

TEST_CASE("an id outside 1 to 2^60-1 has no reference") {
    CHECK(reference_of(0) == "?");
    CHECK(reference_of(-1) == "?");
    CHECK(reference_of(largest + 1) == "?");
    CHECK(reference_of(std::numeric_limits<std::int64_t>::min()) == "?");
}

TEST_CASE("neighbouring ids have references that look unlike") {
    std::int64_t alike = 0;
    for (std::int64_t id = 1; id < 10'000; ++id) {
        const std::string one = reference_of(id);
        const std::string next = reference_of(id + 1);
        std::size_t same = 0;
        for (std::size_t i = 0; i < one.size(); ++i) same += i != 4 && one[i] == next[i];
        alike += same >= 4;
    }
    CHECK(alike <= 10);
}

TEST_CASE("a reference is read in any case, with dashes and spaces anywhere or nowhere") {
    const std::string reference = reference_of(4711);
    std::string small = reference;
    for (char& c : small) c = static_cast<char>(std::tolower(c));
    CHECK(parse_reference(small) == 4711);
    CHECK(parse_reference(reference.substr(0, 4) + reference.substr(5)) == 4711);
    CHECK(parse_reference("  " + reference.substr(0, 2) + " - " + reference.substr(2) + " ") == 4711);
}

TEST_CASE("letters that look like digits are read as those") {
    std::size_t replaced = 0;
    for (std::int64_t id = 1; id <= 200; ++id) {
        for (const auto& [digit, letters] : {std::pair{'0', "oO"}, std::pair{'1', "iIlL"}}) {
            for (const char letter : std::string_view(letters)) {
                std::string typed = reference_of(id);
                for (char& c : typed) {
                    if (c != digit) continue;
                    c = letter;
                    ++replaced;
                }
                CHECK(parse_reference(typed) == id);
            }
        }
    }
    CHECK(replaced > 0);
}

TEST_CASE("every single wrong symbol is noticed, at every length") {
    for (const std::int64_t id : ids_of_all_lengths()) {
        const std::string reference = reference_of(id);
        std::size_t unnoticed = 0;
        for (std::size_t i = 0; i < reference.size(); ++i) {
            if (i == 4) continue;
            for (const char c : alphabet) {
                std::string wrong = reference;
                wrong[i] = c;
                unnoticed += c != reference[i] && parse_reference(wrong).has_value();
            }
        }
        CHECK(unnoticed == 0);
    }
}

TEST_CASE("every two swapped symbols are noticed, neighbours or not, at every length") {
    for (const std::int64_t id : ids_of_all_lengths()) {
        const std::string reference = reference_of(id);
        std::size_t unnoticed = 0;
        for (std::size_t i = 0; i < reference.size(); ++i) {
            for (std::size_t j = i + 1; j < reference.size(); ++j) {
                if (i == 4 || j == 4 || reference[i] == reference[j]) continue;
                std::string wrong = reference;
                std::swap(wrong[i], wrong[j]);
                unnoticed += parse_reference(wrong).has_value();
            }
        }
        CHECK(unnoticed == 0);
    }
}

TEST_CASE("what cannot be a reference is refused") {
    for (const char* text :
         {"", "-", "    ", "000000", "0000-00", "0", "7K3QM", "UUUU-UU", "7K3Q-M!", "7K3Q_M2", "ref:G1XB-MX",
          "0000000000000", "00000000000000", "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ", "7K3Q-M\xC3\xA9"}) {
        INFO(text);
        CHECK_FALSE(parse_reference(text));
    }
}

TEST_CASE("each id has one reference only: a longer text with a right check symbol is refused") {
    // Of all texts of seven symbols with a right check symbol, 1 in 32 would be an id that has a reference of six.
    std::mt19937 random(7);
    std::uniform_int_distribution<std::size_t> symbol(0, 31);
    std::size_t read = 0;
    std::size_t wrong = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (int k = 0; k < 7; ++k) text += alphabet[symbol(random)];
        const std::optional<std::int64_t> id = parse_reference(text);
        if (!id) continue;
        ++read;
        wrong += *id < 1 << 25 || reference_of(*id) != text.insert(4, "-");
    }
    CHECK(read > 0);
    CHECK(wrong == 0);
}
