// An empty database of either dialect: what the tests of SQL begin with.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "db/app/account_row.h"
#include "db/own/jobs.h"
#include "db/own/migrate.h"
#include "db/session.h"
#include "tests/catch.h"
#include "tests/db/private_mariadb.h"

namespace pwreset::test {

enum class Dialect { mariadb, sqlite };
enum class Tables { ours, none };

/// A folder that goes with the test.
struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "pwreset-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

/// The database of one test, and a session in it. `options` is for further sessions.
class Database {
public:
    explicit Database(Dialect dialect, Tables tables = Tables::ours) : options(empty(dialect)), session(options) {
        // It need not survive the test, so it need not wait for the disk.
        if (dialect == Dialect::sqlite) session.run("PRAGMA synchronous = OFF");
        if (tables == Tables::ours) db::migrate(session, "elsewhere", [](const db::Step&) {});
    }

    std::int64_t number(const std::string& sql) { return session.row(sql)->integer(0); }
    std::string text(const std::string& sql) { return session.row(sql)->text(0); }

private:
    db::ConnectOptions empty(Dialect dialect) const {
        db::ConnectOptions sqlite;
        sqlite.kind = db::ConnectOptions::Kind::sqlite;
        sqlite.path = folder_.path / "database";
        if (dialect == Dialect::sqlite) return sqlite;
        TestDatabase::get().reset();
        return TestDatabase::get().options();
    }

    Folder folder_;

public:
    const db::ConnectOptions options;
    db::Session session;
};

/// The roles of an account as they are stored, sorted.
inline std::vector<std::string> stored_roles(const db::AccountRow& account) {
    std::vector<std::string> texts;
    for (const auto& role : account.roles) texts.push_back(role.text);
    std::sort(texts.begin(), texts.end());
    return texts;
}

/// A job of application "shop", and its trace id, which is another one each time.
struct Job {
    explicit Job(db::Session& session, const std::string& app = "shop", const std::string& ticket = "SUP-1",
                 const std::string& operator_name = "tom") {
        static int count = 100000000;
        trace_id = "00000000-0000-4000-8000-000" + std::to_string(++count);
        db::JobRow row;
        row.app = app;
        row.command = "request";
        row.operator_name = operator_name;
        row.grounds.ticket = ticket;
        row.trace_id = trace_id;
        id = db::insert_job(session, row);
    }
    std::int64_t id = 0;
    std::string trace_id;
};

/// Does `work(session)` in so many threads, each with a session of its own, all released at the same moment; what each
/// of them answered. Nothing is checked inside: Catch2's assertions belong to the main thread.
template <typename Work>
auto at_once(const db::ConnectOptions& options, int threads, Work work) {
    using Answer = decltype(work(std::declval<db::Session&>()));
    const auto count = static_cast<std::size_t>(threads);
    std::vector<Answer> answers(count);
    std::vector<std::exception_ptr> faults(count);
    std::latch start(threads);
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < count; ++i) {
        running.emplace_back([&, i] {
            try {
                db::Session session(options);
                start.arrive_and_wait();
                answers[i] = work(session);
            } catch (...) {
                faults[i] = std::current_exception();
            }
        });
    }
    for (auto& thread : running) thread.join();
    for (const auto& fault : faults) {
        if (fault) std::rethrow_exception(fault);
    }
    return answers;
}

}  // namespace pwreset::test
