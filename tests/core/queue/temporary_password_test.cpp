// A temporary password is sent first, and stored only when its mail was taken and nobody changed the password
// meanwhile.
#include "src/queue/temporary_password.h"

#include <crypt.h>
#include "tests/catch.h"
#include "tests/core/desk.h"

using namespace pwreset;

namespace {

const Ask a_password{.kind = Kind::temporary_password};
/// What lets nobody change a password.
constexpr const char* stubborn =
    "CREATE TRIGGER stubborn BEFORE UPDATE OF password ON users BEGIN SELECT RAISE(ABORT, 'no'); END";

/// Whether the application would let somebody in.
bool opens(const std::string& hash, const std::string& password) {
    return hash == ::crypt(password.c_str(), hash.c_str());
}

std::int64_t expire_passwords(Desk& desk) {
    Context context = desk.invocation();
    return void_expired_passwords(context);
}

/// Ada was mailed a password that is stored.
void mailed(Desk& desk) {
    desk.account({});
    desk.session.run("INSERT INTO sessions (user_id) VALUES (42), (42), (7)");
    desk.shop("remember = 'cookie'");
    desk.request("id:42", a_password);
}

}  // namespace

TEST_CASE("a temporary password whose mail was taken is stored, and must be changed") {
    Desk desk;
    mailed(desk);
    const std::string sent = desk.mail().line_after("the place of the old one:");
    CHECK(opens(desk.password_of(), sent));
    CHECK(desk.text("SELECT must_change FROM users") == "1");
    CHECK(desk.trail() == Lines{"request queued", "mint done", "set-password done", "send sent"});
}

TEST_CASE("with a temporary password the account's sessions end, and what remembers it goes") {
    Desk desk;
    mailed(desk);
    CHECK(desk.lines("SELECT user_id FROM sessions", 1) == Lines{"7"});
    CHECK(desk.text("SELECT remember FROM users") == "");
}

TEST_CASE("with each password, and when it ends, a remember token gets another text") {
    Desk desk;
    desk.config.temporary_password.clear = {};
    desk.config.temporary_password.rotate = {{"remember", Expression::parse("random(alnum, 60)", {}, true)}};
    mailed(desk);
    const std::string remember = desk.text("SELECT remember FROM users");
    CHECK(remember.size() == 60);
    desk.take_back("id:42");
    CHECK(desk.text("SELECT remember FROM users").size() == 60);
    CHECK(desk.text("SELECT remember FROM users") != remember);
}

TEST_CASE("the hash is in the form that the application writes") {
    Desk desk;
    mailed(desk);
    CHECK(desk.password_of().substr(0, 7) == "$2y$04$");
    CHECK(desk.password_of() != shop_hash);
}

TEST_CASE("a temporary password is not stored while its mail is handed over") {
    Desk desk;
    desk.account({});
    std::string then;
    desk.post.sending = [&] { then = desk.password_of(); };
    desk.request("id:42", a_password);
    CHECK(then == shop_hash);
}

TEST_CASE("a temporary password whose mail was refused changes nothing") {
    Desk desk;
    desk.account({});
    desk.post.answers = {{Verdict::permanent, true, "550 5.1.1 no such user"}};
    CHECK(desk.outcome("id:42", a_password) == "UNDELIVERABLE 1");
    CHECK(desk.password_of() == shop_hash);
    CHECK(desk.tokens() == Lines{"void undeliverable"});
}

TEST_CASE("a temporary password whose mail may have arrived is not stored, and another one is sent") {
    Desk desk;
    desk.account({});
    desk.post.answers = {{Verdict::unknown, true, "the connection broke"}};
    CHECK(desk.outcome("id:42", a_password) == "queued");
    CHECK(desk.password_of() == shop_hash);
    CHECK(desk.tokens() == Lines{"void not_sent"});
    desk.later(Seconds(30));
    CHECK(desk.deliver().sent == 1);
    CHECK(desk.password_of() != shop_hash);
}

