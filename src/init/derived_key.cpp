#include "src/init/derived_key.h"

#include <openssl/evp.h>

#include "src/base/encoding.h"
#include "src/base/error.h"

namespace pwreset {
namespace {

constexpr std::string_view devise_salt = "Devise reset_password_token";
constexpr std::string_view django_salt = "django.contrib.auth.tokens.PasswordResetTokenGenerator";

/// The digits of the bytes, without a copy that is not wiped.
Secret in_hex(const Secret& bytes) {
    Secret digits(bytes.size() * 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes.reveal()[i]);
        digits.data()[2 * i] = hex_digits[byte >> 4U];
        digits.data()[2 * i + 1] = hex_digits[byte & 15U];
    }
    return digits;
}

unsigned char* bytes_in(Secret& secret) { return reinterpret_cast<unsigned char*>(secret.data()); }

}  // namespace

Secret devise_key(std::string_view secret_key_base) {
    constexpr int rounds = 65536;
    Secret key(64);
    const auto* salt = reinterpret_cast<const unsigned char*>(devise_salt.data());
    if (::PKCS5_PBKDF2_HMAC(secret_key_base.data(), static_cast<int>(secret_key_base.size()), salt,
                            static_cast<int>(devise_salt.size()), rounds, ::EVP_sha1(), static_cast<int>(key.size()),
                            bytes_in(key)) != 1)
        throw internal_error("OpenSSL derives no key");
    return in_hex(key);
}

Secret django_key(std::string_view secret_key) {
    Secret salted(django_salt.size() + secret_key.size());
    django_salt.copy(salted.data(), django_salt.size());
    secret_key.copy(salted.data() + django_salt.size(), secret_key.size());
    Secret key(32);
    unsigned size = 0;
    if (::EVP_Digest(salted.data(), salted.size(), bytes_in(key), &size, ::EVP_sha256(), nullptr) != 1)
        throw internal_error("OpenSSL makes no digest");
    return in_hex(key);
}

}  // namespace pwreset
