#include "cmd/output/progress.h"

#include "tests/catch.h"
#include "tests/cmd/output/console.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

/// A console whose standard error is a wide terminal.
struct WideTerminal : Console {
    WideTerminal() {
        env.terminal.err = true;
        env.terminal.width = 120;
    }
    /// What was drawn since the last look.
    std::string drawn() {
        std::string text = err.str();
        err.str({});
        return text;
    }
};

TEST_CASE("progress is a bar with count, rate and the time left") {
    WideTerminal console;
    Progress progress(console.env, "purging tokens", false);
    progress.update(0, 500'000);
    console.now += 4500ms;
    progress.update(190'000, 500'000);
    CHECK(console.drawn() ==
          "\rpurging tokens  [#########---------------]  38%  190 000 of 500 000, 42 222/s, 7 s left\033[K");
}

TEST_CASE("progress without a total is a count and a rate") {
    WideTerminal console;
    Progress progress(console.env, "reading", false);
    progress.update(0);
    console.now += 2s;
    progress.update(1'234'567);
    CHECK(console.drawn() == "\rreading  1 234 567, 617 284/s\033[K");
}

TEST_CASE("a total of nothing is as good as none") {
    WideTerminal console;
    Progress progress(console.env, "reading", false);
    console.now += 2s;
    progress.update(7, 0);
    CHECK(console.drawn() == "\rreading  7\033[K");
}

TEST_CASE("what takes less than a second shows no progress") {
    WideTerminal console;
    {
        Progress progress(console.env, "purging", false);
        console.now += 999ms;
        progress.update(1, 2);
    }
    CHECK(console.drawn().empty());
}

TEST_CASE("progress is drawn ten times a second at most") {
    WideTerminal console;
    Progress progress(console.env, "purging", false);
    console.now += 1s;
    progress.update(1, 10);
    CHECK(!console.drawn().empty());
    console.now += 99ms;
    progress.update(2, 10);
    CHECK(console.drawn().empty());
    console.now += 1ms;
    progress.update(3, 10);
    CHECK(!console.drawn().empty());
}

TEST_CASE("a clock that was set back does not stop the drawing") {
    WideTerminal console;
    Progress progress(console.env, "purging", false);
    progress.update(0, 10);
    console.now += 1h;
    progress.update(1, 10);
    console.drawn();
    console.now -= 30min;
    progress.update(2, 10);
    CHECK(console.drawn() == "\rpurging  [####--------------------]  20%  2 of 10, 2 h left\033[K");
}

TEST_CASE("the line takes itself away at the end") {
    WideTerminal console;
    {
        Progress progress(console.env, "purging", false);
        console.now += 1s;
        progress.update(10, 10);
        CHECK(console.drawn() == "\rpurging  [########################] 100%  10 of 10\033[K");
    }
    CHECK(console.drawn() == "\r\033[K");
}

TEST_CASE("a cleared line is gone once, and the next update draws it anew") {
    WideTerminal console;
    Progress progress(console.env, "purging", false);
    console.now += 1s;
    progress.update(1, 10);
    console.drawn();
    progress.clear();
    CHECK(console.drawn() == "\r\033[K");
    progress.clear();
    CHECK(console.drawn().empty());
    console.now += 100ms;
    progress.update(2, 10);
    CHECK_THAT(console.drawn(), ContainsSubstring("2 of 10"));
}

TEST_CASE("a resumed job is not credited with what was done before") {
    WideTerminal console;
    Progress progress(console.env, "sending", false);
    progress.update(400, 1000);
    console.now += 10s;
    progress.update(500, 1000);
    CHECK(console.drawn() == "\rsending  [############------------]  50%  500 of 1 000, 10/s, 50 s left\033[K");
}

TEST_CASE("more than the total is still a full bar") {
    WideTerminal console;
    Progress progress(console.env, "purging", false);
    console.now += 1s;
    progress.update(12, 10);
    CHECK(console.drawn() == "\rpurging  [########################] 100%  12 of 10\033[K");
}

TEST_CASE("a hopeless rate has a time left that does not overflow") {
    WideTerminal console;
    Progress progress(console.env, "purging", false);
    progress.update(0, INT64_MAX);
    console.now += 1h;
    progress.update(1, INT64_MAX);
    CHECK_THAT(console.drawn(), ContainsSubstring("1 of 9 223 372 036 854 775 807, "));
}

TEST_CASE("the line is shorter than the terminal") {
    WideTerminal console;
    console.env.terminal.width = 20;
    Progress progress(console.env, "purging tokens", false);
    console.now += 1s;
    progress.update(1, 10);
    CHECK(console.drawn() == "\rpurging tokens  [#…\033[K");
}

TEST_CASE("a label cannot drive the terminal") {
    WideTerminal console;
    Progress progress(console.env, "job \033[2J", false);
    console.now += 1s;
    progress.update(1);
    CHECK(console.drawn() == "\rjob \\u{1B}[2J  1\033[K");
}

TEST_CASE("nothing is drawn when standard error is no terminal, or when quiet") {
    const bool terminal = GENERATE(false, true);
    WideTerminal console;
    console.env.terminal.err = terminal;
    {
        Progress progress(console.env, "purging", terminal);
        console.now += 10s;
        progress.update(1, 10);
        progress.clear();
    }
    CHECK(console.drawn().empty());
    CHECK(console.out.str().empty());
}

}  // namespace
}  // namespace pwreset
