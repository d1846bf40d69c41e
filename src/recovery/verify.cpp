#include "src/recovery/verify.h"

#include <chrono>

#include "db/own/limits.h"
#include "db/own/tokens.h"
#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/hash/digest.h"
#include "src/limits/limits.h"
#include "src/recovery/voucher.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

Error invalid_code(const std::string& message, const std::string& hint) {
    return {Exit::failed, "INVALID_CODE", message, hint};
}

/// Counts this try against the account and the code, in a transaction of its own that is committed before anything is
/// compared: however many guess at once, no more than the limit get a comparison.
std::optional<db::LiveCode> counted_try(Context& context, const std::string& account) {
    auto& session = context.session;
    const std::string& app = context.config.application;
    std::optional<db::LiveCode> code;
    db::retrying(session, [&] {
        code.reset();
        db::prepare_limits(session, app, {wrong_codes_key(account)});
        db::Transaction transaction(session);
        const Time now = session.now();
        if (const auto ends =
                db::take_limit(session, app, wrong_codes_key(account), tries_per_account, wrong_codes_window, now)) {
            Error error(Exit::limited, "RATE_LIMITED", "too many wrong codes for this account", "a link still works");
            error.available_in_seconds = std::chrono::ceil<Seconds>(*ends - now).count();
            throw error;
        }
        code = db::live_code(session, app, account, Kind::verify_caller);
        if (code && !db::count_try(session, code->id, tries_per_code)) code.reset();
        // Without a code there is nothing to guess, and no try to count.
        if (!code) db::give_back_limit(session, app, wrong_codes_key(account));
        transaction.commit();
    });
    return code;
}

bool matches(const Context& context, const db::LiveCode& stored, const Secret& code) {
    const Key* key = context.keys.application.find(stored.key_id);
    if (!key || code.empty()) return false;
    const auto mac = code_mac(key->bytes, stored.delivery_id, stored.attempt, Kind::verify_caller, code);
    return equal_in_constant_time(mac, stored.code_mac);
}

AuditEntry entry_for(const std::string& account, const std::optional<std::string>& ticket, const std::string& result,
                     std::optional<std::int64_t> delivery) {
    return {.action = verify_action, .result = result, .delivery_id = delivery, .account = account, .ticket = ticket};
}

/// Consumes the code that matched. False when another process was first.
bool consumed(Context& context, const std::string& account, const db::LiveCode& code,
              const std::optional<std::string>& ticket) {
    bool ours = false;
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        ours = db::consume(context.session, code.id);
        if (ours) db::give_back_limit(context.session, context.config.application, wrong_codes_key(account));
        record(context, {entry_for(account, ticket, ours ? "verified" : "INVALID_CODE", code.delivery_id)});
        transaction.commit();
    });
    return ours;
}

/// Records the wrong try and ends the code when it was the last one; the tries left.
int refused(Context& context, const std::string& account, const db::LiveCode& code,
            const std::optional<std::string>& ticket) {
    db::retrying(context.session, [&] {
        db::Transaction transaction(context.session);
        db::void_exhausted(context.session, code.id, tries_per_code);
        record(context, {entry_for(account, ticket, "INVALID_CODE", code.delivery_id)});
        transaction.commit();
    });
    return tries_per_code - code.attempts - 1;
}

}  // namespace

VerifyResult verify_caller(Context& context, const std::string& identity, const Secret& code,
                           const std::optional<std::string>& ticket) {
    const auto account = find_account_key_for(context, verify_action, identity, ticket);
    std::optional<db::LiveCode> stored;
    try {
        stored = counted_try(context, account);
    } catch (const Error& error) {
        record_alone(context, entry_for(account, ticket, error.code, {}));
        throw;
    }
    if (!stored) {
        record_alone(context, entry_for(account, ticket, "INVALID_CODE", {}));
        throw invalid_code(
            "no code that verifies a caller is live for 'id:" + account + "'",
            "send one with 'pwreset send-otp --for caller'; a code for a reset is never told to anybody");
    }
    if (!matches(context, *stored, code)) {
        const int left = refused(context, account, *stored, ticket);
        const std::string tries = left == 1 ? "one try is left" : std::to_string(left) + " tries are left";
        throw invalid_code("the code is wrong", left > 0 ? tries : "that was the last try: send a new code");
    }
    if (!consumed(context, account, *stored, ticket)) {
        throw invalid_code("the code was used already", "send a new one with 'pwreset send-otp --for caller'");
    }
    return {account, context.session.now() + verified_span};
}

}  // namespace pwreset
