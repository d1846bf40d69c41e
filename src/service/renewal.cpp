#include "src/service/renewal.h"

namespace pwreset {

bool Renewal::renew(const NamedSecret& secret, bool refused) {
    const SecretPlace* place = secret.place();
    if (!place) return false;
    const std::string named = "'" + place->key + "'";
    std::string& told = told_[place->key + " " + place->file.string()];
    std::string why;
    try {
        if (secret.renew()) {
            told.clear();
            log_.warning(place->word + " read again: " + named + " holds another one");
            return true;
        }
        if (refused && place->passed)
            why = place->word + " of " + named +
                  " is unchanged: systemd passes another one when the unit is started again";
    } catch (const Error& fault) {
        why = place->word + " not read again: " + fault.message + (fault.hint.empty() ? "" : "; " + fault.hint);
    }
    if (why.empty() || told == why) return false;
    told = why;
    log_.warning(why);
    return false;
}

bool Renewal::of(Channel channel, bool refused) {
    const Config& config = context_.config;
    if (channel == Channel::email) {
        bool changed = renew(config.mail.password, refused);
        for (const RelayConfig& other : config.mail.others) changed = renew(other.password, refused) || changed;
        return changed;
    }
    if (!config.sms) return false;
    const bool key = renew(config.sms->key, refused);
    return renew(config.sms->password, refused) || key;
}

bool Renewal::of_database(bool refused) {
    const NamedSecret& password = context_.config.database.password;
    if (!renew(password, refused)) return false;
    context_.session.use_password(password.reveal());
    return true;
}

void Renewal::of_all() {
    told_.clear();
    bool changed = of_database(false);
    for (const auto& [channel, word] : channel_words) changed = of(channel, false) || changed;
    if (!changed) log_.news("SIGHUP: no secret that can be read has changed");
}

}  // namespace pwreset
