// The service: rounds, upkeep and outages, until a signal comes. What waits for the clock of the machine is rare here.
#include "src/watch/watch.h"
#include "src/watch/totals.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "db/own/keys.h"
#include "src/base/encoding.h"
#include "src/recovery/public.h"
#include "tests/catch.h"
#include "tests/core/desk.h"
#include "tests/core/folder.h"

using namespace pwreset;

namespace {

/// A desk with key files and a database that outlives its connections, and a watch that says what it does.
struct Service {
    Service() : desk((folder.path / "shop.db").string()) {
        desk.world.env.uid = desk.world.env.effective_uid = ::geteuid();
        desk.config.keys = folder.path;
        write_key("application.key", 'a');
        write_key("pwreset.key", 'o');
        db::record_first_key(desk.session, "shop", "application", "ka");
        db::record_first_key(desk.session, "shop", "own", "ko");
    }
    void write_key(const std::string& name, char byte, const std::string& more = {}) const {
        std::ofstream(folder.path / name) << "k" << byte << ":" << base64(std::string(32, byte)) << "\n" << more;
        ::chmod((folder.path / name).c_str(), 0600);
    }
    /// Runs until a condition holds when somebody looks for a signal.
    Pass watch_until(const std::function<bool()>& done) {
        desk.looked = [this, done] { desk.signal = done() ? SIGTERM : 0; };
        Context context = desk.invocation();
        const auto keep = [this](const std::string& line) { log.push_back(line); };
        return watch(context, {keep, keep});
    }
    Pass watch_until_sent(std::size_t count) {
        return watch_until([this, count] {
            return desk.text("SELECT COUNT(*) FROM pwreset_deliveries WHERE state = 'sent'") == std::to_string(count);
        });
    }
    bool told(const std::string& words) const {
        return std::any_of(log.begin(), log.end(), [&](const auto& line) { return line.find(words) != line.npos; });
    }

    TestFolder folder;
    Desk desk;
    Lines log;
};

}  // namespace

TEST_CASE("a watch sends what is queued, by both channels, and says what it did") {
    Service service;
    service.desk.account({.phone = "+989121234567"});
    service.desk.requests({"ada@example.com"}, {.queue = true});
    service.desk.requests({"+989121234567"}, {.queue = true});
    const auto pass = service.watch_until_sent(2);
    CHECK(in_words(pass) == "2 sent, 0 failed, 0 deferred, 0 dropped");
    CHECK(service.log.front() == "watching the queue of 'shop'");
}

TEST_CASE("a watch works off what web back ends asked for") {
    Service service;
    service.desk.account({});
    Context context = service.desk.invocation();
    PublicCall call;
    call.identity = "ada@example.com";
    take_in(context, call, {});
    CHECK(service.watch_until_sent(1).sent == 1);
}

TEST_CASE("a watch tells of a password that was changed") {
    Service service;
    service.desk.account({});
    service.desk.request("id:42");
    service.desk.uses_token();
    CHECK(service.watch_until_sent(2).sent == 1);
    CHECK(service.desk.mail().header("Subject") == "Your Shop password was changed");
}

TEST_CASE("a watch takes back what a dead worker had") {
    Service service;
    service.desk.account({});
    service.desk.request("id:42", {.queue = true});
    service.desk.killed_at("minted", [&] { service.desk.deliver(); });
    CHECK(in_words(service.watch_until_sent(1)) ==
          "1 sent, 0 failed, 0 deferred, 0 dropped; 1 taken back from workers that died");
}

TEST_CASE("a watch makes temporary passwords void whose day is over") {
    Service service;
    service.desk.account({});
    service.desk.request("id:42", {.kind = Kind::temporary_password});
    service.desk.later(Seconds(86401));
    service.watch_until([&] { return service.told("temporary passwords"); });
    CHECK(service.log.at(1) == "1 temporary passwords made void: their time is past");
    CHECK(service.desk.tokens() == Lines{"void expired"});
}

TEST_CASE("a watch seals what others recorded") {
    Service service;
    service.desk.account({});
    service.desk.request("id:42");
    service.watch_until(
        [&] { return service.desk.text("SELECT COUNT(*) FROM pwreset_audit WHERE seq IS NULL") == "0"; });
    CHECK(service.desk.text("SELECT MAX(seq) FROM pwreset_audit") == "3");
}

