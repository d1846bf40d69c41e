#include "src/hash/salted_hash.h"

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

constexpr std::array all_salted{SaltedHash::bcrypt, SaltedHash::phpass, SaltedHash::pbkdf2_mediawiki};

// Each of a phrase and a salt, as the application itself makes it.
struct SaltedVector {
    SaltedHash hash;
    std::string text, phrase;
};
const SaltedVector wordpress{SaltedHash::phpass, "$P$BabcdefghCLuICGkISMiZyvanCcgKU0", "AbCdEfGhIjKlMnOpQrSt"};
const SaltedVector feathers{SaltedHash::bcrypt, "$2y$04$abcdefghijklmnopqrstuuXOhKQbPBqQGALcs7vPQr77VkDzRqUfe",
                            "42___00112233445566778899aabbccddee"};
const SaltedVector mediawiki{SaltedHash::pbkdf2_mediawiki,
                             ":pbkdf2:sha512:30000:64:MDEyMzQ1Njc4OWFiY2RlZg==:POJ0KG035ID5ulamoSsaFIMf1Y4O1rDygF3TPjDz"
                             "kMiFOyQiyaNySJTDkY15cdrObIz8AMx/Yjhyis12M1JmXw==",
                             "Temp-Pass-42"};

Secret phrase_of(std::string_view text) { return Secret(text); }
/// One digit of the digest is another.
std::string tampered(std::string text) {
    char& digit = text[text.size() - 8];
    digit = digit == 'x' ? 'y' : 'x';
    return text;
}

}  // namespace

TEST_CASE("salted hashes that applications made are verified") {
    for (const auto& [hash, text, phrase] : {wordpress, feathers, mediawiki}) {
        INFO(text);
        CHECK(verify_salted(hash, text, phrase_of(phrase)));
        CHECK_FALSE(verify_salted(hash, text, phrase_of(phrase + "x")));
        CHECK_FALSE(verify_salted(hash, tampered(text), phrase_of(phrase)));
        CHECK_FALSE(verify_salted(hash, text + "x", phrase_of(phrase)));
        CHECK_FALSE(verify_salted(hash, text.substr(0, text.size() - 1), phrase_of(phrase)));
        CHECK_FALSE(verify_salted(hash, text, Secret()));
        for (const auto other : all_salted) CHECK(verify_salted(other, text, phrase_of(phrase)) == (other == hash));
    }
}

TEST_CASE("a salted hash with a known salt is what the application makes") {
    FakeEnv fake;
    fake.first_random = "&'()*+,-";  // which are the 38th to 45th letters, from 'a' on
    CHECK(make_salted(fake.env, SaltedHash::phpass, 13, phrase_of(wordpress.phrase)) == wordpress.text);
    fake.first_random = "0123456789abcdef";
    CHECK(make_salted(fake.env, SaltedHash::pbkdf2_mediawiki, 30000, phrase_of(mediawiki.phrase)) == mediawiki.text);
    fake.first_random = std::string("\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3", 16);
    CHECK(make_salted(fake.env, SaltedHash::bcrypt, 4, phrase_of(feathers.phrase)) == feathers.text);
}

TEST_CASE("a salted hash that was made is verified, found by its length, and another each time") {
    FakeEnv fake;
    for (const auto hash : all_salted) {
        const unsigned work = work_of(hash).least;
        const std::string text = make_salted(fake.env, hash, work, phrase_of("a phrase"));
        INFO(text);
        CHECK(verify_salted(hash, text, phrase_of("a phrase")));
        CHECK(text != make_salted(fake.env, hash, work, phrase_of("a phrase")));
        CHECK(salted_length(hash, text + ":what follows") == text.size());
        CHECK(salted_length(hash, work) == text.size());
        CHECK(salted_length(hash, text.substr(0, text.size() - 1)) == 0);
        CHECK(salted_length(hash, "x" + text) == 0);
        CHECK(salted_length(hash, "") == 0);
    }
}

TEST_CASE("a stored hash that would keep this host busy is none") {
    CHECK(salted_length(SaltedHash::bcrypt, "$2y$16$" + std::string(53, 'u')) == 0);
    CHECK(salted_length(SaltedHash::phpass, "$P$S" + std::string(30, 'u')) == 0);
    CHECK(salted_length(SaltedHash::phpass, "$P$4" + std::string(30, 'u')) == 0);
    const std::string rest = ":64:MDEyMzQ1Njc4OWFiY2RlZg==:" + std::string(86, 'A') + "==";
    CHECK(salted_length(SaltedHash::pbkdf2_mediawiki, ":pbkdf2:sha512:1000000" + rest) != 0);
    for (const char* rounds : {"1000001", "99999999999", "999", "030000", "", "-1"}) {
        CHECK(salted_length(SaltedHash::pbkdf2_mediawiki, ":pbkdf2:sha512:" + std::string(rounds) + rest) == 0);
    }
}

TEST_CASE("what a salted hash would not take whole is refused") {
    FakeEnv fake;
    CHECK_THROWS_AS(make_salted(fake.env, SaltedHash::bcrypt, 4, phrase_of(std::string(73, 'a'))), Error);
    CHECK_THROWS_AS(make_salted(fake.env, SaltedHash::bcrypt, 4, phrase_of({"a\0b", 3})), Error);
    for (const auto hash : all_salted) {
        CHECK_THROWS_AS(make_salted(fake.env, hash, work_of(hash).least, Secret()), Error);
        CHECK_THROWS_AS(make_salted(fake.env, hash, work_of(hash).most + 1, phrase_of("a")), Error);
        CHECK_THROWS_AS(make_salted(fake.env, hash, work_of(hash).least - 1, phrase_of("a")), Error);
    }
    CHECK_FALSE(verify_salted(SaltedHash::bcrypt, feathers.text, phrase_of(std::string(73, 'a'))));
}
