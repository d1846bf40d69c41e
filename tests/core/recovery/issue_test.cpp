// Who may be sent something, and the refusal of each who may not: the code, the exit and the words an agent reads.
#include "src/recovery/issue.h"

#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

/// The refusal of one identity.
Error refused(Desk& desk, const std::string& identity, const Ask& ask = {}) {
    const auto result = desk.request(identity, ask);
    REQUIRE(result.failure);
    CHECK(result.delivery == "failed");
    CHECK(desk.post.posted.empty());
    CHECK(desk.last_entry().result == result.failure->code);
    return *result.failure;
}

std::string in_words(const Error& error) {
    return error.code + " " + std::to_string(static_cast<int>(error.exit)) + ": " + error.message + "; " + error.hint;
}

}  // namespace

TEST_CASE("what is no identity is refused as it was typed") {
    Desk desk;
    CHECK(in_words(refused(desk, "ada@@example")) ==
          "INVALID_IDENTITY 65: 'ada@@example' is not an e-mail address; give an e-mail address, a phone number, id:42 "
          "or login:bob");
}

TEST_CASE("an identity that nobody has is refused") {
    Desk desk;
    CHECK(in_words(refused(desk, "eve@example.com")) ==
          "USER_NOT_FOUND 67: no account has the identity 'eve@example.com'; check the spelling with the caller");
}

TEST_CASE("an identity of two accounts is refused, and both are named") {
    Desk desk;
    desk.account({});
    desk.account({.id = 43});
    CHECK(in_words(refused(desk, "ada@example.com")) ==
          "AMBIGUOUS_USER 67: 'ada@example.com' is the identity of 2 accounts; use one of id:42, id:43");
}

TEST_CASE("an identity that only the database takes for an account's is refused, and the difference named") {
    Desk desk;
    desk.account({.email = "ada@example.com "});
    CHECK(in_words(refused(desk, "ada@example.com")) ==
          "USER_NOT_FOUND 67: 'ada@example.com' only looks like the identity of an account: typed nothing, stored "
          "U+0020; if that account is meant, use id:42");
}

TEST_CASE("capitals in an address do not matter where one account has it") {
    Desk desk;
    desk.account({});
    CHECK(desk.outcome("Ada@Example.COM") == "accepted");
}

TEST_CASE("an account is found by its key, its login name and its number") {
    Desk desk;
    desk.account({.phone = "+989121234567", .login = "ada"});
    CHECK(desk.request("id:42", {.dry_run = true}).account == "42");
    CHECK(desk.request("login:ada", {.dry_run = true}).account == "42");
    CHECK(desk.request("0912 123 4567", {.dry_run = true}).account == "42");
}

TEST_CASE("a disabled account is refused") {
    Desk desk;
    desk.account({.active = 0});
    CHECK(in_words(refused(desk, "id:42")) ==
          "FORBIDDEN 77: account 'id:42' is disabled; enable it in the application first");
}

TEST_CASE("an account without a usable password is refused") {
    Desk desk;
    desk.account({.password = "!"});
    CHECK(in_words(refused(desk, "id:42")) ==
          "FORBIDDEN 77: account 'id:42' has no password: it signs in by another way; send the user to the single "
          "sign-on");
}

TEST_CASE("an account whose role is not allowed is refused") {
    Desk desk;
    desk.config.users.allowed_roles = {"member"};
    desk.account({});
    CHECK(in_words(refused(desk, "id:42")) ==
          "FORBIDDEN 77: account 'id:42' has no role in [users] allowed_roles; roles are given in the application");
}

TEST_CASE("a protected account is refused") {
    Desk desk;
    desk.account({.role = "admin"});
    CHECK(in_words(refused(desk, "id:42")) ==
          "PROTECTED_ACCOUNT 77: account 'id:42' is protected by its role 'admin'; who has the capability 'privileged' "
          "may use --override-protected");
}

TEST_CASE("a protected account is sent a link on a privileged operator's word, which the trail keeps") {
    Desk desk;
    desk.account({.role = "admin"});
    CHECK(desk.outcome("id:42", {.override_protected = true, .ticket = "SUP-1"}) == "accepted");
    CHECK(desk.text("SELECT detail FROM pwreset_audit WHERE action = 'request'") == "link, protection overridden");
}

TEST_CASE("an account without an address is refused") {
    Desk desk;
    desk.account({.email = "ada at home"});
    CHECK(in_words(refused(desk, "id:42")) ==
          "UNDELIVERABLE 1: account 'id:42' has no valid e-mail address stored; correct the address in the application "
          "first");
}

TEST_CASE("an account without a number is refused a text message") {
    Desk desk;
    desk.account({});
    CHECK(in_words(refused(desk, "id:42", {.channel = Channel::sms})) ==
          "UNDELIVERABLE 1: account 'id:42' has no phone number stored; use '--channel email', or correct the number "
          "in the application first");
}

TEST_CASE("an account whose number is none is refused a text message") {
    Desk desk;
    desk.account({.phone = "12"});
    CHECK(refused(desk, "id:42", {.channel = Channel::sms})
              .message.starts_with("account 'id:42' has a phone number stored that is none: "));
}

TEST_CASE("a landline gets no text message") {
    Desk desk;
    desk.account({.phone = "+982188888888"});
    CHECK(in_words(refused(desk, "id:42", {.channel = Channel::sms})) ==
          "UNDELIVERABLE 1: account 'id:42' has a number stored that is no mobile; use '--channel email', or correct "
          "the number in the application first");
}

