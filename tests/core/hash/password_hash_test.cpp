#include "src/hash/password_hash.h"

#include <set>

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

// Made by PHP's password_hash() and the tool argon2; Django's with a digest that is easily read.
constexpr const char* php_bcrypt = "$2y$10$cuf5H11TKd0RSdRxc1/RnuDZ.OakLn7NCumrM8WW2PF9CrBxTMORa";
constexpr const char* argon2_tool =
    "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$wGv2pDl1z8N+TQOF7O+XVqmPdEGsCI9zk9bP3Uu63iI";
constexpr const char* django = "pbkdf2_sha256$260000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=";

std::string bcrypt(const std::string& head) { return head + std::string(53, 'u'); }

}  // namespace

TEST_CASE("a stored hash tells its format and parameters") {
    CHECK(password_format(php_bcrypt) == PasswordFormat(BcryptFormat{'y', 10}));
    CHECK(password_format(bcrypt("$2b$12$")) == PasswordFormat(BcryptFormat{'b', 12}));
    CHECK(password_format(bcrypt("$2a$04$")) == PasswordFormat(BcryptFormat{'a', 4}));
    CHECK(password_format(argon2_tool) == PasswordFormat(Argon2idFormat{4096, 3, 1, 8, 32}));
    CHECK(password_format(django) == PasswordFormat(DjangoFormat{260000, 12}));
}

TEST_CASE("what is no hash of a format we write has none") {
    for (const std::string& text :
         {std::string(),
          std::string("!"),
          std::string("*"),
          std::string("secret"),
          std::string("$2"),
          bcrypt("$2x$10$"),
          bcrypt("$2y$10$").substr(1),
          bcrypt("$2y$10$") + "u",
          bcrypt("$2y$1x$"),
          bcrypt("$2y$10$").replace(20, 1, "!"),
          bcrypt("$wp$2y$10$"),
          std::string("$P$BabcdefghCLuICGkISMiZyvanCcgKU0"),
          std::string("$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$qLml5cbqFAO6YxVHhrSBHP0UWdxrIxkNcM8aMX3blzU"),
          std::string("$argon2id$v=16$m=4096,t=3,p=1$c29tZXNhbHQ$qLml5cbqFAO6YxVHhrSBHP0UWdxrIxkNcM8aMX3blzU"),
          std::string("$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ"),
          std::string("$argon2id$v=19$m=,t=3,p=1$a$b"),
          std::string("pbkdf2_sha256$0260000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="),
          std::string("pbkdf2_sha256$-1$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="),
          std::string("pbkdf2_sha256$260000$saltsaltsalt$aGFzaA=="),
          std::string("pbkdf2_sha1$1$salt$aGFzaA==")}) {
        INFO(text);
        CHECK_FALSE(password_format(text));
    }
}

TEST_CASE("parameters that would hold up or exhaust this host are refused") {
    CHECK(password_format(bcrypt("$2y$15$")));
    CHECK_FALSE(password_format(bcrypt("$2y$16$")));
    CHECK_FALSE(password_format(bcrypt("$2y$31$")));
    CHECK_FALSE(password_format(bcrypt("$2y$99$")));
    CHECK_FALSE(password_format(bcrypt("$2y$03$")));
    const auto argon = [](const std::string& parameters) {
        return password_format("$argon2id$v=19$" + parameters +
                               "$c29tZXNhbHQ$qLml5cbqFAO6YxVHhrSBHP0UWdxrIxkNcM8aMX3blzU");
    };
    CHECK(argon("m=65536,t=4,p=1"));
    CHECK(argon("m=262144,t=4,p=16"));
    CHECK_FALSE(argon("m=262145,t=1,p=1"));
    CHECK_FALSE(argon("m=2147483648,t=1,p=1"));
    CHECK_FALSE(argon("m=4294967296,t=1,p=1"));
    CHECK_FALSE(argon("m=262144,t=5,p=1"));
    CHECK_FALSE(argon("m=65536,t=4294967295,p=1"));
    CHECK_FALSE(argon("m=65536,t=1,p=17"));
    CHECK_FALSE(argon("m=8,t=1,p=2"));
    CHECK_FALSE(argon("m=65536,t=0,p=1"));
    CHECK(password_format("pbkdf2_sha256$4000000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="));
    CHECK_FALSE(password_format("pbkdf2_sha256$4000001$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="));
    CHECK_FALSE(password_format("pbkdf2_sha256$1000$" + std::string(65, 's') +
                                "$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="));
}

