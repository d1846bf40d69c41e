#include "src/hash/password_hash.h"

#include <argon2.h>
#include <crypt.h>
#include <openssl/evp.h>
#include <string.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/hash/digest.h"
#include "src/hash/draw.h"

namespace pwreset {

namespace {

// Bounds. bcrypt doubles its time with each step: 15 takes two seconds, 31 days. Argon2id: 256 MiB, four times what
// frameworks use, and 1 GiB walked through in all. PBKDF2: three times Django's figure of today, two seconds.
constexpr int least_cost = 4;
constexpr int most_cost = 15;
constexpr std::uint32_t most_memory = 256 * 1024;
constexpr std::uint64_t most_work = 1024 * 1024;
constexpr std::uint32_t most_lanes = 16;
constexpr std::uint32_t most_iterations = 4'000'000;
constexpr std::size_t most_salt = 64;
constexpr std::size_t most_digest = 64;

constexpr std::string_view bcrypt_letters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view salt_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t bcrypt_tail = 53;  // 22 characters of salt, 31 of digest
constexpr std::size_t bcrypt_length = 7 + bcrypt_tail;
constexpr std::size_t bcrypt_setting_length = 7 + 21;  // of the salt's last character four bits count for nothing
constexpr std::size_t sha256_bytes = 32;

// --- recognising -----------------------------------------------------------------------------------------------------

/// Takes `word` off the front.
bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

/// Takes a number as frameworks write it: digits without a zero in front.
std::optional<std::uint32_t> take_number(std::string_view& text) {
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || text.front() == '0') return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// Takes what comes before the next '$'.
std::string_view take_field(std::string_view& text) {
    const auto field = text.substr(0, text.find('$'));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
    return field;
}

/// Base64 without its padding, as Argon2's text form has it.
std::optional<std::string> unpadded(std::string_view text) {
    return unbase64(std::string(text) + std::string((4 - text.size() % 4) % 4, '='));
}

bool is_made_of(std::string_view text, std::string_view letters) {
    return text.find_first_not_of(letters) == text.npos;
}

/// A format by its looks; the parameters may be anything.
std::optional<PasswordFormat> parse_bcrypt(std::string_view hash) {
    if (hash.size() != bcrypt_length || !hash.starts_with("$2")) return {};
    const char version = hash[2];
    if (version != 'a' && version != 'b' && version != 'y') return {};
    const bool cost = is_digit(hash[4]) && is_digit(hash[5]);
    if (!cost || hash[3] != '$' || hash[6] != '$' || !is_made_of(hash.substr(7), bcrypt_letters)) return {};
    return BcryptFormat{version, (hash[4] - '0') * 10 + (hash[5] - '0')};
}

std::optional<PasswordFormat> parse_argon2id(std::string_view hash) {
    if (!take(hash, "$argon2id$v=19$m=")) return {};
    const auto memory = take_number(hash);
    if (!memory || !take(hash, ",t=")) return {};
    const auto passes = take_number(hash);
    if (!passes || !take(hash, ",p=")) return {};
    const auto lanes = take_number(hash);
    if (!lanes || !take(hash, "$")) return {};
    const auto salt = unpadded(take_field(hash));
    const auto digest = unpadded(hash);
    if (!salt || !digest) return {};
    return Argon2idFormat{*memory, *passes, *lanes, salt->size(), digest->size()};
}

std::optional<PasswordFormat> parse_django(std::string_view hash) {
    if (!take(hash, "pbkdf2_sha256$")) return {};
    const auto iterations = take_number(hash);
    if (!iterations || !take(hash, "$")) return {};
    const auto salt = take_field(hash);
    const auto digest = unbase64(hash);
    if (!digest || digest->size() != sha256_bytes) return {};
    return DjangoFormat{*iterations, salt.size()};
}

std::optional<PasswordFormat> parse(std::string_view hash) {
    if (auto format = parse_bcrypt(hash)) return format;
    if (auto format = parse_argon2id(hash)) return format;
    return parse_django(hash);
}

bool within_bounds(const BcryptFormat& format) { return format.cost >= least_cost && format.cost <= most_cost; }

bool within_bounds(const Argon2idFormat& format) {
    // RFC 9106, section 3.1: at least eight blocks a lane, a salt of 8 bytes, a digest of 4; 16 are the least in use.
    return format.memory <= most_memory && std::uint64_t(format.memory) * format.passes <= most_work &&
           format.lanes <= most_lanes && format.memory >= 8 * format.lanes && format.salt >= 8 &&
           format.salt <= most_salt && format.digest >= 16 && format.digest <= most_digest;
}

bool within_bounds(const DjangoFormat& format) {
    return format.iterations <= most_iterations && format.salt >= 8 && format.salt <= most_salt;
}

bool within_bounds(const PasswordFormat& format) {
    return std::visit([](const auto& one) { return within_bounds(one); }, format);
}

std::string words_for(const BcryptFormat& format) {
    return std::string("bcrypt $2") + format.version + "$ of cost " + std::to_string(format.cost);
}

std::string words_for(const Argon2idFormat& format) {
    return "Argon2id of m=" + std::to_string(format.memory) + ", t=" + std::to_string(format.passes) +
           ", p=" + std::to_string(format.lanes);
}

std::string words_for(const DjangoFormat& format) {
    return "pbkdf2_sha256 of " + std::to_string(format.iterations) + " iterations";
}

/// What else is met in users tables.
constexpr std::array<std::pair<std::string_view, const char*>, 12> others{{
    {"$wp$", "WordPress's own bcrypt (since 6.8)"},
    {"$P$", "phpass (WordPress before 6.8)"},
    {"$H$", "phpass (phpBB)"},
    {"$argon2", "Argon2 of another sort or version"},
    {"$2", "bcrypt of another sort"},
    {"$6$", "sha512crypt"},
    {"$5$", "sha256crypt"},
    {"$1$", "md5crypt"},
    {"$y$", "yescrypt"},
    {"argon2$", "Django's Argon2"},
    {"bcrypt", "Django's bcrypt"},
    {"pbkdf2_", "PBKDF2 of another sort"},
}};

// --- making ----------------------------------------------------------------------------------------------------------

std::string random_bytes(const Env& env, std::size_t size) {
    std::string bytes(size, '\0');
    env.random(bytes.data(), bytes.size());
    return bytes;
}

std::string random_letters(const Env& env, std::string_view letters, std::size_t size) {
    return std::string(draw_letters(env, letters, size).reveal());
}

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
std::string bcrypt_of(const std::string& setting, const Secret& password) {
    Secret phrase(password.size() + 1);  // with the NUL that ends it
    password.reveal().copy(phrase.data(), password.size());
    const auto memory = std::make_unique<CryptMemory>();
    const char* made = ::crypt_r(phrase.reveal().data(), setting.c_str(), &memory->data);
    std::string hash = made == nullptr ? "" : made;
    if (hash.size() != bcrypt_length || !hash.starts_with(setting.substr(0, bcrypt_setting_length))) {
        throw internal_error("libcrypt makes no bcrypt");
    }
    return hash;
}

std::string make(const Env& env, const BcryptFormat& format, const Secret& password) {
    return bcrypt_of(bcrypt_setting(env, format), password);
}

std::string make(const Env& env, const Argon2idFormat& format, const Secret& password) {
    const std::string salt = random_bytes(env, format.salt);
    std::string hash(hash_length(format) + 1, '\0');
    const int fault =
        ::argon2id_hash_encoded(format.passes, format.memory, format.lanes, password.reveal().data(), password.size(),
                                salt.data(), salt.size(), format.digest, hash.data(), hash.size());
    if (fault == ARGON2_MEMORY_ALLOCATION_ERROR || fault == ARGON2_THREAD_FAIL) {
        throw unavailable("not enough memory or threads for " + words_for(format),
                          "give this process more, or lower the application's own parameters");
    }
    if (fault != ARGON2_OK) throw internal_error("libargon2 makes no hash");
    hash.resize(::strlen(hash.c_str()));
    return hash;
}

std::string django_text(const DjangoFormat& format, const std::string& salt, const std::string& digest) {
    return "pbkdf2_sha256$" + std::to_string(format.iterations) + "$" + salt + "$" + base64(digest);
}

std::string make(const Env& env, const DjangoFormat& format, const Secret& password) {
    const std::string salt = random_letters(env, salt_letters, format.salt);
    std::string digest(sha256_bytes, '\0');
    const int made =
        ::PKCS5_PBKDF2_HMAC(password.reveal().data(), static_cast<int>(password.size()),
                            reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                            static_cast<int>(format.iterations), ::EVP_sha256(), static_cast<int>(digest.size()),
                            reinterpret_cast<unsigned char*>(digest.data()));
    if (made != 1) throw internal_error("OpenSSL makes no PBKDF2");
    return django_text(format, salt, digest);
}

bool is_hashed_whole(std::string_view password) {
    return !password.empty() && password.size() <= longest_password && password.find('\0') == password.npos;
}

std::string unpadded_base64(const std::string& bytes) {
    std::string text = base64(bytes);
    text.resize(std::min(text.find('='), text.size()));
    return text;
}

std::string make_nothing(const Env& env, const BcryptFormat& format) {
    return bcrypt_setting(env, format) + random_letters(env, bcrypt_letters, 31);
}

std::string make_nothing(const Env& env, const Argon2idFormat& format) {
    return "$argon2id$v=19$m=" + std::to_string(format.memory) + ",t=" + std::to_string(format.passes) +
           ",p=" + std::to_string(format.lanes) + "$" + unpadded_base64(random_bytes(env, format.salt)) + "$" +
           unpadded_base64(random_bytes(env, format.digest));
}

std::string make_nothing(const Env& env, const DjangoFormat& format) {
    return django_text(format, random_letters(env, salt_letters, format.salt), random_bytes(env, sha256_bytes));
}

}  // namespace

std::optional<PasswordFormat> password_format(std::string_view hash) {
    auto format = parse(hash);
    if (format && !within_bounds(*format)) format.reset();
    return format;
}

std::string name_of_hash(std::string_view hash) {
    if (const auto format = parse(hash)) {
        const std::string words = std::visit([](const auto& one) { return words_for(one); }, *format);
        return within_bounds(*format) ? words : words + ", which is out of bounds";
    }
    for (const auto& [prefix, name] : others) {
        if (hash.starts_with(prefix)) return name;
    }
    return "unknown";
}

bool is_mark(std::string_view hash) { return hash.empty() || hash.front() == '!' || hash.front() == '*'; }

std::optional<PasswordFormat> prevailing_format(const std::vector<std::string>& hashes) {
    std::vector<std::pair<std::optional<PasswordFormat>, int>> counts;
    for (const auto& hash : hashes) {
        if (is_mark(hash)) continue;
        const auto format = password_format(hash);
        const auto known =
            std::find_if(counts.begin(), counts.end(), [&](const auto& count) { return count.first == format; });
        if (known == counts.end()) {
            counts.emplace_back(format, 1);
        } else {
            ++known->second;
        }
    }
    const auto most = std::max_element(counts.begin(), counts.end(),
                                       [](const auto& one, const auto& other) { return one.second < other.second; });
    return most == counts.end() ? std::nullopt : most->first;
}

std::string name_of_foreign(const std::vector<std::string>& hashes) {
    const auto foreign = std::find_if(hashes.begin(), hashes.end(),
                                      [](const auto& hash) { return !is_mark(hash) && !password_format(hash); });
    return foreign == hashes.end() ? "" : name_of_hash(*foreign);
}

std::string hash_password(const Env& env, const PasswordFormat& format, const Secret& password) {
    if (!is_hashed_whole(password.reveal())) {
        throw invalid_input("password that cannot be hashed whole", "1 to 72 bytes without a NUL can");
    }
    return std::visit([&](const auto& one) { return make(env, one, password); }, format);
}

bool verify_bcrypt(std::string_view hash, const Secret& password) {
    const auto format = parse_bcrypt(hash);
    if (!format || !within_bounds(*format) || !is_hashed_whole(password.reveal())) return false;
    return equal_in_constant_time(bcrypt_of(std::string(hash), password), hash);
}

std::string hash_of_nothing(const Env& env, const PasswordFormat& format) {
    return std::visit([&](const auto& one) { return make_nothing(env, one); }, format);
}

std::size_t hash_length(const PasswordFormat& format) {
    if (std::holds_alternative<BcryptFormat>(format)) return bcrypt_length;
    if (const auto* django = std::get_if<DjangoFormat>(&format)) {
        return django_text(*django, std::string(django->salt, 'x'), std::string(sha256_bytes, 'x')).size();
    }
    const auto& argon = std::get<Argon2idFormat>(format);
    return ::argon2_encodedlen(argon.passes, argon.memory, argon.lanes, static_cast<std::uint32_t>(argon.salt),
                               static_cast<std::uint32_t>(argon.digest), Argon2_id) -
           1;
}

}  // namespace pwreset
