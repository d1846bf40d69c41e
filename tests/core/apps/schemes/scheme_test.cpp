#include "src/apps/schemes/scheme.h"

#include <string>
#include <utility>
#include <vector>

#include "src/apps/profile_reader.h"
#include "src/apps/schemes/django.h"
#include "src/base/error.h"
#include "src/toml/reader.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

namespace {

Value a_text(std::string_view text) { return {ValueType::text, Secret(text), 0}; }
Value a_time(Time time) { return {ValueType::time, Secret(), time.time_since_epoch().count()}; }

const Time issued_in_june = sys_days(year(2025) / 6 / 7) + 8h + 9min + 10s;

Profile django_profile(Scheme scheme = Scheme::django) {
    Profile profile;
    profile.scheme = scheme;
    profile.application_lifetime = 72h;
    profile.scheme_keys.key = "secret.django";
    return profile;
}

/// The account of the vectors.
Values names_of_42() {
    Values names;
    names["key"] = a_text("42");
    names["password"] = a_text("pbkdf2_sha256$260000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=");
    names["email"] = a_text("User@Example.com");
    names["last_login"] = a_time(sys_days(year(2024) / 1 / 2) + 3h + 4min + 5s + std::chrono::microseconds(678901));
    names["secret.django"] = {ValueType::bytes, django_key("test-secret-key-0123456789", DjangoDigest::sha256), 0};
    return names;
}

std::string made_of(const Profile& profile, const Values& names, const TimeZone& zone = {}) {
    FakeEnv world;
    return std::string(make_scheme_token(world.env, profile, names, zone).token.reveal());
}

constexpr std::string_view scheme_keys[] = {"reset.django.key",
                                            "reset.django.fallbacks",
                                            "reset.django.addresses",
                                            "reset.django.addresses.table",
                                            "reset.django.addresses.user",
                                            "reset.django.addresses.column",
                                            "reset.django.addresses.where",
                                            "reset.jwt.key",
                                            "reset.jwt.claims",
                                            "reset.jwt.claims.GROUP"};

std::string fault_of_keys(const std::string& text, Scheme scheme) {
    const std::vector<ScopeName> scope{{"email", ValueType::text},
                                       {"password", ValueType::text, true},
                                       {"expires", ValueType::time},
                                       {"secret.shop", ValueType::bytes, true}};
    try {
        read_scheme_keys(ConfigText(text, "shop.toml", scheme_keys), scheme, scope);
    } catch (const Error& error) {
        return error.message;
    }
    return "none";
}

}  // namespace

TEST_CASE("a profile's token of Django is that of the account as the profile reads it") {
    Values names = names_of_42();
    names["issued"] = a_time(issued_in_june);
    CHECK(made_of(django_profile(), names) == "cr0pba-a8ce99d6d61f8627a72f1aa981fdc082");
    names["expires"] = a_time(issued_in_june + 72h);
    CHECK(made_of(django_profile(), names) == "cr0pba-a8ce99d6d61f8627a72f1aa981fdc082");
    // In the application's zone clocks show the same three and a half hours earlier.
    names["expires"] = a_time(issued_in_june + 72h - 3h - 30min);
    CHECK(made_of(django_profile(), names, TimeZone::named("Asia/Tehran")) ==
          "cr0pba-a8ce99d6d61f8627a72f1aa981fdc082");
    // A column that is NULL is read as the beginning of 1970.
    names = names_of_42();
    names["issued"] = a_time(issued_in_june);
    names["last_login"] = a_time(Time());
    names.erase("email");
    CHECK(made_of(django_profile(), names) == "cr0pba-76b5ef305079f7c707fb010f63fd2234");
}

TEST_CASE("a profile's token of django-allauth has the account's addresses, one a line") {
    Values names = names_of_42();
    names["issued"] = a_time(issued_in_june);
    names["addresses"] = a_text("second@example.com\n");
    CHECK(made_of(django_profile(Scheme::django_allauth), names) == "cr0pba-1979eaa18f28a384bdbf615a1d41367a");
    names["addresses"] = a_text("user@example.com\nsecond@example.com\n");
    CHECK(made_of(django_profile(Scheme::django_allauth), names) == "cr0pba-1979eaa18f28a384bdbf615a1d41367a");
}

