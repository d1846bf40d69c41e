// An export: what is held about one person, told to that person. What the same rows hold about others is left out.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "db/own/audit.h"
#include "db/own/delivery_records.h"
#include "db/own/jobs.h"
#include "db/own/token_records.h"
#include "src/base/grounds.h"
#include "src/context.h"
#include "src/subject/holdings.h"
#include "src/subject/subject.h"

namespace pwreset {

/// What is exported.
struct Exported {
    Subject subject;
    Holdings held;  ///< counted for a dry run only
};
/// Finds the person and records the export, before a word of it is told. Throws as find_subject(), and Error NOT_FOUND,
/// which is recorded, when the application has no such account and nothing is held.
Exported begin_export(Context& context, const std::string& identity, const Grounds& grounds, bool dry_run);

/// Each token of the person's accounts, with the account.
void export_tokens(Context& context, const Subject& subject,
                   const std::function<void(const std::string&, const db::TokenFacts&)>& tell);
/// Each delivery to the person's accounts, the newest of an account first.
void export_deliveries(Context& context, const Subject& subject,
                       const std::function<void(const db::DeliveryRecord&)>& tell);
/// Each job with a text that names the person; the job's other texts are null.
void export_jobs(Context& context, const Subject& subject, const std::function<void(const db::JobTexts&)>& tell);

/// A row of the trail: account, recipient, delivery and texts are null where they are not the person's business.
struct ExportedAudit {
    db::AuditRow row;
    std::optional<std::string> recipient_of;  ///< what the recipient's digest is of: "email", "phone", "earlier"
};
/// Each row of the trail that is the person's business, oldest first; the number of those that were left out, since
/// they are of other accounts that exist and had an address of the person's.
std::int64_t export_audit(Context& context, const Subject& subject,
                          const std::function<void(const ExportedAudit&)>& tell);

/// The word for it in the trail.
constexpr const char* export_action = "subject-export";

}  // namespace pwreset
