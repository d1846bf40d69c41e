#include "src/delivery/redaction.h"

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

TEST_CASE("a quoted code is starred out") {
    const Secret code(std::string_view("482913"));
    CHECK(redacted("554 your code 482913 looks like spam", code, "a@b.example") ==
          "554 your code ****** looks like spam");
}

TEST_CASE("an answer that quotes nothing stays as it is") {
    CHECK(redacted("250 2.0.0 Ok: queued as 4F2A", token, "a@b.example") == "250 2.0.0 Ok: queued as 4F2A");
}
