#include "src/hash/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "src/base/error.h"

namespace pwreset {

namespace {

constexpr std::size_t digest_size = 32;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string sha256(std::string_view bytes) {
    std::string out(digest_size, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    if (EVP_Digest(bytes.data(), bytes.size(), to, nullptr, EVP_sha256(), nullptr) != 1) {
        throw internal_error("SHA-256 is not available");
    }
    return out;
}

std::string hmac_sha256(const Secret& key, std::string_view bytes) {
    std::string out(digest_size, '\0');
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    const auto key_bytes = key.reveal();
    if (!HMAC(EVP_sha256(), key_bytes.data(), static_cast<int>(key_bytes.size()), bytes_of(bytes), bytes.size(), to,
              nullptr)) {
        throw internal_error("HMAC-SHA-256 is not available");
    }
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pwreset
