// What our tables hold about a person: where it is, and how much.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "db/own/audit.h"
#include "db/own/delivery_records.h"
#include "db/own/intake.h"
#include "db/own/job_rows.h"
#include "db/own/jobs.h"
#include "src/context.h"
#include "src/subject/subject.h"

namespace pwreset {

/// Rows by table; of an erasure, those that were deleted or lost a text.
struct Holdings {
    std::int64_t tokens = 0;
    std::int64_t deliveries = 0;
    std::int64_t jobs = 0;  ///< with texts about the person; and their rows that name it
    std::int64_t limits = 0;
    std::int64_t intake = 0;   ///< requests of web back ends that nobody has looked into
    std::int64_t answers = 0;  ///< of relays, in other people's deliveries
    std::int64_t audit_rows = 0;
    std::int64_t left_out = 0;  ///< audit rows of other accounts that exist and had an address of the person's

    std::int64_t total() const { return tokens + deliveries + jobs + limits + intake + answers + audit_rows; }
    Holdings& operator+=(const Holdings& more);
};

/// Why a row of the trail is the person's business.
enum class About {
    nobody,    ///< it is not
    person,    ///< it names the account, one of its deliveries or its address
    somebody,  ///< it is about somebody else, and a text in it names the person
    another,   ///< it is of an account that exists, and that had an address or number of the person's: left out
};
About about(const db::PersonalFields& row, const Subject& subject);
/// Whether the row names one of the person's accounts.
bool names_account(const db::PersonalFields& row, const Subject& subject);

/// Hands over each row of the trail that is the person's business or looks like it (`another`), oldest first. Reads the
/// whole trail: addresses have no index, and texts none that would serve.
void each_audit_row(Context& context, const Subject& subject,
                    const std::function<void(const db::PersonalFields&, About)>& visit, const RowsSeen& seen);
/// Hands over each job with a text that names the person, and which texts those are.
void each_job(Context& context, const Subject& subject,
              const std::function<void(const db::JobTexts&, const db::JobErasure&)>& visit, const RowsSeen& seen);
/// Hands over each row of a job that is of one of the person's accounts, or in which nobody was found for what names
/// the person.
void each_job_row(Context& context, const Subject& subject,
                  const std::function<void(const db::PersonalJobLine&)>& visit, const RowsSeen& seen);
/// Hands over each request of a web back end whose identity, as it was typed, names the person.
void each_intake(Context& context, const Subject& subject, const std::function<void(const db::IntakeRow&)>& visit,
                 const RowsSeen& seen);
/// Hands over each relay's answer that names the person.
void each_answer(Context& context, const Subject& subject, const std::function<void(const db::Answer&)>& visit,
                 const RowsSeen& seen);

/// Counts it all.
Holdings survey(Context& context, const Subject& subject, const RowsSeen& seen);

}  // namespace pwreset
