#include "src/hash/password_hash.h"

#include <argon2.h>
#include <crypt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <memory>

#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/hash/digest.h"
#include "src/hash/draw.h"
#include "src/hash/password_letters.h"

namespace pwreset {

namespace {

constexpr std::string_view salt_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

std::string random_bytes(const Env& env, std::size_t size) {
    std::string bytes(size, '\0');
    env.random(bytes.data(), bytes.size());
    return bytes;
}

std::string random_letters(const Env& env, std::string_view letters, std::size_t size) {
    return std::string(draw_letters(env, letters, size).reveal());
}

unsigned char* bytes_in(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
unsigned char* bytes_in(Secret& secret) { return reinterpret_cast<unsigned char*>(secret.data()); }
const unsigned char* bytes_in(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Secret joined(std::string_view one, std::string_view other) {
    Secret both(one.size() + other.size());
    one.copy(both.data(), one.size());
    other.copy(both.data() + one.size(), other.size());
    return both;
}

// --- bcrypt ----------------------------------------------------------------------------------------------------------

/// "$2y$12$" and 22 characters.
std::string bcrypt_setting(const Env& env, const BcryptFormat& format) {
    const std::string prefix = std::string("$2") + format.version + "$";
    const std::string salt = random_bytes(env, 16);
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    const char* made = ::crypt_gensalt_rn(prefix.c_str(), static_cast<unsigned long>(format.cost), salt.data(),
                                          static_cast<int>(salt.size()), setting.data(), setting.size());
    if (made == nullptr) throw internal_error("libcrypt makes no bcrypt salt");
    return made;
}

/// The working memory of crypt_r(), which holds the password: wiped when it goes.
struct CryptMemory {
    crypt_data data{};
    ~CryptMemory() { explicit_bzero(&data, sizeof data); }
};

/// The hash of which `setting` is the beginning, or is itself.
std::string bcrypt_of(const std::string& setting, std::string_view text) {
    // It reads no more of them, and libcrypt refuses much longer ones.
    const Secret phrase = joined(text.substr(0, longest_password), std::string_view("", 1));
    const auto memory = std::make_unique<CryptMemory>();
    const char* made = ::crypt_r(phrase.reveal().data(), setting.c_str(), &memory->data);
    std::string hash = made == nullptr ? "" : made;
    if (hash.size() != bcrypt_length || !hash.starts_with(setting.substr(0, bcrypt_setting_length))) {
        throw internal_error("libcrypt makes no bcrypt");
    }
    return hash;
}

/// As it stands in the column.
std::string laid_out(const BcryptFormat& format, const std::string& hash) {
    if (format.layout == BcryptLayout::wordpress) return "$wp" + hash;
    if (format.layout == BcryptLayout::plain) return hash;
    return ":bcrypt:" + std::to_string(format.cost) + "$" + hash.substr(7, bcrypt_salt) + "$" +
           hash.substr(7 + bcrypt_salt);
}

/// What WordPress gives to bcrypt: Base64 of HMAC-SHA-384, so that all of a long password counts.
Secret wordpress_digest(std::string_view password) {
    constexpr std::string_view key = "wp-sha384";
    constexpr std::size_t size = 48;
    Secret digest(size);
    if (!::HMAC(::EVP_sha384(), key.data(), static_cast<int>(key.size()), bytes_in(password), password.size(),
                bytes_in(digest), nullptr)) {
        throw internal_error("HMAC-SHA-384 is not available");
    }
    Secret text(size / 3 * 4 + 1);  // with the NUL that ends it
    ::EVP_EncodeBlock(bytes_in(text), bytes_in(digest.reveal()), static_cast<int>(size));
    text.shrink(size / 3 * 4);
    return text;
}

PasswordHash make(const Env& env, const BcryptFormat& format, std::string_view password) {
    const std::string setting = bcrypt_setting(env, format);
    if (format.layout != BcryptLayout::wordpress) return {laid_out(format, bcrypt_of(setting, password))};
    const Secret digest = wordpress_digest(password);
    return {laid_out(format, bcrypt_of(setting, digest.reveal()))};
}

PasswordHash make_nothing(const Env& env, const BcryptFormat& format) {
    return {laid_out(format, bcrypt_setting(env, format) + random_letters(env, bcrypt_letters, bcrypt_digest))};
}

std::size_t length_of(const BcryptFormat& format) { return laid_out(format, std::string(bcrypt_length, 'x')).size(); }

// --- Argon2id --------------------------------------------------------------------------------------------------------

std::string unpadded_base64(const std::string& bytes) {
    std::string text = base64(bytes);
    text.resize(std::min(text.find('='), text.size()));
    return text;
}

std::size_t length_of(const Argon2idFormat& format) {
    return ::argon2_encodedlen(format.passes, format.memory, format.lanes, static_cast<std::uint32_t>(format.salt),
                               static_cast<std::uint32_t>(format.digest), Argon2_id) -
           1;
}

PasswordHash make(const Env& env, const Argon2idFormat& format, std::string_view password) {
    const std::string salt = random_bytes(env, format.salt);
    std::string hash(length_of(format) + 1, '\0');
    const int fault =
        ::argon2id_hash_encoded(format.passes, format.memory, format.lanes, password.data(), password.size(),
                                salt.data(), salt.size(), format.digest, hash.data(), hash.size());
    if (fault == ARGON2_MEMORY_ALLOCATION_ERROR || fault == ARGON2_THREAD_FAIL) {
        throw unavailable("not enough memory or threads for Argon2id with m=" + std::to_string(format.memory) +
                              ", p=" + std::to_string(format.lanes),
                          "give this process more, or lower the application's own parameters");
    }
    if (fault != ARGON2_OK) throw internal_error("libargon2 makes no hash");
    hash.resize(::strlen(hash.c_str()));
    return {hash};
}

PasswordHash make_nothing(const Env& env, const Argon2idFormat& format) {
    return {"$argon2id$v=19$m=" + std::to_string(format.memory) + ",t=" + std::to_string(format.passes) +
            ",p=" + std::to_string(format.lanes) + "$" + unpadded_base64(random_bytes(env, format.salt)) + "$" +
            unpadded_base64(random_bytes(env, format.digest))};
}

// --- PBKDF2, as Django and as MediaWiki write it ---------------------------------------------------------------------

std::string pbkdf2(std::string_view password, const std::string& salt, std::uint32_t rounds, const EVP_MD* algorithm,
                   std::size_t size) {
    std::string digest(size, '\0');
    const int made = ::PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_in(salt),
                                         static_cast<int>(salt.size()), static_cast<int>(rounds), algorithm,
                                         static_cast<int>(size), bytes_in(digest));
    if (made != 1) throw internal_error("OpenSSL makes no PBKDF2");
    return digest;
}

PasswordHash django_text(const DjangoFormat& format, const std::string& salt, const std::string& digest) {
    return {"pbkdf2_sha256$" + std::to_string(format.iterations) + "$" + salt + "$" + base64(digest)};
}

PasswordHash make(const Env& env, const DjangoFormat& format, std::string_view password) {
    const std::string salt = random_letters(env, salt_letters, format.salt);
    return django_text(format, salt, pbkdf2(password, salt, format.iterations, ::EVP_sha256(), sha256_size));
}

PasswordHash make_nothing(const Env& env, const DjangoFormat& format) {
    return django_text(format, random_letters(env, salt_letters, format.salt), random_bytes(env, sha256_size));
}

std::size_t length_of(const DjangoFormat& format) {
    return django_text(format, std::string(format.salt, 'x'), std::string(sha256_size, 'x')).text.size();
}

PasswordHash mediawiki_pbkdf2_text(const MediaWikiFormat& format, const std::string& salt, const std::string& digest) {
    return {std::string(":pbkdf2:") + (format.sha512 ? "sha512:" : "sha256:") + std::to_string(format.rounds) + ":" +
            std::to_string(format.digest) + ":" + base64(salt) + ":" + base64(digest)};
}

PasswordHash make(const Env& env, const MediaWikiFormat& format, std::string_view password) {
    const std::string salt = random_bytes(env, format.salt);
    const EVP_MD* algorithm = format.sha512 ? ::EVP_sha512() : ::EVP_sha256();
    return mediawiki_pbkdf2_text(format, salt, pbkdf2(password, salt, format.rounds, algorithm, format.digest));
}

PasswordHash make_nothing(const Env& env, const MediaWikiFormat& format) {
    return mediawiki_pbkdf2_text(format, random_bytes(env, format.salt), random_bytes(env, format.digest));
}

std::size_t length_of(const MediaWikiFormat& format) {
    return mediawiki_pbkdf2_text(format, std::string(format.salt, 'x'), std::string(format.digest, 'x')).text.size();
}

// --- scrypt, as better-auth writes it --------------------------------------------------------------------------------

PasswordHash make(const Env& env, const BetterAuthFormat&, std::string_view password) {
    constexpr std::uint64_t work = 16384;
    constexpr std::uint64_t blocks = 16;
    constexpr std::uint64_t memory = 2 * 128 * work * blocks;
    const std::string salt = hex(random_bytes(env, better_auth_salt));  // its digits are the salt, not what they say
    std::string key(better_auth_key, '\0');
    const int made = ::EVP_PBE_scrypt(password.data(), password.size(), bytes_in(salt), salt.size(), work, blocks, 1,
                                      memory, bytes_in(key), key.size());
    if (made != 1) {
        throw unavailable("not enough memory for scrypt, which needs 32 MiB", "give this process more");
    }
    return {salt + ":" + hex(key)};
}

PasswordHash make_nothing(const Env& env, const BetterAuthFormat&) {
    return {hex(random_bytes(env, better_auth_salt)) + ":" + hex(random_bytes(env, better_auth_key))};
}

std::size_t length_of(const BetterAuthFormat&) { return 2 * better_auth_salt + 1 + 2 * better_auth_key; }

// --- SHA-1, as Redmine writes it -------------------------------------------------------------------------------------

constexpr std::size_t redmine_salt = 16;

/// The digits of it.
Secret sha1_digits(std::string_view text) {
    Secret digest(sha1_size);
    if (::EVP_Digest(text.data(), text.size(), bytes_in(digest), nullptr, ::EVP_sha1(), nullptr) != 1) {
        throw internal_error("SHA-1 is not available");
    }
    Secret digits(2 * sha1_size);
    for (std::size_t i = 0; i < sha1_size; ++i) {
        const auto byte = static_cast<unsigned char>(digest.reveal()[i]);
        digits.data()[2 * i] = hex_digits[byte >> 4U];
        digits.data()[2 * i + 1] = hex_digits[byte & 15U];
    }
    return digits;
}

PasswordHash make(const Env& env, const RedmineFormat&, std::string_view password) {
    const std::string salt = hex(random_bytes(env, redmine_salt));
    const Secret inner = sha1_digits(password);
    const Secret outer = sha1_digits(joined(salt, inner.reveal()).reveal());
    return {std::string(outer.reveal()), salt};
}

PasswordHash make_nothing(const Env& env, const RedmineFormat&) {
    return {hex(random_bytes(env, sha1_size)), hex(random_bytes(env, redmine_salt))};
}

std::size_t length_of(const RedmineFormat&) { return 2 * sha1_size; }

bool is_hashed_whole(std::string_view password) {
    return !password.empty() && password.size() <= longest_password && password.find('\0') == password.npos;
}

/// Whether an application that trims a password, or normalises its letters, still has the same one.
bool is_left_as_it_is(std::string_view password) {
    return password.front() != ' ' && password.back() != ' ' &&
           std::all_of(password.begin(), password.end(), [](char c) { return c >= ' ' && c < '\x7F'; });
}

bool changes_passwords(const PasswordFormat& format) {
    const auto* bcrypt = std::get_if<BcryptFormat>(&format);
    return std::holds_alternative<BetterAuthFormat>(format) ||
           (bcrypt != nullptr && bcrypt->layout == BcryptLayout::wordpress);
}

}  // namespace

PasswordHash hash_password(const Env& env, const PasswordFormat& format, const Secret& password,
                           std::string_view pepper) {
    const auto text = password.reveal();
    if (!is_hashed_whole(text)) {
        throw invalid_input("password that cannot be hashed whole", "1 to 72 bytes without a NUL can");
    }
    if (changes_passwords(format) && !is_left_as_it_is(text)) {
        throw invalid_input("password that the application would change before it compares it",
                            "ASCII without blanks around it stays as it is");
    }
    if (pepper.empty()) return std::visit([&](const auto& one) { return make(env, one, text); }, format);
    const auto* plain = std::get_if<BcryptFormat>(&format);
    if (plain == nullptr || plain->layout != BcryptLayout::plain)
        throw internal_error("a pepper beside a format without");
    const Secret peppered = joined(text, pepper);
    return make(env, *plain, peppered.reveal());
}

bool verify_bcrypt(std::string_view hash, const Secret& password) {
    const auto format = password_format(hash);
    const auto* bcrypt = format ? std::get_if<BcryptFormat>(&*format) : nullptr;
    if (bcrypt == nullptr || bcrypt->layout != BcryptLayout::plain || !is_hashed_whole(password.reveal())) return false;
    return equal_in_constant_time(bcrypt_of(std::string(hash), password.reveal()), hash);
}

PasswordHash hash_of_nothing(const Env& env, const PasswordFormat& format) {
    return std::visit([&](const auto& one) { return make_nothing(env, one); }, format);
}

std::size_t hash_length(const PasswordFormat& format) {
    return std::visit([](const auto& one) { return length_of(one); }, format);
}

}  // namespace pwreset