TEST_CASE("a hash is named without its salt and digest") {
    CHECK(name_of_hash(php_bcrypt) == "bcrypt $2y$ of cost 10");
    CHECK(name_of_hash(bcrypt("$2y$31$")) == "bcrypt $2y$ of cost 31, which is out of bounds");
    CHECK(name_of_hash(argon2_tool) == "Argon2id of m=4096, t=3, p=1");
    CHECK(name_of_hash(django) == "pbkdf2_sha256 of 260000 iterations");
    CHECK(name_of_hash("$P$BabcdefghCLuICGkISMiZyvanCcgKU0") == "phpass (WordPress before 6.8)");
    CHECK(name_of_hash("5f4dcc3b5aa765d61d8327deb882cf99") == "unknown");
}

TEST_CASE("the format most of the recent hashes have is the one that is written") {
    const std::string old = bcrypt("$2y$10$");
    const std::string current = bcrypt("$2y$12$");
    CHECK(prevailing_format({current, current, old}) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(prevailing_format({django, current, current}) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(prevailing_format({"!", "*", "", old}) == PasswordFormat(BcryptFormat{'y', 10}));
}

TEST_CASE("of formats that are equally frequent the newest is written") {
    CHECK(prevailing_format({bcrypt("$2y$12$"), django}) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(prevailing_format({django, bcrypt("$2y$12$")}) == PasswordFormat(DjangoFormat{260000, 12}));
}

TEST_CASE("where most hashes are of a format we do not write, none is written") {
    CHECK_FALSE(prevailing_format({"$P$Bx", "$P$By", bcrypt("$2y$12$")}));
    CHECK_FALSE(prevailing_format({bcrypt("$2y$31$"), bcrypt("$2y$31$"), bcrypt("$2y$12$")}));
    CHECK_FALSE(prevailing_format({"!", "*"}));
    CHECK_FALSE(prevailing_format({}));
}

TEST_CASE("a new hash has the format and parameters asked for, and a salt of its own") {
    FakeEnv fake;
    const Secret password{std::string_view("correct horse")};
    for (const PasswordFormat& format :
         {PasswordFormat(BcryptFormat{'y', 4}), PasswordFormat(BcryptFormat{'b', 5}),
          PasswordFormat(BcryptFormat{'a', 4}), PasswordFormat(Argon2idFormat{64, 2, 2, 8, 24}),
          PasswordFormat(Argon2idFormat{}), PasswordFormat(DjangoFormat{1000, 12})}) {
        const auto hash = hash_password(fake.env, format, password);
        INFO(hash);
        CHECK(password_format(hash) == format);
        CHECK(hash.size() == hash_length(format));
        CHECK(hash != hash_password(fake.env, format, password));
    }
}

TEST_CASE("a hash with known salt is what others compute") {
    FakeEnv fake;
    // Python's hashlib.pbkdf2_hmac('sha256', b'correct horse', b'aaaaaaaaaaaa', 1000)
    fake.first_random = std::string(12, '\0');
    CHECK(hash_password(fake.env, DjangoFormat{1000, 12}, Secret(std::string_view("correct horse"))) ==
          "pbkdf2_sha256$1000$aaaaaaaaaaaa$Fq6MxLDPQy9vszQTmb+zfx5DMVp/IYZpF7dAZuw2szI=");
    // echo -n 'correct horse' | argon2 somesalt -id -t 3 -k 4096 -p 1 -e
    fake.first_random = "somesalt";
    CHECK(hash_password(fake.env, Argon2idFormat{4096, 3, 1, 8, 32}, Secret(std::string_view("correct horse"))) ==
          "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$wGv2pDl1z8N+TQOF7O+XVqmPdEGsCI9zk9bP3Uu63iI");
    // php -r 'echo crypt("correct horse", "$2y$05$abcdefghijklmnopqrstuu");'
    fake.first_random = std::string("\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3", 16);
    CHECK(hash_password(fake.env, BcryptFormat{'y', 5}, Secret(std::string_view("correct horse"))) ==
          "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2");
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
    for (const PasswordFormat& format : {PasswordFormat(BcryptFormat{'b', 12}), PasswordFormat(Argon2idFormat{}),
                                         PasswordFormat(DjangoFormat{260000, 22})}) {
        std::set<std::string> seen;
        for (int i = 0; i < 20; ++i) {
            const auto hash = hash_of_nothing(fake.env, format);
            INFO(hash);
            CHECK(password_format(hash) == format);
            seen.insert(hash);
        }
        CHECK(seen.size() == 20);
    }
}
