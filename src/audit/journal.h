// Audit rows on their way to systemd's journal, which somebody who can write to the database cannot reach. Only what
// names nobody but the operator and the account's key: no recipient, ticket, reason or detail.
#pragma once

#include <string>
#include <vector>

#include "db/own/audit.h"
#include "src/context.h"

namespace pwreset {

/// The row as a datagram of the journal's native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/): a line
/// NAME=value for each field. Values hold no line break or control character: they are made printable.
std::string journal_datagram(const db::AuditRow& row);
/// Hands the rows to `env.journal` when the open transaction has been committed; never when it is rolled back.
void tell_journal(Context& context, const std::vector<db::AuditRow>& rows);

/// The journal's socket. Nothing is waited for, and nothing is told when it is not there: containers have none.
/// libsystemd does the same and more, and would cost each command the loading of two libraries.
class JournalSocket {
public:
    explicit JournalSocket(std::string path = "/run/systemd/journal/socket");
    ~JournalSocket();
    JournalSocket(const JournalSocket&) = delete;
    JournalSocket& operator=(const JournalSocket&) = delete;
    /// Drops the datagram when the journal is not there, or does not keep up.
    void send(const std::string& datagram);

private:
    std::string path_;
    int socket_ = -1;  ///< opened with the first datagram
};

}  // namespace pwreset
