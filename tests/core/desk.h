// An operator's desk: a shop's users table and pwreset's own tables on a database in memory, a clock that goes when it
// is told to, and a post that answers as it is told to. Each call is an invocation of its own.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "db/own/audit.h"
#include "db/own/migrate.h"
#include "src/apps/users_table.h"
#include "src/base/error.h"
#include "src/base/process.h"
#include "src/base/reference.h"
#include "src/context.h"
#include "src/delivery/worker.h"
#include "src/recovery/issue.h"
#include "src/recovery/revoke.h"
#include "src/token/mint.h"
#include "tests/core/fake_env.h"
#include "tests/core/fake_post.h"

namespace pwreset {

using Lines = std::vector<std::string>;

/// What comes out of a process that is killed: no exception of ours, so nobody mends anything.
struct Killed {};

/// A hash as the shop writes them: bcrypt, as cheap as it can be.
constexpr const char* shop_hash = "$2y$04$abcdefghijklmnopqrstuuxLZ1DPpSbyQMNbYJvQGyDJYfdcS.pVi";
constexpr const char* other_hash = "$2y$04$ABCDEFGHIJKLMNOPQRSTUuxLZ1DPpSbyQMNbYJvQGyDJYfdcS.pVi";

/// A row of the shop's users table.
struct Person {
    int id = 42;
    std::optional<std::string> email{"ada@example.com"};
    std::optional<std::string> phone{};
    std::optional<std::string> login{};
    std::optional<std::string> password{shop_hash};
    std::optional<std::string> role{"customer"};
    int active = 1;
};

/// What an operator asks for besides an identity.
struct Ask {
    std::optional<Kind> kind{};
    std::optional<Channel> channel{};
    bool queue = false;
    bool dry_run = false;
    bool override_limits = false;
    bool override_protected = false;
    Budget budget = Budget::agents;
    std::optional<std::string> ticket{};
};

/// "RATE_LIMITED 75": the code and the exit of what was thrown, "" when nothing was.
template <typename Act>
std::string thrown_by(const Act& act) {
    try {
        act();
        return {};
    } catch (const Error& error) {
        return error.code + " " + std::to_string(static_cast<int>(error.exit));
    }
}

struct Desk {
    /// `path` for what needs more than one connection, or a new one.
    explicit Desk(const std::string& path = ":memory:") : session(database(path, world)) {
        world.env.open_transport = [this](const Config&, Channel channel) { return post.open(channel); };
        world.env.signalled = [this] {
            // Those that send look, too, and may not touch what is the worker's.
            if (looked && std::this_thread::get_id() == home) looked();
            return signal.load();
        };
        world.env.checkpoint = [this](std::string_view step) {
            if (const auto found = at.find(std::string(step)); found != at.end()) found->second();
        };
        db::Transaction transaction(session);
        for (const auto& statement : our_tables()) session.run(statement);
        session.run(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT COLLATE RTRIM, phone TEXT, login TEXT, "
            "password TEXT, locale TEXT, active INTEGER, role TEXT, must_change INTEGER DEFAULT 0, remember TEXT)");
        session.run("CREATE TABLE sessions (id INTEGER PRIMARY KEY, user_id INTEGER)");
        transaction.commit();
        who.name = "tom";
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    // --- the shop ---

    void account(const Person& person) {
        session.run(
            "INSERT INTO users (id, email, phone, login, password, active, role) "
            "VALUES (:id, :email, :phone, :login, :password, :active, :role)",
            {{"id", person.id},
             {"email", person.email},
             {"phone", person.phone},
             {"login", person.login},
             {"password", person.password},
             {"active", person.active},
             {"role", person.role}});
    }
    /// desk.shop("active = 0"): the shop changes the row of account 42.
    void shop(const std::string& change) { session.run("UPDATE users SET " + change + " WHERE id = 42"); }
    std::string password_of(int id = 42) { return text("SELECT password FROM users WHERE id = " + std::to_string(id)); }
    /// The application takes the newest token for good.
    void uses_token() {
        session.run("UPDATE pwreset_tokens SET state = 'used', live = NULL, used_at = UTC_TIMESTAMP(6) WHERE live = 1");
    }

    // --- what operators and timers do ---

    Context invocation() {
        Context context{world.env, config, keys, session, accounts, who, new_uuid(world.env)};
        context.at_work = at_work;
        return context;
    }
    std::vector<IssueResult> requests(const std::vector<std::string>& identities, const Ask& ask = {}) {
        Context context = invocation();
        return issue(context, {.command = "request",
                               .identities = identities,
                               .wish = {ask.kind, ask.channel},
                               .budget = ask.budget,
                               .queue = ask.queue,
                               .dry_run = ask.dry_run,
                               .override_limits = ask.override_limits,
                               .override_protected = ask.override_protected,
                               .grounds = {ask.ticket, {}},
                               .locale = {}});
    }
    IssueResult request(const std::string& identity, const Ask& ask = {}) { return requests({identity}, ask).front(); }
    /// "PROTECTED_ACCOUNT 77", or what became of it: "accepted".
    std::string outcome(const std::string& identity, const Ask& ask = {}) {
        const auto result = request(identity, ask);
        if (!result.failure) return result.delivery;
        return result.failure->code + " " + std::to_string(static_cast<int>(result.failure->exit));
    }
    Pass deliver() {
        Context context = invocation();
        return Worker(context).pass([](std::int64_t) {});
    }
    RevokeResult take_back(const std::string& target) {
        Context context = invocation();
        return revoke(context, target, {}, false);
    }
    void later(Seconds span) { world.now += span; }

    // --- what can go wrong ---

    /// The process is killed at a named step, once; what it had is found to be a dead process's.
    template <typename Act>
    void killed_at(const std::string& step, const Act& act) {
        at[step] = [] { throw Killed{}; };
        bool killed = false;
        try {
            act();
        } catch (const Killed&) {
            killed = true;
        }
        if (!killed) throw std::logic_error("nobody came to the step '" + step + "'");
        at.erase(step);
        died();
    }
    void died() { lease_to(process_identity() + "0"); }
    /// What this process has is another's now.
    void lease_to(const std::string& owner) {
        session.run("UPDATE pwreset_deliveries SET lease_owner = :owner WHERE lease_owner IS NOT NULL",
                    {{"owner", owner}});
    }

    // --- what there is to see ---

    const Posted& mail() const { return post.posted.back(); }
    /// "failed undeliverable": state and reason of a delivery.
    std::string delivery(std::int64_t id = 1) {
        const auto row = session.row("SELECT state, reason FROM pwreset_deliveries WHERE id = :id", {{"id", id}});
        if (!row) return "none";
        return row->text(0) + (row->is_null(1) ? "" : " " + row->text(1));
    }
    /// "void superseded", "live": all tokens, oldest first.
    Lines tokens() { return lines("SELECT state, void_reason FROM pwreset_tokens ORDER BY id", 2); }
    /// "mint done": all audit rows, oldest first.
    Lines trail() { return lines("SELECT action, result FROM pwreset_audit ORDER BY id", 2); }
    db::AuditRow last_entry() { return db::list_audit(session, config.application, {}, 0, 1).at(0); }
    std::string text(const std::string& sql) { return session.row(sql).value().text(0); }
    /// The rows of an answer, each with its columns in a line; NULL is nothing.
    Lines lines(const std::string& sql, std::size_t columns) {
        Lines out;
        for (const auto& row : session.rows(sql)) {
            std::string line = row.text(0);
            for (std::size_t i = 1; i < columns; ++i) {
                if (!row.is_null(i)) line += " " + row.text(i);
            }
            out.push_back(line);
        }
        return out;
    }

    FakeEnv world;
    FakePost post;
    std::map<std::string, std::function<void()>> at;  ///< what happens at a step of a delivery
    std::function<void()> looked;                     ///< what happens when somebody looks for a signal
    std::atomic<int> signal{0};
    const std::thread::id home = std::this_thread::get_id();
    Config config = shop_config();
    Keys keys{one_key('a'), one_key('o')};
    db::Session session;
    db::Accounts accounts{session, pwreset::users_table(config.users)};
    Profile profile = native_profile();
    Application application{world.env, config, profile, session, accounts};
    Application* at_work = &application;
    Operator who;

private:
    static Config shop_config() {
        Config made;
        made.application = "shop";
        made.users.phone = "phone";
        made.users.phone_region = "IR";
        made.users.login = "login";
        made.users.locale = "locale";
        made.users.active = "active";
        made.users.roles = {{.column = "role"}};
        made.users.protected_roles = {"admin"};
        made.users.refuse = {{.column = "login", .starts = {"ldap-"}, .words = "the directory has its password"}};
        made.reset.link = "https://shop.example/reset?token={token}";
        made.temporary_password.enabled = true;
        made.temporary_password.policy.classes = {"abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"};
        made.temporary_password.must_change = "must_change";
        made.temporary_password.must_change_value = "1";
        made.temporary_password.clear = {"remember"};
        made.temporary_password.sessions = {{"sessions", "sessions", "user_id"}};
        made.mail.from_address = "no-reply@shop.example";
        made.mail.connections = 1;
        made.text.product = "Shop";
        made.sms.emplace();
        return made;
    }
    static Keyring one_key(char byte) {
        std::vector<Key> made;
        made.push_back({std::string("k") + byte, Secret(std::string(32, byte))});
        return Keyring(std::move(made));
    }
    /// As migrate() makes them, which takes a third of a test's time: so it makes them once.
    static const Lines& our_tables() {
        static const Lines made = [] {
            const FakeEnv nowhere;
            db::Session session(database(":memory:", nowhere));
            db::migrate(session, "elsewhere", [](const db::Step&) {});
            Lines statements;
            for (const auto& row : session.rows("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL "
                                                "AND name NOT LIKE 'sqlite%' ORDER BY rowid"))
                statements.push_back(row.text(0));
            return statements;
        }();
        return made;
    }
    static db::ConnectOptions database(const std::string& path, const FakeEnv& world) {
        db::ConnectOptions options;
        options.kind = db::ConnectOptions::Kind::sqlite;
        options.path = path;
        options.clock = [&world] { return world.now; };
        return options;
    }
};

}  // namespace pwreset
