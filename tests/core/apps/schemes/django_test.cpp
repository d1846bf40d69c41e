#include "src/apps/schemes/django.h"

#include <string>
#include <utility>
#include <vector>

#include "src/base/encoding.h"
#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

namespace {

const std::string secret_key = "test-secret-key-0123456789";
const std::string hash_of_42 = "pbkdf2_sha256$260000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=";
const std::string uuid_of_user = "0190f5e6-7b1a-7c3d-8e4f-0123456789ab";
const Time second_of_january = sys_days(year(2024) / 1 / 2) + 3h + 4min + 5s + std::chrono::microseconds(678901);
constexpr std::int64_t june = 770976550;  // 2025-06-07 08:09:10 by the clock on the wall

/// Tokens that real releases made of these, or took: Django 3.2.25, 5.2.18 and 6.1.1, django-allauth 65.19.1.
struct DjangoVector {
    const char* name;
    DjangoDigest digest;
    DjangoAccount account;
    std::string token;
};

std::vector<DjangoVector> django_vectors() {
    const DjangoAccount user_42{"42", hash_of_42, second_of_january, "User@Example.com"};
    DjangoAccount with_addresses = user_42;
    with_addresses.addresses = std::vector<std::string>{"second@example.com"};
    return {
        {"SHA-256", DjangoDigest::sha256, user_42, "cr0pba-a8ce99d6d61f8627a72f1aa981fdc082"},
        {"SHA-1", DjangoDigest::sha1, user_42, "cr0pba-501f520816e6cd8a50e6"},
        {"never signed in, no address",
         DjangoDigest::sha256,
         {"42", hash_of_42, std::nullopt, ""},
         "cr0pba-76b5ef305079f7c707fb010f63fd2234"},
        {"UUID",
         DjangoDigest::sha256,
         {uuid_of_user, hash_of_42, std::nullopt, "User@Example.com"},
         "cr0pba-e8cfc8c1552baf80b3ef3cc7f96eee86"},
        {"UUID, other password",
         DjangoDigest::sha256,
         {uuid_of_user, "!x", second_of_january, "User@Example.com"},
         "cr0pba-4d51146e9df990f6ec467d9f1ea5e5ca"},
        {"django-allauth", DjangoDigest::sha256, with_addresses, "cr0pba-1979eaa18f28a384bdbf615a1d41367a"},
    };
}

std::vector<Secret> keys_of(std::vector<std::string> secret_keys, DjangoDigest digest = DjangoDigest::sha256) {
    std::vector<Secret> keys;
    for (const auto& one : secret_keys) keys.push_back(django_key(one, digest));
    return keys;
}

std::string text_of(const Secret& secret) { return std::string(secret.reveal()); }

}  // namespace

TEST_CASE("a token of Django is what Django makes, and django-allauth's what that makes") {
    for (const auto& vector : django_vectors()) {
        INFO(vector.name);
        const Secret key = django_key(secret_key, vector.digest);
        CHECK(text_of(django_token(key, vector.account, june)) == vector.token);
        CHECK(clock_of_django_token(vector.token) == june);
        const auto keys = keys_of({secret_key}, vector.digest);
        CHECK(key_of_django_token(vector.token, vector.account, keys) == 0u);
    }
}

TEST_CASE("a token of Django with one byte changed is none of the account") {
    for (const auto& vector : django_vectors()) {
        INFO(vector.name);
        const auto keys = keys_of({secret_key}, vector.digest);
        for (std::size_t at = 0; at < vector.token.size(); ++at) {
            std::string changed = vector.token;
            changed[at] = changed[at] == 'a' ? 'b' : 'a';
            CHECK_FALSE(key_of_django_token(changed, vector.account, keys));
        }
        CHECK_FALSE(key_of_django_token(vector.token + "0", vector.account, keys));
        CHECK_FALSE(key_of_django_token(vector.token.substr(1), vector.account, keys));
    }
}

