// The program around the test cases, with a listener that names each case that failed on a line of its own at the end:
//   failed: 'a token works once' (/…/tests/core/token/mint_test.cpp:41)
// script/test collects these lines. A case in which a sanitizer ends the program is named too.
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#define CATCH_CONFIG_RUNNER
#include "tests/catch.h"

#include <cstdio>
#include <string>
#include <vector>

#if __has_include(<catch2/catch_all.hpp>)
using Listener = Catch::EventListenerBase;
#else
using Listener = Catch::TestEventListenerBase;
#endif

extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));

namespace {

/// The case that runs, or nothing. Not freed: a sanitizer may ask for it at any time.
std::string* const running = new std::string;

std::string named(const Catch::TestCaseInfo& test) {
    return "failed: '" + std::string(test.name.data(), test.name.size()) + "' (" + test.lineInfo.file + ':' +
           std::to_string(test.lineInfo.line) + ')';
}

void name_the_running() {
    if (!running->empty()) std::printf("%s\n", running->c_str());
    std::fflush(stdout);
}

class Failures : public Listener {
public:
    using Listener::Listener;

    void testCaseStarting(const Catch::TestCaseInfo& test) override { *running = named(test); }

    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        if (!stats.totals.assertions.allOk()) failed_.push_back(*running);
        running->clear();
    }

    void testRunEnded(const Catch::TestRunStats&) override {
        for (const auto& line : failed_) std::printf("%s\n", line.c_str());
        std::fflush(stdout);
    }

private:
    std::vector<std::string> failed_;
};

CATCH_REGISTER_LISTENER(Failures)

}  // namespace

int main(int count, char** words) {
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(name_the_running);
    return Catch::Session().run(count, words);
}
