#include "src/hash/password_hash.h"

#include <set>

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

TEST_CASE("a new hash has the format and parameters asked for, and a salt of its own") {
    FakeEnv fake;
    const Secret password{std::string_view("correct horse")};
    for (const PasswordFormat& format :
         {PasswordFormat(BcryptFormat{'y', 4}), PasswordFormat(BcryptFormat{'b', 5}),
          PasswordFormat(BcryptFormat{'a', 4}), PasswordFormat(Argon2idFormat{2048, 2, 2, 8, 24}),
          PasswordFormat(Argon2idFormat{}), PasswordFormat(DjangoFormat{1000, 12}),
          PasswordFormat(BcryptFormat{'y', 4, BcryptLayout::wordpress}),
          PasswordFormat(BcryptFormat{'y', 4, BcryptLayout::mediawiki}),
          PasswordFormat(MediaWikiFormat{true, 1000, 16, 64}), PasswordFormat(MediaWikiFormat{false, 1000, 8, 100}),
          PasswordFormat(BetterAuthFormat{}), PasswordFormat(RedmineFormat{})}) {
        const auto hash = hash_password(fake.env, format, password);
        INFO(hash.text);
        CHECK(password_format(hash.text) == format);
        CHECK(hash.text.size() == hash_length(format));
        CHECK(hash.salt.empty() != has_salt_apart(format));
        CHECK(hash.text != hash_password(fake.env, format, password).text);
    }
}

TEST_CASE("a hash with known salt is what others compute") {
    FakeEnv fake;
    const auto made = [&](const PasswordFormat& format, const std::string& random,
                          std::string_view password = "correct horse", std::string_view pepper = "") {
        fake.first_random = random;
        return hash_password(fake.env, format, Secret(password), pepper);
    };
    const std::string bcrypt_salt("\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3", 16);
    // Python's hashlib.pbkdf2_hmac('sha256', b'correct horse', b'aaaaaaaaaaaa', 1000)
    CHECK(made(DjangoFormat{1000, 12}, std::string(12, '\0')).text ==
          "pbkdf2_sha256$1000$aaaaaaaaaaaa$Fq6MxLDPQy9vszQTmb+zfx5DMVp/IYZpF7dAZuw2szI=");
    // echo -n 'correct horse' | argon2 somesalt -id -t 3 -k 4096 -p 1 -e
    CHECK(made(Argon2idFormat{4096, 3, 1, 8, 32}, "somesalt").text ==
          "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$wGv2pDl1z8N+TQOF7O+XVqmPdEGsCI9zk9bP3Uu63iI");
    // php -r 'echo crypt("correct horse", "$2y$05$abcdefghijklmnopqrstuu");'
    CHECK(made(BcryptFormat{'y', 5}, bcrypt_salt).text ==
          "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2");
    CHECK(made(BcryptFormat{'y', 5, BcryptLayout::mediawiki}, bcrypt_salt).text ==
          ":bcrypt:5$abcdefghijklmnopqrstuu$HNbAKRhpaujgo33bRWs.NLUTJO3lOy2");
    // The same of base64_encode(hash_hmac("sha384", "correct horse", "wp-sha384", true))
    CHECK(made(BcryptFormat{'y', 5, BcryptLayout::wordpress}, bcrypt_salt).text ==
          "$wp$2y$05$abcdefghijklmnopqrstuu9iY1gyjA3k6CGptWJJ9nIT22tG/wV8K");
    // hashlib.pbkdf2_hmac('sha512', b'Temp-Pass-42', b'0123456789abcdef', 30000, 64)
    CHECK(made(MediaWikiFormat{}, "0123456789abcdef", "Temp-Pass-42").text ==
          ":pbkdf2:sha512:30000:64:MDEyMzQ1Njc4OWFiY2RlZg==:"
          "POJ0KG035ID5ulamoSsaFIMf1Y4O1rDygF3TPjDzkMiFOyQiyaNySJTDkY15cdrObIz8AMx/Yjhyis12M1JmXw==");
    CHECK(made(MediaWikiFormat{false, 1000, 16, 128}, "0123456789abcdef").text ==
          ":pbkdf2:sha256:1000:128:MDEyMzQ1Njc4OWFiY2RlZg==:"
          "cBg8D2DungRB9k76szThf5ehfyBz991ay6PT8Srwk4NQEC0GVAwWLSUGWbcye1xU+dO7fZFld1DsscNlAN1ux3RvciwM7gPEv/43KTWV"
          "fFCKbwTr04iQrqYrBD3nQYa8EtPGJCLCw3FIgSZVKFrlXhAbyrd7+Am4sVFWGUGA8ZI=");
    // Node's crypto.scryptSync("correct horse", "73616c74…", 64, {N: 16384, r: 16, p: 1})
    CHECK(made(BetterAuthFormat{}, "saltsaltsaltsalt").text ==
          "73616c7473616c7473616c7473616c74:24aebf0db30bcc7806df0045825b3ef08523aee768dbba2c8a9e2f39ef4b2f85"
          "8b4eba20d09c1b347ee2f5236d2ab575feb8828c51a68678bfe3ad9a17f11b3a");
    // hashlib.sha1((salt + hashlib.sha1(b"correct horse").hexdigest()).encode()).hexdigest()
    CHECK(made(RedmineFormat{}, "saltsaltsaltsalt") ==
          PasswordHash{"b3b6ac2eed0852407c3a642992294dbc9f1b83bc", "73616c7473616c7473616c7473616c74"});
}

