#include "src/hash/password_format.h"

#include "src/base/encoding.h"
#include "src/hash/password_hash.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

// Made by PHP's password_hash() and the tool argon2; Django's with a digest that is easily read.
constexpr const char* php_bcrypt = "$2y$10$cuf5H11TKd0RSdRxc1/RnuDZ.OakLn7NCumrM8WW2PF9CrBxTMORa";
constexpr const char* argon2_tool =
    "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$wGv2pDl1z8N+TQOF7O+XVqmPdEGsCI9zk9bP3Uu63iI";
constexpr const char* django = "pbkdf2_sha256$260000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=";

// Of 'Temp-Pass-42' and of 'correct horse', by Python's hashlib and Node's crypto.
constexpr const char* mediawiki_hash =
    ":pbkdf2:sha512:30000:64:MDEyMzQ1Njc4OWFiY2RlZg==:"
    "POJ0KG035ID5ulamoSsaFIMf1Y4O1rDygF3TPjDzkMiFOyQiyaNySJTDkY15cdrObIz8AMx/Yjhyis12M1JmXw==";
constexpr const char* better_auth =
    "73616c7473616c7473616c7473616c74:"
    "24aebf0db30bcc7806df0045825b3ef08523aee768dbba2c8a9e2f39ef4b2f85"
    "8b4eba20d09c1b347ee2f5236d2ab575feb8828c51a68678bfe3ad9a17f11b3a";

std::string bcrypt(const std::string& head) { return head + std::string(53, 'u'); }

}  // namespace

TEST_CASE("a stored hash tells its format and parameters") {
    CHECK(password_format(php_bcrypt) == PasswordFormat(BcryptFormat{'y', 10}));
    CHECK(password_format(bcrypt("$2b$12$")) == PasswordFormat(BcryptFormat{'b', 12}));
    CHECK(password_format(bcrypt("$2a$04$")) == PasswordFormat(BcryptFormat{'a', 4}));
    CHECK(password_format(argon2_tool) == PasswordFormat(Argon2idFormat{4096, 3, 1, 8, 32}));
    CHECK(password_format(django) == PasswordFormat(DjangoFormat{260000, 12}));
    CHECK(password_format(bcrypt("$wp$2y$10$")) == PasswordFormat(BcryptFormat{'y', 10, BcryptLayout::wordpress}));
    CHECK(password_format(":bcrypt:9$" + std::string(22, 'u') + "$" + std::string(31, 'u')) ==
          PasswordFormat(BcryptFormat{'y', 9, BcryptLayout::mediawiki}));
    CHECK(password_format(mediawiki_hash) == PasswordFormat(MediaWikiFormat{true, 30000, 16, 64}));
    CHECK(password_format(better_auth) == PasswordFormat(BetterAuthFormat{}));
    CHECK(password_format("b3b6ac2eed0852407c3a642992294dbc9f1b83bc") == PasswordFormat(RedmineFormat{}));
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
          bcrypt("$wp$2b$10$"),
          bcrypt("$wp$2y$10$") + "u",
          ":bcrypt:9$" + std::string(22, 'u') + std::string(32, 'u'),
          ":bcrypt:09$" + std::string(22, 'u') + "$" + std::string(31, 'u'),
          ":bcrypt:9$" + std::string(22, 'u') + "$" + std::string(31, '!'),
          ":pbkdf2:md5:30000:64" + std::string(mediawiki_hash).substr(24),
          ":pbkdf2:sha512:30000:63" + std::string(mediawiki_hash).substr(24),
          ":pbkdf2:sha512:030000:64" + std::string(mediawiki_hash).substr(24),
          std::string(mediawiki_hash) + "=",
          std::string(better_auth).substr(1),
          std::string(better_auth) + "0",
          "A" + std::string(better_auth).substr(1),
          std::string(39, 'a'),
          std::string(40, 'g'),
          std::string(40, 'A'),
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
    CHECK_FALSE(password_format(bcrypt("$wp$2y$16$")));
    CHECK_FALSE(password_format(":bcrypt:31$" + std::string(22, 'u') + "$" + std::string(31, 'u')));
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
    CHECK(argon("m=1024,t=4,p=1"));
    CHECK_FALSE(argon("m=1024,t=3,p=1"));
    CHECK(password_format("pbkdf2_sha256$4000000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="));
    CHECK_FALSE(password_format("pbkdf2_sha256$4000001$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="));
    CHECK_FALSE(password_format("pbkdf2_sha256$999$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="));
    CHECK_FALSE(password_format("pbkdf2_sha256$1000$" + std::string(65, 's') +
                                "$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="));
    const auto wiki = [](const std::string& head, std::size_t salt, std::size_t digest) {
        return password_format(":pbkdf2:" + head + ":" + std::to_string(digest) + ":" + base64(std::string(salt, 's')) +
                               ":" + base64(std::string(digest, 'd')));
    };
    CHECK(wiki("sha512:1000", 16, 64));
    CHECK_FALSE(wiki("sha512:999", 16, 64));
    CHECK(wiki("sha512:2000000", 16, 64));
    CHECK_FALSE(wiki("sha512:2000001", 16, 64));
    CHECK_FALSE(wiki("sha512:2000000", 16, 65));
    CHECK(wiki("sha256:1000000", 16, 128));
    CHECK_FALSE(wiki("sha256:1000001", 16, 128));
    CHECK_FALSE(wiki("sha512:4294967295", 16, 64));
    CHECK_FALSE(wiki("sha512:30000", 7, 64));
    CHECK_FALSE(wiki("sha512:30000", 33, 64));
    CHECK_FALSE(wiki("sha512:30000", 16, 129));
    CHECK(wiki("sha256:1000", 32, 128));
}

