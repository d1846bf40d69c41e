#include "src/account/protection.h"

#include "src/doctor/users_values.h"
#include "tests/catch.h"
#include "tests/core/doctor/lines.h"

using namespace pwreset;

namespace {

UsersConfig protecting(const std::vector<std::string>& roles) {
    UsersConfig users;
    users.roles = {{.column = "role"}};
    users.protected_roles = roles;
    return users;
}

}  // namespace

TEST_CASE("a protection that protects nobody is told, with the roles that there are") {
    const auto users = protecting({"administrator"});
    for (const db::Values& values : {db::Values{{"admin", "user"}}, db::Values{{"[\"admin\", \"user\"]"}},
                                     db::Values{{"admin,user", std::nullopt}, true, "comma"},
                                     db::Values{{"a:2:{s:5:\"admin\";b:1;s:4:\"user\";b:1;}"}}}) {
        const auto protection = protection_by(values, users);
        CHECK(protection.is_void);
        CHECK(told(protection) == "no account has the role 'administrator'; found are 'admin', 'user'");
    }
    CHECK_FALSE(protection_by(db::Values{{"administrator"}}, users).is_void);
    CHECK_FALSE(protection_by(db::Values{{"user,Administrator"}}, users).is_void);
    CHECK_FALSE(protection_by(db::Values{}, users).is_void);
    CHECK_FALSE(protection_by(db::Values{{"user"}, false}, users).is_void);
    CHECK_FALSE(protection_by(db::Values{{std::nullopt}}, users).is_void);
    CHECK_FALSE(protection_by(db::Values{{std::nullopt, "null"}, true, "json"}, users).is_void);
}

TEST_CASE("a protection that protects nobody is told where there are too many values to look at, too") {
    db::Values many{{"user"}, false};
    CHECK_FALSE(protection_by(many, protecting({"admin"})).is_void);
    many.searched = true;
    CHECK(protection_by(many, protecting({"admin"})).is_void);
    many.found.push_back("user,Admin");
    CHECK_FALSE(protection_by(many, protecting({"admin"})).is_void);
}

TEST_CASE("a protection that protects nobody is told where no role can be named, too") {
    const auto objects = protection_by({{"{\"admin\":true}", "{\"user\":true}"}}, protecting({"administrator"}));
    CHECK(objects.is_void);
    CHECK(told(objects) == "no account has the role 'administrator'; what they hold is no list of words");
    CHECK_FALSE(protection_by({{"{\"administrator\":true}"}}, protecting({"administrator"})).is_void);
}

TEST_CASE("doctor says how the values that are there are read") {
    const db::Values words{{"active", "banned", "on_hold", std::nullopt}};
    CHECK(shown(judge_states("status", words, true, {})) ==
          "warning: 'status' ('users.active'): may be reset with 'active'; refused with 'banned', NULL; not known, so "
          "refused: 'on_hold' > list what means that an account may be reset: active = { column = \"status\", values = "
          "[\"active\"] }");
    CHECK(shown(judge_states("status", words, true, {"active", "on_hold"})) ==
          "ok: 'status' ('users.active'): may be reset with 'active', 'on_hold'; refused with 'banned', NULL");
    const db::Values times{{"0000-00-00 00:00:00", "2024-05-01 10:00:00", "2025-05-01 10:00:00"}};
    CHECK(shown(judge_states("deleted_at", times, false, {})) ==
          "ok: 'deleted_at' ('users.disabled'): may be reset with times that stand for none; refused with times");
}

TEST_CASE("doctor tells what lets nobody be reset") {
    CHECK(
        shown(judge_states("status", {{"active", "banned"}}, false, {})) ==
        "warning: 'status' ('users.disabled'): may be reset with none; refused with 'active', 'banned': so nobody may "
        "be reset > is it the column that was meant? else list what means that an account may be reset: active = { "
        "column = \"status\", values = [\"active\"] }");
    CHECK(judge_states("status", {{"aktiv"}}, true, {"actif"}).level == Level::warning);
    CHECK(judge_states("status", {}, true, {}).level == Level::ok);
    CHECK(judge_states("status", {{"banned"}, false}, true, {}).level == Level::ok);
    UsersConfig users;
    users.roles = {{.column = "role"}};
    users.allowed_roles = {"customer"};
    CHECK(shown(judge_role_values({{"[\"customer\"]", "staff"}}, users).back()) ==
          "warning: no account has a role of 'users.allowed_roles': so nobody may be reset > write them as they are "
          "stored; where several stand in one value, say how: role = { column = \"COLUMN\", list = \"comma\" }");
    CHECK(judge_role_values({{"[\"customer\"]", "[\"staff\"]"}, true, "json"}, users).back().level == Level::ok);
    CHECK(judge_role_values({{std::nullopt}}, users).back().level == Level::ok);
}

TEST_CASE("doctor tells a role that nobody has, and one that reads as none") {
    CHECK(judge_role_values({{"user"}}, protecting({"admin"})).front().level == Level::problem);
    const auto some = judge_role_values({{"admin", "user"}}, protecting({"admin", "owner"}));
    CHECK(shown(some.back()) ==
          "warning: no account has the role 'owner'; found are 'admin', 'user' > correct 'users.protected', or remove "
          "what is not there");
    const auto broken = judge_role_values({{"admin", "[\"user\""}}, protecting({"admin"}));
    CHECK(shown(broken.back()).starts_with("warning: a role is none of the known forms: it is JSON that cannot"));
}
