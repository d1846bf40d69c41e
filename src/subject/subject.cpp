#include "src/subject/subject.h"

#include <algorithm>

#include "db/own/audit.h"
#include "db/own/delivery_records.h"
#include "src/account/identity.h"
#include "src/account/matching.h"
#include "src/account/recipient.h"
#include "src/audit/trail.h"
#include "src/base/ascii.h"
#include "src/limits/limits.h"
#include "src/limits/sms_limits.h"
#include "src/subject/pages.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

/// Hands over the rows of the trail that were not erased, of one account or all.
template <typename Visit>
void each_entry(Context& context, const std::optional<std::string>& account, const RowsSeen& seen, Visit visit) {
    each_row(
        context, "nothing was done", seen,
        [&](std::int64_t after, int most) {
            return db::personal_fields(context.session, context.config.application, account, after, most);
        },
        visit);
}

bool names_recipient(const Identity& identity) {
    return identity.key == db::AccountKey::email || identity.key == db::AccountKey::phone;
}

/// The account in the application; nothing when it has none with that key, that address or that number.
std::optional<db::AccountRow> application_row(Context& context, const Identity& identity) {
    if (identity.key == db::AccountKey::id) {
        auto rows = context.accounts.by_ids({find_account_key(context.accounts, identity)});
        return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
    }
    try {
        return find_account(context.accounts, identity);
    } catch (const Error& error) {
        if (!names_recipient(identity) || error.code != "USER_NOT_FOUND") throw;
        return {};
    }
}

/// Every digest that an address or a number can have left behind: one under each key there is.
void add_digests(const Context& context, const std::string& text, const std::string& what, Subject& subject) {
    if (text.empty()) return;
    for (const auto& key : context.keys.own.keys()) {
        subject.digests.emplace(keyed_digest(key.bytes, "recipient", ascii_lower(text)), what);
        if (what == "phone") subject.counters.push_back(sms_number_key(key.bytes, text));
    }
}

/// Two people's rows must not be told to one.
Error several_had_it(const Subject& subject) {
    std::string ids;
    for (const auto& row : subject.rows) ids += (ids.empty() ? "id:" : ", id:") + row.id;
    return {
        Exit::no_user, "AMBIGUOUS_USER",
        "'" + subject.typed + "' was the identity of " + std::to_string(subject.rows.size()) + " accounts that exist",
        "name the one that is meant: one of " + ids};
}

/// The accounts that the trail saw with an address which none has any more. Throws Error USER_NOT_FOUND when there is
/// none either, but an account with an address that looks alike: it was meant, perhaps.
void find_former_accounts(Context& context, const Identity& identity, Subject& subject, const RowsSeen& seen) {
    std::set<std::string> found;
    each_entry(context, {}, seen, [&](const db::PersonalFields& row) {
        if (row.account && row.recipient && subject.digests.contains(*row.recipient)) found.insert(*row.account);
    });
    if (found.empty()) {
        const auto alike = candidates_for(context.accounts, identity);
        if (!alike.empty()) matched(identity, alike);
    }
    subject.accounts.assign(found.begin(), found.end());
    subject.rows = context.accounts.by_ids(subject.accounts);
    if (subject.rows.size() > 1) throw several_had_it(subject);
}

void take_names(const Context& context, Subject& subject, Names& names) {
    names.accounts = subject.accounts;
    for (const auto& row : subject.rows) {
        names.addresses.push_back(row.email);
        const auto phone = recipient_of(row, Channel::sms, context.config.users);
        names.phones.push_back(phone.empty() ? row.phone : phone);
        names.logins.push_back(row.login);
        add_digests(context, row.email, "email", subject);
        add_digests(context, phone, "phone", subject);
    }
    subject.mention = Mention(names);
}

