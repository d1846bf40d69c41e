// What a job over many accounts would do, before it does anything: who would be sent something, who not and why.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/account/route.h"
#include "src/base/grounds.h"
#include "src/context.h"

namespace pwreset {

class Input;
class Selection;

/// What was asked for, by one invocation.
struct BulkRequest {
    std::string command;  ///< "request", "send-otp", "revoke": for the job and the audit trail
    RouteWish wish{};
    std::optional<std::int64_t> rate{};  ///< accounts a second
    std::optional<Time> start_at{};
    Grounds grounds{};
    std::optional<std::string> locale{};
};

/// One that is left out.
struct LeftOut {
    std::optional<std::int64_t> line{};  ///< of the file
    std::string typed;
    std::string code;
    std::string message;
};

/// So many of those are told with the plan; the report of the job has them all.
constexpr std::size_t told_with_plan = 20;

struct Plan {
    std::int64_t named = 0;  ///< accounts, or what was to name one: each once
    std::int64_t skipped = 0;
    std::int64_t excluded = 0;  ///< of a selection: left out by a list
    std::int64_t unknown = 0;   ///< of a selection: nobody can tell whether they belong to it, so they do not
    std::int64_t duplicates = 0;
    std::vector<std::int64_t> duplicate_lines{};    ///< the first of them
    std::int64_t ready = 0;                         ///< would be sent something; those that are put off among them
    std::int64_t links = 0, codes = 0;              ///< of those
    std::int64_t deferred = 0;                      ///< of those: a cooldown runs
    std::int64_t is_protected = 0;                  ///< never in a job, and counted apart from the others
    std::map<std::string, std::int64_t> refused{};  ///< by why: a word
    std::vector<LeftOut> left_out{};                ///< the first of all that are refused or protected

    std::int64_t refusals() const;
};

/// Told how many rows were looked at so far.
using PlanProgress = std::function<void(std::int64_t)>;

/// Reads a file to its end and finds out about each row; with a job, writes its rows in short transactions, in which
/// nobody has two. Throws what leaves the file, or everything, in doubt; Error INTERRUPTED after a signal.
Plan plan_file(Context& context, const BulkRequest& request, Input& input, std::optional<std::int64_t> job,
               const PlanProgress& progress);

/// The same of a selection, whose accounts are looked at once; nothing is written.
Plan plan_selection(Context& context, const BulkRequest& request, Selection& selection, const PlanProgress& progress);

/// How long it takes at least to release so many.
std::optional<Seconds> least_duration(const BulkRequest& request, std::int64_t count);

}  // namespace pwreset
