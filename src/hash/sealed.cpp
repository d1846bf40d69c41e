#include "src/hash/sealed.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "src/base/error.h"

namespace pwreset {

namespace {

constexpr std::size_t key_size = 32, nonce_size = 12, tag_size = 16;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { ::EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* raw(char* room) { return reinterpret_cast<unsigned char*>(room); }

/// Ready to take what is to be sealed or opened; the nonce is what is authenticated besides.
Cipher begun(const Secret& key, std::string_view nonce, bool sealing) {
    Cipher cipher(::EVP_CIPHER_CTX_new());
    int size = 0;
    const bool made = cipher &&
                      ::EVP_CipherInit_ex(cipher.get(), ::EVP_chacha20_poly1305(), nullptr, raw(key.reveal()),
                                          raw(nonce), sealing ? 1 : 0) == 1 &&
                      ::EVP_CipherUpdate(cipher.get(), nullptr, &size, raw(nonce), int(nonce.size())) == 1;
    if (!made) throw internal_error("OpenSSL has no ChaCha20-Poly1305");
    return cipher;
}

}  // namespace

std::string seal_magento(const Env& env, const Secret& key, std::string_view bytes) {
    if (key.size() != key_size) throw invalid_input("ChaCha20 key that is not of 32 bytes");
    std::string sealed(sealed_length(bytes.size()), '\0');
    env.random(sealed.data(), nonce_size);
    const Cipher cipher = begun(key, std::string_view(sealed).substr(0, nonce_size), true);
    int size = 0;
    char* const to = sealed.data() + nonce_size;
    const bool made = ::EVP_CipherUpdate(cipher.get(), raw(to), &size, raw(bytes), int(bytes.size())) == 1 &&
                      ::EVP_CipherFinal_ex(cipher.get(), raw(to) + size, &size) == 1 &&
                      ::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, int(tag_size), to + bytes.size()) == 1;
    if (!made) throw internal_error("OpenSSL did not encipher");
    return sealed;
}

std::optional<Secret> open_magento(const Secret& key, std::string_view sealed) {
    if (key.size() != key_size || sealed.size() < sealed_length(0)) return {};
    const Cipher cipher = begun(key, sealed.substr(0, nonce_size), false);
    const auto body = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
    std::array<char, tag_size> tag{};
    sealed.substr(sealed.size() - tag_size).copy(tag.data(), tag_size);
    Secret opened(body.size());
    int size = 0;
    const bool read = ::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, int(tag_size), tag.data()) == 1 &&
                      ::EVP_CipherUpdate(cipher.get(), raw(opened.data()), &size, raw(body), int(body.size())) == 1 &&
                      ::EVP_CipherFinal_ex(cipher.get(), raw(opened.data()) + size, &size) == 1;
    return read ? std::optional(std::move(opened)) : std::nullopt;
}

}  // namespace pwreset
