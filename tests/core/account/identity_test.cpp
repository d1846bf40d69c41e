#include "src/account/identity.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
using db::AccountKey;

namespace {

/// "KEY TEXT" of what was typed, or the fault.
std::string read(std::string_view typed, const std::string& region = "IR") {
    try {
        const Identity identity = parse_identity(typed, region);
        const char* key = identity.key == AccountKey::id      ? "id "
                          : identity.key == AccountKey::login ? "login "
                          : identity.key == AccountKey::email ? "email "
                                                              : "phone ";
        return key + identity.text;
    } catch (const Error& error) {
        CHECK(error.exit == Exit::bad_data);
        CHECK(error.code == "INVALID_IDENTITY");
        CHECK_FALSE(error.hint.empty());
        REQUIRE(error.errors.count("identity") == 1);
        CHECK(error.errors.at("identity") == std::vector{error.message});
        return error.message;
    }
}

}  // namespace

TEST_CASE("an identity is an address, a key or a login name, as it was typed") {
    CHECK(read("ana@example.com") == "email ana@example.com");
    CHECK(read("Ana.O'Hara+shop@Example.COM") == "email Ana.O'Hara+shop@Example.COM");
    CHECK(read("رضا@example.com") == "email رضا@example.com");
    CHECK(read("id:42") == "id 42");
    CHECK(read("id:a b") == "id a b");
    CHECK(read("id:id:42") == "id id:42");
    CHECK(read("login:bob") == "login bob");
    CHECK(read("login:bob@example.com") == "login bob@example.com");
}

TEST_CASE("what is none of them is refused, and quoted") {
    CHECK(read("") == "the identity is empty");
    CHECK(read("ana") == "'ana' is not an e-mail address");
    CHECK(read("id:") == "'id:' is not an e-mail address");
    CHECK(read("login:") == "'login:' is not an e-mail address");
    CHECK(read("ID:42") == "'ID:42' is not an e-mail address");
    CHECK(read("ana@") == "'ana@' is not an e-mail address");
    CHECK(read("@example.com") == "'@example.com' is not an e-mail address");
    CHECK(read("ana@exa mple.com") == "'ana@exa mple.com' is not an e-mail address");
    CHECK(read("ana@example.com,bob@example.com") == "'ana@example.com,bob@example.com' is not an e-mail address");
}

TEST_CASE("the fault of an identity is told without its text as well") {
    const auto plain = [](std::string_view typed, const std::string& region) {
        try {
            parse_identity(typed, region);
        } catch (const InvalidIdentity& invalid) {
            return invalid.plain;
        }
        return std::string("none");
    };
    CHECK(plain("", "IR") == "is empty");
    CHECK(plain("j\u00F3se", "IR") == "not an e-mail address");
    CHECK(plain("+49 12345678x", "IR") == "not a phone number");
    CHECK(plain("0912 123 4567", "") == "looks like a phone number, and this application has none");
    CHECK(plain("a\u200Bna@example.com", "IR") == "holds the invisible character U+200B");
    CHECK(plain("\xFF", "IR") == "is not UTF-8 text");
    CHECK(plain(std::string(255, 'a'), "IR") == "is longer than 254 bytes");
    CHECK(plain("ana@example.com", "IR") == "none");
}

