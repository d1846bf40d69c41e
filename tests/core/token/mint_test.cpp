#include "src/token/mint.h"

#include <array>
#include <set>

#include "src/base/encoding.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

/// The key 00 01 … 1f, for which the expected MACs were computed with Python's hmac module.
Key known_key() {
    std::string bytes;
    for (int i = 0; i < 32; ++i) bytes += static_cast<char>(i);
    return {"k1", Secret(std::string_view(bytes))};
}

Keyring known_ring() {
    std::vector<Key> keys;
    keys.push_back(known_key());
    return Keyring(std::move(keys));
}

/// The four bytes that new_code() reads as this number.
std::string bytes_of(std::uint32_t number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }

std::string code_from(const std::string& randomness) {
    FakeEnv world;
    world.first_random = randomness;
    return std::string(new_code(world.env).reveal());
}

std::string mac_of(std::int64_t delivery, int attempt, Kind kind, std::string_view code) {
    return hex(code_mac(known_key().bytes, delivery, attempt, kind, Secret(code)));
}

std::string normalised(std::string_view typed) { return std::string(normalised_code(typed).reveal()); }

/// The chi-square statistic of counts that should all be the same.
template <typename Counts>
double chi_square(const Counts& counts, double expected) {
    double sum = 0;
    for (const auto count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
}

}  // namespace

TEST_CASE("what is stored of a link is the SHA-256 of its digits") {
    std::string token;
    for (int i = 0; i < 32; ++i) token += "ab";
    CHECK(hex(link_verifier(Secret(std::string_view(token)))) ==
          "271a413bd339c5709fdceaec41f14f11e9fbfb5042d72d331c65f32b284cd09a");
}

