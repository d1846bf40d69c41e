#include "src/init/detection.h"

#include "src/base/error.h"
#include "src/config/profile.h"
#include "src/init/preset_layout.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

const std::vector<Signature> signatures{{"laravel", "", {"users.email", "password_reset_tokens.token"}},
                                        {"django", "", {"auth_user.last_login"}},
                                        {"allauth", "", {"auth_user.last_login", "account_emailaddress.verified"}},
                                        {"wordpress", "wp_", {"wp_users.user_activation_key", "wp_usermeta.meta_key"}}};

std::string found(const Schema& schema) {
    std::string all;
    for (const auto& detected : detect(schema, signatures)) all += detected.preset + "(" + detected.prefix + ") ";
    return all;
}

}  // namespace

TEST_CASE("an application is known by tables and columns that are all there") {
    CHECK(found({{"users", {"id", "email"}}, {"password_reset_tokens", {"email", "token"}}}) == "laravel() ");
    CHECK(found({{"users", {"id", "email"}}, {"password_reset_tokens", {"email"}}}).empty());
    CHECK(found({}).empty());
}

TEST_CASE("the one with the most marks comes first") {
    CHECK(found({{"auth_user", {"last_login"}}, {"account_emailaddress", {"verified"}}}) == "allauth() django() ");
}

TEST_CASE("names of tables may begin as a site chose") {
    const auto site = [](const std::string& prefix) {
        return Schema{{prefix + "users", {"user_activation_key"}}, {prefix + "usermeta", {"meta_key"}}};
    };
    CHECK(found(site("wp_")) == "wordpress(wp_) ");
    CHECK(found(site("shop7_")) == "wordpress(shop7_) ");
    CHECK(found(site("")) == "wordpress() ");
    // A backup beside it does not come first.
    Schema both = site("old_");
    both.merge(site("wp_"));
    CHECK(found(both) == "wordpress(wp_) wordpress(old_) ");
    CHECK(found({{"a_users", {"user_activation_key"}}, {"b_usermeta", {"meta_key"}}}).empty());
}

TEST_CASE("only tables that some mark names are looked at") {
    CHECK(may_matter("Users", signatures));
    CHECK(may_matter("x_usermeta", signatures));
    CHECK_FALSE(may_matter("orders", signatures));
}

TEST_CASE("every preset's marks name a table and a column") {
    for (const auto& signature : preset_signatures()) {
        CAPTURE(signature.preset);
        CHECK_FALSE(signature.columns.empty());
        for (const auto& mark : signature.columns) {
            CHECK(mark.find('.') != std::string::npos);
            CHECK(mark.starts_with(signature.prefix));
        }
    }
}