TEST_CASE("what surrounds an identity where it was copied from is taken off") {
    for (const char* typed : {" ana@example.com",
                              "ana@example.com ",
                              "\tana@example.com\r\n",
                              "\u00a0ana@example.com\u3000",
                              "\ufeffana@example.com",
                              "\u200eana@example.com\u200f",
                              "<ana@example.com>",
                              "Ana Weber <ana@example.com>",
                              "\"Weber, Ana\" <ana@example.com>;",
                              "mailto:ana@example.com",
                              "MAILTO:ana@example.com?subject=Hello",
                              "<mailto:ana%40example.com>",
                              "ana@example.com,",
                              "ana@example.com;",
                              "ana@example.com.",
                              "(ana@example.com)",
                              "'ana@example.com'",
                              "“ana@example.com”",
                              "«ana@example.com»",
                              "[ana@example.com](mailto:ana@example.com)",
                              "ana@example.com،",
                              "ana@example.com<mailto:ana@example.com>",
                              "Ana@Example.com <mailto:ana@example.com>",
                              "Ana Weber [mailto:ana@example.com]",
                              "Weber, Ana (ana@example.com)",
                              "ana@example.com (Ana Weber)",
                              "ana@example.com[1]",
                              "'Ana Weber' <ana@example.com>",
                              "\"ana@example.com\" <ana@example.com>",
                              "[SMTP:ana@example.com]",
                              "To: Ana Weber <ana@example.com>;",
                              "E-Mail: ana@example.com",
                              "*ana@example.com*",
                              "\u2022 ana@example.com",
                              "> ana@example.com",
                              "\u2022\u00a0ana@example.com",
                              "<<ana@example.com>>",
                              "| ana@example.com |",
                              "„ana@example.com“",
                              "»ana@example.com«",
                              "「ana@example.com」",
                              "{ana@example.com}",
                              "&lt;ana@example.com&gt;",
                              "ana@example.com!",
                              "\u2067ana@example.com\u2069",
                              "\u200b\u00a0ana@example.com\u2028",
                              "ana@example.com\u00ad"}) {
        INFO(typed);
        CHECK(read(typed) == "email ana@example.com");
    }
    CHECK(read("id:42 ") == "id 42");
    CHECK(read("\u202aid:42\u202c") == "id 42");
    CHECK(read("login: bob") == "login  bob");
    CHECK(parse_identity("id:42 ", "IR").with_blanks == "42 ");
    CHECK(parse_identity("id:42\r", "IR").with_blanks.empty());
    CHECK(read(" \u00a0 ") == "the identity is nothing but blanks");
    CHECK(read("o'hara@example.com") == "email o'hara@example.com");
    CHECK(read("bob@example.com <ana@example.com>") == "'bob@example.com <ana@example.com>' is not an e-mail address");
    CHECK(read("[ana@example.com](mailto:eve@example.com)") ==
          "'[ana@example.com](mailto:eve@example.com)' is not an e-mail address");
    CHECK(read("ANA@example.com <ana@example.com>") == "email ana@example.com");
    CHECK(read("bob@example.com (ana@example.com)") == "'bob@example.com (ana@example.com)' is not an e-mail address");
    CHECK(read("bob@example.com<mailto:ana@example.com>").starts_with("'bob@example.com<mailto:"));
    CHECK(read("To: id:42") == "id 42");
    CHECK(read("_ana_@example.com") == "email _ana_@example.com");
    CHECK(read("-ana@example.com") == "email -ana@example.com");
    CHECK_FALSE(read("ada@example.com\r\nRCPT TO:<eve@example.com>").starts_with("email"));
}

TEST_CASE("an address is looked up with each label of its domain in either form") {
    const auto spellings = [](const std::string& typed) { return parse_identity(typed, "").spellings; };
    const auto has = [&](const std::string& typed, const std::string& form) {
        const auto all = spellings(typed);
        return std::find(all.begin(), all.end(), form) != all.end();
    };
    for (const char* typed : {"ana@bücher.münchen.example", "ana@xn--bcher-kva.xn--mnchen-3ya.example",
                              "ana@xn--bcher-kva.münchen.example", "ana@BÜCHER.münchen.example"}) {
        INFO(typed);
        CHECK(has(typed, "ana@bücher.münchen.example"));
        CHECK(has(typed, "ana@xn--bcher-kva.xn--mnchen-3ya.example"));
        CHECK(has(typed, "ana@xn--bcher-kva.münchen.example"));
        CHECK(has(typed, "ana@bücher.xn--mnchen-3ya.example"));
    }
    CHECK(spellings("ana.b@example.com") == std::vector<std::string>{"ana.b@example.com"});
    CHECK(has("ANA@XN--BCHER-KVA.EXAMPLE", "ana@bücher.example"));
    CHECK(spellings("ana@ä.ö.ü.ß.ä.ö.ü.example").size() < 40);
}

TEST_CASE("a character that nobody sees is named") {
    CHECK(read("ana\n@example.com") == "the identity holds the invisible character U+000A");
    CHECK(read("login:\x1b[2J") == "the identity holds the invisible character U+001B");
    CHECK(read("ana\u200b@example.com") == "the identity holds the invisible character U+200B");
    CHECK(read("login:\u202emoc") == "the identity holds the invisible character U+202E");
    CHECK(read(std::string_view("id:4\0002", 6)) == "the identity holds the invisible character U+0000");
    CHECK(read("ana@ex\u00adample.com") == "the identity holds the invisible character U+00AD");
    CHECK(read("\x1b[200~ana@example.com\x1b[201~") == "the identity holds the invisible character U+001B");
}

