#include "src/account/eligibility.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// An ordinary customer.
db::AccountRow ana() {
    db::AccountRow row;
    row.id = "42";
    row.email = "ana@example.com";
    row.password = "$2y$12$hash";
    row.roles = {"customer"};
    return row;
}

Config with(const UsersConfig& users) {
    Config config;
    config.users = users;
    return config;
}

/// "reason CODE: message", or "may".
std::string verdict(const db::AccountRow& account, const UsersConfig& users = {}, Kind kind = Kind::link,
                    Channel channel = Channel::email) {
    const auto refused = refusal(account, with(users), {kind, channel});
    if (!refused) return "may";
    CHECK_FALSE(refused->error.hint.empty());
    return refused->reason + " " + refused->error.code + ": " + refused->error.message;
}

}  // namespace

TEST_CASE("an ordinary account may be sent everything") {
    for (const auto& [kind, word] : kind_words) CHECK(verdict(ana(), {}, kind) == "may");
}

TEST_CASE("a disabled account is sent nothing but the news that its password was changed") {
    auto account = ana();
    account.enabled = false;
    CHECK(verdict(account, {}, Kind::password_changed) == "may");
    for (const auto& [kind, word] : kind_words) {
        if (mints(kind)) CHECK(verdict(account, {}, kind) == "disabled FORBIDDEN: account 'id:42' is disabled");
    }
}

TEST_CASE("an account that a condition refuses is sent nothing but the news that its password was changed") {
    auto account = ana();
    account.refused = {"it signs in by a social login only", "deleted"};
    CHECK(verdict(account, {}, Kind::password_changed) == "may");
    for (const auto& [kind, word] : kind_words) {
        if (!mints(kind)) continue;
        CHECK(verdict(account, {}, kind) ==
              "refused FORBIDDEN: account 'id:42' may not be reset: it signs in by a social login only");
    }
}

TEST_CASE("an account whose value in another table is not certain is sent nothing at all") {
    auto account = ana();
    account.unclear = "'email_addresses' has 2 values of 'address' for it";
    for (const auto& [kind, word] : kind_words) {
        CHECK(verdict(account, {}, kind) ==
              "unclear FORBIDDEN: account 'id:42' is not told apart from others: 'email_addresses' has 2 values of "
              "'address' for it");
    }
}

TEST_CASE("what keeps an owner from signing in refuses nothing") {
    auto account = ana();
    account.blocked = {"locked after failed sign-ins"};
    CHECK(verdict(account) == "may");
}

TEST_CASE("a flag that holds more than a plain yes protects, and allows nothing") {
    auto account = ana();
    account.roles = {db::StoredRole("staff", "", false)};
    UsersConfig users;
    users.roles = {{.flags = {{"staff", "is_staff"}}}};
    users.protected_roles = {"staff"};
    CHECK(verdict(account, users).starts_with("protected PROTECTED_ACCOUNT"));
    users.protected_roles.clear();
    users.allowed_roles = {"staff"};
    CHECK(verdict(account, users).starts_with("role FORBIDDEN"));
    account.roles = {"staff"};
    CHECK(verdict(account, users) == "may");
}

TEST_CASE("an account without a usable address is sent nothing") {
    for (const char* stored : {"", "ana", "ana@", "ana@example.com\nBcc: eve@example.com", "ana@example.com "}) {
        auto account = ana();
        account.email = stored;
        for (const auto& [kind, word] : kind_words) {
            CHECK(verdict(account, {}, kind) ==
                  "no_address UNDELIVERABLE: account 'id:42' has no valid e-mail address stored");
        }
    }
}

TEST_CASE("an account that signs in elsewhere is sent no reset, but a code that verifies the caller") {
    for (const std::optional<std::string>& stored :
         {std::optional<std::string>(), std::optional<std::string>(""), std::optional<std::string>("!"),
          std::optional<std::string>("!unusable"), std::optional<std::string>("*")}) {
        auto account = ana();
        account.password = stored;
        const std::string told = "no_password FORBIDDEN: account 'id:42' has no password: it signs in by another way";
        CHECK(verdict(account) == told);
        CHECK(verdict(account, {}, Kind::reset_otp) == told);
        CHECK(verdict(account, {}, Kind::verify_caller) == "may");
    }
}

TEST_CASE("where the application has no password column, none is asked for") {
    auto account = ana();
    account.password.reset();
    UsersConfig users;
    users.password.clear();
    CHECK(verdict(account, users) == "may");
}

TEST_CASE("a protected role protects, also beside others, in capitals and with spaces") {
    UsersConfig users;
    users.protected_roles = {"admin", "Owner"};
    auto account = ana();
    CHECK(verdict(account, users) == "may");
    for (const char* role : {"admin", "Admin", "ADMIN ", "owner"}) {
        account.roles = {"customer", role};
        const std::string named = role == std::string("ADMIN ") ? "ADMIN" : role;
        CHECK(verdict(account, users) ==
              "protected PROTECTED_ACCOUNT: account 'id:42' is protected by its role '" + named + "'");
        CHECK(verdict(account, users, Kind::verify_caller) == "may");
    }
    account.roles = {"administrator", "admin2", ""};
    CHECK(verdict(account, users) == "may");
}

