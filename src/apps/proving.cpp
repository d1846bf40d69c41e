#include "src/apps/proving.h"

#include "src/apps/schemes/scheme.h"
#include "src/base/error.h"

namespace pwreset {

/// What was made is read as the application would read it: a fault of the profile is found before a mail leaves.
void Application::prove(const MintedLink& minted, const Values& names) const {
    const auto& set = profile_.store.set;
    for (std::size_t i = 0; i < set.size(); ++i) {
        const auto& cell = minted.row->set[i];
        if (cell.form == db::ResetCell::Form::null || set[i].value.bare_time()) continue;
        // A draw that nothing else refers to proves nothing; what was drawn into it is what stands there.
        if (set[i].value.take_apart(cell.text, names)) continue;
        throw config_error(
            "what the profile '" + profile_.name + "' makes for column '" + set[i].name + "' is not what it takes",
            "correct the profile; 'pwreset profile check' shows its vectors");
    }
}

/// The application would take it now, and not a day later.
void Application::prove_scheme(const MintedLink& minted, const Values& names, Time now) const {
    if (bits_of_scheme_token(profile_, minted.mailed.reveal()) < std::size_t{least_link_bits})
        throw config_error(
            "a token with the key of profile '" + profile_.name + "' could be guessed: SHA-1 leaves 80 bits",
            "keep the key that SHA-256 derives; the application takes both, or is too old");
    const auto taken = [&](Time moment) {
        return scheme_takes(profile_, names, minted.mailed.reveal(), moment, clocks_.zone());
    };
    if (taken(now) && !taken(now + longest_life + Seconds(1))) return;
    throw config_error("what the profile '" + profile_.name + "' makes is not what it takes, or lives for too long",
                       "compare [reset] with the application's settings: its zone, and how long it takes a token");
}

void prove_mailed(const Profile& profile, const MintedLink& minted, Values known, Time now) {
    for (std::size_t i = 0; i < profile.places.size(); ++i) {
        if (auto told = profile.places[i].value.read(minted.places.at(i).second, known)) known.merge(*told);
    }
    auto taken = profile.mailed.take_apart(minted.mailed.reveal(), known);
    if (taken) known.merge(*taken);
    std::optional<Time> end;
    if (known.count("expires") > 0)
        end = Clocks::moment_of(known.at("expires"));
    else if (known.count("issued") > 0 && profile.application_lifetime)
        end = Clocks::moment_of(known.at("issued")) + *profile.application_lifetime;
    if (taken && end && *end > now && *end <= now + longest_life) return;
    throw config_error("what the profile '" + profile.name + "' mails is not what it takes, or lives for too long",
                       "its link has to tell when it was issued or when it ends; see 'application_lifetime'");
}

}  // namespace pwreset
