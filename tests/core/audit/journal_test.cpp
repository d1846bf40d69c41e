#include "src/audit/journal.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/catch.h"

using namespace pwreset;

namespace {

db::AuditRow journal_row() {
    db::AuditRow row;
    row.app = "shop";
    row.operator_name = "tom";
    row.host = "support-1";
    row.action = "request";
    row.result = "RATE_LIMITED";
    row.channel = "email";
    row.delivery_id = 1;
    row.trace_id = "00000000-0000-4000-8000-000000000001";
    row.account = "42";
    row.recipient = "secret-digest";
    row.ticket = "secret-ticket";
    row.reason = "secret-reason";
    row.detail = "secret-detail";
    return row;
}

/// A journal of our own: a datagram socket in a folder.
class Journal {
public:
    Journal() {
        std::string name = (std::filesystem::temp_directory_path() / "pwreset-journal-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        open();
    }
    ~Journal() {
        close();
        std::filesystem::remove_all(folder_);
    }
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    void open() {
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().copy(address.sun_path, sizeof address.sun_path - 1);
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    void close() {
        ::close(socket_);
        std::filesystem::remove(path());
    }
    std::string path() const { return folder_ + "/socket"; }
    /// The next datagram; empty when there is none.
    std::string read() const {
        std::string text(65536, '\0');
        const auto got = ::recv(socket_, text.data(), text.size(), 0);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return text;
    }

private:
    std::string folder_;
    int socket_ = -1;
};

}  // namespace

TEST_CASE("a row in the journal names neither recipient nor ticket nor what people wrote") {
    CHECK(journal_datagram(journal_row()) ==
          "MESSAGE=request RATE_LIMITED by tom, account 42, G1XB-MX\n"
          "PRIORITY=4\n"
          "SYSLOG_IDENTIFIER=pwreset\n"
          "PWRESET_ACTION=request\n"
          "PWRESET_RESULT=RATE_LIMITED\n"
          "PWRESET_OPERATOR=tom\n"
          "PWRESET_APPLICATION=shop\n"
          "PWRESET_ACCOUNT=42\n"
          "PWRESET_CHANNEL=email\n"
          "PWRESET_REFERENCE=G1XB-MX\n"
          "PWRESET_TRACE_ID=00000000-0000-4000-8000-000000000001\n");
}

TEST_CASE("a row without account and delivery has no such fields, and what was expected is no warning") {
    auto row = journal_row();
    row.account.reset();
    row.delivery_id.reset();
    row.channel.reset();
    row.result = "done";
    const auto text = journal_datagram(row);
    CHECK(text.rfind("MESSAGE=request done by tom\nPRIORITY=6\n", 0) == 0);
    for (const auto* field : {"ACCOUNT", "REFERENCE", "CHANNEL"}) CHECK(text.find(field) == text.npos);
}

TEST_CASE("a value cannot begin a field of its own") {
    auto row = journal_row();
    row.account = "42\nPWRESET_OPERATOR=eve\r\x1b[2J";
    const auto text = journal_datagram(row);
    CHECK(text.find("\nPWRESET_OPERATOR=eve") == text.npos);
    CHECK(text.find('\x1b') == text.npos);
    CHECK(std::count(text.begin(), text.end(), '\n') == 11);
}

TEST_CASE("the journal gets each datagram as it is, also after it was started again") {
    Journal journal;
    JournalSocket socket(journal.path());
    socket.send("A=1\n");
    socket.send("B=2\n");
    CHECK(journal.read() == "A=1\n");
    CHECK(journal.read() == "B=2\n");
    journal.close();
    socket.send("C=3\n");
    journal.open();
    socket.send("D=4\n");
    CHECK(journal.read() == "D=4\n");
}

TEST_CASE("where no journal is, or it does not read, nothing is waited for") {
    JournalSocket nowhere("/nonexistent/socket");
    CHECK_NOTHROW(nowhere.send("A=1\n"));
    JournalSocket too_long(std::string(200, 'x'));
    CHECK_NOTHROW(too_long.send("A=1\n"));
    Journal journal;
    JournalSocket socket(journal.path());
    for (int i = 0; i < 5000; ++i) socket.send(std::string(1000, 'x'));
    CHECK(journal.read().size() == 1000);
}
