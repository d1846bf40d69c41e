// Tokens of Django's PasswordResetTokenGenerator, and of django-allauth's, which says more of the account. Nothing is
// stored of them: a token is when it was made, by the clocks of the application's zone, and a MAC over the account as
// it is. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/secret.h"
#include "src/base/time.h"
#include "src/time_zone.h"

namespace pwreset {

/// SHA-1 is what Django up to 3.0 makes, and 3.1 and 3.2 take besides.
enum class DjangoDigest { sha256, sha1 };

/// What a MAC is over. The views must outlive it.
struct DjangoAccount {
    std::string_view key;            ///< as Django writes it: decimal, or a UUID with dashes
    std::string_view password;       ///< the column's hash
    std::optional<Time> last_login;  ///< the column as it stands, taken for UTC whatever its zone; nothing for NULL
    std::string_view email;          ///< empty for NULL
    /// Of django-allauth only: account_emailaddress.email of all rows of the account, as they stand.
    std::optional<std::vector<std::string>> addresses{};
};

/// What the MAC is made with: all that has to be kept of a SECRET_KEY.
Secret django_key(std::string_view secret_key, DjangoDigest digest);
/// Which digest a key of django_key() belongs to, by its size; nothing for what is no such key.
std::optional<DjangoDigest> digest_of_django_key(const Secret& key);

/// When a token is made: the seconds since 2001 that clocks of the zone show.
std::int64_t django_clock(Time issued, const TimeZone& zone);
/// The same for a token that is to end then, where the application gives it so long (PASSWORD_RESET_TIMEOUT): exact
/// also where the clocks of the zone are changed in between. Where they show the end again afterwards, it ends before
/// that hour.
std::int64_t django_clock_until(Time end, Seconds lifetime, const TimeZone& zone);
/// The last second at which the application takes such a token.
Time django_end(std::int64_t clock, Seconds lifetime, const TimeZone& zone);
/// Whether the application finds it too old. One from ahead it takes.
bool django_too_old(std::int64_t clock, Time now, Seconds lifetime, const TimeZone& zone);
/// The moment at which clocks of the zone showed it: of two the earlier; in an hour that is left out, as if it had not
/// been yet.
Time django_issued(std::int64_t clock, const TimeZone& zone);

/// The token of an account as it is. Throws Error CONFIG for a key that is none, INVALID_INPUT for a clock before 2001
/// and for an address whose letters django-allauth would make small and we would not.
Secret django_token(const Secret& key, const DjangoAccount& account, std::int64_t clock);
/// What stands beside the token in a link: Django's base64 of the key, or django-allauth's base36 of a number and
/// digits of a UUID.
std::string django_uid(std::string_view key);
std::string django_allauth_uid(std::string_view key);
/// The reverse, of uids as these write them; nothing for others.
std::optional<std::string> key_of_django_uid(std::string_view uid);
std::optional<std::string> key_of_django_allauth_uid(std::string_view uid);

/// When a token says that it was made; nothing for what has not the form of one, and for those of Django 3.0 and older,
/// which count days.
std::optional<std::int64_t> clock_of_django_token(std::string_view token);
/// Which of the keys made the token for the account as it is: SECRET_KEY's comes first, then those of
/// SECRET_KEY_FALLBACKS. Nothing when none did. Throws as django_token().
std::optional<std::size_t> key_of_django_token(std::string_view token, const DjangoAccount& account,
                                               std::span<const Secret> keys);

}  // namespace pwreset
