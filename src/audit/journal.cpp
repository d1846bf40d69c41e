#include "src/audit/journal.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/printable.h"
#include "src/base/reference.h"

namespace pwreset {

namespace {

void add(std::string& datagram, const char* name, const std::string& value) {
    datagram += std::string(name) + "=" + printable(value) + "\n";
}

/// Results in capitals are code words of failures; the rest is what was to be expected.
bool is_refusal(const std::string& result) {
    return !result.empty() && std::all_of(result.begin(), result.end(), [](char c) { return is_upper(c) || c == '_'; });
}

/// "request RATE_LIMITED by tom, account 42, 7K3Q-M2".
std::string message_of(const db::AuditRow& row) {
    std::string text = row.action + " " + row.result + " by " + row.operator_name;
    if (row.account) text += ", account " + *row.account;
    if (row.delivery_id) text += ", " + reference_of(*row.delivery_id);
    return text;
}

}  // namespace

std::string journal_datagram(const db::AuditRow& row) {
    // Priorities of syslog(3): warning, info.
    std::string out;
    add(out, "MESSAGE", message_of(row));
    add(out, "PRIORITY", is_refusal(row.result) ? "4" : "6");
    add(out, "SYSLOG_IDENTIFIER", "pwreset");
    add(out, "PWRESET_ACTION", row.action);
    add(out, "PWRESET_RESULT", row.result);
    add(out, "PWRESET_OPERATOR", row.operator_name);
    add(out, "PWRESET_APPLICATION", row.app);
    if (row.account) add(out, "PWRESET_ACCOUNT", *row.account);
    if (row.channel) add(out, "PWRESET_CHANNEL", *row.channel);
    if (row.delivery_id) add(out, "PWRESET_REFERENCE", reference_of(*row.delivery_id));
    add(out, "PWRESET_TRACE_ID", row.trace_id);
    return out;
}

void tell_journal(Context& context, const std::vector<db::AuditRow>& rows) {
    if (!context.env.journal) return;
    std::vector<std::string> datagrams;
    for (const auto& row : rows) datagrams.push_back(journal_datagram(row));
    context.session.after_commit([&env = context.env, told = std::move(datagrams)] {
        for (const auto& datagram : told) env.journal(datagram);
    });
}

JournalSocket::JournalSocket(std::string path) : path_(std::move(path)) {}

JournalSocket::~JournalSocket() {
    if (socket_ >= 0) ::close(socket_);
}

void JournalSocket::send(const std::string& datagram) {
    if (socket_ < 0) socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_ < 0 || path_.size() >= sizeof address.sun_path) return;
    std::copy(path_.begin(), path_.end(), address.sun_path);
    // Addressed each time and not connected once, so that a journal that was restarted is found again.
    ::sendto(socket_, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace pwreset
