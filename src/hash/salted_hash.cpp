#include "src/hash/salted_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/hash/digest.h"
#include "src/hash/draw.h"
#include "src/hash/password_hash.h"

namespace pwreset {

namespace {

/// crypt(3)'s letters, from nothing to 63.
constexpr std::string_view itoa64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool is_allowed(SaltedHash hash, unsigned work) { return work >= work_of(hash).least && work <= work_of(hash).most; }

// --- phpass ----------------------------------------------------------------------------------------------------------

constexpr std::size_t phpass_salt = 8;
constexpr std::size_t phpass_head = 4 + phpass_salt;  // "$P$B" and the salt
constexpr std::size_t phpass_size = phpass_head + 22;
constexpr std::size_t md5_bytes = 16;

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};

/// Groups of three bytes, the first one lowest, six bits a letter, the lowest first.
std::string phpass_letters(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto group = bytes.substr(at, 3);
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < group.size(); ++i) {
            value |= std::uint32_t(static_cast<unsigned char>(group[i])) << (8 * i);
        }
        for (std::size_t i = 0; i <= group.size(); ++i) text += itoa64[value >> (6 * i) & 63];
    }
    return text;
}

/// `head` is "$P$B" and the salt.
std::string phpass_of(std::string_view head, const Secret& phrase) {
    const auto rounds = std::size_t{1} << itoa64.find(head[3]);
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(::EVP_MD_CTX_new());
    std::array<unsigned char, md5_bytes> digest{};
    bool made = context != nullptr;
    const auto hash = [&](const void* first, std::size_t size) {
        made = made && ::EVP_DigestInit_ex2(context.get(), ::EVP_md5(), nullptr) == 1 &&
               ::EVP_DigestUpdate(context.get(), first, size) == 1 &&
               ::EVP_DigestUpdate(context.get(), phrase.reveal().data(), phrase.size()) == 1 &&
               ::EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
    };
    hash(head.data() + 4, phpass_salt);
    for (std::size_t round = 0; round < rounds; ++round) hash(digest.data(), digest.size());
    if (!made) throw internal_error("MD5 is not available");
    return std::string(head) + phpass_letters({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::size_t phpass_length(std::string_view text) {
    text = text.substr(0, phpass_size);
    if (text.size() < phpass_size || !(text.starts_with("$P$") || text.starts_with("$H$"))) return 0;
    const bool whole = text.find_first_not_of(itoa64, 3) == text.npos &&
                       is_allowed(SaltedHash::phpass, static_cast<unsigned>(itoa64.find(text[3])));
    return whole ? phpass_size : 0;
}

// --- MediaWiki's -----------------------------------------------------------------------------------------------------

constexpr std::string_view mediawiki_head = ":pbkdf2:sha512:";
constexpr std::size_t mediawiki_digest = 64;
constexpr std::size_t mediawiki_salt = 16;

/// ":pbkdf2:sha512:30000:64:", the salt, ":", the digest.
struct MediawikiHash {
    unsigned rounds = 0;
    std::string salt;        ///< decoded
    std::size_t before = 0;  ///< characters before the digest
    std::size_t size = 0;    ///< characters in all
};

std::size_t base64_length(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

std::optional<MediawikiHash> parse_mediawiki(std::string_view text) {
    const auto whole = text;
    if (!text.starts_with(mediawiki_head)) return {};
    text.remove_prefix(mediawiki_head.size());
    MediawikiHash found;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), found.rounds);
    if (fault != std::errc() || text.front() == '0' || !is_allowed(SaltedHash::pbkdf2_mediawiki, found.rounds))
        return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with(":64:")) return {};
    text.remove_prefix(4);
    const auto salt = text.substr(0, std::min(text.find(':'), base64_length(64) + 1));
    const auto decoded = unbase64(salt);
    const std::size_t digest = base64_length(mediawiki_digest);
    if (!decoded || salt.size() == text.size() || text.size() - salt.size() - 1 < digest) return {};
    found.salt = *decoded;
    found.before = whole.size() - text.size() + salt.size() + 1;
    found.size = found.before + digest;
    return found;
}

std::string mediawiki_text(unsigned rounds, const std::string& salt, const Secret& phrase) {
    std::string digest(mediawiki_digest, '\0');
    const int made = ::PKCS5_PBKDF2_HMAC(
        phrase.reveal().data(), static_cast<int>(phrase.size()), reinterpret_cast<const unsigned char*>(salt.data()),
        static_cast<int>(salt.size()), static_cast<int>(rounds), ::EVP_sha512(), static_cast<int>(digest.size()),
        reinterpret_cast<unsigned char*>(digest.data()));
    if (made != 1) throw internal_error("OpenSSL makes no PBKDF2");
    return std::string(mediawiki_head) + std::to_string(rounds) + ":64:" + base64(salt) + ":" + base64(digest);
}

}  // namespace

std::string make_salted(const Env& env, SaltedHash hash, unsigned work, const Secret& phrase) {
    if (!is_allowed(hash, work)) throw internal_error("a salted hash of " + std::to_string(work) + " is out of bounds");
    if (phrase.empty()) throw invalid_input("nothing to be hashed");
    switch (hash) {
        case SaltedHash::bcrypt:
            return hash_password(env, BcryptFormat{'y', static_cast<int>(work)}, phrase).text;
        case SaltedHash::phpass: {
            const Secret salt = draw_letters(env, itoa64, phpass_salt);
            return phpass_of(std::string("$P$") + itoa64[work] + std::string(salt.reveal()), phrase);
        }
        case SaltedHash::pbkdf2_mediawiki: {
            std::string salt(mediawiki_salt, '\0');
            env.random(salt.data(), salt.size());
            return mediawiki_text(work, salt, phrase);
        }
    }
    throw internal_error("a salted hash that there is not");
}

std::size_t salted_length(SaltedHash hash, std::string_view text) {
    switch (hash) {
        case SaltedHash::bcrypt: {
            const auto format = password_format(text.substr(0, hash_length(BcryptFormat{})));
            return format && std::holds_alternative<BcryptFormat>(*format) ? hash_length(*format) : 0;
        }
        case SaltedHash::phpass:
            return phpass_length(text);
        case SaltedHash::pbkdf2_mediawiki: {
            const auto found = parse_mediawiki(text);
            return found ? found->size : 0;
        }
    }
    return 0;
}

std::size_t salted_length(SaltedHash hash, unsigned work) {
    switch (hash) {
        case SaltedHash::bcrypt:
            return hash_length(BcryptFormat{});
        case SaltedHash::phpass:
            return phpass_size;
        case SaltedHash::pbkdf2_mediawiki:
            return mediawiki_head.size() + std::to_string(work).size() + 4 + base64_length(mediawiki_salt) + 1 +
                   base64_length(mediawiki_digest);
    }
    return 0;
}

bool verify_salted(SaltedHash hash, std::string_view text, const Secret& phrase) {
    if (phrase.empty() || text.empty() || salted_length(hash, text) != text.size()) return false;
    switch (hash) {
        case SaltedHash::bcrypt:
            return verify_bcrypt(text, phrase);
        case SaltedHash::phpass:
            return equal_in_constant_time(phpass_of(text.substr(0, phpass_head), phrase), text);
        case SaltedHash::pbkdf2_mediawiki: {
            const auto found = parse_mediawiki(text);
            return found && equal_in_constant_time(mediawiki_text(found->rounds, found->salt, phrase), text);
        }
    }
    return false;
}

}  // namespace pwreset