TEST_CASE("a character that looks like nothing or like another is named") {
    CHECK(read("ana@ex\u00a0ample.com") == "'ana@ex\u00a0ample.com' is not an e-mail address; it holds U+00A0");
    CHECK(read("ana＠example.com") == "'ana＠example.com' is not an e-mail address; it holds '＠' U+FF20");
    CHECK(read("ana@example.com\u3000bob@example.com").ends_with("; it holds U+3000"));
    CHECK(read("ana@example․com") == "'ana@example․com' is not an e-mail address; it holds '․' U+2024");
    CHECK(odd_character("ａｎａ@example.com") == "; it holds 'ａ' U+FF41");
    CHECK(odd_character("ﬁona@example.com") == "; it holds 'ﬁ' U+FB01");
    CHECK(odd_character("аna@example.com") == "; it holds 'а' U+0430");
    CHECK(odd_character("ana\u2007weber@example.com") == "; it holds U+2007");
    for (const char* text : {"ana@example.com", "رضا@example.com", "ana@bücher.example", "ana", "ana@exa mple.com"})
        CHECK(odd_character(text).empty());
}

TEST_CASE("what is not UTF-8 is refused before it is looked at") {
    CHECK(read("ana\xff@example.com") == "the identity is not UTF-8 text");
    CHECK(read("id:\xc3") == "the identity is not UTF-8 text");
    CHECK(read("login:\xed\xa0\x80") == "the identity is not UTF-8 text");
}

TEST_CASE("an identity has at most 254 bytes") {
    CHECK(read("login:" + std::string(248, 'x')) == "login " + std::string(248, 'x'));
    CHECK(read("login:" + std::string(249, 'x')) == "the identity is longer than 254 bytes");
    CHECK(read("id:" + std::string(100000, 'x')) == "the identity is longer than 254 bytes");
}

TEST_CASE("only ASCII letters are made small") {
    CHECK(ascii_lower("ANA@Example.COM [Z]") == "ana@example.com [z]");
    CHECK(ascii_lower("İÉÖ") == "İÉÖ");
    CHECK(ascii_lower("") == "");
}

TEST_CASE("a phone number is an identity in E.164, in whichever digits it was typed") {
    CHECK(read("09121234567") == "phone +989121234567");
    CHECK(read("(0912) 123-4567") == "phone +989121234567");
    CHECK(read("۰۹۱۲ ۱۲۳ ۴۵۶۷") == "phone +989121234567");
    CHECK(read("+1 202-555-0173") == "phone +12025550173");
    for (const char* typed : {"tel:+98-912-123-4567",
                              "\u202a+98 912 123 4567\u202c",
                              "+98\u202f912\u202f1234567",
                              "0912\u20111234567",
                              "\u2068+989121234567\u2069",
                              "0912\u2013123\u20134567",
                              "0912/123.45.67",
                              "[0912] 1234567",
                              "＋98９121234567",
                              "٠٩١٢١٢٣٤٥٦٧",
                              "00\u200e989121234567",
                              "+98 (0) 912 123 4567",
                              "Ana <tel:+98-912-123-4567>",
                              "whatsapp:+989121234567",
                              "Tel.: 0912 123 4567",
                              "\u2022 0912\u00a0123\u00a04567",
                              "\u202b۰۹۱۲ ۱۲۳ ۴۵۶۷\u202c",
                              "sms:+989121234567?body=hello",
                              "0912\u2007123\u20074567",
                              "*09121234567*",
                              "0912 123-45-67.",
                              "0912ー1234567"}) {
        INFO(typed);
        CHECK(read(typed) == "phone +989121234567");
    }
    CHECK(read("09121234567@example.com") == "email 09121234567@example.com");
    CHECK(read("id:09121234567") == "id 09121234567");
}

TEST_CASE("what looks like a number and is none is refused, and says why") {
    CHECK(read("42") == "'42' is not a phone number: it is too short");
    CHECK(read("0912CALLNOW") == "'0912CALLNOW' is not a phone number: it holds 'C' U+0043");
    CHECK(read("0912\u200b1234567") == "the identity holds the invisible character U+200B");
    CHECK(read("09121234567", "") == "'09121234567' looks like a phone number, and this application has none");
}

TEST_CASE("an identity is counted in one form, however it was typed") {
    const auto form = [](std::string_view typed) { return normal_form(parse_identity(typed, "IR")); };
    CHECK(form("Ana@Example.com") == "ana@example.com");
    CHECK(form("0912 123 4567") == "+989121234567");
    CHECK(form("00989121234567") == "+989121234567");
    CHECK(form("id:42") == "id:42");
    CHECK(form("login:Bob") == "login:bob");
}
