#include "cmd/output/sections.h"

#include "tests/catch.h"
#include "tests/cmd/output/console.h"

namespace pwreset {
namespace {

const Time now = *parse_rfc3339("2026-03-01T12:34:56Z");

TEST_CASE("a label stands once, before the first of its lines") {
    Console console;
    Sections out(console.env, now);
    out.line("token", "one");
    out.line("token", "two");
    out.line("next", "three");
    CHECK(console.out.str() == "token     one\n          two\nnext      three\n");
}

TEST_CASE("in a pipe nothing is wrapped and times are UTC") {
    Console console;
    Sections out(console.env, now);
    const std::string text(300, 'x');
    out.line("answer", text + " " + text);
    CHECK(console.out.str() == "answer    " + text + " " + text + "\n");
    CHECK(out.when(now) == "2026-03-01T12:34:56Z");
}

TEST_CASE("on a terminal lines are wrapped at its width, by columns and not by bytes") {
    Console console;
    console.env.terminal.out = true;
    console.env.terminal.width = 34;
    Sections out(console.env, now);
    out.line("next", "ask the user to look for the mail");
    out.line("role", "کاربر ویژه ویرایشگر ارشد سامانه");
    out.line("wide", "漢字漢字漢字 漢字漢字漢字");
    CHECK(console.out.str() ==
          "next      ask the user to look for\n"
          "            the mail\n"
          "role      کاربر ویژه ویرایشگر ارشد\n"
          "            سامانه\n"
          "wide      漢字漢字漢字\n"
          "            漢字漢字漢字\n");
}

TEST_CASE("a word longer than the line stands alone, and on a very narrow terminal nothing is wrapped") {
    Console console;
    console.env.terminal.out = true;
    console.env.terminal.width = 30;
    const std::string word(40, 'w');
    Sections(console.env, now).line("answer", "see " + word + " there");
    CHECK(console.out.str() == "answer    see\n            " + word + "\n            there\n");
    console.out.str("");
    console.env.terminal.width = 29;
    Sections(console.env, now).line("answer", "see " + word + " there");
    CHECK(console.out.str() == "answer    see " + word + " there\n");
}

TEST_CASE("a label stands out in colour, and what would drive the terminal is shown") {
    Console console;
    console.env.terminal.out_color = true;
    Sections(console.env, now).line("answer", "550 \x1b[2J\u202Egone");
    CHECK(console.out.str() == "\x1b[1manswer\x1b[0m    550 \\u{1B}[2J\\u{202E}gone\n");
}

}  // namespace
}  // namespace pwreset
