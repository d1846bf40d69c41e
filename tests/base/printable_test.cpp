#include "src/base/printable.h"

#include <vector>

#include "tests/catch.h"

using namespace pwreset;

namespace {

std::vector<char32_t> code_points(std::string_view text) {
    std::vector<char32_t> all;
    for (std::size_t position = 0; position < text.size();) all.push_back(next_code_point(text, position));
    return all;
}

}  // namespace

TEST_CASE("UTF-8 of every length is read code point by code point") {
    CHECK(code_points("aé€😀") == std::vector<char32_t>{U'a', U'é', U'€', U'😀'});
    CHECK(code_points("\xEF\xBF\xBD") == std::vector<char32_t>{0xFFFD});
    CHECK(code_points("\xF4\x8F\xBF\xBF") == std::vector<char32_t>{0x10FFFF});
    CHECK(code_points("\xED\x9F\xBF\xEE\x80\x80") == std::vector<char32_t>{0xD7FF, 0xE000});
}

TEST_CASE("an invalid byte is U+FFFD and costs one byte") {
    std::size_t position = 0;
    CHECK(next_code_point("\xE2\x82x", position) == 0xFFFD);
    CHECK(position == 1);
    CHECK(code_points("\xE2\x82x") == std::vector<char32_t>{0xFFFD, 0xFFFD, U'x'});
}

TEST_CASE("only well-formed sequences are UTF-8") {
    for (const char* text : {"", "plain", "ü", "می‌خواهم", "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF"})
        CHECK(is_utf8(text));
    for (const char* text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xE2\x82",
                             "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80",
                             "\xF5\x80\x80\x80", "\xFE", "\xFF", "ab\xFF", "\xEF\xBF\xBD\x80"}) {
        INFO(printable(text));
        CHECK_FALSE(is_utf8(text));
    }
}

TEST_CASE("ordinary text is printed as it is") {
    for (const char* text : {"", "plain ASCII ~!", "back\\slash", "Grüße", "日本語", "😀", "e\xCC\x81",
                             "می‌خواهم", "کتاب‌ها", "שלום", "a\xC2\xA0z", "\xEF\xBF\xBD"}) {
        CHECK(printable(text) == text);
    }
}

TEST_CASE("a control character is printed as its number") {
    CHECK(printable("a\nb") == "a\\u{A}b");
    CHECK(printable("\x1b[31mred") == "\\u{1B}[31mred");
    CHECK(printable(std::string_view("\0", 1)) == "\\u{0}");
    CHECK(printable("\t\r\x7f") == "\\u{9}\\u{D}\\u{7F}");
    CHECK(printable("\xC2\x9B"
                    "2J") == "\\u{9B}2J");
}

TEST_CASE("a character that turns or hides text is printed as its number") {
    const std::vector<std::string> turning_or_hidden = {"\u202E", "\u202A",     "\u202C",     "\u2066", "\u2069",
                                                        "\u200E", "\u200F",     "\u061C",  // bidirectional controls
                                                        "\u200B", "\u200D",     "\u2060",     "\u2064", "\u206F",
                                                        "\uFEFF", "\u00AD",     "\u180E",  // zero width
                                                        "\u2028", "\u2029",     "\u034F",     "\u115F", "\u3164",
                                                        "\uFE0F", "\U000E0001", "\U000E007F",  // blank or ignored
                                                        "\uFFF9", "\U000E0100", "\U00013430"};
    for (const std::string& character : turning_or_hidden) {
        std::size_t position = 0;
        const std::string name = name_character(next_code_point(character, position));
        std::string number = name.substr(2);
        number.erase(0, number.find_first_not_of('0'));
        CHECK(printable("a" + character + "b") == "a\\u{" + number + "}b");
    }
}

TEST_CASE("a zero-width non-joiner stays between two Arabic letters only") {
    CHECK(printable("\u0645\u06CC\u200C\u062E") == "\u0645\u06CC\u200C\u062E");
    CHECK(printable("a\u200Cb") == "a\\u{200C}b");
    CHECK(printable("\u06CC\u200Cb") == "\u06CC\\u{200C}b");
    CHECK(printable("a\u200C\u062E") == "a\\u{200C}\u062E");
    CHECK(printable("\u06CC\u200C") == "\u06CC\\u{200C}");
    CHECK(printable("\u200C\u062E") == "\\u{200C}\u062E");
    CHECK(printable("\u06CC\u200C\u200C\u062E") == "\u06CC\\u{200C}\\u{200C}\u062E");
    CHECK(printable("\u06F1\u200C\u06F2") == "\u06F1\\u{200C}\u06F2");             // digits
    CHECK(printable("\u06CC\x80\u200C\u062E") == "\u06CC\\x{80}\\u{200C}\u062E");  // a broken byte in between
}

