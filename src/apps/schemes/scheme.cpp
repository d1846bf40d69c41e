#include "src/apps/schemes/scheme.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/apps/schemes/django.h"
#include "src/apps/schemes/jwt_hs256.h"
#include "src/base/error.h"

namespace pwreset {
namespace {

std::string_view text_named(const Values& names, std::string_view name) {
    const auto found = names.find(name);
    return found == names.end() ? std::string_view() : found->second.content.reveal();
}

std::optional<Time> time_named(const Values& names, std::string_view name) {
    const auto found = names.find(name);
    if (found == names.end()) return std::nullopt;
    return Time(std::chrono::microseconds(found->second.number));
}

const Secret& secret_named(const Values& names, const std::string& name) {
    const auto found = names.find(name);
    if (found == names.end()) throw config_error("no secret '" + name + "'", "write it into [secrets]");
    return found->second.content;
}

Values copy_without(const Values& names, std::initializer_list<std::string_view> left_out) {
    Values copy;
    for (const auto& [name, value] : names) {
        if (std::find(left_out.begin(), left_out.end(), name) == left_out.end())
            copy[name] = {value.type, value.content.duplicate(), value.number};
    }
    return copy;
}

// --- Django ----------------------------------------------------------------------------------------------------------

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return lines;
}

DjangoAccount django_account(const Profile& profile, const Values& names) {
    DjangoAccount account{.key = text_named(names, "key"),
                          .password = text_named(names, "password"),
                          .last_login = time_named(names, "last_login"),
                          .email = text_named(names, "email")};
    // A column that holds NULL is read as the beginning of 1970.
    if (account.last_login == Time()) account.last_login.reset();
    if (profile.scheme == Scheme::django_allauth) account.addresses = lines_of(text_named(names, addresses_name));
    return account;
}

SchemeToken make_django(const Profile& profile, const Values& names, const TimeZone& zone) {
    const Seconds lifetime = profile.application_lifetime.value();
    const auto expires = time_named(names, "expires");
    const auto clock = expires ? django_clock_until(*expires, lifetime, zone)
                               : django_clock(time_named(names, "issued").value_or(Time()), zone);
    return {.token = django_token(secret_named(names, profile.scheme_keys.key), django_account(profile, names), clock),
            .expires = django_end(clock, lifetime, zone)};
}

bool django_takes(const Profile& profile, const Values& names, std::string_view token, Time moment,
                  const TimeZone& zone) {
    std::vector<Secret> keys;
    keys.push_back(secret_named(names, profile.scheme_keys.key).duplicate());
    for (const auto& name : profile.scheme_keys.fallbacks) keys.push_back(secret_named(names, name).duplicate());
    const auto clock = clock_of_django_token(token);
    return clock && key_of_django_token(token, django_account(profile, names), keys) &&
           !django_too_old(*clock, moment, profile.application_lifetime.value(), zone);
}

// --- JSON Web Tokens -------------------------------------------------------------------------------------------------

SchemeToken make_jwt_token(const Env& env, const Profile& profile, const Values& names) {
    std::vector<JwtClaim> claims;
    for (const auto& [name, value] : profile.scheme_keys.claims) {
        const Value made = value.evaluate(names, env);
        if (made.type == ValueType::number)
            claims.push_back({name, made.number});
        else
            claims.push_back({name, std::string(made.content.reveal())});
    }
    return {.token = make_jwt(secret_named(names, profile.scheme_keys.key), claims),
            .expires = time_named(names, "expires").value_or(Time())};
}

/// Every claim says of the account what would be claimed of it, and the end that it claims is not over.
bool jwt_takes(const Profile& profile, const Values& names, std::string_view token, Time moment) {
    const auto jwt = Jwt::read(token);
    if (!jwt || !jwt->agrees(secret_named(names, profile.scheme_keys.key))) return false;
    const Values known = copy_without(names, {"issued", "expires"});
    std::optional<Time> end;
    for (const auto& [name, value] : profile.scheme_keys.claims) {
        const auto claimed = jwt->claim(name);
        const auto read = claimed ? value.take_apart(*claimed, known) : std::nullopt;
        if (!read) return false;
        if (const auto expires = time_named(*read, "expires")) end = expires;
    }
    return end && moment < *end;
}

}  // namespace

SchemeToken make_scheme_token(const Env& env, const Profile& profile, const Values& names, const TimeZone& zone) {
    if (profile.scheme == Scheme::jwt_hs256) return make_jwt_token(env, profile, names);
    return make_django(profile, names, zone);
}

std::size_t bits_of_scheme_token(const Profile& profile, std::string_view token) {
    if (profile.scheme == Scheme::jwt_hs256) return 256;
    const auto dash = token.find('-');
    return dash == token.npos ? 0 : 4 * (token.size() - dash - 1);
}

bool scheme_takes(const Profile& profile, const Values& names, std::string_view token, Time moment,
                  const TimeZone& zone) {
    if (profile.scheme == Scheme::jwt_hs256) return jwt_takes(profile, names, token, moment);
    return django_takes(profile, names, token, moment, zone);
}

}  // namespace pwreset
