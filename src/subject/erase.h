// Erasing a person from our tables. The application's own are never touched.
#pragma once

#include <optional>
#include <string>

#include "src/base/grounds.h"
#include "src/context.h"
#include "src/subject/holdings.h"
#include "src/subject/subject.h"

namespace pwreset {

/// Throws Error INVALID_INPUT, recorded without the texts, when ticket or reason name the person: they are kept, and
/// would undo what they ask for.
void require_unnamed(Context& context, const Subject& subject, const Grounds& grounds);

/// Erases the person: deletes tokens, deliveries and counters, nulls what jobs, other people's deliveries and the trail
/// say. What is few goes in one transaction; else each takes a part, has its own entry in the trail, and leaves
/// everything such that erasing again goes on. What was erased.
Holdings erase(Context& context, const Subject& subject, const Grounds& grounds, const RowsSeen& seen);
/// Records that nothing was erased, and why: "dry run", "CANCELLED", "NOT_FOUND".
void record_unerased(Context& context, const std::string& result, const Grounds& grounds);

/// The word for it in the trail.
constexpr const char* erase_action = "subject-erase";

}  // namespace pwreset
