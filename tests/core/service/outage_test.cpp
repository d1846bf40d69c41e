#include "src/service/outage.h"

#include <vector>

#include "db/session.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

struct Log {
    std::vector<std::string> lines;
    ServiceLog log{[](const std::string&) {}, [this](const std::string& line) { lines.push_back(line); }};
};

}  // namespace

TEST_CASE("an outage is told once when it begins and once when it ends") {
    Log log;
    Outage outage("relay", log.log);
    outage.over();
    CHECK(log.lines.empty());
    for (const char* words : {"connection refused", "no answer in time"}) outage.gone(unavailable(words));
    CHECK(outage.on());
    outage.over();
    outage.over();
    CHECK_FALSE(outage.on());
    CHECK(log.lines == std::vector<std::string>{"relay away: connection refused", "relay back after 0 s"});
    outage.gone(unavailable("connection refused"));
    CHECK(log.lines.size() == 3);
}

TEST_CASE("an outage that turns out to be of another kind is told again, with the remedy if there is one") {
    Log log;
    Outage outage("database", log.log);
    outage.gone(unavailable("connection refused", "is the server up?"));
    outage.gone(config_error("the database refused", "give the login its grants"));
    outage.gone(config_error("the database refused", "give the login its grants"));
    outage.gone(unavailable("connection refused"));
    CHECK(log.lines == std::vector<std::string>{"database away: connection refused",
                                                "database away: the database refused; give the login its grants"});
}

TEST_CASE("an outage that goes on for another reason, which is mended otherwise, tells that one too") {
    Log log;
    Outage outage("database", log.log);
    for (int i = 0; i < 2; ++i) {
        outage.gone(config_error("a table is missing", "migrate"), "refuses us");
        outage.gone(config_error("a backup was restored", "migrate --restored"), "refuses us");
        outage.gone(config_error("another backup was restored", "migrate --restored"), "refuses us");
    }
    CHECK(log.lines == std::vector<std::string>{"database refuses us: a table is missing; migrate",
                                                "database refuses us: a backup was restored; migrate --restored"});
}

TEST_CASE("what answers and does not do its work is not told as away") {
    Log log;
    Outage outage("database", log.log);
    outage.gone(io_error("the database server is out of space", "free space on it"), "cannot write");
    outage.over();
    CHECK(log.lines ==
          std::vector<std::string>{"database cannot write: the database server is out of space; free space on it",
                                   "database works again after 0 s"});
}

TEST_CASE("after something was done about it the same failure is told again") {
    Log log;
    Outage outage("relay", log.log);
    outage.gone(unavailable("login refused"));
    outage.tell_again();
    outage.gone(unavailable("login refused"));
    CHECK(log.lines.size() == 2);
}

TEST_CASE("the pause doubles from one second to thirty, and begins anew with the next outage") {
    Log log;
    Outage outage("database", log.log);
    for (const int expected : {1, 2, 4, 8, 16, 30, 30}) {
        outage.gone(unavailable("away"));
        CHECK(outage.pause() == std::chrono::seconds(expected));
    }
    outage.over();
    outage.gone(unavailable("away"));
    CHECK(outage.pause() == std::chrono::seconds(1));
}

TEST_CASE("what fails is an Error in words, the database's own exceptions too") {
    CHECK_FALSE(fault_of([] {}));
    CHECK(fault_of([] { throw config_error("wrong"); })->code == "CONFIG");
    CHECK(fault_of([] { throw db::Lost{}; })->code == "UNAVAILABLE");
    CHECK(fault_of([] { throw db::Conflict{}; })->code == "UNAVAILABLE");
    CHECK_THROWS_AS(fault_of([] { throw std::bad_alloc(); }), std::bad_alloc);
}
