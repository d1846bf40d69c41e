// Jobs: one row per invocation that issues something.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/session.h"

namespace pwreset::db {

struct JobRow {
    std::string app;
    std::string command;
    std::string budget;  ///< agents, web, jobs
    std::string operator_name;
    std::optional<std::string> ticket;
    std::optional<std::string> reason;
    std::optional<std::string> locale;
    std::string trace_id;
    std::int64_t total = 0;
};

/// Records the job; its id.
std::int64_t insert_job(Session& session, const JobRow& job);
}  // namespace pwreset::db
