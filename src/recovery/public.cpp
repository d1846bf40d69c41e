#include "src/recovery/public.h"

#include "db/own/intake.h"
#include "db/retrying.h"
#include "src/audit/trail.h"
#include "src/limits/limits.h"
#include "src/proof/silenced_form.h"

namespace pwreset {

namespace {

AuditEntry entry_of(const PublicCall& call, const std::string& result) {
    AuditEntry entry;
    entry.action = "request-public";
    entry.result = result;
    if (call.client) entry.detail = "client " + *call.client;
    return entry;
}

/// Whoever sits at the web page could keep anybody's address from being mailed by the application itself.
void refuse_silencing(const Context& context, const Identity& identity) {
    if (public_route(identity, context.config).kind != Kind::link) return;
    if (auto why = silenced_form(context.config, context.application().profile())) throw std::move(*why);
}

/// The cheap questions before the one that goes over the network.
Identity admitted(const Context& context, const PublicCall& call, const CaptchaCheck& captcha) {
    Identity identity = parse_public_identity(call.identity, context.config);
    refuse_silencing(context, identity);
    if (call.caller_authenticated) {
        throw forbidden("the caller is signed in already", "who knows his password changes it in his settings");
    }
    if (!captcha) return identity;
    try {
        captcha(call.captcha_token.value_or(""));
    } catch (Error& error) {
        if (error.code == "CAPTCHA_FAILED") error.errors["captcha_token"] = {error.message};  // S4: under its own key
        throw;
    }
    return identity;
}

/// Limits, identity and audit row in one transaction. A COMMIT that broke cannot be asked about: the login of a web
/// back end may not read what it wrote.
void keep(Context& context, const PublicCall& call, const Identity& identity, const Route& route) {
    auto& session = context.session;
    const auto limits = limits_of_call(context, identity);
    db::retrying(session, [&] {
        prepare(context, limits);
        db::Transaction transaction(session);
        take_limits(context, limits, session.now());
        db::insert_intake(session, context.config.application,
                          {.id = 0,
                           .identity = call.identity,
                           .locale = call.locale,
                           .operator_name = context.who.name,
                           .trace_id = context.trace_id,
                           .taken_at = {}});
        auto entry = entry_of(call, "queued");
        entry.channel = std::string(word_of(route.channel));
        entry.recipient = normal_form(identity);
        record(context, {entry});
        transaction.commit();
    });
}

}  // namespace

Identity parse_public_identity(const std::string& typed, const Config& config) {
    constexpr const char* hint = "give an e-mail address or a phone number";
    std::optional<Identity> identity;
    try {
        identity = parse_identity(typed, config.users.phone_region);
    } catch (Error& error) {
        error.hint = hint;
        throw;
    }
    if (identity->key == db::AccountKey::email || identity->key == db::AccountKey::phone) return *identity;
    Error error(Exit::bad_data, "INVALID_IDENTITY", "'" + typed + "' is not for everybody to use", hint);
    error.errors["identity"] = {error.message};
    throw error;
}

Route public_route(const Identity& identity, const Config& config) {
    if (identity.key == db::AccountKey::phone) return {Kind::reset_otp, Channel::sms};
    switch (config.web.email) {
        case PublicConfig::Mail::code:
            return {Kind::reset_otp, Channel::email};
        case PublicConfig::Mail::password:
            return {Kind::temporary_password, Channel::email};
        case PublicConfig::Mail::link:
            break;
    }
    return {Kind::link, Channel::email};
}

Route take_in(Context& context, const PublicCall& call, const CaptchaCheck& captcha) {
    const Identity identity = admitted(context, call, captcha);
    const Route route = public_route(identity, context.config);
    try {
        keep(context, call, identity, route);
    } catch (Error& error) {
        if (error.exit == Exit::limited) error.hint = "wait: there is no way around this limit";
        throw;
    }
    // How long sealing takes depends on what others did, and the time of a call must tell nothing: `deliver` seals.
    context.recorded = false;
    context.committed->clear();
    return route;
}

void record_refused(Context& context, const PublicCall& call, const Error& error) {
    auto entry = entry_of(call, error.code);
    if (error.exit != Exit::bad_data)
        entry.recipient = normal_form(parse_public_identity(call.identity, context.config));
    record_alone(context, entry);
    context.recorded = false;
    context.committed->clear();
}

}  // namespace pwreset
