#include "src/audit/trail.h"

#include "db/retrying.h"
#include "src/account/matching.h"
#include "src/audit/field.h"
#include "src/audit/journal.h"
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/process.h"
#include "src/hash/digest.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

std::string number(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : ""; }

/// Free text from operators and relays, cut to the width of its column (characters, not bytes, but never more).
std::optional<std::string> fitted(std::optional<std::string> text, std::size_t most) {
    if (text && text->size() > most) {
        std::size_t end = most;
        while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xc0) == 0x80) --end;
        text->resize(end);
    }
    return text;
}

db::AuditRow row_of(Context& context, const AuditEntry& entry, Time at) {
    db::AuditRow row;
    row.app = context.config.application;
    row.at = at;
    row.operator_name = context.who.name;
    row.login_uid = context.who.login_uid;
    row.host = host_name();
    row.action = entry.action;
    row.result = entry.result;
    row.channel = entry.channel;
    row.delivery_id = entry.delivery_id;
    row.trace_id = context.trace_id;
    if (context.at_work) row.profile = unhex(context.at_work->profile().digest);
    row.account = entry.account;
    if (entry.recipient) row.recipient = keyed_digest(context.keys.own, "recipient", ascii_lower(*entry.recipient));
    row.ticket = entry.ticket;
    row.reason = fitted(entry.reason, 255);
    row.detail = fitted(entry.detail, 255);
    std::string salt(16, '\0');
    context.env.random(salt.data(), salt.size());
    row.salt = salt;
    row.personal = personal_digest(row);
    row.key_id = context.keys.own.current().id;
    row.mac = row_mac(row, context.keys.own.current().bytes);
    return row;
}

}  // namespace

std::string find_account_key_for(Context& context, const std::string& action, const std::string& typed,
                                 const std::optional<std::string>& ticket) {
    try {
        return find_account_key(context.accounts, parse_identity(typed, context.config.users.phone_region));
    } catch (const Error& error) {
        AuditEntry entry;
        entry.action = action;
        entry.result = error.code;
        entry.ticket = ticket;
        record_alone(context, entry);
        throw;
    }
}

std::string personal_digest(const db::AuditRow& row) {
    std::string text;
    for (const auto& field : {row.salt, row.account, row.recipient, row.ticket, row.reason, row.detail})
        add_field(text, field);
    return sha256(text);
}

std::string row_mac(const db::AuditRow& row, const Secret& key) {
    std::string text = "pwreset-audit-1;";
    add_field(text, row.app);
    add_field(text, db_text(row.at));
    for (const auto& field :
         {std::optional(row.operator_name), row.login_uid, std::optional(row.host), std::optional(row.action),
          std::optional(row.result), row.channel, std::optional(number(row.delivery_id)), std::optional(row.trace_id),
          std::optional(row.personal), std::optional(row.key_id)}) {
        add_field(text, field);
    }
    // Rows of releases before this column go on being what they were.
    if (row.profile) add_field(text, row.profile);
    return hmac_sha256(key, text);
}

std::vector<db::AuditRow> record(Context& context, const std::vector<AuditEntry>& entries, std::optional<Time> at) {
    if (entries.empty()) return {};
    if (!at) at = context.session.now();
    std::vector<db::AuditRow> rows;
    for (const auto& entry : entries) rows.push_back(row_of(context, entry, *at));
    context.recorded = true;
    db::insert_audit(context.session, rows);
    tell_journal(context, rows);
    context.session.after_commit([committed = context.committed, mac = rows.back().mac] { *committed = mac; });
    return rows;
}

void record_alone(Context& context, const AuditEntry& entry) {
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        record(context, {entry});
        transaction.commit();
    });
}

}  // namespace pwreset
