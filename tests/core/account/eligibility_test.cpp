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

/// "reason CODE: message", or "may".
std::string verdict(const db::AccountRow& account, const UsersConfig& users = {}, Kind kind = Kind::link) {
    const auto refused = refusal(account, users, kind);
    if (!refused) return "may";
    CHECK_FALSE(refused->error.hint.empty());
    return refused->reason + " " + refused->error.code + ": " + refused->error.message;
}

}  // namespace

TEST_CASE("an ordinary account may be sent everything") {
    for (const auto& [kind, word] : kind_words) CHECK(verdict(ana(), {}, kind) == "may");
}

TEST_CASE("a disabled account is sent nothing") {
    auto account = ana();
    account.enabled = false;
    for (const auto& [kind, word] : kind_words) {
        CHECK(verdict(account, {}, kind) == "disabled FORBIDDEN: account 'id:42' is disabled");
    }
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
        CHECK(verdict(account, users) ==
              "protected PROTECTED_ACCOUNT: account 'id:42' is protected by its role '" + std::string(role) + "'");
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
    CHECK(refusal(account, users, Kind::link)->reason == "protected");
    CHECK(refusal(account, users, Kind::link)->error.exit == Exit::forbidden);
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
    CHECK(refusal(account, {}, Kind::verify_caller)->reason == "key");
    account.id = std::string(64, 'k');
    CHECK(verdict(account) == "may");
    account.id += 'k';
    CHECK(refusal(account, {}, Kind::link)->reason == "key");
}