TEST_CASE("who changed his password while the mail was on its way keeps it") {
    Desk desk;
    desk.account({});
    desk.post.sending = [&] { desk.shop(std::string("password = '") + other_hash + "'"); };
    const auto result = desk.request("id:42", a_password);
    REQUIRE(result.failure);
    CHECK(result.failure->code == "FORBIDDEN");
    CHECK(result.failure->hint ==
          "its password does not work; 'pwreset inspect ref:" + reference_of(1) + "' has the history");
    CHECK(desk.password_of() == other_hash);
    CHECK(desk.delivery() == "cancelled password_changed");
    CHECK(desk.tokens() == Lines{"void password_changed"});
}

TEST_CASE("a password that was revoked while its mail left is not stored") {
    Desk desk;
    desk.account({});
    desk.post.sending = [&] { desk.take_back("id:42"); };
    CHECK(desk.outcome("id:42", a_password) == "FORBIDDEN 77");
    CHECK(desk.password_of() == shop_hash);
}

TEST_CASE("killed before the mark, a temporary password is not stored") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::temporary_password, .queue = true});
    desk.killed_at("marking", [&] { desk.deliver(); });
    CHECK(desk.password_of() == shop_hash);
    desk.deliver();
    CHECK(opens(desk.password_of(), desk.mail().line_after("the place of the old one:")));
}

TEST_CASE("a temporary password that could not be stored is refused before anything is queued") {
    Desk desk;
    desk.account({});
    desk.session.run(stubborn);
    const auto result = desk.request("id:42", a_password);
    REQUIRE(result.failure);
    CHECK(result.failure->code == "UNDELIVERABLE");
    CHECK(result.failure->message ==
          "nothing is sent, since the password could not be stored: the table 'users' refuses it: a key or a trigger "
          "of it");
    CHECK(desk.trail() == Lines{"request UNDELIVERABLE"});
    CHECK(desk.delivery() == "none");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a dry run tells that a temporary password could not be stored, and leaves the account as it is") {
    Desk desk;
    desk.account({});
    CHECK(desk.outcome("id:42", {.kind = Kind::temporary_password, .dry_run = true}) == "would be sent");
    CHECK(desk.password_of() == shop_hash);
    CHECK(desk.text("SELECT must_change FROM users") == "0");
    desk.session.run(stubborn);
    CHECK(desk.outcome("id:42", {.kind = Kind::temporary_password, .dry_run = true}) == "UNDELIVERABLE 1");
}

TEST_CASE("tables that no password could be written to are a configuration that is wrong") {
    Desk desk;
    desk.account({});
    desk.session.run("DROP TABLE sessions");
    CHECK(thrown_by([&] { desk.request("id:42", a_password); }) == "CONFIG 78");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a temporary password that an account's row refuses since has failed, and is not mailed") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::temporary_password, .queue = true});
    desk.session.run(stubborn);
    CHECK(desk.deliver().failed == 1);
    CHECK(desk.delivery() == "failed not_storable");
    CHECK(desk.tokens() == Lines{"void undeliverable"});
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a temporary password that no table takes since waits, and is mailed when one does") {
    Desk desk;
    desk.account({});
    desk.request("id:42", {.kind = Kind::temporary_password, .queue = true});
    desk.session.run("ALTER TABLE sessions RENAME TO elsewhere");
    CHECK(desk.deliver().deferred == 1);
    CHECK(desk.delivery() == "queued not_storable");
    CHECK(desk.post.posted.empty());
    desk.session.run("ALTER TABLE elsewhere RENAME TO sessions");
    desk.later(Seconds(30));
    CHECK(desk.deliver().sent == 1);
    CHECK(opens(desk.password_of(), desk.mail().line_after("the place of the old one:")));
}

