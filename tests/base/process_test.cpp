#include "src/base/process.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "tests/catch.h"

using namespace pwreset;

namespace {

/// A child process that tells its identity and then does nothing until it is killed.
class Child {
public:
    Child() {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        pid_ = fork();
        REQUIRE(pid_ >= 0);
        if (pid_ == 0) live_and_tell(ends[1]);
        close(ends[1]);
        std::array<char, 512> text{};
        const ssize_t size = read(ends[0], text.data(), text.size());
        close(ends[0]);
        REQUIRE(size > 0);
        identity_.assign(text.data(), static_cast<std::size_t>(size));
    }
    ~Child() {
        if (pid_ > 0) kill_and_wait();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    const std::string& identity() const { return identity_; }
    /// Kills it and leaves it a zombie, as its parent has not asked for its status.
    void kill_only() const {
        kill(pid_, SIGKILL);
        siginfo_t ended{};
        waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT);
    }
    void kill_and_wait() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

private:
    [[noreturn]] static void live_and_tell(int to) {
        const std::string identity = process_identity();
        if (write(to, identity.data(), identity.size()) < 0) _exit(1);
        for (;;) pause();
    }

    pid_t pid_ = 0;
    std::string identity_;
};

enum Part { host, boot, pid_namespace, pid, start };

/// The identity with one of its parts replaced.
std::string with(const std::string& identity, Part part, const std::string& value) {
    std::size_t begin = 0;
    for (int i = 0; i < part; ++i) begin = identity.find('/', begin) + 1;
    const std::size_t end = std::min(identity.find('/', begin), identity.size());
    return identity.substr(0, begin) + value + identity.substr(end);
}

}  // namespace

TEST_CASE("a process knows itself to be alive") {
    CHECK(liveness(process_identity()) == Liveness::alive);
    CHECK(process_identity() == process_identity());
}

TEST_CASE("an identity has five parts, none empty, with the pid in the fourth") {
    const std::string identity = process_identity();
    CHECK(std::count(identity.begin(), identity.end(), '/') == 4);
    CHECK(identity.find("//") == std::string::npos);
    CHECK(identity.find("/" + std::to_string(getpid()) + "/") != std::string::npos);
    CHECK(identity.rfind(host_name(), 0) == 0);
}

TEST_CASE("a child is alive until it is killed, and dead once it was waited for") {
    Child child;
    CHECK(child.identity() != process_identity());
    CHECK(liveness(child.identity()) == Liveness::alive);
    child.kill_and_wait();
    CHECK(liveness(child.identity()) == Liveness::dead);
}

TEST_CASE("a zombie is dead, as it can finish nothing") {
    const Child child;
    child.kill_only();
    CHECK(liveness(child.identity()) == Liveness::dead);
}

TEST_CASE("a pid that was given out again is not its former owner") {
    CHECK(liveness(with(process_identity(), start, "1")) == Liveness::dead);
}

TEST_CASE("of a process of another boot nobody knows whether the host restarted, or another one has its name") {
    CHECK(liveness(with(process_identity(), boot, "00000000-0000-4000-8000-000000000000")) == Liveness::elsewhere);
}

TEST_CASE("a host whose machine id changed sees the processes of before as those of another host") {
    const std::string own = process_identity();
    CHECK(liveness(with(own, host, host_name() + "~ffffffff")) == Liveness::elsewhere);
    CHECK(liveness(with(own, host, host_name() + "~")) == Liveness::elsewhere);
}

TEST_CASE("a process that could not learn who it is was made unlike all others, and is elsewhere") {
    const std::string own = process_identity();
    CHECK(liveness(with(with(own, pid_namespace, ""), start, "1-2")) == Liveness::elsewhere);
    CHECK(liveness(with(with(own, boot, ""), start, "1-2")) == Liveness::elsewhere);
}

TEST_CASE("a process of another host is elsewhere") {
    CHECK(liveness(with(process_identity(), host, "no-such-host")) == Liveness::elsewhere);
    CHECK(liveness(with(with(process_identity(), host, "no-such-host"), boot, "00000000")) == Liveness::elsewhere);
}

TEST_CASE("a process of another PID namespace is elsewhere") {
    CHECK(liveness(with(process_identity(), pid_namespace, "1")) == Liveness::elsewhere);
}

TEST_CASE("a text of another form is elsewhere") {
    const std::string own = process_identity();
    const std::vector<std::string> texts = {"",
                                            "/",
                                            "////",
                                            "tom",
                                            own + "/",
                                            own + "/1",
                                            "/" + own,
                                            with(own, host, ""),
                                            with(own, boot, ""),
                                            with(own, pid_namespace, ""),
                                            with(own, pid, ""),
                                            with(own, start, ""),
                                            with(own, pid, "self"),
                                            with(own, pid, "0"),
                                            with(own, pid, "-1"),
                                            with(own, pid, "1x"),
                                            with(own, pid, "99999999999999999999")};
    for (const std::string& text : texts) {
        INFO(text);
        CHECK(liveness(text) == Liveness::elsewhere);
    }
}

TEST_CASE("the host has a name") { CHECK_FALSE(host_name().empty()); }