TEST_CASE("a token of Django dies with anything that it is made of") {
    for (const auto& vector : django_vectors()) {
        INFO(vector.name);
        const auto keys = keys_of({secret_key}, vector.digest);
        std::vector<DjangoAccount> others(5, vector.account);
        others[0].key = "43";
        others[1].password = "!y";
        others[2].last_login = second_of_january + 1s;
        others[3].email = "user@example.com";
        others[4].email = "";
        if (vector.account.email.empty()) others.pop_back();
        if (vector.account.addresses) {
            others.push_back(vector.account);
            others.back().addresses->push_back("third@example.com");
            others.push_back(vector.account);
            others.back().addresses->clear();
            others.push_back(vector.account);
            others.back().addresses = std::nullopt;
        }
        for (const auto& other : others) CHECK_FALSE(key_of_django_token(vector.token, other, keys));
        CHECK_FALSE(key_of_django_token(vector.token, vector.account, keys_of({secret_key + "0"}, vector.digest)));
    }
}

TEST_CASE("the microseconds of a sign-in are cut off, not rounded") {
    const DjangoVector vector = django_vectors().front();
    const auto keys = keys_of({secret_key});
    DjangoAccount account = vector.account;
    account.last_login = second_of_january + std::chrono::microseconds(999'999 - 678'901);
    CHECK(key_of_django_token(vector.token, account, keys) == 0u);
}

TEST_CASE("the key that made a token of Django is found among those that went before") {
    const DjangoVector vector = django_vectors().front();
    CHECK(key_of_django_token(vector.token, vector.account, keys_of({"new", "other", secret_key})) == 2u);
    CHECK_FALSE(key_of_django_token(vector.token, vector.account, keys_of({"new", "other"})));
    CHECK_FALSE(key_of_django_token(vector.token, vector.account, {}));
}

TEST_CASE("of a SECRET_KEY only what is derived from it is needed") {
    CHECK(hex(django_key(secret_key, DjangoDigest::sha256).reveal()) ==
          "75ba4d316db6b455b861ab01308918588df5ed46c6588f82bdbbdf1ae47b9fa2");
    CHECK(hex(django_key(secret_key, DjangoDigest::sha1).reveal()) == "d07fa87dba48bbbe926b7128593cd0726deacacb");
    CHECK(digest_of_django_key(django_key(secret_key, DjangoDigest::sha1)) == DjangoDigest::sha1);
    // The secret itself, put where the key belongs.
    CHECK_THROWS_AS(django_token(Secret(secret_key), django_vectors().front().account, june), Error);
}

TEST_CASE("django-allauth's addresses are a set, and the one of the users row is in small letters") {
    const auto keys = keys_of({secret_key});
    const DjangoVector vector = django_vectors().back();
    DjangoAccount account = vector.account;
    account.addresses = std::vector<std::string>{"user@example.com", "second@example.com", "second@example.com"};
    CHECK(key_of_django_token(vector.token, account, keys) == 0u);
    account.addresses = std::vector<std::string>{"User@Example.com", "second@example.com"};
    CHECK_FALSE(key_of_django_token(vector.token, account, keys));
    account.email = "J\xc3\xb6rg@example.com";
    CHECK_THROWS_AS(django_token(keys.front(), account, june), Error);
}

