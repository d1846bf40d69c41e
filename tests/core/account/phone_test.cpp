#include "src/account/phone.h"

#include <algorithm>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

/// "+98… IR mobile", or the fault.
std::string read_number(std::string_view text, const std::string& region = "IR") {
    const auto [phone, fault] = parse_phone(text, region);
    CHECK(phone.has_value() == fault.empty());
    return phone ? phone->e164 + " " + phone->region + (phone->mobile ? " mobile" : "") : fault;
}

}  // namespace

TEST_CASE("every usual spelling of a number is the same number") {
    for (const char* text :
         {"09121234567", "+989121234567", "00989121234567", "989121234567", "9121234567", "0912 123 4567",
          "0912-123-4567", "(0912) 123 4567", "+98 (0)912 123 4567", "+98-912-123-4567", "0912.123.4567",
          "0912/1234567", "۰۹۱۲۱۲۳۴۵۶۷", "+۹۸ ۹۱۲ ۱۲۳ ۴۵۶۷", "٠٩١٢١٢٣٤٥٦٧"}) {
        INFO(text);
        CHECK(read_number(text) == "+989121234567 IR mobile");
    }
}

TEST_CASE("a number of another country needs its code") {
    CHECK(read_number("+4915112345678") == "+4915112345678 DE mobile");
    CHECK(read_number("004915112345678") == "+4915112345678 DE mobile");
    CHECK(read_number("015112345678", "DE") == "+4915112345678 DE mobile");
    CHECK(read_number("4915112345678") == "it is too long");
    CHECK(read_number("4915112345678", "DE") == "+4915112345678 DE mobile");
    CHECK(read_number("3934012345", "IT") == "+393934012345 IT mobile");
}

TEST_CASE("where mobiles cannot be told, a text message may reach") {
    CHECK(read_number("+12025550173") == "+12025550173 US mobile");
}

TEST_CASE("a landline is a number, and no mobile") { CHECK(read_number("021 8888 8888") == "+982188888888 IR"); }

TEST_CASE("letters, extensions, short and wrong numbers are faults") {
    CHECK(read_number("0912CALLNOW") == "it holds 'C' U+0043");
    CHECK(read_number("09121234567 ext 5") == "it holds 'e' U+0065");
    CHECK(read_number("09121234567;ext=5") == "it holds ';' U+003B");
    CHECK(read_number("09121234567#5") == "it holds '#' U+0023");
    CHECK(read_number("tel:+989121234567") == "it holds 't' U+0074");
    CHECK(read_number("+98+9121234567") == "it holds '+' U+002B");
    CHECK(read_number("++989121234567") == "it holds '+' U+002B");
    CHECK(read_number("") == "it has no digit");
    CHECK(read_number("+") == "it has no digit");
    CHECK(read_number("- -") == "it has no digit");
    CHECK(read_number("110") == "it is too short");
    CHECK(read_number("0912") == "no such number is given out");
    CHECK(read_number("+9991234567890") == "no country has that code");
    CHECK(read_number(std::string(18, '1')) == "it is too long");
    CHECK(read_number(std::string(100000, '1')) == "it is too long");
    CHECK(read_number("0912\xff"
                      "1234567") == "it holds '\uFFFD' U+FFFD");
}

TEST_CASE("a region that no number belongs to is a fault of the configuration") {
    try {
        parse_phone("09121234567", "XQ");
        FAIL("it was read");
    } catch (const Error& error) {
        CHECK(error.code == "CONFIG");
        CHECK(error.message == "'users.phone_region' holds 'XQ', which no phone number belongs to");
    }
}

TEST_CASE("what begins like a number and has no at sign is meant as one") {
    for (const char* text : {"0912", "+98", "(0912) 1", "۰۹۱۲", "42", "4ever"}) CHECK(looks_like_phone(text));
    for (const char* text : {"", "ana", "0912@example.com", "-1", "(", "(a", " 0912"})
        CHECK_FALSE(looks_like_phone(text));
}

TEST_CASE("a number of ours is looked up in the ways in which it is usually stored") {
    const auto spellings = spellings_of(*parse_phone("09121234567", "IR").phone);
    for (const char* text : {"09121234567", "+989121234567", "00989121234567", "989121234567", "9121234567",
                             "0912 123 4567", "0912-123-4567", "0912-1234567", "+98 912 123 4567", "+98-912-123-4567",
                             "+98 9121234567", "0098 912 123 4567", "912 123 4567"}) {
        INFO(text);
        CHECK(std::count(spellings.begin(), spellings.end(), text) == 1);
    }
}

TEST_CASE("a number of another country is not looked up without its code") {
    const auto spellings = spellings_of(*parse_phone("+4915112345678", "IR").phone);
    CHECK(std::count(spellings.begin(), spellings.end(), "+4915112345678") == 1);
    CHECK(std::count(spellings.begin(), spellings.end(), "004915112345678") == 1);
    CHECK(std::count(spellings.begin(), spellings.end(), "015112345678") == 0);
}

TEST_CASE("every spelling is read_number as the number it is of") {
    for (const auto& [text, region] : {std::pair("+989121234567", "IR"), std::pair("+4915112345678", "DE"),
                                       std::pair("+393401234567", "IT"), std::pair("+447400123456", "GB")}) {
        for (const auto& spelling : spellings_of(*parse_phone(text, region).phone)) {
            INFO(spelling);
            CHECK(parse_phone(spelling, region).phone->e164 == text);
        }
    }
}
