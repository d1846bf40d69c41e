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

/// The application wrote a hash of its own: what is to be made of it, where it hashes anew at sign-in.
std::string told_of(const std::string& before, const std::string& after, bool rehashes = true) {
    Desk desk;
    desk.config.users.rehashes_at_sign_in = rehashes;
    desk.account({.password = before});
    desk.request("id:42");
    desk.shop("password = '" + after + "'");
    look_at_passwords(desk);
    return desk.deliver().sent == 1 ? "told" : "not told";
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

TEST_CASE("where the application hashes anew at sign-in, the same password in another form is no change") {
    const std::string bcrypt10 = "$2y$10$" + std::string(53, 'u');
    const std::string bcrypt12 = "$2y$12$" + std::string(53, 'v');
    const std::string phpass = "$P$BabcdefghCLuICGkISMiZyvanCcgKU0";
    CHECK(told_of(bcrypt10, bcrypt12) == "not told");
    CHECK(told_of(bcrypt10, "$wp" + bcrypt10) == "not told");
    CHECK(told_of(phpass, bcrypt12) == "not told");
    CHECK(told_of("5f4dcc3b5aa765d61d8327deb882cf99", phpass) == "not told");
    CHECK(told_of(bcrypt10, bcrypt12, false) == "told");
}

TEST_CASE("a change after the application hashed anew is told") {
    Desk desk;
    desk.config.users.rehashes_at_sign_in = true;
    sent_a_link(desk);
    desk.shop("password = '$2y$12$" + std::string(53, 'u') + "'");
    look_at_passwords(desk);
    CHECK(desk.deliver().moved() == 0);
    look_at_passwords(desk);
    CHECK(desk.deliver().moved() == 0);
    desk.shop("password = '$2y$12$" + std::string(53, 'v') + "'");
    look_at_passwords(desk);
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("where the application hashes anew at sign-in, another hash of the same form is a change") {
    const std::string bcrypt10 = "$2y$10$" + std::string(53, 'u');
    CHECK(told_of(bcrypt10, "$2y$10$" + std::string(53, 'v')) == "told");
    CHECK(told_of("$P$BabcdefghCLuICGkISMiZyvanCcgKU0", "$P$BABCDEFGHCLuICGkISMiZyvanCcgKU0") == "told");
    CHECK(told_of("$P$BabcdefghCLuICGkISMiZyvanCcgKU0", "$P$DABCDEFGHCLuICGkISMiZyvanCcgKU0") == "not told");
}

TEST_CASE("a hash that says no parameters is a change, also where the application hashes anew at sign-in") {
    const std::string bcrypt10 = "$2y$10$" + std::string(53, 'u');
    CHECK(told_of(bcrypt10, "whatever") == "told");
    CHECK(told_of("whatever", bcrypt10) == "told");
    CHECK(told_of(bcrypt10, "!") == "told");
    CHECK(told_of(bcrypt10, "") == "told");
}

TEST_CASE("a token that was minted before it was known that the application hashes anew tells of any change") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    desk.config.users.rehashes_at_sign_in = true;
    desk.shop("password = '$2y$12$" + std::string(53, 'v') + "'");
    look_at_passwords(desk);
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("a used token is told of, whatever became of the hash") {
    Desk desk;
    desk.config.users.rehashes_at_sign_in = true;
    desk.account({});
    desk.request("id:42");
    desk.uses_token();
    desk.shop("password = '$2y$12$" + std::string(53, 'v') + "'");
    look_at_passwords(desk);
    CHECK(desk.deliver().sent == 1);
}

TEST_CASE("of a password's form there is stored algorithm and parameters, and only where it is asked for") {
    Desk desk;
    desk.account({});
    desk.request("id:42");
    CHECK(desk.text("SELECT pw_form FROM pwreset_tokens") == "");
    desk.later(Seconds(3600));
    desk.config.users.rehashes_at_sign_in = true;
    desk.request("id:42");
    CHECK(desk.text("SELECT pw_form FROM pwreset_tokens ORDER BY id DESC LIMIT 1") == "bcrypt $2y$ of cost 4");
}
