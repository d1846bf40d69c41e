#include "src/token/pasted.h"

#include <algorithm>
#include <string>

#include "tests/core/token/pasted_fixture.h"

using namespace pwreset;
using namespace pwreset::pasted_fixture;

TEST_CASE("a token, a link and a mail around it are found as they are") {
    CHECK(found(token) == "none");
    CHECK(found(url) == "none");
    CHECK(found("<" + url + ">") == "none");
    CHECK(found("Hello Ana,\r\n\r\n" + url + "\r\n\r\nReference: 7K3Q-M2\r\n") == "none");
    CHECK(found("https://shop.example/reset?email=ana%40example.com&token=" + token) == "none");
}

TEST_CASE("quoted-printable that was not undone is found, and where") {
    CHECK(found(broken(30, "=\n")) == "soft_line_break 30@58");
    CHECK(found(broken(30, "=\r\n")) == "soft_line_break 30@58");
    CHECK(found("https://shop.example/reset?token=3D" + token) == "quoted_printable 0@33");
    CHECK(found("https://shop.example/reset?token=3D" + token.substr(0, 40) + "=\n" + token.substr(40)) ==
          "quoted_printable 0@33, soft_line_break 40@76");
    CHECK(found(broken(10, "=20")) == "quoted_printable 10@38, space 10@38");
}

TEST_CASE("a token that begins as an escape would end is no damage") {
    const std::string lower = "3d" + token.substr(2);
    const Pasted pasted = read_pasted(Secret("https://shop.example/reset?token=" + lower));
    REQUIRE_FALSE(pasted.candidates.empty());
    CHECK(pasted.candidates.front().token.reveal() == lower);
    CHECK(pasted.candidates.front().injuries.empty());
}

TEST_CASE("breaks between the digits are found, and where") {
    CHECK(found(broken(30, "\n")) == "line_break 30@58");
    CHECK(found(broken(30, "\r\n> ")) == "line_break 30@58");
    CHECK(found(broken(30, " ")) == "space 30@58");
    CHECK(found(broken(1, "\u200B")) == "invisible 1@29");
    CHECK(found(broken(63, "\u00AD")) == "invisible 63@91");
    CHECK(found(broken(30, "<wbr>")) == "invisible 30@58");
    CHECK(found(broken(20, "\n") + " \nRegards, add") == "line_break 20@48");
}

TEST_CASE("a position counts characters, not bytes") {
    CHECK(found("Grüße: " + broken(30, "\n")) == "line_break 30@65");
}

TEST_CASE("the writing of a link that is not the one that was sent is found") {
    std::string capital = url;
    std::transform(capital.begin() + 27, capital.end(), capital.begin() + 27,
                   [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
    CHECK(found(capital) == "upper_case 1@29");
    CHECK(found(escaped(url, "b", '%')) ==
          "percent_encoding 3@31, percent_encoding 22@52, percent_encoding 43@75, "
          "percent_encoding 60@94");
    CHECK(found("https://shop.example/reset&#47;" + token) == "html_entity 0@27");
    CHECK(found(url + "&amp;email=ana") == "html_entity 64@92");
    CHECK(found("https://shop.example/?id=42&amp;token=" + token) == "html_entity 0@28");
}

TEST_CASE("a sentence's end is told where the link stands alone") {
    CHECK(found(url + ".") == "punctuation 64@92");
    CHECK(found(url + ">)") == "punctuation 64@92");
    CHECK(found("Open " + url + ".") == "none");
}

TEST_CASE("a link inside another one is found, also when it was encoded twice") {
    const std::string once = escaped(url, ":/?=&%", '%');
    CHECK(found("https://filter.example/?url=" + once + "&data=05") == "wrapped 0@34");
    CHECK(found("https://filter.example/?url=" + escaped(once, "%", '%')) == "wrapped 0@34");
    CHECK(found("https://filter.example/p/" + escaped("https://shop.example/reset/x-" + token, ":/", '%')) ==
          "wrapped 0@31");
    CHECK(found("https://t.example/c?to=" + url) == "wrapped 0@29");
    const std::string filter = "https://urldefense.example/";
    CHECK(found(filter + "v2/url?u=https-3A__shop.example_reset-3Ftoken-3D" + token + "&d=Dw") == "wrapped 0@42");
    CHECK(found(filter + "v2/url?u=https-3A__shop.example_reset_" + token + "&d=Dw") == "wrapped 0@42");
    CHECK(found(filter + "v3/__" + url + "__;!!abc") == "wrapped 0@38");
    CHECK(found("https://filter.example/?url=" + once + "\n\n" + url) == "wrapped 0@34");
    CHECK(found(url + "<https://filter.example/?url=" + once + ">") == "wrapped 0@126");
}

TEST_CASE("text that is glued to a token is taken off") {
    CHECK(found(url + "deadline") == "text_after 64@92");
    CHECK(found("cafe" + token) == "text_before 0@5");
}

TEST_CASE("a token that was cut is measured, and no digit of it guessed") {
    const auto cut = [](const std::string& text) {
        const Pasted pasted = read_pasted(Secret(std::string_view(text)));
        CHECK(pasted.candidates.empty());
        return std::to_string(pasted.digits) + (pasted.cut_at_end ? " at the end" : "");
    };
    CHECK(cut(url.substr(0, url.size() - 2)) == "62 at the end");
    CHECK(cut(url.substr(0, url.size() - 2) + "...\nRegards") == "62 at the end");
    CHECK(cut("https://shop.example/reset/" + token.substr(1) + "/form") == "63");
    CHECK(cut(token.substr(0, 20) + "\n" + token.substr(20, 20)) == "40 at the end");
    CHECK(cut("nothing of this is a token: 0123456789abcde") == "0");
    CHECK(cut("") == "0");
}

TEST_CASE("a code is known as one, in whatever digits it is written") {
    CHECK(read_pasted(Secret("123 456\n")).code);
    CHECK(read_pasted(Secret("۱۲۳۴۵۶")).code);
    CHECK_FALSE(read_pasted(Secret("1234567")).code);
    CHECK_FALSE(read_pasted(Secret(std::string_view(url))).code);
}

TEST_CASE("however long and however broken a text is, the candidates are few") {
    const auto count = [](const std::string& text) {
        return read_pasted(Secret(std::string_view(text))).candidates.size();
    };
    std::string digits, spaced, lines;
    for (std::size_t i = 0; lines.size() < longest_pasted; ++i) {
        digits += "0123456789abcdef"[i * i % 16];
        spaced += std::string{"0123456789abcdef"[i * 7 % 16], ' '};
        lines += replaced(token, "0a1b", std::to_string(1000 + i % 9000)) + "\n";
    }
    CHECK(count(digits + digits) == 2);
    CHECK(count(spaced + spaced) <= most_candidates);
    CHECK(count(lines) == most_candidates);
    CHECK(count(std::string(longest_pasted, '=')) == 0);
    CHECK(count(std::string(longest_pasted, '%')) == 0);
}

TEST_CASE("what is behind the first megabyte is not read") {
    CHECK(found(std::string(longest_pasted - token.size(), '.') + token) == "none");
    CHECK(found(std::string(longest_pasted - token.size() + 1, '.') + token) == "-");
}