TEST_CASE("a country that is not listed gets no text message") {
    Desk desk;
    desk.account({.phone = "+4915112345678"});
    CHECK(in_words(refused(desk, "id:42", {.channel = Channel::sms})) ==
          "FORBIDDEN 77: account 'id:42' has a number of 'DE', which gets no text messages; use '--channel email', or "
          "list the country in [sms] countries");
}

TEST_CASE("a code goes to a number as a text message") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    const auto result = desk.request("+989121234567");
    CHECK(result.delivery == "accepted");
    CHECK(result.relay == "gateway.test");
    CHECK(desk.mail().to == "+989121234567");
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("an account that is named twice is refused the second time") {
    Desk desk;
    desk.account({});
    const auto results = desk.requests({"ada@example.com", "id:42"});
    CHECK(results[0].delivery == "accepted");
    CHECK(in_words(results[1].failure.value()) ==
          "INVALID_INPUT 65: 'id:42' names an account that was named before in this call; name it once");
}

TEST_CASE("of several the one that is refused holds up no other") {
    Desk desk;
    desk.account({});
    const auto results = desk.requests({"eve@example.com", "ada@example.com"});
    CHECK(results[0].failure->code == "USER_NOT_FOUND");
    CHECK(results[1].delivery == "accepted");
}

TEST_CASE("an identity for which there is no column is a wrong command line") {
    Desk desk;
    desk.account({});
    db::UsersTable names = users_table(desk.config.users);
    names.login.clear();
    db::Accounts without_logins(desk.session, names);
    Context context{desk.world.env, desk.config, desk.keys, desk.session, without_logins, desk.who, "a trace"};
    context.at_work = &desk.application;
    IssueRequest request;
    request.command = "request";
    request.identities = {"login:ada"};
    CHECK(thrown_by([&] { issue(context, request); }) == "USAGE 64");
}

TEST_CASE("a link or a password in a text message is a wrong command line") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    CHECK(thrown_by([&] { desk.request("id:42", {.kind = Kind::link, .channel = Channel::sms}); }) == "USAGE 64");
    CHECK(thrown_by([&] { desk.request("id:42", {.kind = Kind::temporary_password, .channel = Channel::sms}); }) ==
          "USAGE 64");
}

TEST_CASE("text messages without a gateway are unavailable") {
    Desk desk;
    desk.account({.phone = "+989121234567"});
    desk.config.sms.reset();
    CHECK(thrown_by([&] { desk.request("+989121234567"); }) == "UNAVAILABLE 69");
}

TEST_CASE("templates that cannot be sent are told before anything is queued") {
    Desk desk;
    desk.account({});
    desk.config.text.templates = "/nowhere/templates";
    CHECK(thrown_by([&] { desk.request("id:42"); }) == "CONFIG 78");
    CHECK(desk.trail() == Lines{});
}

TEST_CASE("a signal between two identities leaves the first in the queue") {
    Desk desk;
    desk.account({});
    int looks = 0;
    desk.looked = [&] { desk.signal = ++looks > 1 ? 2 : 0; };
    CHECK(thrown_by([&] { desk.requests({"id:42", "id:43"}); }) == "INTERRUPTED 130");
    CHECK(desk.delivery() == "held");
}

TEST_CASE("a dry run says what would be sent, and sends and queues nothing") {
    Desk desk;
    desk.account({});
    const auto result = desk.request("id:42", {.dry_run = true});
    CHECK(result.delivery == "would be sent");
    CHECK(result.recipient == "a••a@example.com");
    CHECK(desk.trail() == Lines{"request dry run"});
    CHECK(desk.delivery() == "none");
    CHECK(desk.lines("SELECT limit_key FROM pwreset_limits WHERE hits > 0", 1) == Lines{"lookups:tom"});
}

TEST_CASE("a dry run refuses what would be refused") {
    Desk desk;
    desk.account({.active = 0});
    CHECK(desk.outcome("id:42", {.dry_run = true}) == "FORBIDDEN 77");
}

TEST_CASE("ticket and operator stand in every entry of a request") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.ticket = "SUP-4702"});
    CHECK(desk.lines("SELECT operator, ticket FROM pwreset_audit", 2) ==
          Lines{"tom SUP-4702", "tom SUP-4702", "tom SUP-4702"});
}

TEST_CASE("neither link nor address stands anywhere in the database") {
    Desk desk;
    desk.account({});
    desk.request("ada@example.com");
    const std::string token = desk.mail().token();
    REQUIRE(token.size() == 64);
    for (const auto& table :
         desk.lines("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'pwreset%'", 1)) {
        for (const auto& column : desk.lines("SELECT name FROM pragma_table_info('" + table + "')", 1)) {
            const std::string held = "SELECT COUNT(*) FROM " + table + " WHERE INSTR(CAST(" + column + " AS TEXT), '";
            INFO(table << "." << column);
            CHECK(desk.text(held + token + "')") == "0");
            CHECK(desk.text(held + "ada@example.com')") == "0");
        }
    }
}

TEST_CASE("a state that a newer version wrote is a fault of ours") {
    Desk desk;
    desk.account({});
    desk.post.opening = [&](Channel) { desk.session.run("UPDATE pwreset_deliveries SET state = 'dreaming'"); };
    CHECK(thrown_by([&] { desk.request("id:42"); }) == "INTERNAL_ERROR 70");
}

TEST_CASE("who is erased while the mail leaves is told of as ended") {
    Desk desk;
    desk.account({});
    desk.post.sending = [&] { desk.session.run("DELETE FROM pwreset_deliveries"); };
    const auto result = desk.request("id:42");
    REQUIRE(result.failure);
    CHECK(result.failure->message ==
          "delivery '" + reference_of(1) + "' was ended before it was marked as sent: erased");
    CHECK_FALSE(desk.last_entry().account);
}
