#include "src/apps/profile.h"

#include <algorithm>

#include "src/apps/profile_digest.h"
#include "src/apps/profile_reader.h"
#include "src/base/error.h"
#include "src/config/profile.h"
#include "src/config/sections.h"

namespace pwreset {

namespace {

/// What every expression may name.
std::vector<ScopeName> names_of_accounts(const Profile& profile) {
    std::vector<ScopeName> scope{{"key", ValueType::text},    {"email", ValueType::text},
                                 {"login", ValueType::text},  {"password", ValueType::text, true},
                                 {"issued", ValueType::time}, {"expires", ValueType::time}};
    for (const auto& column : profile.reads) {
        const ValueType type = column.form == ReadForm::text     ? ValueType::text
                               : column.form == ReadForm::number ? ValueType::number
                                                                 : ValueType::time;
        scope.push_back({column.name, type});
    }
    for (const auto& secret : profile.secrets) {
        scope.push_back({"secret." + secret.name, secret.decode == "raw" ? ValueType::text : ValueType::bytes, true});
    }
    return scope;
}

std::string zone_of(const Section& section, std::string_view key, const std::string& fallback) {
    return section.text(key, fallback);
}

/// The fixed words of [reset].
void read_words(const Section& section, Profile& profile) {
    using namespace std::chrono_literals;
    const bool endless = section.given("application_lifetime") && section.text("application_lifetime") == "none";
    if (section.given("application_lifetime") && !endless)
        profile.application_lifetime = section.span("application_lifetime", 1h, 1min, 24h * 3650);
    profile.future_refused = section.choice("future", false, {{"refused", true}, {"believed", false}});
    profile.not_before = section.text("not_before");
    profile.zone = zone_of(section, "zone", "utc");
    profile.repeated_hour_second = section.choice("repeated_hour", false, {{"first", false}, {"second", true}});
    profile.application_zone = zone_of(section, "application_zone", "utc");
    profile.session_zone = zone_of(section, "session_zone", "");
    if (section.given("void_by")) profile.void_by = section.texts("void_by");
    profile.burnt_by_get = section.choice("burn", false, {{"get", true}, {"post", false}});
    profile.signs_in = section.flag("signs_in", false);
    profile.must_change = section.flag("must_change", false);
    profile.accept_burn = section.flag("accept_burn", false);
    profile.accept_sign_in = section.flag("accept_sign_in", false);
    profile.test_account = section.text("test_account");
    profile.typed = section.choice("typed", std::string(), {{"login", "login"}, {"email", "email"}});
    profile.blocks_form = section.text("blocks_form");
}

void read_scheme(const Section& section, Profile& profile) {
    profile.scheme = section.choice(
        "scheme", Scheme::none,
        {{"django", Scheme::django}, {"django-allauth", Scheme::django_allauth}, {"jwt-hs256", Scheme::jwt_hs256}});
}

/// What is drawn, mailed and put into the link. `scope` grows by what is drawn.
void read_token(const ConfigText& text, const Section& section, std::vector<ScopeName>& scope, Profile& profile) {
    profile.parts = read_expressions(Section(text, "reset.parts"), scope, true);
    // Parts that stand side by side in a token are told apart by their lengths.
    for (const auto& part : profile.parts)
        scope.push_back({part.name, ValueType::text, false, true, part.value.length().value_or(0)});
    profile.token = read_expression(section, "token", scope, true);
    if (profile.token.given()) scope.push_back({"token", profile.token.type(), false, profile.token.drawn()});
    profile.mailed = read_expression(section, "mailed", scope);
    profile.places = read_expressions(Section(text, "reset.places"), scope);
}

}  // namespace

std::string_view word_of(StoreMode mode) {
    switch (mode) {
        case StoreMode::ledger:
            return "ledger";
        case StoreMode::none:
            return "none";
        case StoreMode::columns:
            return "columns";
        case StoreMode::insert:
            return "insert";
        case StoreMode::delete_insert:
            return "delete-insert";
        case StoreMode::upsert:
            break;
    }
    return "upsert";
}

bool Profile::uses(std::string_view name_of_value) const {
    const auto names = [&](const Expression& value) { return value.given() && value.names(name_of_value); };
    const auto any = [&](const auto& columns) {
        return std::any_of(columns.begin(), columns.end(), [&](const auto& one) { return names(one.value); });
    };
    return names(token) || names(mailed) || any(store.set) || any(scheme_keys.claims);
}

Profile read_profile(const Config& config, const SecretSource* source) {
    if (!config.text_of_file) throw internal_error("a configuration without its text");
    const ConfigText& text = *config.text_of_file;
    Profile profile;
    const Section itself(text.base() ? *text.base() : text, "");
    profile.name = itself.text("name", config.users.profile);
    profile.title = itself.text("title");
    profile.release = itself.text("release");
    profile.proved = itself.text("proved", "vectors");
    profile.digest = digest_of_profile(text);
    profile.own = names_file(config.users.profile) || says_what_a_token_is(text);
    const Section section(text, "reset");
    read_words(section, profile);
    read_scheme(section, profile);
    profile.reads = read_read_columns(text);
    profile.secrets = read_profile_secrets(text, source);
    auto scope = names_of_accounts(profile);
    profile.scheme_keys = read_scheme_keys(text, profile.scheme, scope);
    read_token(text, section, scope, profile);
    profile.ascii_address = Section(text, "reset.refuse").text("email") == "not ascii";
    profile.store = read_store(text, scope);
    profile.password_store = read_password_store(text, config.temporary_password.side);
    profile.vectors = read_vectors(text);
    check_profile(text, config, profile);
    return profile;
}

Profile native_profile() {
    Config config;
    auto text = std::make_shared<ConfigText>("", "native", known_keys());
    text->stand_on(std::make_shared<const ConfigText>(preset_text("native"), "preset native", keys_of_profiles()));
    config.text_of_file = std::move(text);
    return read_profile(config, nullptr);
}

}  // namespace pwreset
