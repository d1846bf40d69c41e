#include "src/proof/proof.h"

#include "src/account/eligibility.h"
#include "src/account/matching.h"
#include "src/apps/users_table.h"
#include "src/audit/field.h"
#include "src/base/encoding.h"
#include "src/hash/digest.h"
#include "src/keys/key_registry.h"

namespace pwreset {

namespace {

std::string proof_mac(const db::ProofRow& row, const std::string& app, const Secret& key) {
    std::string text = "pwreset-proof-1;";
    for (const auto& field :
         {app, row.way, row.profile, row.secrets, db_text(row.proved_at), row.operator_name, row.key_id})
        add_field(text, field);
    return hmac_sha256(key, text);
}

/// The key of the test account, where policy lets a link be sent to it at all.
std::optional<std::string> exempted(const Config& config, db::Accounts& accounts, const std::string& written) {
    if (written.empty()) return {};
    try {
        const auto account = find_account(accounts, parse_identity(written, config.users.phone_region));
        return is_protected(account, config.users) ? std::nullopt : std::optional(account.id);
    } catch (const Error& error) {
        if (error.exit == Exit::no_user || error.exit == Exit::bad_data) return {};
        throw;
    }
}

}  // namespace

void put_proof(Context& context, ProofWay way, Time now) {
    Application& application = context.application();
    const Key& key = context.keys.own.current();
    db::ProofRow row{.way = std::string(word_of(way)),
                     .profile = unhex(application.profile().digest).value_or(""),
                     .secrets = application.digest_of_secrets(key.bytes),
                     .proved_at = now,
                     .operator_name = context.who.name,
                     .key_id = key.id,
                     .mac = {}};
    row.mac = proof_mac(row, context.config.application, key.bytes);
    db::put_proof(context.session, context.config.application, row);
}

Suspension::Suspension(Context& context)
    : Suspension(context.config, context.keys.own, context.session, context.accounts, context.application()) {}

Suspension::Suspension(const Config& config, const Keyring& own, db::Session& session, db::Accounts& accounts,
                       Application& application)
    : token_missing_(application.profile().asks_for_token()),
      link_missing_(application.profile().asks_for_link()),
      test_account_(application.profile().test_account) {
    if (!any()) return;
    for (const auto& row : db::proofs(session, config.application)) judge(row, config.application, own, application);
    if (!token_missing_ && link_missing_) exempt_ = exempted(config, accounts, test_account_);
}

/// Whether what a row says still holds, and if not, why.
void Suspension::judge(const db::ProofRow& row, const std::string& app, const Keyring& own, Application& application) {
    const bool by_token = row.way == word_of(ProofWay::token);
    bool& missing = by_token ? token_missing_ : link_missing_;
    if (!missing) return;
    const Key* key = own.find(row.key_id);
    if (key == nullptr || !equal_in_constant_time(proof_mac(row, app, key->bytes), row.mac)) {
        lapsed_ = "what was shown of it was written down under a key that is gone, or changed by hand";
    } else if (row.profile != unhex(application.profile().digest)) {
        lapsed_ = "profile or configuration say something else since it was shown that they agree with the application";
    } else if (!equal_in_constant_time(application.digest_of_secrets(key->bytes), row.secrets)) {
        lapsed_ = "a secret of the application is another one since it was shown to be right";
    } else {
        missing = false;
        shown_ +=
            (shown_.empty() ? "" : "; ") +
            std::string(by_token ? "a token of the application agreed" : "the application took a link of pwreset's") +
            ", " + db_text(row.proved_at).substr(0, 10) + " by " + row.operator_name;
    }
}

Suspension suspension_of(const Env& env, const Config& config, const Profile& profile, db::Session& session) {
    const Keys keys = recorded_keys(env, session, config);
    db::Accounts accounts(session, users_table(config.users));
    Application application(env, config, profile, session, accounts);
    return {config, keys.own, session, accounts, application};
}

std::optional<Error> Suspension::of(Kind kind, const std::optional<std::string>& account) const {
    if (!any() || is_code(kind) || kind == Kind::password_changed) return {};
    if (!token_missing_ && (!account || (exempt_ && account == exempt_ && kind == Kind::link))) return {};
    return error();
}

Error Suspension::error() const {
    // One step each: whoever may not run the command is told to ask somebody who may.
    const std::string first = test_account_.empty() ? "write test_account = \"id:KEY\" into [reset], then " : "";
    if (token_missing_) {
        const std::string never = "no token of the application's own was compared with what the profile makes of it";
        return config_error("nothing is issued: " + (lapsed_.empty() ? never : lapsed_),
                            first +
                                "ask the application itself for a link for the test account, and give it to 'pwreset "
                                "profile check --link'");
    }
    const std::string never = "the application has not taken a link of pwreset's on this site yet";
    return config_error("nothing is issued but to the test account: " + (lapsed_.empty() ? never : lapsed_),
                        first +
                            "use a link that 'pwreset request' sent to the test account, and give its reference to "
                            "'pwreset profile check --accepted'");
}

}  // namespace pwreset