TEST_CASE("a relay that is away is told once, waited for and told when it is back") {
    Service service;
    auto& desk = service.desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    desk.post.away.emplace(Channel::email, unavailable("the relay cannot be reached"));
    int tries = 0;
    desk.post.opening = [&](Channel) {
        if (++tries == 2) desk.post.away.clear();
    };
    CHECK(service.watch_until_sent(1).sent == 1);
    CHECK(std::count_if(service.log.begin(), service.log.end(),
                        [](const auto& line) { return line.find("the relay cannot be reached") != line.npos; }) == 1);
    CHECK(service.told("relay"));
    CHECK(desk.text("SELECT attempts FROM pwreset_deliveries") == "1");
}

namespace {

/// A service with its relay's password in a file, which only takes another one; the third try finds that.
void change_relay_password(Service& service) {
    Desk& desk = service.desk;
    const auto write = [&](const char* text) {
        std::ofstream(service.folder.path / "mail.password") << text;
        ::chmod((service.folder.path / "mail.password").c_str(), 0600);
    };
    write("old");
    SecretPlace place{.key = "mail.password_file", .file = service.folder.path / "mail.password", .word = "password"};
    place.uid = ::geteuid();
    desk.config.mail.password = NamedSecret(place);
    desk.post.opening = [&desk, write, tries = 0](Channel) mutable {
        if (++tries == 2) write("new");
        if (desk.config.mail.password.reveal() != "new")
            throw LoginRefused(unavailable("relay 'relay.test' refused the login of 'shop': 535"));
    };
}

}  // namespace

TEST_CASE("a password that was changed is read again when the relay refuses the old one") {
    Service service;
    service.desk.account({});
    service.desk.request("id:42", {.queue = true});
    change_relay_password(service);
    CHECK(service.watch_until_sent(1).sent == 1);
    CHECK(service.log.at(1) == "relay away: relay 'relay.test' refused the login of 'shop': 535");
    CHECK(service.log.at(2) == "password read again: 'mail.password_file' holds another one");
    CHECK(service.told("relay back after"));
}

TEST_CASE("who hangs up has the secrets read again") {
    Service service;
    bool asked = false;
    service.desk.world.env.hung_up = [&] { return !std::exchange(asked, true); };
    service.desk.world.env.terminal.err = false;
    int looks = 0;
    service.watch_until([&] {
        if (++looks == 1) asked = false;
        return service.told("SIGHUP: no secret that can be read has changed");
    });
    CHECK(service.told("SIGHUP"));
}

TEST_CASE("a watch outlives its database") {
    Service service;
    auto& desk = service.desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    int tries = 0;
    desk.post.opening = [&](Channel) {
        if (++tries == 1) throw db::Lost{};
    };
    CHECK(service.watch_until_sent(1).sent == 1);
    CHECK(service.told("database"));
    CHECK(desk.post.posted.size() == 1);
}

TEST_CASE("a mark that cannot be written is tried until it is, and the mail goes once") {
    Service service;
    auto& desk = service.desk;
    desk.account({});
    desk.request("id:42", {.queue = true});
    int tries = 0;
    desk.at["marking"] = [&] {
        if (++tries == 1) throw unavailable("the connection to the database was lost");
    };
    CHECK(service.watch_until_sent(1).sent == 1);
    CHECK(desk.post.posted.size() == 1);
    CHECK(desk.tokens() == Lines{"live"});
}

TEST_CASE("a watch takes up keys that were rotated, and mints with the new ones") {
    Service service;
    auto& desk = service.desk;
    desk.account({});
    int looks = 0;
    bool asked = false;
    service.watch_until([&] {
        if (++looks == 2) {
            service.write_key("application.key", 'b', "ka:" + base64(std::string(32, 'a')) + "\n");
            db::replace_current_key(desk.session, "shop", "application", "ka", "kb");
        }
        if (!asked && service.told("keys read again")) {
            asked = true;
            desk.request("id:42", {.kind = Kind::reset_otp, .queue = true});
        }
        return desk.delivery() == "sent";
    });
    CHECK(service.told("keys read again: kb for codes, ko for the audit trail"));
    CHECK(desk.text("SELECT key_id FROM pwreset_tokens") == "kb");
}

TEST_CASE("a watch does not begin without the recorded key") {
    Service service;
    db::replace_current_key(service.desk.session, "shop", "application", "ka", "kz");
    CHECK(thrown_by([&] { service.watch_until([] { return true; }); }) == "CONFIG 78");
}

TEST_CASE("a watch does not begin without its tables") {
    Service service;
    service.desk.session.run("DROP TABLE pwreset_deliveries");
    CHECK_FALSE(thrown_by([&] { service.watch_until([] { return true; }); }).empty());
}
