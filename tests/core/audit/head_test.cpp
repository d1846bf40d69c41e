#include "src/audit/head.h"

#include <sstream>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

Link head_at(std::int64_t seq, char byte) { return {seq, std::string(32, byte)}; }

std::vector<std::int64_t> numbers(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::int64_t> found;
    for (const auto& head : read_heads(in, "shop")) found.push_back(head.seq);
    return found;
}

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a head is one line, and is read back from it") {
    const std::string line = head_line("shop", head_at(1042, '\xab'));
    CHECK(line == "audit head: shop 1042 " + std::string("abababababababababababababababab") +
                      "abababababababababababababababab");
    for (const auto* before : {"", "From: cron\n\n", "> "}) {
        for (const auto* behind : {"", "\n", "\r\n", ".", " and so on"}) {
            std::istringstream in(before + line + behind);
            const auto heads = read_heads(in, "shop");
            REQUIRE(heads.size() == 1);
            CHECK(heads.front().seq == 1042);
            CHECK(heads.front().mac == std::string(32, '\xab'));
        }
    }
}

TEST_CASE("an empty trail's head is zeros") {
    CHECK(head_line("shop", {}) == "audit head: shop 0 " + std::string(64, '0'));
}

TEST_CASE("heads come in the order of their numbers, each once") {
    const std::string one = head_line("shop", head_at(9, 'a')) + "\n";
    const std::string two = head_line("shop", head_at(10, 'b')) + "\n";
    CHECK(numbers(two + one + two) == Numbers{9, 10});
    CHECK(numbers(two + head_line("shop", head_at(10, 'c'))) == Numbers{10, 10});
}

TEST_CASE("what is nearly a head is none") {
    const std::string mac(64, 'a');
    for (const std::string& text :
         {std::string(), "audit head: crm 9 " + mac, "audit head: shop2 9 " + mac, "audit head: shop -9 " + mac,
          "audit head: shop " + mac, "audit head: shop 9 " + mac.substr(1), "audit head: shop 9 " + mac + "a",
          "audit head: shop 9  " + mac, "audit head: shop 9 " + std::string(64, 'A'),
          std::string("audit head: shop 9 "), "audit head: shop 99999999999999999999 " + mac}) {
        INFO(text);
        CHECK(numbers(text).empty());
    }
}

TEST_CASE("a head is found wherever the text is cut into blocks, and with a mailer's line breaks") {
    const std::string line = head_line("shop", head_at(77, 'x'));
    for (std::size_t at = 65536 - 120; at < 65536 + 5; ++at) {
        CHECK(numbers(std::string(at, '.') + line + "\n") == Numbers{77});
        CHECK(numbers(std::string(at, '.') + line.substr(0, 60) + "=\r\n" + line.substr(60) + "\n") == Numbers{77});
    }
    CHECK(numbers(std::string(65536 - line.size(), '.') + line + "f").empty());
}

TEST_CASE("more heads than can be compared are refused") {
    std::string text;
    for (std::int64_t seq = 1; seq <= 100001; ++seq) text += head_line("shop", head_at(seq, 'a')) + "\n";
    CHECK_THROWS_AS(numbers(text), Error);
}