TEST_CASE("an invalid byte is printed in hexadecimal") {
    CHECK(printable("caf\xE9") == "caf\\x{E9}");
    CHECK(printable("\xE2\x82") == "\\x{E2}\\x{82}");
    CHECK(printable("\xC3\x1b") == "\\x{C3}\\u{1B}");
}

TEST_CASE("what was made printable stays as it is when done again") {
    const std::string once = printable("a\x1b\u202E\xFFü");
    CHECK(printable(once) == once);
}

TEST_CASE("every ASCII character is either printed as it is in one column, or as its number") {
    std::size_t wrong = 0;
    for (char c = 0; c < 0x7F; ++c) {
        const std::string text(1, c);
        wrong +=
            c < 0x20 ? printable(text).substr(0, 3) != "\\u{" : printable(text) != text || display_width(text) != 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("wide characters take two columns, combining and hidden ones none") {
    CHECK(display_width("") == 0);
    CHECK(display_width("plain") == 5);
    CHECK(display_width("Grüße") == 5);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("日本") == 4);
    CHECK(display_width("ｍ") == 2);
    CHECK(display_width("😀") == 2);
    CHECK(display_width("سلام") == 4);
    CHECK(display_width("می‌خواهم") == 7);
    CHECK(display_width("a••a@example.com") == 16);
    CHECK(display_width("\xFF") == 1);
    CHECK(display_width("\U000E0FFF\u200B\x1b") == 0);
}

TEST_CASE("text that fits is not cut") {
    CHECK(cut("plain", 5) == "plain");
    CHECK(cut("日本", 4) == "日本");
    CHECK(cut("e\u0301", 1) == "e\u0301");
    CHECK(cut("", 0) == "");
}

TEST_CASE("text that does not fit ends in an ellipsis, never inside a character") {
    CHECK(cut("plain text", 6) == "plain…");
    CHECK(cut("plain", 1) == "…");
    CHECK(cut("plain", 0) == "");
    CHECK(cut("日本語", 5) == "日本…");
    CHECK(cut("日本語", 4) == "日…");
    CHECK(cut("日本語", 2) == "…");
    CHECK(cut("ae\u0301bc", 3) == "ae\u0301…");
    CHECK(cut("\xFF\xFE\xFD", 2) == "\xFF…");
}

TEST_CASE("text cut to a width never takes more") {
    const std::string text = "a日e\u0301 م\u064Eی‌خ😀z\xFF";
    for (std::size_t width = 0; width <= display_width(text) + 1; ++width)
        CHECK(display_width(cut(text, width)) <= width);
}

TEST_CASE("text is never cut behind a non-joiner, which would then show as its number") {
    CHECK(cut("ab\u0645\u200C\u0645cd", 4) == "ab\u0645…");
    CHECK(cut_bytes("ab\u0645\u200C\u0645cd", 7) == "ab\u0645");
    CHECK(cut_bytes("ab\u0645\u200C\u0645cd", 9) == "ab\u0645\u200C\u0645");
}

TEST_CASE("text is cut to bytes, never inside a character") {
    CHECK(cut_bytes("plain", 5) == "plain");
    CHECK(cut_bytes("plain", 3) == "pla");
    CHECK(cut_bytes("日本", 5) == "日");
    CHECK(cut_bytes("日本", 2) == "");
    CHECK(cut_bytes("\xFF\xFE\xFD", 2) == "\xFF\xFE");
}

TEST_CASE("a character is named with its shape and number") {
    CHECK(name_character(U'ı') == "'ı' U+0131");
    CHECK(name_character(U'i') == "'i' U+0069");
    CHECK(name_character(U'€') == "'€' U+20AC");
    CHECK(name_character(U'😀') == "'😀' U+1F600");
}

TEST_CASE("a character without a shape of its own is named by its number only") {
    CHECK(name_character(0x200B) == "U+200B");
    CHECK(name_character(0x200C) == "U+200C");
    CHECK(name_character(0x1B) == "U+001B");
    CHECK(name_character(U' ') == "U+0020");
    CHECK(name_character(0x00A0) == "U+00A0");
    CHECK(name_character(0x0301) == "U+0301");
    CHECK(name_character(0xE0001) == "U+E0001");
    CHECK(name_character(0xD800) == "U+D800");
    CHECK(name_character(0x110000) == "U+110000");
}
