#include "src/subject/mention.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

const Mention ana(
    {.addresses = {"Ana@Example.com"}, .phones = {"+49 170 1234567"}, .logins = {"anna"}, .accounts = {"42"}});

bool typed(const std::string& text) { return ana.in_typed(text); }

}  // namespace

TEST_CASE("an address is found in any case and between any marks") {
    for (const auto* text :
         {"ana@example.com", "ANA@EXAMPLE.COM called", "<ana@example.com>", "mailto:ana@example.com?x",
          "from ana@example.com.", "(ana@example.com)", "…ana@example.com…", "x=ana@example.com",
          "to «ana@example.com»", "bob@example.com,ana@example.com", "see...ana@example.com"}) {
        CAPTURE(text);
        CHECK(typed(text));
        CHECK(ana.in_machine(std::string(text)));
    }
}

TEST_CASE("an address that only ends or begins like hers is another's") {
    for (const auto* text : {"diana@example.com", "re.ana@example.com", "bob+ana@example.com", "ana@example.com.au",
                             "ana@example.com-pany.test", "ana@example.community", "dana@example.com; eana@example.com",
                             "a••a@example.com"}) {
        CAPTURE(text);
        CHECK_FALSE(typed(text));
    }
}

TEST_CASE("letters beyond ASCII have two cases as well, and a domain two forms") {
    const Mention jose({.addresses = {"josé@bücher.example"}, .phones = {}, .logins = {"Ωmega"}, .accounts = {}});
    CHECK(jose.in_typed("JOSÉ@BÜCHER.EXAMPLE"));
    CHECK(jose.in_typed("josé@xn--bcher-kva.example"));
    CHECK(jose.in_typed("ask ωMEGA"));
    CHECK_FALSE(jose.in_typed("jose@bücher.example"));
}

TEST_CASE("a phone number is found however it is grouped") {
    for (const auto* text :
         {"+491701234567", "0049 170 1234567", "0170/123 45 67", "(0170) 123-4567", "call 5 0170.1234567",
          "SUP-1701234567", "\u06F0\u06F1\u06F7\u06F0\u06F1\u06F2\u06F3\u06F4\u06F5\u06F6\u06F7",
          "0170\u20111234567"}) {
        CAPTURE(text);
        CHECK(typed(text));
    }
    for (const auto* text : {"1234567", "0170 123, 4567", "0170 1234568", "queued as 4711"}) {
        CAPTURE(text);
        CHECK_FALSE(typed(text));
    }
}

TEST_CASE("a login counts where it stands alone, in what people type") {
    for (const auto* text : {"anna", "ANNA called", "user 'anna'", "login:anna", "@anna", "anna's phone", "by anna."}) {
        CAPTURE(text);
        CHECK(typed(text));
        CHECK_FALSE(ana.in_machine(std::string(text)));
    }
    for (const auto* text : {"annabel", "susanna", "anna@other.example", "anna-maria", "anna_2"}) {
        CAPTURE(text);
        CHECK_FALSE(typed(text));
    }
}

TEST_CASE("a login of two letters is a word like any other, unless it is said to be one") {
    const Mention person({.addresses = {}, .phones = {}, .logins = {"an"}, .accounts = {}});
    CHECK_FALSE(person.in_typed("sent an hour ago"));
    CHECK(person.in_typed("reset for login:an"));
}

TEST_CASE("a key is found behind id:, and bare when it is long") {
    CHECK(typed("id:42 called"));
    CHECK_FALSE(typed("id:421"));
    CHECK_FALSE(typed("42 times"));
    const Mention long_key({.addresses = {}, .phones = {}, .logins = {}, .accounts = {"6ba7b810-9dad"}});
    CHECK(long_key.in_typed("account 6BA7B810-9DAD"));
    CHECK_FALSE(long_key.in_typed("6ba7b810-9dad-11d1"));
}

TEST_CASE("who has no names is in no text") {
    const Mention nobody({.addresses = {""}, .phones = {"", "110"}, .logins = {""}, .accounts = {}});
    CHECK_FALSE(nobody.in_typed("110"));
    CHECK_FALSE(nobody.in_typed(""));
    CHECK_FALSE(nobody.in_typed(std::nullopt));
    CHECK_FALSE(ana.in_typed(std::nullopt));
    CHECK_FALSE(ana.in_machine(std::nullopt));
}
