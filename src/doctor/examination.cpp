#include "src/doctor/examination.h"

#include <optional>

#include "src/base/file_fault.h"
#include "src/base/stop.h"
#include "src/config/load.h"
#include "src/doctor/accounts.h"
#include "src/doctor/installation.h"
#include "src/doctor/keys.h"
#include "src/doctor/mail.h"
#include "src/doctor/operators.h"
#include "src/doctor/profile_rights.h"
#include "src/doctor/queue.h"
#include "src/doctor/rights.h"
#include "src/doctor/schema.h"
#include "src/doctor/server.h"
#include "src/doctor/services.h"
#include "src/doctor/templates.h"
#include "src/doctor/users_table.h"
#include "src/doctor/zones.h"
#include "src/proof/proof.h"
#include "src/queue/freeze.h"
#include "src/toml/reader.h"
#include "src/transport/open.h"

namespace pwreset {

namespace {

Check not_looked_at(const std::string& area, const std::string& areas) {
    return warning(area, "so these were not looked at: " + areas, "put that right, then run 'pwreset doctor' again");
}

/// What to do about a fault that comes without a hint.
std::string usual_remedy(const std::string& area) {
    if (area == "mail") return "is the relay up, and is [mail] right?";
    if (area == "sms") return "is the gateway up, and is [sms] right?";
    if (area == "templates") return "correct it: pwreset-templates(5) tells what may stand there";
    return "put that right, then run 'pwreset doctor' again";
}

/// What `look` finds, or the problem that kept it from looking.
Checks looked(const std::string& area, const std::function<Checks()>& look) {
    try {
        return look();
    } catch (const Error& error) {
        if (error.code == "INTERRUPTED") throw;
        return {problem(area, error.message, error.hint.empty() ? usual_remedy(area) : error.hint)};
    } catch (const db::Lost&) {
        return {problem(area, "the connection to the database was lost", "look again")};
    } catch (const db::Conflict& conflict) {
        const Error error = conflict.given_up();
        return {problem(area, error.message, error.hint)};
    } catch (const std::filesystem::filesystem_error& fault) {
        return {problem(area, file_fault(fault).message, file_fault(fault).hint)};
    } catch (const std::exception&) {
        // No text of a library: it may quote what it was given.
        return {problem(area, "an unexpected fault", "this is a fault of pwreset: please report it")};
    }
}

class Examination {
public:
    Examination(const Env& env, const Config& config, const std::function<void(const Check&)>& report)
        : env_(env), config_(config), report_(report) {}

    /// Reports what it finds; true when no problem is among it.
    bool look(const std::string& area, const std::function<Checks()>& at) {
        bool sound = true;
        for (const auto& check : looked(area, at)) {
            report_(check);
            sound = sound && check.level != Level::problem;
        }
        stop_when_signalled(env_, "nothing was changed");
        return sound;
    }

    void look_at_keys() {
        keys_are_sound_ = look("keys", [&] { return check_keys(env_, config_); });
    }

    void look_at_database(bool accounts) {
        std::optional<db::Session> session;
        look("database", [&] { return check_server(env_, config_.database, session); });
        if (!session) return report_(not_looked_at("database", "schema, grants, users, queue, purge"));
        bool current = false;
        look("schema", [&] { return check_schema(env_, *session, config_, current); });
        if (!session->is_sqlite()) {
            look("grants", [&] { return judge_rights(db::login_facts(*session), all_rights_needed(current)); });
        }
        const bool sound = look("users", [&] { return check_users(*session, config_); });
        if (accounts) look("zones", [&] { return check_zones(*session, application_zone()); });
        if (accounts && sound) look("accounts", [&] { return check_accounts(*session, config_); });
        if (accounts && !sound) report_(not_looked_at("users", "accounts"));
        if (!current) return report_(not_looked_at("schema", "queue, purge"));
        if (keys_are_sound_) look("keys", [&] { return check_recorded_keys(env_, *session, config_); });
        if (keys_are_sound_) look("profile", [&] { return check_proof(*session); });
        look("queue", [&] { return check_queue(*session, config_); });
        look("queue", [&] { return check_freeze(*session); });
        look("purge", [&] { return check_purge(*session, config_); });
        if (config_.sms) look("sms", [&] { return check_sms_alarm(*session, config_); });
    }

private:
    Profile profile() const {
        const SecretSource source = secret_source(env_);
        return read_profile(config_, &source);
    }

    /// Whether what would be issued was shown to be right.
    Checks check_proof(db::Session& session) const {
        const Profile told = profile();
        Checks checks = judge_silenced_form(config_, told);
        const Suspension suspension = suspension_of(env_, config_, told, session);
        if (const auto why = suspension.of_everybody())
            checks.push_back(problem("profile", why->message, why->hint));
        else if (!suspension.shown().empty())
            checks.push_back(fine("profile", suspension.shown()));
        return checks;
    }

    Checks check_freeze(db::Session& session) const {
        const auto why = why_frozen(session, config_.application);
        return why ? Checks{warning("queue", why->message, why->hint)} : Checks{};
    }

    RightsNeeded all_rights_needed(bool own_tables) const {
        RightsNeeded needed = rights_needed(config_, own_tables);
        if (config_.users.profile != "native") add_profile_rights(config_, profile(), needed);
        return needed;
    }

    std::string application_zone() const {
        return config_.text_of_file ? Section(*config_.text_of_file, "reset").text("application_zone") : std::string();
    }

    const Env& env_;
    const Config& config_;
    const std::function<void(const Check&)>& report_;
    bool keys_are_sound_ = false;
};

}  // namespace

void examine(const Env& env, const Config& config, const Operator& who, bool accounts,
             const std::function<void(const Check&)>& report) {
    Examination examination(env, config, report);
    examination.look("configuration", [&] { return check_installation(env, who, config); });
    examination.look("operators", [&] { return check_operators(env, config); });
    examination.look_at_keys();
    examination.look_at_database(accounts);
    for (const auto& each : by_relay(config)) examination.look("mail", [&] { return check_mail(env, *each); });
    examination.look("network", [&] { return check_proxy(config); });
    if (config.sms) examination.look("sms", [&] { return check_gateway(env, config); });
    if (config.captcha) examination.look("captcha", [&] { return check_captcha_service(env, *config.captcha); });
    examination.look("templates", [&] { return check_templates(config.text); });
}

Checks unusable_configuration(const Error& fault) {
    return {problem("configuration", fault.message, fault.hint),
            not_looked_at("configuration",
                          "operators, keys, database, schema, grants, users, queue, purge, mail, "
                          "templates")};
}

}  // namespace pwreset
