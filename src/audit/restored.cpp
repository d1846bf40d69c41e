#include "src/audit/restored.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "db/own/checkpoints.h"
#include "db/own/reach.h"
#include "src/audit/chain.h"
#include "src/base/printable.h"
#include "src/base/process.h"

namespace pwreset {

namespace {

constexpr std::string_view noticed = "noticed by ";
constexpr std::string_view settled = "settled:";
/// Others of this host write the mark at the same moment; then what they wrote is to be looked at.
constexpr int most_tries = 3;

struct NamedNumber {
    const char* name;
    std::int64_t Numbers::*number;
};
constexpr std::array<NamedNumber, 5> named_numbers{{{"seq", &Numbers::seq},
                                                    {"audit", &Numbers::audit},
                                                    {"deliveries", &Numbers::deliveries},
                                                    {"tokens", &Numbers::tokens},
                                                    {"jobs", &Numbers::jobs}}};

struct Look {
    std::optional<HostMark> mark;
    db::Reach reach;
    std::optional<std::string> why;  ///< how the tables are behind
};

db::Reach reach_of(Context& context, const std::optional<HostMark>& mark) {
    return db::reach(context.session, context.config.application, mark ? mark->mac : "", *context.committed,
                     context.issues);
}

/// Rows that are old enough go for good, and leave word how old they were.
bool may_be_purged(Context& context, const HostMark& mark) {
    const auto checkpoint = db::read_checkpoint(context.session, context.config.application);
    return checkpoint && checkpoint->latest >= mark.at;
}

/// Of one table: rows may be gone from its end, ids that were given out are not given out again.
std::optional<std::string> shortfall(Context& context, db::Numbered what, std::int64_t there, std::int64_t used) {
    if (there >= used) return {};
    const auto next = db::next_id(context.session, what);
    if (!next || *next > used) return {};
    return std::string(db::table_of(what)) + " goes on with id " + std::to_string(*next) + ", and had " +
           std::to_string(used);
}

std::optional<std::string> shortfall(Context& context, const HostMark& mark, const db::Reach& reach) {
    // Without the key that made it, the trail was begun anew: LOST KEYS in pwreset-audit(5).
    const bool ours = context.keys.own.find(mark.key_id) != nullptr;
    if (!reach.former && ours && !may_be_purged(context, mark)) {
        return "audit row " + std::to_string(mark.audit_id) + " of " + rfc3339(mark.at) +
               ", which this host wrote, is not there";
    }
    if (auto why = shortfall(context, db::Numbered::audit, reach.audit, mark.used.audit)) return why;
    if (!context.issues) return {};
    if (auto why = shortfall(context, db::Numbered::deliveries, reach.deliveries, mark.used.deliveries)) return why;
    if (auto why = shortfall(context, db::Numbered::tokens, reach.tokens, mark.used.tokens)) return why;
    return shortfall(context, db::Numbered::jobs, reach.jobs, mark.used.jobs);
}

bool covers(const Numbers& told, const Numbers& used) {
    return std::all_of(named_numbers.begin(), named_numbers.end(),
                       [&](const auto& one) { return told.*one.number >= used.*one.number; });
}

/// Whether another host has stated the restore since, with numbers that leave room for all that we remember.
bool is_settled(Context& context, const HostMark& mark, const std::optional<std::string>& note) {
    if (!note || !note->starts_with(settled)) return false;
    std::istringstream number(note->substr(settled.size()));
    std::int64_t id = 0;
    number >> id;
    const auto rows = db::audit_rows(context.session, context.config.application, {id});
    if (rows.empty() || rows.front().action != restored_action) return false;
    const auto& row = rows.front();
    if (examine(row, context.keys.own) != Authenticity::genuine || row.at < mark.at) return false;
    const auto told = told_numbers(row.detail.value_or(""));
    return told && covers(*told, mark.used);
}

Look look(Context& context) {
    Look out;
    out.mark = read_mark(context.config.keys, context.config.application, context.env.effective_uid);
    out.reach = reach_of(context, out.mark);
    if (out.mark) out.why = shortfall(context, *out.mark, out.reach);
    // Another node of a cluster may not have come to it yet.
    if (out.why && db::wait_for_cluster(context.session)) {
        out.reach = reach_of(context, out.mark);
        out.why = shortfall(context, *out.mark, out.reach);
    }
    const auto& note = out.reach.note;
    if (out.why && is_settled(context, *out.mark, note)) out.why.reset();
    if (!out.why && note && note->starts_with(noticed))
        out.why = "noticed on host '" + printable(note->substr(noticed.size())) + "'";
    return out;
}

/// The mark after `former`. The row that ours is not behind of stays its witness.
HostMark mark_after(const std::optional<HostMark>& former, const db::Reach& reach, const std::string& mac) {
    HostMark mark = former.value_or(HostMark{});
    if (!reach.former || reach.newest->id > mark.audit_id) {
        mark.audit_id = reach.newest->id;
        mark.at = reach.newest->at;
        mark.key_id = reach.newest->key_id;
        mark.mac = mac;
    }
    mark.used.raise({.audit = reach.audit,
                     .deliveries = reach.deliveries,
                     .tokens = reach.tokens,
                     .jobs = reach.jobs,
                     .seq = reach.seq});
    return mark;
}

/// Whether that is done, or not to be done.
bool try_to_leave_mark(Context& context, bool anew) {
    const Look found = look(context);
    if (!found.reach.newest || (found.why && !anew)) return true;
    const HostMark mark = mark_after(found.mark, found.reach, *context.committed);
    if (found.mark == mark) return true;
    return replace_mark(context.config.keys, context.config.application, context.env.effective_uid, found.mark, mark);
}

void leave(Context& context, bool anew) noexcept {
    if (context.committed->empty() || context.config.keys.empty()) return;
    try {
        for (int tries = 0; tries < most_tries && !try_to_leave_mark(context, anew); ++tries) {
        }
        context.committed->clear();
    } catch (...) {
        // The command has done what it was asked for. An older mark tells less, and nothing wrong.
    }
}

}  // namespace

std::string told_numbers(const Numbers& used) {
    std::string text;
    for (const auto& [name, number] : named_numbers)
        text += (text.empty() ? "" : " ") + std::string(name) + "=" + std::to_string(used.*number);
    return text;
}

std::optional<Numbers> told_numbers(const std::string& detail) {
    std::istringstream text(detail);
    Numbers numbers;
    for (const auto& [name, number] : named_numbers) {
        std::string word;
        if (!std::getline(text >> std::ws, word, '=') || word != name || !(text >> numbers.*number)) return {};
    }
    return numbers;
}

std::optional<std::string> why_behind(Context& context) { return look(context).why; }

Error tables_behind(const std::string& why) {
    return config_error(
        "the tables are older than what was written into them: a backup was restored, or a server took over that lacks "
        "the last writes (" +
            why + ")",
        "run 'pwreset migrate --restored', nothing is sent before; RESTORED BACKUPS in pwreset-audit(5) tells what it "
        "does");
}

void refuse_behind(Context& context, const std::string& why) {
    try {
        db::note_restore(context.session, context.config.application, std::string(noticed) + host_name());
    } catch (const std::exception&) {
        // Then each host finds it by its own mark.
    }
    throw tables_behind(why);
}

void require_current_tables(Context& context) {
    context.issues = true;
    const auto found = look(context);
    if (!found.why) return;
    if (found.reach.note && found.reach.note->starts_with(noticed)) throw tables_behind(*found.why);
    refuse_behind(context, *found.why);
}

void require_new_ids(Context& context) {
    const auto mark = read_mark(context.config.keys, context.config.application, context.env.effective_uid);
    if (!mark) return;
    if (const auto why = shortfall(context, db::Numbered::audit, 0, mark->used.audit)) throw tables_behind(*why);
}

void leave_mark(Context& context) noexcept { leave(context, false); }

void leave_mark_anew(Context& context) noexcept { leave(context, true); }

}  // namespace pwreset
