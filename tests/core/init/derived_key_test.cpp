#include "src/init/derived_key.h"

#include "src/base/encoding.h"
#include "src/hash/digest.h"
#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("Devise's key makes the digest that the real gem made") {
    std::string base;
    for (int i = 0; i < 8; ++i) base += "0123456789abcdef";
    const auto key = unhex(devise_key(base).reveal());
    REQUIRE(key);
    CHECK(hex(hmac_sha256(Secret(*key), "abcdefghijklmnopqrst")) ==
          "92f0626fe041f94019a5268d27934b69dbda395d9a10fe19c1ffb4d2fd91e90a");
}

TEST_CASE("Django's key makes the token that real Django made") {
    const auto key = unhex(django_key("test-secret-key-0123456789").reveal());
    REQUIRE(key);
    const std::string mac =
        hex(hmac_sha256(Secret(*key),
                        "42pbkdf2_sha256$260000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g="
                        "2024-01-02 03:04:05770976550User@Example.com"));
    std::string every_second;
    for (std::size_t i = 0; i < mac.size(); i += 2) every_second += mac[i];
    CHECK(every_second == "a8ce99d6d61f8627a72f1aa981fdc082");
}
