#include "src/hash/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "src/base/error.h"

namespace pwreset {

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* room_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string digest_of(std::string_view bytes, const EVP_MD* sort) {
    std::string out(static_cast<std::size_t>(::EVP_MD_get_size(sort)), '\0');
    if (::EVP_Digest(bytes.data(), bytes.size(), room_of(out), nullptr, sort, nullptr) != 1) {
        throw internal_error(std::string(::EVP_MD_get0_name(sort)) + " is not available");
    }
    return out;
}

std::string hmac_of(const Secret& key, std::string_view bytes, const EVP_MD* sort) {
    std::string out(static_cast<std::size_t>(::EVP_MD_get_size(sort)), '\0');
    const auto key_bytes = key.reveal();
    if (!::HMAC(sort, key_bytes.data(), static_cast<int>(key_bytes.size()), bytes_of(bytes), bytes.size(), room_of(out),
                nullptr)) {
        throw internal_error(std::string("HMAC-") + ::EVP_MD_get0_name(sort) + " is not available");
    }
    return out;
}

struct FreeMac {
    void operator()(EVP_MAC* mac) const { ::EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { ::EVP_MAC_CTX_free(context); }
};

}  // namespace

std::string md5(std::string_view bytes) { return digest_of(bytes, ::EVP_md5()); }
std::string sha1(std::string_view bytes) { return digest_of(bytes, ::EVP_sha1()); }
std::string sha256(std::string_view bytes) { return digest_of(bytes, ::EVP_sha256()); }
std::string sha512(std::string_view bytes) { return digest_of(bytes, ::EVP_sha512()); }

std::string hmac_sha1(const Secret& key, std::string_view bytes) { return hmac_of(key, bytes, ::EVP_sha1()); }
std::string hmac_sha256(const Secret& key, std::string_view bytes) { return hmac_of(key, bytes, ::EVP_sha256()); }
std::string hmac_sha512(const Secret& key, std::string_view bytes) { return hmac_of(key, bytes, ::EVP_sha512()); }

std::string blake2b(const Secret& key, std::string_view bytes, std::size_t size) {
    const std::unique_ptr<EVP_MAC, FreeMac> mac(::EVP_MAC_fetch(nullptr, "BLAKE2BMAC", nullptr));
    const std::unique_ptr<EVP_MAC_CTX, FreeMac> context(::EVP_MAC_CTX_new(mac.get()));
    const std::array<OSSL_PARAM, 2> parameters{::OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                               ::OSSL_PARAM_construct_end()};
    std::string out(size, '\0');
    std::size_t written = 0;
    const auto key_bytes = key.reveal();
    const bool made = context &&
                      ::EVP_MAC_init(context.get(), bytes_of(key_bytes), key_bytes.size(), parameters.data()) == 1 &&
                      ::EVP_MAC_update(context.get(), bytes_of(bytes), bytes.size()) == 1 &&
                      ::EVP_MAC_final(context.get(), room_of(out), &written, out.size()) == 1;
    if (!made || written != size) throw internal_error("OpenSSL makes no BLAKE2b of such a key and size");
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pwreset
