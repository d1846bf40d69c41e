#include "cmd/output/envelope.h"

#include "tests/catch.h"
#include "tests/cmd/output/console.h"

namespace pwreset {
namespace {

const std::string trace = "0b6f4a52-7c1e-4d29-9d6e-2f1c55a0e913";

TEST_CASE("a success is one line with data and trace id") {
    Console console;
    print_success(console.env,
                  {{"reference", "7K3Q-M2"}, {"expires_at", nullptr}, {"results", Json::array({1, nullptr, true})}},
                  trace);
    CHECK(console.out.str() ==
          R"({"success":true,"data":{"reference":"7K3Q-M2","expires_at":null,"results":[1,null,true]},)"
          R"("trace_id":"0b6f4a52-7c1e-4d29-9d6e-2f1c55a0e913"})"
          "\n");
    CHECK(console.err.str().empty());
}

TEST_CASE("empty data stays an empty object or list") {
    Console console;
    print_success(console.env, {{"object", Json::object()}, {"list", Json::array()}}, "t");
    CHECK(console.out.str() == "{\"success\":true,\"data\":{\"object\":{},\"list\":[]},\"trace_id\":\"t\"}\n");
}

TEST_CASE("a failure has all that is known, in the order of the contract") {
    Console console;
    Error error(Exit::limited, "RATE_LIMITED", "too many requests for 'a@example.com'",
                "wait, or use --override-limits");
    error.errors["identity"] = {"too many requests"};
    error.available_in_seconds = 42;
    print_failure(console.env, error, {{"results", Json::array()}}, "t");
    CHECK(console.out.str() ==
          R"({"success":false,"message":"too many requests for 'a@example.com'","code":"RATE_LIMITED",)"
          R"("errors":{"identity":["too many requests"]},"hint":"wait, or use --override-limits",)"
          R"("available_in_seconds":42,"data":{"results":[]},"trace_id":"t"})"
          "\n");
}

TEST_CASE("a failure leaves out what is not known, but errors are always an object") {
    Console console;
    print_failure(console.env, usage_error("unknown option '--x'"), nullptr, "t");
    CHECK(console.out.str() ==
          R"({"success":false,"message":"unknown option '--x'","code":"USAGE","errors":{},"trace_id":"t"})"
          "\n");
}

TEST_CASE("a failure for a person is the message, and the hint on its own line") {
    Console console;
    word_failure(console.env, forbidden("account 'id:42' is protected", "ask an administrator"));
    CHECK(console.err.str() == "pwreset: account 'id:42' is protected\n  hint: ask an administrator\n");
    CHECK(console.out.str().empty());
}

TEST_CASE("a failure without a hint is one line") {
    Console console;
    word_failure(console.env, unavailable("database 'db1' cannot be reached"));
    CHECK(console.err.str() == "pwreset: database 'db1' cannot be reached\n");
}

TEST_CASE("a failure worded for a person cannot drive the terminal") {
    Console console;
    word_failure(console.env, usage_error("no such user '\033[2J\n'", "try \u202Egnp.exe"));
    CHECK(console.err.str() == "pwreset: no such user '\\u{1B}[2J\\u{A}'\n  hint: try \\u{202E}gnp.exe\n");
}

TEST_CASE("keys of an envelope are escaped like values") {
    Console console;
    print_success(console.env, {{"a\033b", "c\u202Ed"}}, "t");
    CHECK(console.out.str() == R"({"success":true,"data":{"a\u001bb":"c\u202ed"},"trace_id":"t"})"
                               "\n");
}

TEST_CASE("an answer that cannot be written is an IO_ERROR") {
    Console console;
    SmallDisk full(5);
    LostDisk lost;
    for (std::streambuf* disk : {static_cast<std::streambuf*>(&full), static_cast<std::streambuf*>(&lost)}) {
        std::ostream out(disk);
        Env env = console.outside(out);
        try {
            print_success(env, Json::object(), "t");
            FAIL("the loss went unnoticed");
        } catch (const Error& error) {
            CHECK(error.exit == Exit::io);
            CHECK(error.code == "IO_ERROR");
            CHECK(error.message == "standard output could not be written");
        }
    }
}

TEST_CASE("a failure that cannot be written does not replace the failure") {
    Console console;
    SmallDisk full(0);
    std::ostream out(&full);
    Env env = console.outside(out);
    CHECK_NOTHROW(print_failure(env, usage_error("x"), nullptr, "t"));
    CHECK_THROWS_AS(check_output(env), Error);
}

TEST_CASE("output that arrived passes the check") {
    Console console;
    console.out << "text";
    CHECK_NOTHROW(check_output(console.env));
}

}  // namespace
}  // namespace pwreset
