#include "src/queue/temporary_password.h"

#include <algorithm>

#include "db/app/passwords.h"
#include "db/app/transactional.h"
#include "db/own/notices.h"
#include "db/retrying.h"
#include "src/apps/users_table.h"
#include "src/audit/trail.h"
#include "src/base/stop.h"
#include "src/hash/password_choice.h"
#include "src/queue/decision.h"
#include "src/secrets/password_policy.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

/// How many recent hashes tell what the application writes today.
constexpr int recent = 50;
/// Passwords a transaction of void_expired_passwords() covers.
constexpr int at_once = 20;

PasswordFormat format_in_use(Context& context) {
    std::vector<std::string> hashes;
    db::retrying(context.session,
                 [&] { hashes = db::recent_hashes(context.session, password_names(context.config), recent); });
    if (const auto format = format_to_write(hashes, context.config.temporary_password.formats)) return *format;
    const std::string foreign = name_of_foreign(hashes);
    if (foreign.empty())
        throw forbidden("no account has a password, so it is not known how they are stored", "send a link");
    throw forbidden("passwords are stored in a format that cannot be written here: " + foreign,
                    std::string("send a link, or ") + name_better);
}

AuditEntry entry_for(const std::string& action, const std::string& result, std::int64_t delivery,
                     const std::string& account, const std::string& detail) {
    return {.action = action, .result = result, .delivery_id = delivery, .account = account, .detail = detail};
}

/// Where the hash that was seen still stands there, and yet is not found by its bytes, no password is ever stored.
void require_other_hash(Context& context, const db::AccountRow& account) {
    const auto names = password_names(context.config);
    if (!db::has_hash(context.session, names, account.id, account.password.value_or(""))) return;
    throw config_error(
        "the hash in column '" + names.password + "' of '" + names.table + "' is not found again by its bytes",
        "ask who looks after the application's tables");
}

/// The format of a hash that is ours, or of one that the application made of it.
std::optional<PasswordFormat> format_of(const Context& context, const std::string& hash) {
    const auto& formats = context.config.temporary_password.formats;
    if (const auto format = password_format(hash)) return format;
    return formats.empty() ? std::nullopt : std::optional(formats.front());
}

/// What is written beside a hash: texts that take the place of remember tokens, drawn for this once, and what goes with
/// a hash in a column of its own.
db::NewPassword as_stored(const Context& context, const PasswordHash& hash) {
    const auto& passwords = context.config.temporary_password;
    db::NewPassword password{hash.text, hash.salt};
    Values names;
    if (!passwords.side.set.empty())
        names.emplace("issued", Value{ValueType::time, {}, context.session.now().time_since_epoch().count()});
    for (const auto* columns : {&passwords.rotate, &passwords.side.set}) {
        for (const auto& one : *columns)
            password.beside.emplace_back(std::string(one.value.evaluate(names, context.env).content.reveal()));
    }
    return password;
}

/// What takes the place of a password that is void.
db::NewPassword as_void(const Context& context, const std::string& held) {
    const auto& side = context.config.temporary_password.side;
    if (side.hash.empty()) return as_stored(context, hash_of_nothing(context.env, format_of(context, held).value()));
    db::NewPassword password = as_stored(context, {side.empty_hash});
    std::copy(side.empty.begin(), side.empty.end(),
              password.beside.end() - static_cast<std::ptrdiff_t>(side.empty.size()));
    return password;
}

/// Where the password has a column of its own, what was seen in another one counts while it is stored, and in this one
/// when it is made void.
db::PasswordNames names_to_void(const Config& config) {
    auto names = password_names(config);
    names.compared.clear();
    return names;
}

/// Puts the hash into the users table, and does what goes with it there. Nothing when another hash stands there than
/// the account was seen with; else the number of sessions that ended.
std::optional<std::int64_t> put_hash(Context& context, const db::AccountRow& account, const PasswordHash& hash) {
    auto& session = context.session;
    const auto names = password_names(context.config);
    const auto password = as_stored(context, hash);
    if (!db::replace_hash(session, names, account.id, account.password.value_or(""), password)) {
        require_other_hash(context, account);
        return {};
    }
    db::require_written(session, names, account.id, password);
    // Beside the other, it is no change of the password that anybody could be told of.
    if (context.config.temporary_password.side.hash.empty())
        db::end_unused_notices(session, context.config.application, account.id);
    return db::end_sessions(session, names, account.id);
}

std::string sessions_ended(std::int64_t count) { return std::to_string(count) + " sessions ended"; }

enum class Ended { done, changed, used };

/// Whether an account still has the password that was mailed. While the demand for a new one stands, nobody has chosen
/// one: a hash that may be another of the same password is one, then.
bool is_ours(const Context& context, const db::StoredPassword& stored, const db::CurrentPassword& held) {
    const bool aside = !context.config.temporary_password.side.hash.empty();
    if (!aside && !format_of(context, held.hash)) return false;
    if (is_password_mark(context.keys.own, stored.account, held.hash, stored.pw_mark)) return true;
    const bool demanded = !context.config.temporary_password.must_change.empty() && held.must_change;
    return demanded && !aside && may_be_rehash(context, held.hash, stored.pw_form);
}