TEST_CASE("a token of Django says when it was made by the clocks of the application's zone") {
    const Time moment = sys_days(year(2025) / 6 / 7) + 8h + 9min + 10s;
    CHECK(django_clock(moment, TimeZone()) == june);
    CHECK(django_clock(moment + std::chrono::microseconds(999'999), TimeZone()) == june);
    const TimeZone tehran = TimeZone::named("Asia/Tehran");
    CHECK(django_clock(moment, tehran) == june + 3 * 3600 + 1800);
    CHECK(django_issued(june, tehran) == moment - 3h - 30min);
    // The hour that Berlin left out, and the one it had twice.
    const TimeZone berlin = TimeZone::named("Europe/Berlin");
    const Time spring = sys_days(year(2026) / 3 / 29) + 1h;
    CHECK(django_clock(spring, berlin) - django_clock(spring - 1s, berlin) == 3601);
    CHECK(django_issued(django_clock(spring - 1s, berlin) + 1, berlin) == spring);
    const Time autumn = sys_days(year(2026) / 10 / 25) + 1h;
    CHECK(django_clock(autumn, berlin) - django_clock(autumn - 1s, berlin) == -3599);
    CHECK(django_issued(django_clock(autumn, berlin), berlin) == autumn - 1h);
}

TEST_CASE("a token of Django ends when it is meant to, whatever clocks are changed") {
    constexpr Seconds three_days = 72h;
    for (const char* name : {"UTC", "Europe/Berlin", "America/New_York", "Asia/Tehran"}) {
        INFO(name);
        const TimeZone zone = TimeZone::named(name);
        for (const Time end : {Time(sys_days(year(2026) / 3 / 29) + 12h), Time(sys_days(year(2026) / 11 / 2) + 9h),
                               Time(sys_days(year(2026) / 7 / 1))}) {
            const auto clock = django_clock_until(end, three_days, zone);
            CHECK_FALSE(django_too_old(clock, end, three_days, zone));
            CHECK(django_end(clock, three_days, zone) == end);
            CHECK(django_too_old(clock, end + 1s, three_days, zone));
            CHECK(django_too_old(clock, end + 24h, three_days, zone));
        }
    }
    CHECK_FALSE(django_too_old(june, sys_days(year(2024) / 1 / 1), three_days, TimeZone()));
    // An end that clocks show twice, in Berlin until 02:59:59 of summer: it ends before either.
    const TimeZone berlin = TimeZone::named("Europe/Berlin");
    const Time twice = sys_days(year(2026) / 10 / 25) + 30min;
    const auto clock = django_clock_until(twice, three_days, berlin);
    const Time end = sys_days(year(2026) / 10 / 25) - 1s;
    CHECK(django_end(clock, three_days, berlin) == end);
    CHECK_FALSE(django_too_old(clock, end, three_days, berlin));
    for (Time time = end + 1s; time < end + 3h; time += 10min) CHECK(django_too_old(clock, time, three_days, berlin));
    // The second time is the last: the first ends it for half an hour.
    const auto second = django_clock_until(twice + 1h, three_days, berlin);
    CHECK(django_end(second, three_days, berlin) == twice + 1h);
    CHECK(django_too_old(second, twice + 1h + 1s, three_days, berlin));
}

TEST_CASE("what has not the form of a token of Django is none") {
    for (const char* text :
         {"", "-", "cr0pba", "cr0pba-", "cr0pba-a8ce99d6d61f8627a72f1aa981fdc08",
          "cr0pba-A8CE99D6D61F8627A72F1AA981FDC082", "CR0PBA-a8ce99d6d61f8627a72f1aa981fdc082",
          "0cr0pba-a8ce99d6d61f8627a72f1aa981fdc082", "5qc-a8ce99d6d61f8627a72f1aa981fdc082",
          "cr0pba-a8ce99d6d61f8627a72f1aa981fdc0-2", "zzzzzzzzzzzzz-a8ce99d6d61f8627a72f1aa981fdc082",
          "cr pba-a8ce99d6d61f8627a72f1aa981fdc082"}) {
        INFO(text);
        CHECK_FALSE(clock_of_django_token(text));
    }
    CHECK_THROWS_AS(django_token(django_key(secret_key, DjangoDigest::sha256), django_vectors().front().account, -1),
                    Error);
}

TEST_CASE("a link of Django names its account, and one of django-allauth in another way") {
    CHECK(django_uid("42") == "NDI");
    CHECK(key_of_django_uid("NDI") == "42");
    CHECK(django_uid(uuid_of_user) == "MDE5MGY1ZTYtN2IxYS03YzNkLThlNGYtMDEyMzQ1Njc4OWFi");
    CHECK(key_of_django_uid("MDE5MGY1ZTYtN2IxYS03YzNkLThlNGYtMDEyMzQ1Njc4OWFi") == uuid_of_user);
    for (const char* uid : {"NDI=", "NDJ", "N"}) CHECK_FALSE(key_of_django_uid(uid));
    CHECK(django_allauth_uid("42") == "16");
    CHECK(key_of_django_allauth_uid("16") == "42");
    CHECK(django_allauth_uid(uuid_of_user) == "0190f5e67b1a7c3d8e4f0123456789ab");
    CHECK(key_of_django_allauth_uid("0190f5e67b1a7c3d8e4f0123456789ab") == uuid_of_user);
    for (const char* uid : {"", "016", "1-6", "1G", "0190F5E67B1A7C3D8E4F0123456789AB"})
        CHECK_FALSE(key_of_django_allauth_uid(uid));
}
