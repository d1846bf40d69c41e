#include "src/hash/password_choice.h"

#include "tests/catch.h"

using namespace pwreset;

namespace {

std::string hash_like(const std::string& head) { return head + std::string(53, 'u'); }

const std::string current_hash = hash_like("$2y$12$");
const std::string forty_digits(40, 'a');
constexpr const char* django_hash = "pbkdf2_sha256$260000$saltsaltsalt$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=";

}  // namespace

TEST_CASE("the format most of the recent hashes have is the one that is written") {
    const std::string old = hash_like("$2y$10$");
    const std::string current = hash_like("$2y$12$");
    CHECK(format_to_write({current, current, old}) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(format_to_write({django_hash, current, current}) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(format_to_write({"!", "*", "", old}) == PasswordFormat(BcryptFormat{'y', 10}));
}

TEST_CASE("of formats that are equally frequent the newest is written") {
    CHECK(format_to_write({hash_like("$2y$12$"), django_hash}) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(format_to_write({django_hash, hash_like("$2y$12$")}) == PasswordFormat(DjangoFormat{260000, 12}));
}

TEST_CASE("where most hashes are of a format we do not write, none is written") {
    CHECK_FALSE(format_to_write({"$P$Bx", "$P$By", hash_like("$2y$12$")}));
    CHECK_FALSE(format_to_write({hash_like("$2y$31$"), hash_like("$2y$31$"), hash_like("$2y$12$")}));
    CHECK_FALSE(format_to_write({"!", "*"}));
    CHECK_FALSE(format_to_write({}));
    CHECK_FALSE(format_to_write({forty_digits, forty_digits, current_hash}));
}

TEST_CASE("what an application takes is written also where most accounts have something else") {
    const std::vector<PasswordFormat> accepted{BcryptFormat{'y', 12}, DjangoFormat{}};
    CHECK(format_to_write({"$P$Bx", "$P$By"}, accepted) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(format_to_write({}, accepted) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(format_to_write({hash_like("$2y$31$")}, accepted) == PasswordFormat(BcryptFormat{'y', 12}));
    CHECK(format_to_write({hash_like("$2a$10$"), hash_like("$2a$10$")}, accepted) ==
          PasswordFormat(BcryptFormat{'y', 12}));
}

TEST_CASE("of what an application takes, the format and parameters that most accounts have are written") {
    const std::vector<PasswordFormat> accepted{BcryptFormat{'y', 12}, DjangoFormat{}};
    CHECK(format_to_write({"$P$Bx", "$P$By", hash_like("$2y$10$")}, accepted) == PasswordFormat(BcryptFormat{'y', 10}));
    CHECK(format_to_write({django_hash, "$P$By", hash_like("$wp$2y$10$")}, accepted) ==
          PasswordFormat(DjangoFormat{260000, 12}));
}

TEST_CASE("forty digits are Redmine's only where a configuration says so") {
    CHECK(format_to_write({forty_digits}, {RedmineFormat{}}) == PasswordFormat(RedmineFormat{}));
    CHECK(name_of_foreign({"!", forty_digits}) == "SHA-1, as Redmine stores it");
    CHECK(name_of_foreign({"!", current_hash}).empty());
}