TEST_CASE("protected wins over allowed") {
    UsersConfig users;
    users.allowed_roles = {"customer"};
    users.protected_roles = {"admin"};
    auto account = ana();
    account.roles = {"customer", "admin"};
    CHECK(refusal(account, with(users), {})->reason == "protected");
    CHECK(refusal(account, with(users), {})->error.exit == Exit::forbidden);
}

TEST_CASE("where roles are allowed by name, an account needs one of them") {
    UsersConfig users;
    users.allowed_roles = {"customer", "partner"};
    auto account = ana();
    CHECK(verdict(account, users) == "may");
    account.roles = {"staff", "partner"};
    CHECK(verdict(account, users) == "may");
    const std::string told = "role FORBIDDEN: account 'id:42' has no role in [users] allowed_roles";
    account.roles = {"staff"};
    CHECK(verdict(account, users) == told);
    account.roles.clear();
    CHECK(verdict(account, users) == told);
    CHECK(verdict(account, users, Kind::verify_caller) == "may");
}

TEST_CASE("an account whose key does not fit our columns is refused") {
    auto account = ana();
    account.id.clear();
    CHECK(refusal(account, Config(), {Kind::verify_caller, Channel::email})->reason == "key");
    account.id = std::string(64, 'k');
    CHECK(verdict(account) == "may");
    account.id += 'k';
    CHECK(refusal(account, Config(), {})->reason == "key");
}

namespace {

UsersConfig with_phones() {
    UsersConfig users;
    users.phone = "phone";
    users.phone_region = "IR";
    return users;
}

/// What becomes of a code by text message to this stored number.
std::string texted(const std::string& stored, const UsersConfig& users = with_phones()) {
    auto account = ana();
    account.phone = stored;
    return verdict(account, users, Kind::reset_otp, Channel::sms);
}

}  // namespace

TEST_CASE("a text message goes to a stored mobile number, whatever the address is") {
    CHECK(texted("0912 123 4567") == "may");
    auto account = ana();
    account.phone = "+989121234567";
    account.email = "";
    CHECK(verdict(account, with_phones(), Kind::reset_otp, Channel::sms) == "may");
}

TEST_CASE("a number that no text message reaches is refused for text messages alone, each with its reason") {
    const std::string who = "account 'id:42' has ";
    CHECK(texted("") == "no_phone UNDELIVERABLE: " + who + "no phone number stored");
    CHECK(texted("call my mother") ==
          "bad_phone UNDELIVERABLE: " + who + "a phone number stored that is none: it holds 'c' U+0063");
    CHECK(texted("0912\x1b[2J") ==
          "bad_phone UNDELIVERABLE: " + who + "a phone number stored that is none: it holds U+001B");
    CHECK(texted("021 8888 8888") == "not_mobile UNDELIVERABLE: " + who + "a number stored that is no mobile");
    CHECK(texted("09121234567", {}) ==
          "no_phone UNDELIVERABLE: " + who + "no phone number: the application has no column for one");
    CHECK(texted("+4915112345678") == "country FORBIDDEN: " + who + "a number of 'DE', which gets no text messages");
    auto account = ana();
    account.phone = "call my mother";
    CHECK(verdict(account, with_phones()) == "may");
}

TEST_CASE("who may override the protection may reset a protected account, but no other") {
    UsersConfig users;
    users.protected_roles = {"admin"};
    users.allowed_roles = {"customer"};
    auto account = ana();
    account.roles = {"customer", "admin"};
    CHECK(is_protected(account, users));
    CHECK_FALSE(refusal(account, with(users), {}, true));
    account.roles = {"admin"};
    CHECK(refusal(account, with(users), {}, true)->reason == "role");
    account.roles = {"customer", "admin"};
    account.enabled = false;
    CHECK(refusal(account, with(users), {}, true)->reason == "disabled");
}

TEST_CASE("text messages go to the countries that are listed, and to landlines where that is said") {
    auto config = with(with_phones());
    config.sms.emplace();
    config.sms->countries = {"DE", "FR"};
    auto account = ana();
    const auto reason = [&](const std::string& phone) {
        account.phone = phone;
        const auto refused = refusal(account, config, {Kind::reset_otp, Channel::sms});
        return refused ? refused->reason : "may";
    };
    CHECK(reason("+4915112345678") == "may");
    CHECK(reason("09121234567") == "country");
    CHECK(reason("+493012345678") == "not_mobile");
    config.sms->mobile_only = false;
    CHECK(reason("+493012345678") == "may");
}