/// What the trail and the queue know: earlier addresses (as digests), and deliveries.
void take_history(Context& context, Subject& subject, const RowsSeen& seen) {
    for (const auto& account : subject.accounts) {
        each_entry(context, account, seen, [&](const db::PersonalFields& row) {
            if (row.recipient) subject.digests.emplace(*row.recipient, "earlier");
            if (row.delivery_id) subject.deliveries.insert(*row.delivery_id);
        });
        for (const auto id : db::delivery_ids(context.session, context.config.application, account)) {
            subject.deliveries.insert(id);
        }
    }
}

/// Who else had one of the addresses or numbers, and exists: an address passes from one to another.
void find_others(Context& context, Subject& subject, const RowsSeen& seen) {
    const std::set<std::string> ours(subject.accounts.begin(), subject.accounts.end());
    std::set<std::string> candidates;
    each_entry(context, {}, seen, [&](const db::PersonalFields& row) {
        if (!row.account || !row.recipient || ours.contains(*row.account)) return;
        if (subject.digests.contains(*row.recipient)) candidates.insert(*row.account);
    });
    if (candidates.empty()) return;
    for (const auto& row : context.accounts.by_ids({candidates.begin(), candidates.end()}))
        subject.others.insert(row.id);
    each_entry(context, {}, seen, [&](const db::PersonalFields& row) {
        if (!row.account || !row.recipient || !subject.others.contains(*row.account)) return;
        if (!subject.digests.contains(*row.recipient)) return;
        Elsewhere& elsewhere = subject.elsewhere[*row.recipient];
        elsewhere.accounts.insert(*row.account);
        if (elsewhere.first == 0) elsewhere.first = row.id;
        elsewhere.last = row.id;
    });
}

Subject subject_of(Context& context, const std::string& typed, const RowsSeen& seen) {
    const Identity identity = parse_identity(typed, context.config.users.phone_region);
    Subject subject{.typed = typed,
                    .accounts = {},
                    .rows = {},
                    .digests = {},
                    .counters = {},
                    .deliveries = {},
                    .mention = Mention({})};
    Names names;
    if (names_recipient(identity)) {
        const bool mail = identity.key == db::AccountKey::email;
        (mail ? names.addresses : names.phones).push_back(identity.text);
        add_digests(context, identity.text, mail ? "email" : "phone", subject);
    }
    if (auto row = application_row(context, identity)) {
        subject.accounts = {row->id};
        subject.rows.push_back(std::move(*row));
    } else if (identity.key == db::AccountKey::id) {
        subject.accounts = {context.accounts.canonical(identity.text)};
    } else {
        find_former_accounts(context, identity, subject, seen);
    }
    take_names(context, subject, names);
    take_history(context, subject, seen);
    find_others(context, subject, seen);
    return subject;
}

}  // namespace

Subject find_subject(Context& context, const std::string& typed, const std::string& action, const RowsSeen& seen) {
    try {
        return subject_of(context, typed, seen);
    } catch (const Error& error) {
        if (error.exit != Exit::no_user && error.exit != Exit::bad_data) throw;
        AuditEntry entry;
        entry.action = action;
        entry.result = error.code;
        record_alone(context, entry);
        throw;
    }
}

std::vector<std::string> limit_keys(const Subject& subject) {
    std::vector<std::string> keys;
    for (const auto& account : subject.accounts) {
        for (auto& key : keys_naming(account)) keys.push_back(std::move(key));
    }
    // An earlier address may be somebody else's by now, and so are its counters.
    const auto passed_on = [&](const auto& digest) {
        return digest.second == "earlier" && subject.elsewhere.contains(digest.first);
    };
    for (const auto& digest : subject.digests) {
        if (!passed_on(digest)) keys.push_back(recipient_key(digest.first));
    }
    for (const auto& digest : subject.digests) {
        if (passed_on(digest)) continue;
        for (auto& key : call_keys(digest.first)) keys.push_back(std::move(key));
    }
    keys.insert(keys.end(), subject.counters.begin(), subject.counters.end());
    return keys;
}

}  // namespace pwreset
