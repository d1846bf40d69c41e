// What real applications made or accepted, said in the language: worked out, recognised, and refused once a byte of it
// is another.
#include <openssl/evp.h>

#include "tests/catch.h"
#include "tests/core/expression/expression_fixture.h"

using namespace pwreset;
using namespace std::chrono_literals;

namespace {

struct StoredVector {
    std::string application;
    std::string expression;
    Given given;
    std::string stored;
    std::size_t step = 1;  ///< each so many bytes another one is tried: some hashes take their time
};

/// Devise's key: PBKDF2 of secret_key_base.
std::string devise_key(const EVP_MD* digest) {
    std::string secret;
    for (int i = 0; i < 8; ++i) secret += "0123456789abcdef";
    const std::string salt = "Devise reset_password_token";
    std::string key(64, '\0');
    PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()), 65536, digest,
                      64, reinterpret_cast<unsigned char*>(key.data()));
    return key;
}

Given drupal_user(std::chrono::seconds last_login) {
    Given given;
    given.text("secret.text", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_0123456789");
    given.text("password", "$2y$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234").text("key", "42");
    return given.text("email", "User@Example.com").time("last_login", last_login).time("issued", 1749283750s);
}
constexpr const char* drupal =
    "base64url(hmac_sha256(secret.text + password, unix(issued) + ':' + unix(last_login) + ':' + key + ':' + email))";

Given ghost_user() {
    Given given;
    given.text("email", "User@Example.com").text("secret.text", "11111111-2222-4333-8444-555555555555");
    return given.text("password", "$2a$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234");
}
constexpr const char* ghost =
    "base64url(unix_ms(expires) + '|' + email + '|' + "
    "base64(sha256(unix_ms(expires) + lower(email) + password + secret.text)))";
constexpr const char* ghost_token =
    "MTg5MzQ1NjAwMDAwMHxVc2VyQEV4YW1wbGUuY29tfDZvbTJKdEpQOFFNQ29hSTlaVmRVVHJYNXYyMFZFRkRLNnE2K2c4TTVScjA9";

Given symfony_request(std::string_view key) {
    Given given;
    given.text("secret.text", "secret").text("verifier", "abcdefghijABCDEFGHIJ").text("key", key);
    return given.time("expires", 1749283750s);
}
constexpr const char* symfony = "base64(hmac_sha256(secret.text, json(verifier, key, unix(expires))))";

std::vector<StoredVector> keyed_vectors() {
    const std::string test_secret = "test-secret-key-0123456789";
    std::vector<StoredVector> vectors;
    const auto add = [&](std::string application, std::string expression, const Given& given, std::string stored) {
        vectors.push_back({std::move(application), std::move(expression), given, std::move(stored)});
    };
    add("WordPress 6.8", "'$generic$' + base64url(blake2b('wp_fast_hash_6.8+', token, 30))",
        Given().text("token", "AbCdEfGhIjKlMnOpQrSt"), "$generic$pvX-Yy2kSLSbshBCts2EtZc5VQvx2IKjWQP3hCMI");
    add("Laravel's own draw", "hex(hmac_sha256(secret.bytes, token))",
        Given()
            .bytes("secret.bytes", "01234567890123456789012345678901")
            .text("token", "0123456789abcdefghijABCDEFGHIJ0123456789"),
        "3cd87dd7217494729a54414e6a235d7be296e3ff1287e307d7633f1ce51df7c7");
    for (const auto& [digest, stored] :
         {std::pair(EVP_sha1(), "92f0626fe041f94019a5268d27934b69dbda395d9a10fe19c1ffb4d2fd91e90a"),
          std::pair(EVP_sha256(), "2c9b938f27980b59edb52c36ecc452aed897f2d3f81855b998e54f726ad36e5d")}) {
        add("Devise", "hex(hmac_sha256(secret.bytes, token))",
            Given().bytes("secret.bytes", devise_key(digest)).text("token", "abcdefghijklmnopqrst"), stored);
    }
    add("Symfony", symfony, symfony_request("42"), "fx4mSRYJQRNHIs9VUfCd5ut6Yivx+KcKw/uU8UPd/88=");
    add("Symfony with UUIDs", symfony, symfony_request("0190f5e6-7b1a-7c3d-8e4f-0123456789ab"),
        "KDhPPDuz/MYjkq+5+s7Hlp8t7O545nYhb2RNRxar+rI=");
    add("Ghost", ghost, ghost_user().time("expires", 1893456000000ms), ghost_token);
    add("Drupal", drupal, drupal_user(1749280000s), "cLL1szIKYO8AC50KSg1KhONKhJxb2O_TSf2Y1rXN2Eg");
    add("Drupal, who never signed in", drupal, drupal_user(0s), "SZ3B7VzDjs5Ujn2DNu0xRrcfFq76ny92gH6YRrrI0O4");
    add("Rodauth", "key + '_' + base64url(hmac_sha256(secret.text, token))",
        Given()
            .text("key", "42")
            .text("secret.text", test_secret)
            .text("token", "0123456789abcdefghijABCDEFGHIJ0123456789abc"),
        "42_jD0ehKotWnKMKwMniVaqtUvwDdNFJbd-u_WOLCIOd8Y");
    add("better-auth, hashed", "base64url(sha256('reset-password:' + token))",
        Given().text("token", "AbCdEfGhIjKlMnOpQrStUvWx"), "ZfpZ6xUdvdGUUmg4QeLo_aC_F8AkC4m3Foo7Sw9GAWg");
    add("Auth.js", "hex(sha256(token + secret.text))",
        Given()
            .text("token", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")
            .text("secret.text", test_secret),
        "85706b97d1db192261c07c640d0ef0daf207613f6f995e4111653173e169c251");
    add("Yii2", "token + '_' + unix(issued)",
        Given().text("token", "AbCdEfGhIjKlMnOpQrStUvWxYz_-0123").time("issued", 1749283750s),
        "AbCdEfGhIjKlMnOpQrStUvWxYz_-0123_1749283750");
    add("Directus", "java_hash(password)", Given().text("password", "hello"), "5e918d2");
    add("Directus without a password", "java_hash(password)", Given().text("password", "null"), "33c587");
    add("Directus", "java_hash(password)",
        Given().text(
            "password",
            "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"),
        "5e62de12");
    add("Django's uidb64", "base64url(key)", Given().text("key", "42"), "NDI");
    add("Django's uidb64 of a UUID", "base64url(key)", Given().text("key", "0190f5e6-7b1a-7c3d-8e4f-0123456789ab"),
        "MDE5MGY1ZTYtN2IxYS03YzNkLThlNGYtMDEyMzQ1Njc4OWFi");
    add("allauth's uid", "base36(key)", Given().text("key", "42"), "16");
    add("allauth's uid of a UUID", "undashed(key)", Given().text("key", "0190f5e6-7b1a-7c3d-8e4f-0123456789ab"),
        "0190f5e67b1a7c3d8e4f0123456789ab");
    return vectors;
}

std::vector<StoredVector> salted_vectors() {
    std::vector<StoredVector> vectors;
    vectors.push_back({"WordPress 4.3 to 6.7", "unix(issued) + ':' + phpass(token, 13)",
                       Given().text("token", "AbCdEfGhIjKlMnOpQrSt").time("issued", 1749283750s),
                       "1749283750:$P$BabcdefghCLuICGkISMiZyvanCcgKU0"});
    vectors.push_back({"Feathers", "bcrypt(token, 4)", Given().text("token", "42___00112233445566778899aabbccddee"),
                       "$2y$04$abcdefghijklmnopqrstuuXOhKQbPBqQGALcs7vPQr77VkDzRqUfe"});
    vectors.push_back({"MediaWiki", "pbkdf2_mediawiki(token, 30000)", Given().text("token", "Temp-Pass-42"),
                       ":pbkdf2:sha512:30000:64:MDEyMzQ1Njc4OWFiY2RlZg==:POJ0KG035ID5ulamoSsaFIMf1Y4O1rDygF3TPjDzkMiFOy"
                       "QiyaNySJTDkY15cdrObIz8AMx/Yjhyis12M1JmXw==",
                       20});
    vectors.push_back({"Magento", "'0:3:' + base64(chacha20_magento(secret.text, token))",
                       Given()
                           .text("token", "AbCdEfGhIjKlMnOpQrStUvWxYz012345")
                           .text("secret.text", "0123456789abcdef0123456789abcdef"),
                       "0:3:YWJjZGVmZ2hpamtsXd7bjVwtzjyuh6o7eZJ26wCzmm8QRddxpFxRsajYeIZ1jR7zn2uiUiEJeQkG5z1E"});
    return vectors;
}

void check_refused_when_changed(const StoredVector& vector) {
    for (std::size_t at = 0; at < vector.stored.size(); at += vector.step) {
        std::string changed = vector.stored;
        changed[at] = changed[at] == 'x' ? 'y' : 'x';
        INFO(changed);
        CHECK_FALSE(accepts(vector.expression, changed, vector.given));
    }
    for (const std::string& other : {vector.stored + "x", vector.stored + "=", "x" + vector.stored,
                                     vector.stored.substr(1), vector.stored.substr(0, vector.stored.size() - 1)}) {
        INFO(other);
        CHECK_FALSE(accepts(vector.expression, other, vector.given));
    }
}

}  // namespace

TEST_CASE("what applications store and mail is worked out") {
    for (const auto& vector : keyed_vectors()) {
        INFO(vector.application);
        CHECK(worked_out(vector.expression, vector.given) == vector.stored);
    }
}

TEST_CASE("what applications store and mail is recognised, and not with a byte changed") {
    for (const auto& vector : keyed_vectors()) {
        INFO(vector.application);
        CHECK(listed(parsed(vector.expression).take_apart(vector.stored, vector.given.values())) == "");
        check_refused_when_changed(vector);
    }
}

TEST_CASE("salted hashes that applications store are recognised by verifying, and not with a byte changed") {
    for (const auto& vector : salted_vectors()) {
        INFO(vector.application);
        CHECK(listed(parsed(vector.expression).take_apart(vector.stored, vector.given.values())) == "");
        CHECK(accepts(vector.expression, worked_out(vector.expression, vector.given), vector.given));
        CHECK(worked_out(vector.expression, vector.given).size() == vector.stored.size());
        check_refused_when_changed(vector);
    }
}

TEST_CASE("another token, account or secret is refused") {
    for (auto vectors : {keyed_vectors(), salted_vectors()}) {
        for (auto& vector : vectors) {
            for (const char* name : {"token", "verifier", "key", "password", "secret.text"}) {
                const auto value = vector.given.values().find(name);
                if (value == vector.given.values().end()) continue;
                INFO(vector.application << ", " << name);
                Given other(vector.given);
                std::string changed(value->second.content.reveal());
                changed.back() = changed.back() == '1' ? '2' : '1';
                CHECK_FALSE(accepts(vector.expression, vector.stored, other.text(name, changed)));
            }
        }
    }
}

TEST_CASE("Ghost's link says whom it is about and until when, and is proved by the rest") {
    const Expression expression = parsed(ghost);
    CHECK(listed(expression.read(ghost_token, {})) == "email=User@Example.com expires=1893456000000000");
    CHECK(listed(expression.take_apart(ghost_token, {})) == "no");
    Given user = ghost_user();
    CHECK(listed(expression.take_apart(ghost_token, user.values())) == "expires=1893456000000000");
    CHECK(listed(expression.take_apart(ghost_token, user.without("email").values())) ==
          "email=User@Example.com expires=1893456000000000");
    CHECK(listed(expression.take_apart(ghost_token, user.text("email", "user@example.com").values())) == "no");
}

TEST_CASE("a Symfony token is its selector and its verifier") {
    CHECK(listed(parsed("selector + verifier").take_apart("abcdefghijklmnopqrstABCDEFGHIJKLMNOPQRST", {})) ==
          "selector=abcdefghijklmnopqrst verifier=ABCDEFGHIJKLMNOPQRST");
    CHECK(listed(parsed("selector + verifier").take_apart("abcdefghijklmnopqrstABCDEFGHIJKLMNOPQRS", {})) == "no");
}
