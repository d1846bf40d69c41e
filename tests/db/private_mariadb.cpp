#include "tests/db/private_mariadb.h"

#include <fcntl.h>
#include <mysql.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace pwreset::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct CloseMysql {
    void operator()(MYSQL* handle) const { mysql_close(handle); }
};
using Handle = std::unique_ptr<MYSQL, CloseMysql>;

/// Starts a program with its output in `log`. It ends when the thread that started it does, so also when we are killed.
pid_t spawn(std::vector<std::string> words, const fs::path& log) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("cannot fork");
    if (pid > 0) return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // A server that starts deletes the temporary tables it finds: in a shared folder, those of others.
    ::setenv("TMPDIR", log.parent_path().c_str(), 1);
    const int output = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

std::string content(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// The text before and after the first separator.
std::pair<std::string_view, std::string_view> split(std::string_view text, char separator) {
    const auto at = text.find(separator);
    if (at == text.npos) return {text, {}};
    return {text.substr(0, at), text.substr(at + 1)};
}

/// What both the installation and the server must be told.
std::vector<std::string> common_options(const fs::path& folder) {
    std::vector<std::string> options = {"--no-defaults", "--datadir=" + (folder / "data").string(),
                                        "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M"};
    if (::getuid() == 0) options.emplace_back("--user=root");
    return options;
}

std::vector<std::string> command(const char* program, std::vector<std::string> options,
                                 std::initializer_list<std::string> more) {
    options.insert(options.begin(), program);
    options.insert(options.end(), more);
    return options;
}

}  // namespace

TestDatabase& TestDatabase::get() {
    static TestDatabase database;
    return database;
}

TestDatabase::TestDatabase() {
    if (const char* url = std::getenv("PWRESET_TEST_DATABASE"); url != nullptr && *url != '\0') {
        borrow(url);
    } else {
        install();
        start();
    }
    reset();
}

TestDatabase::~TestDatabase() {
    if (pid_ != 0) {
        stop();
        return;
    }
    try {
        run("DROP DATABASE IF EXISTS `" + name + "`");
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "schema '%s' is left behind: %s\n", name.c_str(), fault.what());
    }
}

void TestDatabase::borrow(std::string_view url) {
    constexpr std::string_view scheme = "mysql://";
    const auto at = url.rfind('@');
    if (!url.starts_with(scheme) || at == url.npos) {
        throw std::runtime_error("PWRESET_TEST_DATABASE is not mysql://user:password@host:port");
    }
    const auto login = split(url.substr(scheme.size(), at - scheme.size()), ':');
    const auto place = split(split(url.substr(at + 1), '/').first, ':');
    user = login.first;
    password = login.second;
    host = place.first;
    port = place.second.empty() ? 3306 : std::stoi(std::string(place.second));
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    name = "pwreset_test_" + std::to_string(now) + "_" + std::to_string(::getpid());
}

void TestDatabase::install() {
    std::string pattern = (fs::temp_directory_path() / ("pwreset-db-" + std::string(6, 'X'))).string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    folder_ = pattern;
    socket = folder_ / "socket";
    const fs::path log = folder_ / "install.log";
    const pid_t pid = spawn(command("mariadb-install-db", common_options(folder_),
                                    // A bare machine may not be able to look up its own name; nobody here uses it.
                                    {"--skip-test-db", "--force", "--auth-root-authentication-method=normal"}),
                            log);
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) throw std::runtime_error("mariadb-install-db failed: " + content(log));
}

void TestDatabase::start() {
    // A user's PATH often lacks the folder where Debian puts the server.
    const char* program = ::access("/usr/sbin/mariadbd", X_OK) == 0 ? "/usr/sbin/mariadbd" : "mariadbd";
    pid_ =
        spawn(command(program, common_options(folder_),
                      {"--socket=" + socket, "--tmpdir=" + folder_.string(), "--pid-file=" + (folder_ / "pid").string(),
                       "--skip-networking", "--skip-log-bin", "--performance-schema=OFF",
                       "--innodb-flush-log-at-trx-commit=2", "--character-set-server=utf8mb4"}),
              folder_ / "log");
    try {
        wait_until_up();
    } catch (...) {
        stop();
        throw;
    }
}

void TestDatabase::wait_until_up() const {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (true) {
        try {
            return run("DO 1");
        } catch (const std::runtime_error&) {
            siginfo_t end{};
            ::waitid(P_PID, static_cast<id_t>(pid_), &end, WEXITED | WNOHANG | WNOWAIT);
            const bool ended = end.si_pid != 0;
            if (ended || std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error("mariadbd did not start: " + content(folder_ / "log"));
            }
        }
        std::this_thread::sleep_for(20ms);
    }
}

/// Nothing in it is needed again, so it need not shut down in an orderly way.
void TestDatabase::stop() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

void TestDatabase::reset() {
    run("DROP DATABASE IF EXISTS `" + name + "`");
    run("CREATE DATABASE `" + name + "` CHARACTER SET utf8mb4");
}

void TestDatabase::run(const std::string& sql, const std::string& schema) const {
    const Handle handle(mysql_init(nullptr));
    mysql_options(handle.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    my_bool verify = 0;
    mysql_options(handle.get(), MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    if (mysql_real_connect(handle.get(), socket.empty() ? host.c_str() : nullptr, user.c_str(), password.c_str(),
                           schema.empty() ? nullptr : schema.c_str(), static_cast<unsigned>(port),
                           socket.empty() ? nullptr : socket.c_str(), 0) == nullptr ||
        mysql_real_query(handle.get(), sql.data(), sql.size()) != 0) {
        throw std::runtime_error(mysql_error(handle.get()));
    }
    if (MYSQL_RES* result = mysql_store_result(handle.get())) mysql_free_result(result);
}

db::ConnectOptions TestDatabase::options() const {
    db::ConnectOptions options;
    if (socket.empty()) options.hosts = {host};
    options.port = port;
    options.socket = socket;
    options.schema = name;
    options.user = user;
    options.password = password;
    options.tls = false;
    return options;
}

}  // namespace pwreset::test
