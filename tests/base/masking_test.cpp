#include "src/base/masking.h"

#include "tests/catch.h"

using namespace pwreset;

TEST_CASE("an address keeps its first and last letter and its domain") {
    CHECK(mask_email("anna@example.com") == "a••a@example.com");
    CHECK(mask_email("bob@example.com") == "b••b@example.com");
}

TEST_CASE("a masked address does not tell how long it was") {
    CHECK(mask_email("alexandra@example.com") == mask_email("ada@example.com"));
}

TEST_CASE("an address of one or two letters keeps the first only") {
    CHECK(mask_email("jo@example.com") == "j••@example.com");
    CHECK(mask_email("j@example.com") == "j••@example.com");
    CHECK(mask_email("@example.com") == "••@example.com");
}

TEST_CASE("a letter of an address is a character with its marks, not a byte") {
    CHECK(mask_email("émilé@example.com") == "é••é@example.com");
    CHECK(mask_email("e\u0301mile\u0301@example.com") == "e\u0301••e\u0301@example.com");
    CHECK(mask_email("مریم@example.com") == "م••م@example.com");
}

TEST_CASE("a non-joiner is no part of a letter, as nothing follows that it would keep apart") {
    CHECK(mask_email("\u0645\u200C\u062E\u0627@example.com") == "\u0645••\u0627@example.com");
}

TEST_CASE("the domain begins at the last at sign") { CHECK(mask_email("\"a@b\"@example.com") == "\"••\"@example.com"); }

TEST_CASE("an address without an at sign is masked like a phone number") {
    CHECK(mask_email("+4915112345612") == "+49•••••12");
    CHECK(mask_email("margarete") == "•••••te");
}

TEST_CASE("a phone number keeps its country code and its last two digits") {
    CHECK(mask_phone("+4915112345612") == "+49•••••12");
    CHECK(mask_phone("+12025550173") == "+1•••••73");
    CHECK(mask_phone("+79161234567") == "+7•••••67");
    CHECK(mask_phone("+989121234567") == "+98•••••67");
    CHECK(mask_phone("+9647701234567") == "+964•••••67");
    CHECK(mask_phone("+35312345678") == "+353•••••78");
}

TEST_CASE("a phone number without a country code keeps its last two digits") {
    CHECK(mask_phone("09121234567") == "•••••67");
}

TEST_CASE("the way a phone number is written does not show") {
    CHECK(mask_phone("+49 (151) 123-456 1-2") == "+49•••••12");
    CHECK(mask_phone("+49 151/12 34 56.12") == "+49•••••12");
}

TEST_CASE("a masked phone number does not tell how long it was") {
    CHECK(mask_phone("+49151123456712") == mask_phone("+4915112312"));
}

TEST_CASE("a phone number too short to hide anything shows no digits") {
    CHECK(mask_phone("+491234") == "+49•••••");
    CHECK(mask_phone("+4912345") == "+49•••••45");
    CHECK(mask_phone("1234") == "•••••");
    CHECK(mask_phone("+") == "+•••••");
    CHECK(mask_phone("") == "•••••");
}

TEST_CASE("a plus without a number is no country code") { CHECK(mask_phone("+anything") == "•••••ng"); }
