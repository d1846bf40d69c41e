// The two halves of `subject`.
#pragma once

#include "cmd/command.h"
#include "src/subject/holdings.h"
#include "src/subject/subject.h"

namespace pwreset {

/// Prints everything that is held about the person, list by list. Throws Error USAGE for CSV, which has one table.
void run_subject_export(Stage& stage, const std::string& identity);
/// Erases the person, after confirmation.
void run_subject_erase(Stage& stage, const std::string& identity);

/// Counts of what is held, or (`erased`) was erased, in the chosen format.
void answer_holdings(Stage& stage, const Subject& subject, const Holdings& held, bool erased);
/// Why rows that seem to be about a person are left out of an export and an erasure.
constexpr const char* why_left_out = "of another account, which exists and had an address or number of this person's";
/// Says on standard error how many those were.
void tell_left_out(Stage& stage, std::int64_t rows);
/// "id:42  2 tokens, 3 deliveries …"; the identity as it was typed when no account is known.
std::string holdings_text(const Subject& subject, const Holdings& held);

}  // namespace pwreset