TEST_CASE("what an application puts behind each password is hashed with it, as far as bcrypt reads") {
    FakeEnv fake;
    const auto made = [&](const std::string& pepper) {
        fake.first_random = std::string("\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3", 16);
        return hash_password(fake.env, BcryptFormat{'a', 5}, Secret(std::string_view("correct horse")), pepper).text;
    };
    // php -r 'echo crypt("correct horse" . "pepper", "$2a$05$abcdefghijklmnopqrstuu");'
    CHECK(made("pepper") == "$2a$05$abcdefghijklmnopqrstuuxddOY723GZwp48m0wXLFKcyFGssuaRO");
    std::string devise;  // of 128 characters, which is what Devise's generator writes
    for (int i = 0; i < 8; ++i) devise += "0123456789abcdef";
    CHECK(made(devise) == "$2a$05$abcdefghijklmnopqrstuuvyNIwnp5IFc8DB2/5g43GfpTXL/QviO");
    CHECK(made(devise.substr(0, 59)) == made(devise));
    CHECK_THROWS_AS(
        hash_password(fake.env, DjangoFormat{1000, 12}, Secret(std::string_view("correct horse")), "pepper"), Error);
}

TEST_CASE("a password that an application trims or normalises is not hashed for it") {
    FakeEnv fake;
    for (const PasswordFormat& format :
         {PasswordFormat(BcryptFormat{'y', 4, BcryptLayout::wordpress}), PasswordFormat(BetterAuthFormat{})}) {
        for (const char* password : {" correct", "correct ", "correct\t",
                                     "corr\xc3\xa9"
                                     "ct"}) {
            CHECK_THROWS_AS(hash_password(fake.env, format, Secret(std::string_view(password))), Error);
        }
        CHECK_NOTHROW(hash_password(fake.env, format, Secret(std::string_view("correct horse"))));
    }
}

TEST_CASE("a password that a format would cut short is not hashed") {
    FakeEnv fake;
    const PasswordFormat format = BcryptFormat{'y', 4};
    CHECK_NOTHROW(hash_password(fake.env, format, Secret(std::string_view(std::string(72, 'a')))));
    CHECK_THROWS_AS(hash_password(fake.env, format, Secret(std::string_view(std::string(73, 'a')))), Error);
    CHECK_THROWS_AS(hash_password(fake.env, format, Secret(std::string_view("ab\0cd", 5))), Error);
    CHECK_THROWS_AS(hash_password(fake.env, format, Secret()), Error);
}

TEST_CASE("a hash of nothing looks like any other of its format") {
    FakeEnv fake;
    for (const auto& name : format_names()) {
        const auto format = *format_named(name);
        std::set<std::string> seen;
        for (int i = 0; i < 20; ++i) {
            const auto hash = hash_of_nothing(fake.env, format);
            INFO(hash.text);
            CHECK(password_format(hash.text) == format);
            CHECK(hash.salt.empty() != has_salt_apart(format));
            seen.insert(hash.text);
        }
        CHECK(seen.size() == 20);
    }
}