TEST_CASE("a hash is named without its salt and digest") {
    CHECK(name_of_hash(php_bcrypt) == "bcrypt $2y$ of cost 10");
    CHECK(name_of_hash(bcrypt("$2y$31$")) == "bcrypt $2y$ of cost 31, which is out of bounds");
    CHECK(name_of_hash(argon2_tool) == "Argon2id of m=4096, t=3, p=1");
    CHECK(name_of_hash(django) == "pbkdf2_sha256 of 260000 iterations");
    CHECK(name_of_hash(bcrypt("$wp$2y$12$")) == "WordPress's bcrypt of cost 12");
    CHECK(name_of_hash(mediawiki_hash) == "MediaWiki's PBKDF2 (sha512) of 30000 rounds, 64 bytes");
    CHECK(name_of_hash(better_auth) == "better-auth's scrypt");
    CHECK(name_of_hash(std::string(40, 'a')) == "SHA-1, as Redmine stores it");
    CHECK(name_of_hash("5f4dcc3b5aa765d61d8327deb882cf9") == "unknown");
    CHECK(name_of_hash("!") == "unknown");
}

TEST_CASE("a hash that is never written is named with its parameters, and without its salt and digest") {
    const auto named = [](const std::string& hash) {
        const std::string words = name_of_hash(hash);
        CHECK(form_of_hash(hash) == words);
        CHECK_FALSE(password_format(hash));
        return words;
    };
    CHECK(named("$P$BabcdefghCLuICGkISMiZyvanCcgKU0") == "phpass (WordPress before 6.8) of 2^13 rounds");
    CHECK(named("$H$9saltsaltdigest") == "phpass (phpBB) of 2^11 rounds");
    CHECK(named("$S$Dsaltsaltdigest") == "phpass (Drupal 10.0 and before) of 2^15 rounds");
    CHECK(named("$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$digest") == "Argon2i of 4096, 3, 1");
    CHECK(named("$argon2d$v=19$m=4096,t=3,p=1$c29tZXNhbHQ$digest") == "Argon2 of another sort or version");
    CHECK(named("argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHQ$digest") == "Django's Argon2id of 102400, 2, 8");
    CHECK(named("bcrypt_sha256$$2b$12$saltsaltsaltsaltsaltsadigest") == "Django's bcrypt_sha256 of 12");
    CHECK(named("scrypt$16384$salt$8$1$digest") == "Django's scrypt of 16384");
    CHECK(named("scrypt:32768:8:1$salt$digest") == "Werkzeug's scrypt of 32768, 8, 1");
    CHECK(named("pbkdf2:sha256:600000$salt$digest") == "Werkzeug's PBKDF2 (sha256) of 600000");
    CHECK(named(":B:salt:5f4dcc3b5aa765d61d8327deb882cf99") == "MediaWiki's salted MD5");
    CHECK(named("$6$rounds=5000$salt$digest") == "sha512crypt of 5000");
    CHECK(named("$6$salt$digest") == "sha512crypt");
    CHECK(named("5f4dcc3b5aa765d61d8327deb882cf99") == "MD5");
    CHECK(named("5f4dcc3b5aa765d61d8327deb882cf99:saltsaltsaltsaltsaltsaltsaltsalt") ==
          "salted MD5 (Joomla before 3.2)");
}

TEST_CASE("a mark and what is not known have no form") {
    for (const char* text : {"", "!", "*", "secret", "$P$", "scrypt:12345678901:8:1$salt$digest", "$"}) {
        INFO(text);
        CHECK(form_of_hash(text).empty());
    }
}

TEST_CASE("each format that is written has a name of its own, and parameters that are within bounds") {
    FakeEnv fake;
    for (const auto& name : format_names()) {
        INFO(name);
        const auto format = format_named(name);
        REQUIRE(format);
        CHECK(name_of_format(*format) == name);
        CHECK(password_format(hash_of_nothing(fake.env, *format).text) == format);
    }
    CHECK(format_named("bcrypt $2a$") == PasswordFormat(BcryptFormat{'a', 12}));
    CHECK_FALSE(format_named("phpass"));
    CHECK_FALSE(format_named(""));
}

TEST_CASE("only a format without any work is fast") {
    for (const auto& name : format_names()) CHECK(is_fast(*format_named(name)) == (name == "redmine sha1"));
}
