// Who chose a new password after a token of ours is told so, once.
#include "src/queue/notices.h"

#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

void look_at_passwords(Desk& desk) {
    Context context = desk.invocation();
    Notices(context).look_once();
}

/// Ada was sent a link.
void sent_a_link(Desk& desk) {
    desk.account({});
    desk.request("id:42");
}

void changes_password(Desk& desk) { desk.shop(std::string("password = '") + other_hash + "'"); }

}  // namespace

TEST_CASE("after a token that was used its user is told, by a mail without a link") {
    Desk desk;
    sent_a_link(desk);
    desk.uses_token();
    look_at_passwords(desk);
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.mail().header("Subject") == "Your Shop password was changed");
    CHECK(desk.mail().token() == "");
    CHECK(desk.trail() == Lines{"request queued", "mint done", "send sent", "password-changed queued", "send sent"});
}

TEST_CASE("a password that was changed after a token is told, whoever marked the token or not") {
    Desk desk;
    sent_a_link(desk);
    changes_password(desk);
    look_at_passwords(desk);
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("a change is told once, however many look") {
    Desk desk;
    sent_a_link(desk);
    desk.uses_token();
    changes_password(desk);
    look_at_passwords(desk);
    look_at_passwords(desk);
    desk.deliver();
    look_at_passwords(desk);
    CHECK(desk.deliver().moved() == 0);
    CHECK(desk.post.posted.size() == 2);
}

TEST_CASE("while nothing was changed nothing is told") {
    Desk desk;
    sent_a_link(desk);
    look_at_passwords(desk);
    CHECK(desk.deliver().moved() == 0);
}

TEST_CASE("a change later than a day after the token's end has nothing to do with it") {
    Desk desk;
    sent_a_link(desk);
    desk.later(Seconds(3600 + 86400 + 1));
    changes_password(desk);
    look_at_passwords(desk);
    CHECK(desk.deliver().moved() == 0);
}

TEST_CASE("where the configuration says that nothing is told, nothing is") {
    Desk desk;
    desk.config.reset.notify_on_change = false;
    sent_a_link(desk);
    desk.uses_token();
    look_at_passwords(desk);
    CHECK(desk.deliver().moved() == 0);
}

TEST_CASE("the news of a change takes no limits") {
    Desk desk;
    sent_a_link(desk);
    desk.uses_token();
    look_at_passwords(desk);
    CHECK(desk.text("SELECT SUM(hits) FROM pwreset_limits WHERE limit_key = 'account:42'") == "1");
}

TEST_CASE("a revocation does not stop the news") {
    Desk desk;
    sent_a_link(desk);
    changes_password(desk);
    look_at_passwords(desk);
    desk.take_back("id:42");
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.mail().header("Subject") == "Your Shop password was changed");
}

TEST_CASE("a disabled account is told all the same") {
    Desk desk;
    sent_a_link(desk);
    desk.uses_token();
    desk.shop("active = 0");
    look_at_passwords(desk);
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("whose account is gone is not told, and the trail says so") {
    Desk desk;
    sent_a_link(desk);
    desk.uses_token();
    desk.session.run("DELETE FROM users");
    look_at_passwords(desk);
    CHECK(desk.trail().back() == "password-changed no_single_account");
}

TEST_CASE("who has no address is not told, and the trail says so") {
    Desk desk;
    sent_a_link(desk);
    desk.uses_token();
    desk.shop("email = NULL");
    look_at_passwords(desk);
    CHECK(desk.trail().back() == "password-changed no_address");
}

TEST_CASE("killed while the news is queued, it is told by the next") {
    Desk desk;
    sent_a_link(desk);
    desk.uses_token();
    desk.killed_at("telling", [&] { look_at_passwords(desk); });
    CHECK(desk.trail().back() == "send sent");
    look_at_passwords(desk);
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("a temporary password that we stored ourselves is not told as a change") {
    Desk desk;
    sent_a_link(desk);
    desk.request("id:42", {.kind = Kind::temporary_password});
    look_at_passwords(desk);
    CHECK(desk.deliver().moved() == 0);
}
