// A code that a caller reads out: good once, for a few minutes, and not to be guessed.
#include "src/recovery/verify.h"

#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

/// Ada was mailed a code; what it is.
std::string code_sent(Desk& desk) {
    desk.request("id:42", {.kind = Kind::verify_caller, .override_limits = true});
    return desk.mail().line_after("Tell this code to the agent now:");
}

std::string wrong(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

/// "verified", or the code, the exit and the words of the refusal.
std::string checked(Desk& desk, const std::string& code) {
    Context context = desk.invocation();
    try {
        verify_caller(context, "id:42", normalised_code(code), {});
        return "verified";
    } catch (const Error& error) {
        return error.code + " " + std::to_string(static_cast<int>(error.exit)) + ": " + error.message;
    }
}

}  // namespace

TEST_CASE("the right code verifies a caller for a quarter of an hour") {
    Desk desk;
    desk.account({});
    const std::string code = code_sent(desk);
    REQUIRE(code.size() == 6);
    Context context = desk.invocation();
    const auto result = verify_caller(context, "ada@example.com", Secret(code), "SUP-1");
    CHECK(result.account == "42");
    CHECK(rfc3339(result.verified_until) == "2026-03-01T12:49:56Z");
    CHECK(desk.tokens() == Lines{"used"});
    CHECK(desk.last_entry().result == "verified");
    CHECK(desk.last_entry().ticket == "SUP-1");
}

TEST_CASE("a code verifies once") {
    Desk desk;
    desk.account({});
    const std::string code = code_sent(desk);
    checked(desk, code);
    CHECK(checked(desk, code) == "INVALID_CODE 1: no code that verifies a caller is live for 'id:42'");
}

TEST_CASE("a wrong code leaves two tries, then one, then none") {
    Desk desk;
    desk.account({});
    const std::string code = code_sent(desk);
    Context context = desk.invocation();
    Lines hints;
    for (int i = 0; i < tries_per_code; ++i) {
        try {
            verify_caller(context, "id:42", Secret(wrong(code)), {});
        } catch (const Error& error) {
            CHECK(error.code == "INVALID_CODE");
            CHECK(error.message == "the code is wrong");
            hints.push_back(error.hint);
        }
    }
    CHECK(hints == Lines{"2 tries are left", "one try is left", "that was the last try: send a new code"});
    CHECK(desk.tokens() == Lines{"void guessed"});
    CHECK(checked(desk, code) == "INVALID_CODE 1: no code that verifies a caller is live for 'id:42'");
}

TEST_CASE("a code is right after two wrong tries") {
    Desk desk;
    desk.account({});
    const std::string code = code_sent(desk);
    checked(desk, wrong(code));
    checked(desk, wrong(code));
    CHECK(checked(desk, code) == "verified");
}

TEST_CASE("ten wrong codes in a day end all codes of the account") {
    Desk desk;
    desk.account({});
    for (int i = 0; i < tries_per_account; ++i) {
        const std::string code = i % tries_per_code == 0 ? code_sent(desk) : "";
        checked(desk, "000000" == code ? "000001" : "000000");
    }
    CHECK(checked(desk, code_sent(desk)) == "RATE_LIMITED 75: too many wrong codes for this account");
    CHECK(desk.outcome("id:42") == "accepted");
    desk.later(wrong_codes_window);
    CHECK(checked(desk, code_sent(desk)) == "verified");
}

TEST_CASE("a code whose five minutes are over verifies nobody") {
    Desk desk;
    desk.account({});
    const std::string code = code_sent(desk);
    desk.later(Seconds(300));
    CHECK(checked(desk, code) == "INVALID_CODE 1: no code that verifies a caller is live for 'id:42'");
}

TEST_CASE("only the newer of two codes verifies") {
    Desk desk;
    desk.account({});
    const std::string older = code_sent(desk);
    const std::string newer = code_sent(desk);
    REQUIRE(older != newer);
    CHECK(checked(desk, older) == "INVALID_CODE 1: the code is wrong");
    CHECK(checked(desk, newer) == "verified");
}

TEST_CASE("a code that resets a password verifies nobody, and is not used up") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::reset_otp});
    CHECK(checked(desk, desk.mail().line_after("where you were asked for it:")) ==
          "INVALID_CODE 1: no code that verifies a caller is live for 'id:42'");
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("what is no code at all is a wrong one") {
    Desk desk;
    desk.account({});
    code_sent(desk);
    CHECK(checked(desk, "12 34") == "INVALID_CODE 1: the code is wrong");
}

TEST_CASE("a code of an account that nobody has is refused like any identity") {
    Desk desk;
    Context context = desk.invocation();
    CHECK(thrown_by([&] { verify_caller(context, "eve@example.com", Secret(std::string("123456")), {}); }) ==
          "USER_NOT_FOUND 67");
    CHECK(desk.last_entry().result == "USER_NOT_FOUND");
}

TEST_CASE("a code made under a key that is not here any more is a wrong one") {
    Desk desk;
    desk.account({});
    const std::string code = code_sent(desk);
    desk.session.run("UPDATE pwreset_tokens SET key_id = 'gone'");
    CHECK(checked(desk, code) == "INVALID_CODE 1: the code is wrong");
}
