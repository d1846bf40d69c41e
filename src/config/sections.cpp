#include "src/config/sections.h"

#include <algorithm>
#include <array>

#include "src/base/capability.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/suggestion.h"
#include "src/config/forms.h"
#include "src/config/gateways.h"
#include "src/config/temporary_password.h"
#include "src/config/values.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

// clang-format off
constexpr std::string_view keys[] = {
    "application",
    "database.kind", "database.host", "database.hosts", "database.port", "database.socket", "database.name",
    "database.schema", "database.user", "database.password_file", "database.password_credential", "database.tls",
    "database.tls_ca", "database.path", "database.connect_timeout", "database.read_timeout", "database.write_timeout",
    "keys.folder",
    "users.profile", "users.table", "users.id", "users.email", "users.phone", "users.phone_region", "users.login",
    "users.password", "users.locale", "users.active", "users.disabled", "users.role", "users.role.table", "users.role.user",
    "users.role.role", "users.allowed_roles", "users.protected", "users.second_factor",
    "reset.link", "reset.verify_link_url", "reset.verify_otp_url", "reset.link_lifetime", "reset.code_lifetime",
    "reset.notify_on_change",
    "temporary_password.enabled", "temporary_password.length", "temporary_password.require",
    "temporary_password.symbols", "temporary_password.exclude", "temporary_password.lifetime",
    "temporary_password.must_change", "temporary_password.must_change.column", "temporary_password.must_change.value",
    "temporary_password.clear", "temporary_password.empty", "temporary_password.sessions",
    "temporary_password.sessions.table", "temporary_password.sessions.user",
    "limits.cooldown", "limits.per_account", "limits.per_recipient", "limits.per_operator", "limits.lookups",
    "limits.agents", "limits.web",
    "public.email", "public.cooldown", "public.per_identity",
    "mail.transport", "mail.from", "mail.reply_to", "mail.host", "mail.port", "mail.tls", "mail.tls_ca", "mail.user",
    "mail.password_file", "mail.password_credential", "mail.helo", "mail.timeout", "mail.maildir",
    "sms.url", "sms.method", "sms.headers.GROUP", "sms.form.GROUP", "sms.json", "sms.sender", "sms.key_file",
    "sms.key_credential", "sms.user", "sms.password_file", "sms.password_credential", "sms.tls_ca", "sms.timeout",
    "sms.accepted_status", "sms.permanent_status", "sms.temporary_status", "sms.result", "sms.accepted",
    "sms.permanent", "sms.temporary", "sms.contains", "sms.message_id", "sms.countries", "sms.mobile_only",
    "sms.per_number", "sms.per_range", "sms.range_digits", "sms.overall", "sms.per_day", "sms.alarm_percent",
    "sms.alarm_since",
    "captcha.url", "captcha.secret_file", "captcha.secret_credential", "captcha.tls_ca", "captcha.timeout",
    "captcha.hostname", "captcha.action",
    "text.product", "text.support", "text.locale", "text.templates",
    "retention.limits", "retention.tokens", "retention.deliveries", "retention.audit",
    "operators.GROUP",
};
// clang-format on

constexpr Seconds minute = 1min;
constexpr Seconds hour = 1h;
constexpr Seconds day = 24h;
constexpr Seconds ten_years = 3650 * day;

constexpr std::array<std::string_view, 4> secret_sections = {"database", "mail", "sms", "captcha"};
constexpr std::array<std::string_view, 5> secret_words = {"password", "passwd", "pass", "key", "secret"};

