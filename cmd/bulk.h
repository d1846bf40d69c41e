// The same for many accounts at once: the options that make request, send-otp and revoke a job, and the way from a plan
// to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/command.h"
#include "db/own/bulk_jobs.h"
#include "src/account/route.h"
#include "src/jobs/plan.h"

namespace pwreset {

struct BulkOptions {
    std::string from_file;
    bool all = false;
    std::vector<std::string> roles;
    std::optional<std::string> created_before, not_changed_since;
    bool never_logged_in = false;
    std::string exclude;
    std::optional<std::string> rate, start_at;
    std::optional<std::int64_t> expect;

    /// Whether many are meant.
    bool given() const { return !from_file.empty() || selects(); }
    /// Whether they are chosen by what the users table says of them.
    bool selects() const { return all || !roles.empty() || created_before || not_changed_since || never_logged_in; }
};

/// Binds --from-file, the filters, --rate, --start-at and --expect.
void bind_bulk_options(CommandLine& line, BulkOptions& options);
/// Throws Error USAGE for options of a job where no job is meant, and for identities beside one.
void check_bulk_options(const BulkOptions& options, bool identities_named);
/// What a job needs besides `support`.
std::vector<Capability> capabilities_of(const BulkOptions& options);

/// Plans, asks, and runs; with `queue` only makes the job. Throws CommandFailure PARTIAL_FAILURE when some got nothing.
void run_bulk(Stage& stage, const BulkOptions& options, const std::string& command, const RouteWish& wish, bool queue);
/// The same of revoking, which is done here and by no worker.
void run_bulk_revoke(Stage& stage, const BulkOptions& options);

// What the ways of a job have in common:

/// The plan alone, as the answer of a dry run.
void print_bulk_plan(Stage& stage, const BulkOptions& options, const BulkRequest& request);
/// The plan, agreed to, as a job that was started. Whatever goes wrong on the way takes back what was prepared.
db::BulkJob agreed_job(Stage& stage, const BulkOptions& options, const BulkRequest& request, Plan& plan);
/// Revokes what is left of a job, and answers. A signal pauses it.
void work_off_revoking(Stage& stage, const db::BulkJob& job, const Plan* plan);

}  // namespace pwreset