TEST_CASE("a hash that does not read back as it was written is not mailed") {
    Desk desk;
    desk.account({});
    desk.session.run(
        "CREATE TRIGGER shouting AFTER UPDATE OF password ON users BEGIN "
        "UPDATE users SET password = UPPER(NEW.password) WHERE id = NEW.id; END");
    CHECK(thrown_by([&] { desk.request("id:42", a_password); }) == "CONFIG 78");
    CHECK(desk.password_of() == shop_hash);
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a demand for a new password that does not stay is not mailed") {
    Desk desk;
    desk.account({});
    desk.session.run(
        "CREATE TRIGGER lenient AFTER UPDATE OF must_change ON users BEGIN "
        "UPDATE users SET must_change = 0 WHERE id = NEW.id; END");
    CHECK(thrown_by([&] { desk.request("id:42", a_password); }) == "CONFIG 78");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("who changed his password after the claim keeps it, and is sent nothing") {
    Desk desk;
    desk.account({});
    desk.at["minted"] = [&] { desk.shop(std::string("password = '") + other_hash + "'"); };
    CHECK(desk.outcome("id:42", a_password) == "FORBIDDEN 77");
    CHECK(desk.password_of() == other_hash);
    CHECK(desk.delivery() == "cancelled password_changed");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a temporary password that the database refuses after its mail left has failed, and is mailed once") {
    Desk desk;
    desk.account({});
    desk.post.sending = [&] { desk.session.run(stubborn); };
    const auto result = desk.request("id:42", a_password);
    REQUIRE(result.failure);
    CHECK(result.failure->code == "UNDELIVERABLE");
    CHECK(result.failure->message ==
          "no temporary password for a••a@example.com: the mail left, its password was not stored: the table 'users' "
          "refuses it: a key or a trigger of it");
    CHECK(result.failure->hint ==
          "the old password goes on working: say that the one in the mail does not, and send a link; 'pwreset inspect "
          "ref:" +
              reference_of(1) + "' and 'pwreset audit --ref " + reference_of(1) + "' have the history");
    CHECK(desk.delivery() == "failed not_stored");
    CHECK(desk.tokens() == Lines{"void undeliverable"});
    CHECK(desk.password_of() == shop_hash);
    desk.post.sending = {};
    CHECK(desk.deliver().moved() == 0);
    CHECK(desk.post.posted.size() == 1);
}

TEST_CASE("what was tried before the mail leaves no trace") {
    Desk desk;
    mailed(desk);
    CHECK(desk.lines("SELECT COUNT(*) FROM pwreset_audit WHERE action = 'set-password'", 1) == Lines{"1"});
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("a temporary password whose day is over is replaced by a hash of nothing") {
    Desk desk;
    mailed(desk);
    const std::string sent = desk.mail().line_after("the place of the old one:");
    desk.later(Seconds(24 * 3600 + 1));
    CHECK(expire_passwords(desk) == 1);
    CHECK_FALSE(opens(desk.password_of(), sent));
    CHECK(desk.password_of().substr(0, 7) == "$2y$04$");
    CHECK(desk.trail().back() == "void-password done");
}

TEST_CASE("a temporary password works until its day is over") {
    Desk desk;
    mailed(desk);
    desk.later(Seconds(24 * 3600 - 1));
    CHECK(expire_passwords(desk) == 0);
}

TEST_CASE("a pass of the queue makes passwords void whose day is over") {
    Desk desk;
    mailed(desk);
    const std::string stored = desk.password_of();
    desk.later(Seconds(24 * 3600 + 1));
    desk.deliver();
    CHECK(desk.password_of() != stored);
}

TEST_CASE("where the application took back its demand for a new password, the account keeps what it has") {
    Desk desk;
    mailed(desk);
    const std::string stored = desk.password_of();
    desk.shop("must_change = 0");
    desk.later(Seconds(24 * 3600 + 1));
    CHECK(expire_passwords(desk) == 0);
    CHECK(desk.password_of() == stored);
    CHECK(desk.trail().back() == "void-password used");
    CHECK(desk.tokens() == Lines{"used"});
}

TEST_CASE("who has chosen a new password keeps it when the day is over") {
    Desk desk;
    mailed(desk);
    desk.shop(std::string("password = '") + other_hash + "'");
    desk.later(Seconds(24 * 3600 + 1));
    CHECK(expire_passwords(desk) == 0);
    CHECK(desk.password_of() == other_hash);
    CHECK(desk.trail().back() == "void-password password_changed");
}

TEST_CASE("a revoked temporary password does not work any more") {
    Desk desk;
    mailed(desk);
    const std::string sent = desk.mail().line_after("the place of the old one:");
    CHECK(desk.take_back("id:42").passwords == 1);
    CHECK_FALSE(opens(desk.password_of(), sent));
}

TEST_CASE("temporary passwords that are not turned on are refused") {
    Desk desk;
    desk.account({});
    desk.config.temporary_password.enabled = false;
    CHECK(desk.outcome("id:42", a_password) == "FORBIDDEN 77");
}

TEST_CASE("a temporary password is refused where hashes are of a form that is not written here") {
    Desk desk;
    desk.account({.password = "5f4dcc3b5aa765d61d8327deb882cf99"});
    const auto result = desk.request("id:42", a_password);
    REQUIRE(result.failure);
    CHECK(result.failure->code == "FORBIDDEN");
    CHECK(result.failure->message.find("passwords are stored in a format that cannot be written here") == 0);
}

TEST_CASE("where an application takes better than most accounts have, that is written") {
    Desk desk;
    desk.config.temporary_password.formats = {BcryptFormat{'y', 4}};
    desk.account({.password = "$P$BabcdefghCLuICGkISMiZyvanCcgKU0"});
    desk.request("id:42", a_password);
    CHECK(desk.password_of().starts_with("$2y$04$"));
    CHECK(opens(desk.password_of(), desk.mail().line_after("the place of the old one:")));
    desk.take_back("id:42");
    CHECK(desk.password_of().starts_with("$2y$04$"));
}

TEST_CASE("an application's pepper is hashed behind the password") {
    Desk desk;
    desk.config.temporary_password.formats = {BcryptFormat{'a', 4}};
    desk.config.temporary_password.pepper = NamedSecret(Secret(std::string_view("pepper")));
    desk.account({});
    desk.request("id:42", a_password);
    const std::string sent = desk.mail().line_after("the place of the old one:");
    CHECK(opens(desk.password_of(), sent + "pepper"));
    CHECK_FALSE(opens(desk.password_of(), sent));
}

TEST_CASE("a salt with a column of its own is stored with its hash, and renewed with a hash of nothing") {
    Desk desk;
    desk.session.run("ALTER TABLE users ADD salt TEXT");
    desk.config.temporary_password.formats = {RedmineFormat{}};
    desk.config.temporary_password.salt = "salt";
    desk.account({.password = std::string(40, 'a')});
    desk.request("id:42", a_password);
    const std::string salt = desk.text("SELECT salt FROM users");
    CHECK(salt.size() == 32);
    CHECK(desk.password_of().size() == 40);
    desk.take_back("id:42");
    CHECK(desk.text("SELECT salt FROM users") != salt);
}

TEST_CASE("a salt that does not read back as it was written is not mailed") {
    Desk desk;
    desk.session.run("ALTER TABLE users ADD salt TEXT");
    desk.session.run(
        "CREATE TRIGGER shortening AFTER UPDATE OF salt ON users BEGIN "
        "UPDATE users SET salt = SUBSTR(NEW.salt, 1, 8) WHERE id = NEW.id AND LENGTH(salt) > 8; END");
    desk.config.temporary_password.formats = {RedmineFormat{}};
    desk.config.temporary_password.salt = "salt";
    desk.account({.password = std::string(40, 'a')});
    CHECK(thrown_by([&] { desk.request("id:42", a_password); }) == "CONFIG 78");
    CHECK(desk.post.posted.empty());
}

TEST_CASE("a temporary password that the application hashed anew at sign-in ends with its day") {
    Desk desk;
    desk.config.users.rehashes_at_sign_in = true;
    mailed(desk);
    const std::string rehashed = "$2y$10$" + std::string(53, 'u');
    desk.shop("password = '" + rehashed + "'");
    desk.later(Seconds(24 * 3600 + 1));
    CHECK(expire_passwords(desk) == 1);
    CHECK(desk.password_of() != rehashed);
    CHECK(desk.password_of().starts_with("$2y$10$"));
}

TEST_CASE("what may be a password of the user's own is not ended with the day of a temporary one") {
    const std::string other = "$2y$10$" + std::string(53, 'u');
    const auto left = [&](bool rehashes, const char* demand, const std::string& column) {
        Desk desk;
        desk.config.users.rehashes_at_sign_in = rehashes;
        desk.config.temporary_password.must_change = column;
        mailed(desk);
        desk.shop("must_change = " + std::string(demand) + ", password = '" + other + "'");
        desk.later(Seconds(24 * 3600 + 1));
        CHECK(expire_passwords(desk) == 0);
        return desk.password_of();
    };
    CHECK(left(true, "0", "must_change") == other);   // the demand is gone: the user has chosen one
    CHECK(left(false, "1", "must_change") == other);  // any other hash is another password
    CHECK(left(true, "1", "") == other);              // nothing tells
}

namespace {

/// The application keeps a password for one sign-in beside the other, as MediaWiki does.
void keeps_it_beside(Desk& desk) {
    desk.session.run("ALTER TABLE users ADD new_password TEXT NOT NULL DEFAULT ''");
    desk.session.run("ALTER TABLE users ADD new_at TEXT");
    const std::vector<ScopeName> scope{{.name = "token", .type = ValueType::text, .credential = false, .drawn = true},
                                       {.name = "issued", .type = ValueType::time}};
    auto& side = desk.config.temporary_password.side;
    side.hash = "new_password";
    side.hashed = Expression::parse("bcrypt(token, 4)", scope, false);
    side.set = {{"new_at", Expression::parse("ts14(issued)", scope, false)}};
    side.empty = {std::nullopt};
}

}  // namespace

TEST_CASE("where the application keeps it beside, the old password goes on working") {
    Desk desk;
    keeps_it_beside(desk);
    mailed(desk);
    CHECK(desk.password_of() == shop_hash);
    CHECK(opens(desk.text("SELECT new_password FROM users"), desk.mail().line_after("the place of the old one:")));
    CHECK(desk.text("SELECT new_at FROM users").size() == 14);
    CHECK(desk.trail() == Lines{"request queued", "mint done", "set-password done", "send sent"});
}

TEST_CASE("a password beside the other is emptied when its day is over, and when it is revoked") {
    for (const bool revoked : {true, false}) {
        Desk desk;
        keeps_it_beside(desk);
        mailed(desk);
        if (revoked) {
            desk.take_back("id:42");
        } else {
            desk.later(Seconds(24 * 3600 + 1));
            CHECK(expire_passwords(desk) == 1);
        }
        CHECK(desk.text("SELECT new_password FROM users") == "");
        CHECK(desk.text("SELECT COUNT(*) FROM users WHERE new_at IS NULL") == "1");
        CHECK(desk.password_of() == shop_hash);
    }
}

TEST_CASE("a password beside the other that the application has put there itself stays") {
    Desk desk;
    keeps_it_beside(desk);
    mailed(desk);
    desk.shop(std::string("new_password = '") + other_hash + "'");
    desk.take_back("id:42");
    CHECK(desk.text("SELECT new_password FROM users") == other_hash);
}

TEST_CASE("who changed his password while the mail was on its way is given none beside it") {
    Desk desk;
    keeps_it_beside(desk);
    desk.account({});
    desk.post.sending = [&] { desk.shop(std::string("password = '") + other_hash + "'"); };
    CHECK(desk.outcome("id:42", a_password) == "FORBIDDEN 77");
    CHECK(desk.text("SELECT new_password FROM users") == "");
}