TEST_CASE("a token of Django is taken until its end, of its account, and with keys that went before") {
    FakeEnv world;
    Profile profile = django_profile();
    Values names = names_of_42();
    const Time now = sys_days(year(2026) / 11 / 28) + 5h;
    names["expires"] = a_time(now + 1h);
    const auto [token, expires] = make_scheme_token(world.env, profile, names, TimeZone());
    CHECK(expires == now + 1h);
    names.erase("expires");
    const auto taken = [&](Time moment) { return scheme_takes(profile, names, token.reveal(), moment, TimeZone()); };
    CHECK(taken(now));
    CHECK(taken(now + 1h));
    CHECK_FALSE(taken(now + 1h + 1s));
    CHECK_FALSE(scheme_takes(profile, names, token.reveal().substr(1), now, TimeZone()));
    names["secret.new"] = {ValueType::bytes, django_key("another", DjangoDigest::sha256), 0};
    profile.scheme_keys.key = "secret.new";
    CHECK_FALSE(taken(now));
    profile.scheme_keys.fallbacks = {"secret.django"};
    CHECK(taken(now));
    names["last_login"] = a_time(now);
    CHECK_FALSE(taken(now));
}

TEST_CASE("a token of Django by SHA-1 is worth 80 bits") {
    Values names = names_of_42();
    names["issued"] = a_time(issued_in_june);
    CHECK(bits_of_scheme_token(django_profile(), made_of(django_profile(), names)) == 128);
    names["secret.django"] = {ValueType::bytes, django_key("test-secret-key-0123456789", DjangoDigest::sha1), 0};
    CHECK(made_of(django_profile(), names) == "cr0pba-501f520816e6cd8a50e6");
    CHECK(bits_of_scheme_token(django_profile(), made_of(django_profile(), names)) == 80);
}

TEST_CASE("a profile's JSON Web Token claims what the profile says, and is taken until it ends") {
    FakeEnv world;
    const std::vector<ScopeName> scope{{"email", ValueType::text},
                                       {"password", ValueType::text, true},
                                       {"issued", ValueType::time},
                                       {"expires", ValueType::time}};
    Profile profile;
    profile.scheme = Scheme::jwt_hs256;
    profile.scheme_keys.key = "secret.directus";
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{{"email", "email"},
                                                                                     {"scope", "'password-reset'"},
                                                                                     {"hash", "java_hash(password)"},
                                                                                     {"iat", "unix(issued)"},
                                                                                     {"exp", "unix(expires)"},
                                                                                     {"iss", "'directus'"}})
        profile.scheme_keys.claims.push_back({name, Expression::parse(text, scope, false)});
    Values names;
    names["email"] = a_text("User@Example.com");
    names["password"] =
        a_text("$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g");
    names["secret.directus"] = a_text("test-secret-key-0123456789");
    const Time end = Time(1893456000s);
    names["issued"] = a_time(end - 24h);
    names["expires"] = a_time(end);
    const auto [token, expires] = make_scheme_token(world.env, profile, names, TimeZone());
    CHECK(token.reveal().ends_with(".vyaKy0T2Ys3BNlDNeFkvhUKvWJEgZUIneE0qLU6MNIM"));
    CHECK(expires == end);
    const auto taken = [&](Time moment) { return scheme_takes(profile, names, token.reveal(), moment, TimeZone()); };
    CHECK(taken(end - 1s));
    CHECK_FALSE(taken(end));
    names["password"] = a_text("another");
    CHECK_FALSE(taken(end - 1s));
}

TEST_CASE("what a scheme asks of a profile is read, and what it must not be is refused") {
    const std::string django = "[reset.django]\n";
    CHECK(fault_of_keys(django + "key = \"secret.shop\"\nfallbacks = [\"secret.shop\"]\n", Scheme::django) == "none");
    CHECK(fault_of_keys("", Scheme::django).ends_with("missing 'reset.django.key'"));
    CHECK(fault_of_keys(django + "key = \"shop\"\n", Scheme::django).ends_with("'shop' is no secret of [secrets]"));
    CHECK(fault_of_keys(django + "key = \"email\"\n", Scheme::django).ends_with("'email' is no secret of [secrets]"));
    CHECK(fault_of_keys(django + "key = \"secret.shop\"\n", Scheme::django_allauth)
              .ends_with("missing 'reset.django.addresses.table'"));
    const std::string jwt = "[reset.jwt]\nkey = \"secret.shop\"\n";
    CHECK(fault_of_keys(jwt, Scheme::jwt_hs256).ends_with("missing 'reset.jwt.claims'"));
    CHECK(fault_of_keys(jwt + "claims = [{ exp = \"unix(expires)\" }]\n", Scheme::jwt_hs256) == "none");
    CHECK(fault_of_keys(jwt + "claims = [{ x = \"password\" }]\n", Scheme::jwt_hs256)
              .ends_with("a secret or a password hash would be mailed"));
    CHECK(fault_of_keys(jwt + "claims = [{ x = \"sha256(password)\" }]\n", Scheme::jwt_hs256)
              .ends_with("a claim that is neither text nor a number"));
    CHECK(fault_of_keys(jwt + "claims = [{ x = \"email\", y = \"email\" }]\n", Scheme::jwt_hs256)
              .ends_with("expected one claim in each table of 'reset.jwt.claims'"));
}
