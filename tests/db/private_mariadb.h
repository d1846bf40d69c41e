// A MariaDB server of the test program's own, for tests of SQL; or a schema on the server that the environment variable
// PWRESET_TEST_DATABASE (mysql://user:password@host:port) names.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "db/session.h"

namespace pwreset::test {

/// Started at the first get() (by the main thread, with which it ends), stopped at the end of the program. A private
/// server is reached by `socket`, another one by `host` and `port`; the schema `name` is empty at first. Throws
/// std::runtime_error when there is no server.
struct TestDatabase {
    static TestDatabase& get();

    TestDatabase();
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    /// How a Session reaches it. Valid as long as the program.
    db::ConnectOptions options() const;
    /// Empties the schema.
    void reset();
    /// Runs one statement as the administrator, outside the code under test.
    void run(const std::string& sql, const std::string& schema = {}) const;

    std::string socket;
    std::string host;
    int port = 0;
    std::string user = "root";
    std::string password;
    std::string name = "shop";

private:
    void borrow(std::string_view url);
    void install();
    void start();
    void wait_until_up() const;
    void stop();

    std::filesystem::path folder_;
    pid_t pid_ = 0;
};

}  // namespace pwreset::test
