#include <ostream>

#include "cmd/hints.h"
#include "cmd/output/progress.h"
#include "cmd/subject.h"
#include "src/base/masking.h"
#include "src/base/printable.h"
#include "src/subject/erase.h"

namespace pwreset {

namespace {

/// Whom it would be: an address that no account has any more may lead to more than one.
void show(Stage& stage, const Subject& subject, const Holdings& held) {
    for (const auto& account : subject.accounts) {
        std::string who = "not in the application any more";
        for (const auto& row : subject.rows) {
            if (row.id == account) who = mask_email(row.email);
        }
        stage.env.err << "id:" << printable(account) << "  " << printable(who) << "\n";
    }
    stage.env.err << "to erase  " << printable(holdings_text(subject, held)) << "\n";
}

void confirm(Stage& stage, const Subject& subject, const Holdings& held) {
    if (stage.common.yes) return;
    show(stage, subject, held);
    const auto typed = stage.env.ask("type the identity (" + printable(subject.typed) + ") to go on: ", false);
    if (typed && *typed == subject.typed) return;
    record_unerased(*stage.context, "CANCELLED", stage.common.grounds);
    throw Error(Exit::forbidden, "CANCELLED", "nothing was erased", "the identity was not typed");
}

/// Of an account the application has deleted, nobody knows the address; texts may.
void warn_of_texts(Stage& stage, const Subject& subject) {
    if (!subject.rows.empty() || !subject.typed.starts_with("id:")) return;
    warn(stage,
         "the application has no account '" + subject.typed +
             "' any more: what tickets and reasons say of it is found by its address only",
         "erase the address as well");
}

[[noreturn]] void refuse_nothing(Stage& stage, const Holdings& held) {
    tell_left_out(stage, held.left_out);
    record_unerased(*stage.context, "NOT_FOUND", stage.common.grounds);
    throw Error(Exit::failed, "NOT_FOUND", "nothing is held about this person", "there is nothing left to erase");
}

}  // namespace

void run_subject_erase(Stage& stage, const std::string& identity) {
    auto& context = *stage.context;
    const auto& common = stage.common;
    if (!common.yes && !common.dry_run && !stage.env.terminal.in) {
        throw usage_error("erasing needs --yes where nobody can be asked", "--dry-run counts what would be erased");
    }
    Progress progress(stage.env, "looking through the tables", common.quiet);
    std::int64_t looked_at = 0;
    const RowsSeen seen = [&](std::int64_t rows) { progress.update(looked_at += rows); };
    seen(0);
    const Subject subject = find_subject(context, identity, erase_action, seen);
    require_unnamed(context, subject, common.grounds);
    const Holdings held = survey(context, subject, seen);
    progress.clear();
    if (held.total() == 0) refuse_nothing(stage, held);
    warn_of_texts(stage, subject);
    if (common.dry_run) {
        record_unerased(context, "dry run", common.grounds);
        return answer_holdings(stage, subject, held, false);
    }
    confirm(stage, subject, held);
    const Holdings gone = erase(context, subject, common.grounds, seen);
    progress.clear();
    answer_holdings(stage, subject, gone, true);
}

}  // namespace pwreset
