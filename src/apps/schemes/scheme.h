// Tokens of the schemes that are code, by what a profile says of them: the one place that knows which there are.
#pragma once

#include <cstddef>
#include <string_view>

#include "src/apps/profile.h"
#include "src/base/env.h"
#include "src/base/secret.h"
#include "src/base/time.h"
#include "src/expression/expression.h"
#include "src/time_zone.h"

namespace pwreset {

/// What of an account's addresses `names` has for django-allauth, one a line.
inline constexpr std::string_view addresses_name = "addresses";

struct SchemeToken {
    Secret token;
    Time expires;  ///< the last second at which the application takes it
};

/// A token of the account that `names` tells of, as expressions would have it: to end at "expires", or without that as
/// if it had been made at "issued". `zone` is the application's. Throws Error CONFIG for a secret that is none,
/// INVALID_INPUT for an account of which none can be made.
SchemeToken make_scheme_token(const Env& env, const Profile& profile, const Values& names, const TimeZone& zone);
/// How many bits of a token nobody can know who lacks the secret: of Django's with SHA-1 only 80.
std::size_t bits_of_scheme_token(const Profile& profile, std::string_view token);
/// Whether the application takes a token at that moment, of the account as it is, whoever made it.
bool scheme_takes(const Profile& profile, const Values& names, std::string_view token, Time moment,
                  const TimeZone& zone);

}  // namespace pwreset