/// One stored password, inside a transaction. `may_be_used`: that the application took back its demand ends it as used.
Ended void_one(Context& context, const db::StoredPassword& stored, const std::string& reason, bool may_be_used) {
    auto& session = context.session;
    const auto names = names_to_void(context.config);
    const auto held = db::current_password(session, names, stored.account);
    const bool ours = held && is_ours(context, stored, *held);
    const auto end = [&](Ended how, const std::string& result, const std::string& detail) {
        if (how == Ended::used) db::use_stored_password(session, stored.id);
        if (how != Ended::used) {
            db::end_stored_password(session, stored.id, how == Ended::changed ? "password_changed" : reason);
        }
        record(context, {entry_for("void-password", result, stored.delivery_id, stored.account, detail)});
        return how;
    };
    if (!ours) return end(Ended::changed, "password_changed", reason);
    if (may_be_used && !held->must_change) return end(Ended::used, "used", reason);
    if (!db::replace_hash(session, names, stored.account, held->hash, as_void(context, held->hash)))
        throw db::Conflict{};
    db::end_unused_notices(session, context.config.application, stored.account);
    return end(Ended::done, "done", reason + ", " + sessions_ended(db::end_sessions(session, names, stored.account)));
}

}  // namespace

void require_temporary_passwords(Context& context, Channel channel) {
    if (!context.config.temporary_password.enabled) {
        throw forbidden("temporary passwords are not turned on",
                        "send a link, or write enabled = true in [temporary_password]");
    }
    if (channel != Channel::email) {
        throw forbidden("a temporary password goes by e-mail only",
                        "name the account by its address or key, or send a code");
    }
    if (context.config.temporary_password.side.hash.empty()) format_in_use(context);
}

void require_tables_to_try_on(Context& context) {
    db::require_transactions(context.session, password_names(context.config));
}

void take_back(const Config& config, db::Transaction& trial) {
    if (trial.roll_back()) return;
    throw config_error("a trigger of '" + config.users.table +
                           "' writes a table that knows no transactions, so a password cannot be tried out before it "
                           "is mailed",
                       "ask who looks after the application's tables: what was tried has left a row there");
}

void require_storable(Context& context, const db::AccountRow& account) {
    const auto& passwords = context.config.temporary_password;
    const PasswordHash hash = passwords.side.hash.empty()
                                  ? hash_of_nothing(context.env, format_in_use(context))
                                  : hash_for_application(context, new_password(context.env, passwords.policy));
    try {
        auto& session = context.session;
        db::retrying(session, [&] {
            require_tables_to_try_on(context);
            db::Transaction trial(session);
            db::password_stored(session, 0, 0,
                                password_mark(context.keys.own, account.id, hash.text));  // of no delivery
            put_hash(context, account, hash);  // where it was changed just now, the claim looks again
            take_back(context.config, trial);
        });
    } catch (Error& refused) {
        if (refused.exit == Exit::config || refused.exit == Exit::failed)
            refused.message = "nothing is sent, since the password could not be stored: " + refused.message;
        throw;
    }
}

PasswordHash hash_for_application(Context& context, const Secret& password) {
    if (const auto& side = context.config.temporary_password.side; !side.hash.empty()) {
        Values names;
        names.emplace("token", Value{ValueType::text, password.duplicate()});
        return {std::string(side.hashed.evaluate(names, context.env).content.reveal())};
    }
    return hash_password(context.env, format_in_use(context), password,
                         context.config.temporary_password.pepper.reveal());
}

bool store_password(Context& context, const db::DeliveryRow& delivery, const db::AccountRow& account,
                    const PasswordHash& hash) {
    auto& session = context.session;
    const std::string mark = password_mark(context.keys.own, account.id, hash.text);
    // The token first: it is locked before the account by everybody else, too.
    const bool live =
        db::password_stored(session, delivery.id, delivery.attempts, mark, password_form(context, hash.text));
    if (const auto sessions = live ? put_hash(context, account, hash) : std::nullopt) {
        record(context, {entry_for("set-password", "done", delivery.id, account.id,
                                   name_of_hash(hash.text) + ", " + sessions_ended(*sessions))});
        return true;
    }
    db::abandon_password(session, delivery.id, delivery.attempts, "password_changed");
    record(context, {entry_for("set-password", live ? "password_changed" : "overtaken", delivery.id, account.id, "")});
    return false;
}

std::int64_t void_passwords(Context& context, const std::vector<db::StoredPassword>& stored,
                            const std::string& reason) {
    std::int64_t count = 0;
    for (const auto& password : stored) {
        if (!db::claim_stored_password(context.session, password.id)) continue;
        count += void_one(context, password, reason, false) == Ended::done ? 1 : 0;
    }
    return count;
}

std::int64_t void_expired_passwords(Context& context) {
    std::int64_t total = 0;
    for (bool more = true; more;) {
        std::int64_t count = 0;
        db::retrying(context.session, [&] {
            count = 0;
            more = false;
            const auto expired = db::expired_passwords(context.session, context.config.application, at_once);
            if (expired.empty()) return;
            db::Transaction transaction(context.session);
            for (const auto& password : expired) {
                if (!db::claim_stored_password(context.session, password.id)) continue;
                count += void_one(context, password, "expired", true) == Ended::done ? 1 : 0;
            }
            transaction.commit();
            more = expired.size() == at_once;
        });
        total += count;
        stop_when_signalled(context.env,
                            std::to_string(total) + " passwords were made void; run it again for the rest");
    }
    return total;
}

}  // namespace pwreset