bool has(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// The natural mistake, met before anything else can be said about the key.
void refuse_passwords(const ConfigText& text) {
    for (const ConfigEntry& section : text.root()) {
        const auto* table = std::get_if<ConfigValue::Table>(&section.value.content);
        if (table == nullptr || !has(secret_sections, section.key)) continue;
        for (const ConfigEntry& entry : *table) {
            if (!has(secret_words, entry.key)) continue;
            const std::string word = entry.key == "key" || entry.key == "secret" ? entry.key : "password";
            text.fail(entry.place, word + " written into the file: '" + section.key + "." + entry.key + "'",
                      "put it into a file of mode 0600 and write " + word + "_file = \"" + section.key + "." + word +
                          "\"; change the " + word + " if others could read this file");
        }
    }
}

constexpr Form application_name = {is_application_name, "a name",
                                   "write lower-case letters, digits, '_' and '-', at most 64"};
constexpr Form region_code = {is_region, "a country", "write its ISO 3166 code, such as \"IR\""};
constexpr Form locale_name = {is_locale, "a language", "write a tag such as en, de, fa or pt-BR"};

RoleSource read_role(const ConfigText& text, const Section& users) {
    RoleSource source;
    if (!users.is_table("role")) {
        source.column = users.text("role", identifier);
        return source;
    }
    const Section role(text, "users.role");
    const std::string hint = "write role = { table = \"roles\", user = \"user_id\", role = \"name\" }";
    for (const char* key : {"table", "user", "role"}) role.required(key, hint);
    source.table = role.text("table", table_name);
    source.user = role.text("user", identifier);
    source.role = role.text("role", identifier);
    return source;
}

void check_users(const Section& section, const UsersConfig& users) {
    for (const auto& [key, name] : {std::pair("table", users.table), {"id", users.id}, {"password", users.password}}) {
        if (name.empty()) section.fail(key, "empty '" + section.full(key) + "'", "name it, or remove the key");
    }
    if (users.email.empty() && users.phone.empty()) {
        section.fail("email", "neither 'users.email' nor 'users.phone'", "name the column that mails or texts go to");
    }
    if (!users.phone.empty() && users.phone_region.empty()) {
        section.fail("phone", "missing 'users.phone_region'",
                     "write the country of numbers without a country code, such as phone_region = \"IR\"");
    }
    if (users.phone.empty() && !users.phone_region.empty()) {
        section.fail("phone_region", "'users.phone_region' without 'users.phone'",
                     "name the column of phone numbers, or remove it");
    }
    if (!section.given("protected")) {
        section.fail("protected", "missing 'users.protected'",
                     "list the roles whose accounts must not be reset, such as protected = [\"admin\"]; [] means none");
    }
    const bool has_role = !users.role.column.empty() || !users.role.table.empty();
    for (const auto& [key, roles] :
         {std::pair("protected", users.protected_roles), {"allowed_roles", users.allowed_roles}}) {
        if (roles.empty() || has_role) continue;
        section.fail(key, "no 'users.role' to look up '" + section.full(key) + "'",
                     "write role = \"COLUMN\", the column of the users table that holds the role");
    }
}

UsersConfig read_users(const ConfigText& text) {
    const Section section(text, "users");
    UsersConfig users;
    users.profile = section.choice("profile", std::string("native"), {{"native", "native"}});
    users.table = section.text("table", table_name, "users");
    users.id = section.text("id", identifier, "id");
    users.email = section.text("email", identifier, "email");
    users.phone = section.text("phone", identifier);
    users.phone_region = section.text("phone_region", region_code);
    users.login = section.text("login", identifier);
    users.password = section.text("password", identifier, "password");
    users.locale = section.text("locale", identifier);
    users.active = section.text("active", identifier);
    users.disabled = section.text("disabled", identifier);
    users.second_factor = section.text("second_factor", identifier);
    users.role = read_role(text, section);
    users.allowed_roles = section.texts("allowed_roles");
    users.protected_roles = section.texts("protected");
    check_users(section, users);
    return users;
}

ResetConfig read_reset(const ConfigText& text) {
    const Section section(text, "reset");
    ResetConfig reset;
    reset.link = section.required("link", "write link = \"https://shop.example/reset/{token}\"");
    if (const auto fault = link_fault(reset.link)) section.fail("link", fault->fault + " in 'reset.link'", fault->hint);
    for (const auto& [key, url] :
         {std::pair("verify_link_url", &reset.verify_link_url), std::pair("verify_otp_url", &reset.verify_otp_url)}) {
        *url = section.text(key);
        const auto fault = url->empty() ? std::nullopt : page_fault(*url);
        if (fault) section.fail(key, fault->fault + " in '" + section.full(key) + "'", fault->hint);
    }
    reset.link_lifetime = section.span("link_lifetime", hour, minute, day);
    // Ten minutes: NIST SP 800-63B, section 5.1.3.2, for a secret sent out of band.
    reset.code_lifetime = section.span("code_lifetime", 5min, minute, 10min);
    reset.notify_on_change = section.flag("notify_on_change", true);
    return reset;
}

LimitsConfig read_limits(const ConfigText& text, Seconds retention) {
    const Section section(text, "limits");
    LimitsConfig limits;
    limits.cooldown = section.span("cooldown", limits.cooldown, 0s, std::min(day, retention));
    limits.per_account = read_rate(section, "per_account", limits.per_account, retention);
    limits.per_recipient = read_rate(section, "per_recipient", limits.per_recipient, retention);
    limits.per_operator = read_rate(section, "per_operator", limits.per_operator, retention);
    limits.lookups = read_rate(section, "lookups", limits.lookups, retention);
    limits.agents = read_rate(section, "agents", limits.agents, retention);
    limits.web = read_rate(section, "web", limits.web, retention);
    return limits;
}

PublicConfig read_public(const ConfigText& text, Seconds retention, bool has_passwords) {
    const Section section(text, "public");
    PublicConfig web;
    web.email = section.choice("email", web.email,
                               {{"link", PublicConfig::Mail::link},
                                {"code", PublicConfig::Mail::code},
                                {"password", PublicConfig::Mail::password}});
    if (web.email == PublicConfig::Mail::password && !has_passwords) {
        section.fail("email", "'public.email' asks for temporary passwords, which are off",
                     "write enabled = true in [temporary_password], or email = \"link\"");
    }
    web.cooldown = section.span("cooldown", web.cooldown, 0s, std::min(day, retention));
    web.per_identity = read_rate(section, "per_identity", web.per_identity, retention);
    return web;
}

TextConfig read_text(const ConfigText& text, const std::string& application) {
    const Section section(text, "text");
    TextConfig texts;
    texts.product = section.text("product", application);
    if (texts.product.empty()) texts.product = application;
    texts.support = section.text("support");
    texts.locale = section.text("locale", locale_name, "en");
    if (texts.locale.empty()) section.fail("locale", "empty 'text.locale'", locale_name.hint);
    texts.templates = section.path("templates");
    return texts;
}

RetentionConfig read_retention(const ConfigText& text) {
    const Section section(text, "retention");
    RetentionConfig retention;
    retention.limits = section.span("limits", retention.limits, hour, ten_years);
    // Links live, and sending is tried, for up to a day.
    retention.tokens = section.span("tokens", retention.tokens, day, ten_years);
    retention.deliveries = section.span("deliveries", retention.deliveries, 2 * day, ten_years);
    retention.audit = section.span("audit", retention.audit, day, ten_years);
    return retention;
}

std::vector<std::string> read_capabilities(const Section& section, const std::string& group) {
    std::vector<std::string> known;
    for (const auto& entry : capability_words) known.emplace_back(entry.second);
    std::vector<std::string> words = section.texts(group);
    for (const std::string& word : words) {
        if (std::find(known.begin(), known.end(), word) != known.end()) continue;
        const std::string near = nearest(word, known);
        const std::string hint =
            near.empty() ? "see pwreset.toml(5) for the capabilities" : "did you mean '" + near + "'?";
        section.fail(group, "unknown capability '" + cut_bytes(printable(word), 64) + "' of '" + group + "'", hint);
    }
    return words;
}

std::optional<std::map<std::string, std::vector<std::string>>> read_operators(const ConfigText& text) {
    const Section section(text, "operators");
    if (!section.written()) return std::nullopt;
    std::map<std::string, std::vector<std::string>> operators;
    for (const std::string& group : section.keys()) {
        if (!is_operator_name(group)) {
            section.fail(group, "expected a group instead of '" + cut_bytes(printable(group), 64) + "'",
                         "write a Unix group, or \"user:NAME\" in double quotes");
        }
        operators[group] = read_capabilities(section, group);
    }
    if (operators.empty()) {
        text.fail(section.place(), "no group in '[operators]'",
                  "name one, or remove the section: then only the owner of this file may do anything");
    }
    return operators;
}

}  // namespace