TEST_CASE("a code is six digits, with its leading zeros") {
    CHECK(code_from(bytes_of(0)) == "000000");
    CHECK(code_from(bytes_of(42)) == "000042");
    CHECK(code_from(bytes_of(999'999)) == "999999");
    CHECK(code_from(bytes_of(1'000'000)) == "000000");
    CHECK(code_from(bytes_of(4'293'123'456)) == "123456");
}

TEST_CASE("numbers above the largest multiple of a million are thrown away") {
    CHECK(code_from(bytes_of(4'293'999'999)) == "999999");
    CHECK(code_from(bytes_of(4'294'000'000) + bytes_of(7)) == "000007");
    CHECK(code_from(bytes_of(UINT32_MAX) + bytes_of(4'294'000'001) + bytes_of(8)) == "000008");
}

TEST_CASE("codes are uniform, as a whole and in each digit") {
    FakeEnv world;
    constexpr int codes = 200'000;
    std::array<int, 1000> thousands{};
    std::array<std::array<int, 10>, 6> digits{};
    for (int i = 0; i < codes; ++i) {
        const Secret code = new_code(world.env);
        const auto text = code.reveal();
        for (std::size_t at = 0; at < 6; ++at) ++digits[at].at(static_cast<std::size_t>(text.at(at) - '0'));
        ++thousands.at(static_cast<std::size_t>((text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0')));
    }
    // Quantiles of the chi-square distribution at 0.001 with 9 and 999 degrees of freedom; the generator is seeded, so
    // this passes always or never.
    for (const auto& counts : digits) CHECK(chi_square(counts, codes / 10.0) < 27.88);
    CHECK(chi_square(thousands, codes / 1000.0) < 1143.9);
}

TEST_CASE("a code's MAC is that of delivery, attempt, kind and code") {
    CHECK(mac_of(42, 1, Kind::reset_otp, "012345") ==
          "6fef649c34a7e1966c02c1b5909ec5d17c9c004af1885852f976b7d5d5533868");
    const std::set<std::string> macs{
        mac_of(42, 1, Kind::reset_otp, "012345"), mac_of(43, 1, Kind::reset_otp, "012345"),
        mac_of(42, 2, Kind::reset_otp, "012345"), mac_of(42, 1, Kind::verify_caller, "012345"),
        mac_of(42, 1, Kind::reset_otp, "012346"), mac_of(4, 21, Kind::reset_otp, "012345"),
    };
    CHECK(macs.size() == 6);
}

TEST_CASE("a code is read in the digits that people type") {
    CHECK(normalised("012345") == "012345");
    CHECK(normalised(" 012 345 \r\n") == "012345");
    CHECK(normalised("012-345") == "012345");
    CHECK(normalised("۰۱۲۳۴۵") == "012345");
    CHECK(normalised("٠١٢ ٣٤٥") == "012345");
    CHECK(normalised("٦٧٨۶۷۸") == "678678");
    CHECK(normalised("۹٩9 ۰٠0") == "999000");
    CHECK(normalised("०१२३४५") == "012345");
    CHECK(normalised("０１２３４５") == "012345");
    CHECK(normalised("០១២ ៣៤៥") == "012345");
    CHECK(normalised("𝟎𝟏𝟐𝟑𝟒𝟓") == "012345");
    CHECK(normalised("0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣") == "012345");
}

TEST_CASE("a code is read whatever programs put around and between its digits") {
    for (const char* typed :
         {"012\u00A0345", "012\u202F345", "012\u3000345", "0 1 2 3 4 5", "012\u2011345", "012–345", "012 — 345",
          "012−345", "012－345", "012.345", "012·345", "\u2066012345\u2069", "\u200F۰۱۲\u200F ۳۴۵",
          "\u202A012345\u202C", "012\u200B345", "012\u00AD345", "\uFEFF012345\r\n", "\t012345\n", "012345."}) {
        INFO(typed);
        CHECK(normalised(typed) == "012345");
    }
}

TEST_CASE("what is not six digits is no code") {
    for (const char* typed : {"",          " ",          "01234",
                              "0123456",   "01234x",     "O12345",
                              "-1234",     "+12345",     "+012345",
                              "0123.5",    "०१२३४",      "０１２３４５６",
                              "01234\xdb", "012345\xa0", "01234\xe2\x80\x8b",
                              "¹²³⁴⁵⁶",    "①②③④⑤⑥",     "012,345",
                              "012345x",   "a 012345",   "一二三四五六"}) {
        INFO(typed);
        CHECK(normalised_code(typed).empty());
    }
    CHECK(normalised_code(std::string_view("01234\0", 6)).empty());
}

TEST_CASE("a keyed digest depends on the key, the purpose and the text") {
    const Keyring ring = known_ring();
    CHECK(hex(keyed_digest(ring, "recipient", "ana@example.com")) ==
          "30326c9b8b967cec36957c29e4c679a0839d33581324a5071b429836b026800c");
    CHECK(keyed_digest(ring, "recipient", "ana@example.com") != keyed_digest(ring, "password", "ana@example.com"));
    CHECK(keyed_digest(ring, "recipient", "ana@example.com") != keyed_digest(ring, "recipient", "Ana@example.com"));
    std::vector<Key> others;
    others.push_back({"k2", Secret(std::string(32, 'x'))});
    CHECK(keyed_digest(Keyring(std::move(others)), "recipient", "ana@example.com") !=
          keyed_digest(ring, "recipient", "ana@example.com"));
}

TEST_CASE("a keyed digest is known again under every key of the ring") {
    const auto ring_of = [](const std::string& bytes) {
        std::vector<Key> keys;
        for (const char byte : bytes) keys.push_back({std::string("k") + byte, Secret(std::string(32, byte))});
        return Keyring(std::move(keys));
    };
    const std::string digest = keyed_digest(ring_of("a"), "password", "42:hash");
    CHECK(is_keyed_digest(ring_of("a"), "password", "42:hash", digest));
    CHECK(is_keyed_digest(ring_of("cba"), "password", "42:hash", digest));
    CHECK_FALSE(is_keyed_digest(ring_of("cb"), "password", "42:hash", digest));
    CHECK_FALSE(is_keyed_digest(ring_of("cba"), "password", "42:other", digest));
    CHECK_FALSE(is_keyed_digest(ring_of("cba"), "recipient", "42:hash", digest));
    CHECK_FALSE(is_keyed_digest(ring_of("cba"), "password", "42:hash", ""));
}

TEST_CASE("a UUID has version 4 and its variant, whatever the random bytes are") {
    FakeEnv world;
    world.first_random = std::string(16, '\0') + std::string(16, '\xff');
    CHECK(new_uuid(world.env) == "00000000-0000-4000-8000-000000000000");
    CHECK(new_uuid(world.env) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
    CHECK(new_uuid(world.env) != new_uuid(world.env));
}

TEST_CASE("each kind has a word and each word a kind") {
    for (const auto& [kind, word] : kind_words) {
        CHECK(word_of(kind) == word);
        CHECK(kind_of(word) == kind);
    }
    CHECK_FALSE(kind_of("temporary"));
    CHECK_FALSE(kind_of(""));
    CHECK_FALSE(is_code(Kind::link));
    CHECK(is_code(Kind::reset_otp));
    CHECK(is_code(Kind::verify_caller));
    CHECK_FALSE(is_code(Kind::password_changed));
}
