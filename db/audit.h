// The audit trail's rows. What they mean and how they are authenticated is src/audit's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/session.h"

namespace pwreset::db {

struct AuditRow {
    std::int64_t id = 0;  ///< given by the database
    std::string app;
    Time at;
    std::string operator_name;
    std::optional<std::string> login_uid;
    std::string host;
    std::string action;
    std::string result;
    std::optional<std::string> channel;
    std::optional<std::int64_t> delivery_id;
    std::string trace_id;
    // personal, nulled when a person is erased:
    std::optional<std::string> account;
    std::optional<std::string> recipient;  ///< raw digest
    std::optional<std::string> ticket;
    std::optional<std::string> reason;
    std::optional<std::string> detail;
    std::optional<std::string> salt;  ///< raw
    // authenticity:
    std::string personal;  ///< raw digest of salt and personal fields
    std::string key_id;
    std::string mac;  ///< raw
    std::optional<std::int64_t> seq;
};

void insert_audit(Session& session, const std::vector<AuditRow>& rows);

struct AuditFilter {
    std::optional<std::string> account, operator_name, action, ticket;
    std::optional<std::int64_t> delivery_id;
    std::optional<Time> since, until;
};
/// At most `most` rows with ids below `before` (0 = from the newest), newest first.
std::vector<AuditRow> list_audit(Session& session, const std::string& app, const AuditFilter& filter,
                                 std::int64_t before, int most);

}  // namespace pwreset::db