std::span<const std::string_view> known_keys() { return keys; }

Rate read_rate(const Section& section, std::string_view key, const Rate& fallback, Seconds longest) {
    const std::string written = section.text(key);
    if (written.empty()) return fallback;
    const auto rate = parse_rate(written);
    if (!rate) {
        section.fail(key, "expected a rate for '" + section.full(key) + "'",
                     "write a number, a slash and a span of time, such as \"10/h\", \"100/d\" or \"5/30m\"");
    }
    if (rate->window > longest) {
        section.fail(key, "window longer than 'retention.limits' in '" + section.full(key) + "'",
                     "a count is kept for " + duration_text(longest) + ": shorten the window, or keep it longer");
    }
    return *rate;
}

Config read_sections(const ConfigText& text, const SecretSource* source) {
    refuse_passwords(text);
    text.refuse_unknown();
    Config config;
    config.file = text.file();
    const Section top(text, "");
    top.required("application", "write application = \"shop\" at the top of the file");
    config.application = top.text("application", application_name);
    config.database = read_database(text, source);
    config.keys = Section(text, "keys").path("folder");
    if (config.keys.empty()) config.keys = top.absolute(config.application + ".keys");
    config.users = read_users(text);
    config.reset = read_reset(text);
    config.temporary_password = read_temporary_password(text, config.users);
    config.retention = read_retention(text);
    config.limits = read_limits(text, config.retention.limits);
    config.web = read_public(text, config.retention.limits, config.temporary_password.enabled);
    config.mail = read_mail(text, source);
    config.sms = read_sms(text, source, config.retention.limits);
    config.captcha = read_captcha(text, source);
    config.text = read_text(text, config.application);
    config.operators = read_operators(text);
    return config;
}

}  // namespace pwreset
