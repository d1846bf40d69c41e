#include "src/apps/schemes/django.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/expression/encode.h"
#include "src/hash/digest.h"
#include "src/net/http.h"

namespace pwreset {
namespace {

using std::chrono::local_days;
using std::chrono::year;

constexpr std::string_view key_salt = "django.contrib.auth.tokens.PasswordResetTokenGenerator";
constexpr LocalTime first_of_2001 = local_days(year(2001) / 1 / 1);
/// Fewer digits than these count days, in Django 3.0 and older. Six are enough until 2069, thirteen are the most it
/// reads.
constexpr std::size_t fewest_digits = 4;
constexpr std::size_t most_digits = 12;

std::int64_t seconds_of(LocalTime shown) { return std::chrono::floor<Seconds>(shown - first_of_2001).count(); }

/// django-allauth takes the address of the users row in small letters, and the others as they stand.
std::string all_addresses(const DjangoAccount& account) {
    if (std::any_of(account.email.begin(), account.email.end(),
                    [](char c) { return static_cast<unsigned char>(c) > 127; }))
        throw invalid_input("the stored address is not plain ASCII, and django-allauth makes its letters small",
                            "let the user ask with the application's own form");
    std::vector<std::string> all = *account.addresses;
    if (!account.email.empty()) all.push_back(ascii_lower(account.email));
    std::sort(all.begin(), all.end());  // bytes of UTF-8 sort as Python sorts their characters
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::string text;
    for (const auto& address : all) {
        if (&address != &all.front()) text += '|';
        text += address;
    }
    return text;
}

bool is_decimal(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c); });
}

std::optional<std::string> read_uid(Function form, std::string_view uid) {
    const auto key = decode(form, uid);
    return key ? std::optional(std::string(key->reveal())) : std::nullopt;
}

/// What clocks show before the hour that they show again after this moment of it; nothing for other moments.
std::optional<LocalTime> shown_before_repetition(Time moment, const TimeZone& zone) {
    const auto moments = zone.moments(zone.local(moment));
    if (moments.size() < 2 || moments.front() != moment) return std::nullopt;
    Time before = moment;
    Time behind = moments.back();
    while (behind - before > Seconds(1)) {
        const Time middle = std::chrono::floor<Seconds>(before + (behind - before) / 2);
        (zone.offset(middle) == zone.offset(moment) ? before : behind) = middle;
    }
    return zone.local(behind) - Seconds(1);
}

Time moment_shown(LocalTime shown, const TimeZone& zone, bool last) {
    const auto moments = zone.moments(shown);
    if (!moments.empty()) return last ? moments.back() : moments.front();
    const Time as_if_utc(shown.time_since_epoch());
    return as_if_utc - zone.offset(as_if_utc - std::chrono::days(1));
}

}  // namespace

Secret django_key(std::string_view secret_key, DjangoDigest digest) {
    const Secret salted = joined({key_salt, secret_key});
    return kept(digest == DjangoDigest::sha1 ? sha1(salted.reveal()) : sha256(salted.reveal()));
}

std::optional<DjangoDigest> digest_of_django_key(const Secret& key) {
    if (key.size() == 32) return DjangoDigest::sha256;
    return key.size() == 20 ? std::optional(DjangoDigest::sha1) : std::nullopt;
}

std::int64_t django_clock(Time issued, const TimeZone& zone) { return seconds_of(zone.local(issued)); }

std::int64_t django_clock_until(Time end, Seconds lifetime, const TimeZone& zone) {
    const Time second = std::chrono::floor<Seconds>(end);
    return seconds_of(shown_before_repetition(second, zone).value_or(zone.local(second))) - lifetime.count();
}

Time django_end(std::int64_t clock, Seconds lifetime, const TimeZone& zone) {
    return moment_shown(first_of_2001 + Seconds(clock) + lifetime, zone, true);
}

bool django_too_old(std::int64_t clock, Time now, Seconds lifetime, const TimeZone& zone) {
    return seconds_of(zone.local(now)) - clock > lifetime.count();
}

Time django_issued(std::int64_t clock, const TimeZone& zone) {
    return moment_shown(first_of_2001 + Seconds(clock), zone, false);
}

Secret django_token(const Secret& key, const DjangoAccount& account, std::int64_t clock) {
    const auto digest = digest_of_django_key(key);
    if (!digest)
        throw config_error("the key for Django's tokens has neither 32 bytes nor 20",
                           "keep what is derived from SECRET_KEY, and not SECRET_KEY: 'pwreset init' writes it");
    if (clock < 0) throw invalid_input("a token of Django cannot be from before 2001");

    const std::string count = std::to_string(clock);
    const std::string login = account.last_login ? db_text(*account.last_login).substr(0, 19) : std::string();
    const std::string addresses = account.addresses ? all_addresses(account) : std::string();
    const Secret value = joined({account.key, account.password, login, count, account.email, addresses});
    const std::string mac =
        *digest == DjangoDigest::sha1 ? hmac_sha1(key, value.reveal()) : hmac_sha256(key, value.reveal());

    const Secret stamp = encode(Function::base36, count);
    Secret token(stamp.size() + 1 + mac.size());
    char* at = std::copy(stamp.reveal().begin(), stamp.reveal().end(), token.data());
    *at++ = '-';
    // Every second digit of the MAC, from the first on.
    for (const char byte : mac) *at++ = hex_digits[static_cast<unsigned char>(byte) >> 4];
    return token;
}

std::string django_uid(std::string_view key) { return std::string(encode(Function::base64url, key).reveal()); }

std::string django_allauth_uid(std::string_view key) {
    const Function form = is_decimal(key) ? Function::base36 : Function::undashed;
    return std::string(encode(form, key).reveal());
}

std::optional<std::string> key_of_django_uid(std::string_view uid) { return read_uid(Function::base64url, uid); }

std::optional<std::string> key_of_django_allauth_uid(std::string_view uid) {
    return read_uid(uid.size() == 32 ? Function::undashed : Function::base36, uid);
}

std::optional<std::int64_t> clock_of_django_token(std::string_view token) {
    const auto dash = token.find('-');
    if (dash == token.npos || dash < fewest_digits) return std::nullopt;
    const std::string_view mac = token.substr(dash + 1);
    const bool is_hex = std::all_of(mac.begin(), mac.end(), [](char c) { return is_hex_digit(c) && !is_upper(c); });
    if ((mac.size() != 32 && mac.size() != 20) || !is_hex) return std::nullopt;
    const auto count = dash > most_digits ? std::nullopt : decode(Function::base36, token.substr(0, dash));
    return count ? std::optional<std::int64_t>(std::stoll(std::string(count->reveal()))) : std::nullopt;
}

std::optional<std::size_t> key_of_django_token(std::string_view token, const DjangoAccount& account,
                                               std::span<const Secret> keys) {
    const auto clock = clock_of_django_token(token);
    if (!clock) return std::nullopt;
    for (std::size_t at = 0; at < keys.size(); ++at) {
        if (equal_in_constant_time(django_token(keys[at], account, *clock).reveal(), token)) return at;
    }
    return std::nullopt;
}

}  // namespace pwreset
