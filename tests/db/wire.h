// A TCP wire from a session to the test's server that can be cut at the worst moment.
#pragma once

#include <atomic>
#include <thread>

#include "tests/db/private_mariadb.h"

namespace pwreset::test {

/// Listens on a port of 127.0.0.1 and passes on one connection at a time, whose packets it can read: no TLS.
class Wire {
public:
    enum class Cut {
        never,
        before_commit,  ///< COMMIT does not reach the server
        after_commit,   ///< it does, and is carried out, but the answer is lost
    };

    Wire();
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// How a session reaches the server through it.
    db::ConnectOptions options() const;
    /// Cuts the connection once, at the next COMMIT.
    void cut_at_commit(Cut cut) { cut_ = cut; }
    /// Ends the connection that is up, and refuses all others.
    void take_down();

private:
    void serve();
    void pass_on(int client, int server);

    int listener_ = -1;
    int port_ = 0;
    std::atomic<Cut> cut_ = Cut::never;
    std::atomic<bool> down_ = false;
    std::thread thread_;
};

}  // namespace pwreset::test
