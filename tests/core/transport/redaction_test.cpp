#include "src/transport/redaction.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

const Secret token(std::string_view("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));

}  // namespace

TEST_CASE("a quoted recipient is masked in any case and form") {
    CHECK(redacted("550 5.1.1 <User1@Example.com>: no such user", token, "user1@example.com") ==
          "550 5.1.1 <u\u2022\u20221@example.com>: no such user");
    CHECK(redacted("550 <ann@xn--bcher-kva.example> no", token,
                   "ann@b\xC3\xBC"
                   "cher.example") == "550 <a\u2022\u2022n@xn--bcher-kva.example> no");
}

TEST_CASE("a quoted link is starred out, also when it was cut") {
    CHECK(redacted("554 spam: https://shop.example/reset/0123456789abcdef01234", token, "a@b.example") ==
          "554 spam: https://shop.example/reset/*********************");
}

TEST_CASE("a quoted link is starred out in capitals, too") {
    CHECK(redacted("554 SPAM: HTTPS://SHOP.EXAMPLE/0123456789ABCDEF012", token, "a@b.example") ==
          "554 SPAM: HTTPS://SHOP.EXAMPLE/*******************");
}

TEST_CASE("a quoted link is starred out as it stands there, percent-encoded") {
    const Secret joined(std::string_view("1a|2b|3c|4d|5e|6f"));
    CHECK(redacted("554 https://shop.example/1a%7C2b%7C3c%7C4d", joined, "a@b.example") ==
          "554 https://shop.example/*****************");
}

TEST_CASE("a quoted code is starred out") {
    const Secret code(std::string_view("482913"));
    CHECK(redacted("554 your code 482913 looks like spam", code, "a@b.example") ==
          "554 your code ****** looks like spam");
}

TEST_CASE("an answer that was cut inside the recipient or the secret gives neither away") {
    const std::string long_words = "550 " + std::string(184, 'x') + " ";
    CHECK(redacted(long_words + "User1@e", token, "user1@example.com") == long_words + "u\u2022\u20221");
    CHECK(redacted(long_words + "012345", token, "a@b.example") == long_words + "******");
    CHECK(redacted(long_words + "01234", token, "a@b.example").ends_with(" *****"));
    CHECK(redacted("550 no such user", token, "user1@example.com") == "550 no such user");
}

TEST_CASE("masks that are longer than what they stand for do not make an answer too long to be stored") {
    std::string quoted;
    while (quoted.size() < 200) quoted += "a@b.c";
    const std::string shown = redacted(quoted, token, "a@b.c");
    CHECK(shown.size() <= 200);
    CHECK(shown.starts_with("a\u2022\u2022@b.ca\u2022\u2022@b.c"));
}

TEST_CASE("an answer that quotes nothing stays as it is") {
    CHECK(redacted("250 2.0.0 Ok: queued as 4F2A", token, "a@b.example") == "250 2.0.0 Ok: queued as 4F2A");
}
