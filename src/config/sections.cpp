#include "src/config/sections.h"

#include <unistd.h>

#include <vector>

#include "src/config/application.h"
#include "src/config/keys.h"
#include "src/config/network.h"
#include "src/config/profile.h"
#include "src/secrets/secrets.h"

namespace pwreset {

std::span<const std::string_view> known_keys() {
    static const std::vector<std::string_view> keys = [] {
        std::vector<std::string_view> all;
        for (const auto section :
             {application_keys(), database_keys(), keys_keys(), users_keys(), reset_keys(), profile_keys(),
              temporary_password_keys(), limits_keys(), public_keys(), mail_keys(), network_keys(), sms_keys(),
              captcha_keys(), text_keys(), retention_keys(), operators_keys()}) {
            all.insert(all.end(), section.begin(), section.end());
        }
        return all;
    }();
    return keys;
}

Config read_sections(const std::shared_ptr<ConfigText>& file, const SecretSource* source) {
    refuse_passwords(*file);  // the natural mistake, met before anything else can be said about the key
    file->refuse_unknown();
    file->stand_on(profile_of(*file, source ? source->uid : ::geteuid()));
    const ConfigText& text = *file;
    Config config;
    config.text_of_file = file;
    config.file = text.file();
    config.application = read_application(text);
    config.database = read_database(text, source);
    config.keys = read_keys_folder(text, config.application);
    config.users = read_users(text);
    config.reset = read_reset(text);
    config.temporary_password = read_temporary_password(text, config.users, source);
    config.retention = read_retention(text);
    config.limits = read_limits(text, config.retention.limits);
    config.web = read_public(text, config.retention.limits, config.temporary_password.enabled);
    config.mail = read_mail(text, source);
    config.network = read_network(text, source);
    config.sms = read_sms(text, source, config.retention.limits);
    if (config.sms) send_through(config.network, config.sms->server);
    config.captcha = read_captcha(text, source);
    if (config.captcha) send_through(config.network, config.captcha->server);
    config.text = read_text(text, config.application);
    config.operators = read_operators(text);
    return config;
}

}  // namespace pwreset
