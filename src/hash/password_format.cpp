#include "src/hash/password_format.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/hash/foreign_hash.h"
#include "src/hash/password_letters.h"

namespace pwreset {

namespace {

// Bounds. bcrypt doubles its time with each step: 15 takes two seconds, 31 days; 4 is the least it knows. Argon2id: 256
// MiB, four times what frameworks use, and 1 GiB walked through in all, or 4 MiB at least. PBKDF2: three times Django's
// figure of today, two seconds, and NIST's thousand at least.
constexpr int least_cost = 4;
constexpr int most_cost = 15;
constexpr std::uint32_t most_memory = 256 * 1024;
constexpr std::uint64_t least_work = 4 * 1024;
constexpr std::uint64_t most_work = 1024 * 1024;
constexpr std::uint32_t most_lanes = 16;
constexpr std::uint32_t least_iterations = 1000;
constexpr std::uint32_t most_iterations = 4'000'000;
constexpr std::size_t least_salt = 8;
constexpr std::size_t most_salt = 64;
constexpr std::size_t least_digest = 16;
constexpr std::size_t most_digest = 64;
constexpr std::size_t most_mediawiki_salt = 32;  // with 128 bytes of digest, the most its column of 255 bytes can hold
constexpr std::size_t most_mediawiki_digest = 128;

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

/// Takes what comes before the next `end`, and that.
std::string_view take_field(std::string_view& text, char end) {
    const auto field = text.substr(0, text.find(end));
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

bool are_hex_digits(std::string_view text, std::size_t count) {
    return text.size() == count && is_made_of(text, hex_digits);
}

// --- a format by its looks; the parameters may be anything -----------------------------------------------------------

std::optional<BcryptFormat> parse_bcrypt(std::string_view hash) {
    if (hash.size() != bcrypt_length || !hash.starts_with("$2")) return {};
    const char version = hash[2];
    if (version != 'a' && version != 'b' && version != 'y') return {};
    const bool cost = is_digit(hash[4]) && is_digit(hash[5]);
    if (!cost || hash[3] != '$' || hash[6] != '$' || !is_made_of(hash.substr(7), bcrypt_letters)) return {};
    return BcryptFormat{version, (hash[4] - '0') * 10 + (hash[5] - '0')};
}

std::optional<BcryptFormat> parse_wordpress(std::string_view hash) {
    if (!take(hash, "$wp")) return {};
    auto format = parse_bcrypt(hash);
    if (!format || format->version != 'y') return {};
    format->layout = BcryptLayout::wordpress;
    return format;
}

std::optional<BcryptFormat> parse_mediawiki_bcrypt(std::string_view hash) {
    if (!take(hash, ":bcrypt:")) return {};
    const auto cost = take_number(hash);
    if (!cost || *cost > 99 || !take(hash, "$")) return {};
    const auto salt = take_field(hash, '$');
    const bool whole = salt.size() == bcrypt_salt && hash.size() == bcrypt_digest;
    if (!whole || !is_made_of(salt, bcrypt_letters) || !is_made_of(hash, bcrypt_letters)) return {};
    return BcryptFormat{'y', static_cast<int>(*cost), BcryptLayout::mediawiki};
}

std::optional<Argon2idFormat> parse_argon2id(std::string_view hash) {
    if (!take(hash, "$argon2id$v=19$m=")) return {};
    const auto memory = take_number(hash);
    if (!memory || !take(hash, ",t=")) return {};
    const auto passes = take_number(hash);
    if (!passes || !take(hash, ",p=")) return {};
    const auto lanes = take_number(hash);
    if (!lanes || !take(hash, "$")) return {};
    const auto salt = unpadded(take_field(hash, '$'));
    const auto digest = unpadded(hash);
    if (!salt || !digest) return {};
    return Argon2idFormat{*memory, *passes, *lanes, salt->size(), digest->size()};
}

std::optional<DjangoFormat> parse_django(std::string_view hash) {
    if (!take(hash, "pbkdf2_sha256$")) return {};
    const auto iterations = take_number(hash);
    if (!iterations || !take(hash, "$")) return {};
    const auto salt = take_field(hash, '$');
    const auto digest = unbase64(hash);
    if (!digest || digest->size() != sha256_size) return {};
    return DjangoFormat{*iterations, salt.size()};
}

std::optional<MediaWikiFormat> parse_mediawiki_pbkdf2(std::string_view hash) {
    MediaWikiFormat format;
    format.sha512 = hash.starts_with(":pbkdf2:sha512:");
    if (!take(hash, format.sha512 ? ":pbkdf2:sha512:" : ":pbkdf2:sha256:")) return {};
    const auto rounds = take_number(hash);
    if (!rounds || !take(hash, ":")) return {};
    const auto size = take_number(hash);
    if (!size || !take(hash, ":")) return {};
    const auto salt = unbase64(take_field(hash, ':'));
    const auto digest = unbase64(hash);
    if (!salt || !digest || digest->size() != *size) return {};
    format.rounds = *rounds;
    format.salt = salt->size();
    format.digest = digest->size();
    return format;
}

std::optional<BetterAuthFormat> parse_better_auth(std::string_view hash) {
    const auto salt = take_field(hash, ':');
    if (!are_hex_digits(salt, 2 * better_auth_salt) || !are_hex_digits(hash, 2 * better_auth_key)) return {};
    return BetterAuthFormat{};
}

std::optional<RedmineFormat> parse_redmine(std::string_view hash) {
    if (!are_hex_digits(hash, 2 * sha1_size)) return {};
    return RedmineFormat{};
}

std::optional<PasswordFormat> parse(std::string_view hash) {
    if (auto format = parse_bcrypt(hash)) return format;
    if (auto format = parse_argon2id(hash)) return format;
    if (auto format = parse_django(hash)) return format;
    if (auto format = parse_wordpress(hash)) return format;
    if (auto format = parse_mediawiki_pbkdf2(hash)) return format;
    if (auto format = parse_mediawiki_bcrypt(hash)) return format;
    if (auto format = parse_better_auth(hash)) return format;
    return parse_redmine(hash);
}

// --- bounds ----------------------------------------------------------------------------------------------------------

bool is_between(std::uint64_t least, std::uint64_t number, std::uint64_t most) {
    return least <= number && number <= most;
}

bool within_bounds(const BcryptFormat& format) { return format.cost >= least_cost && format.cost <= most_cost; }

bool within_bounds(const Argon2idFormat& format) {
    // RFC 9106, section 3.1: at least eight blocks a lane, a salt of 8 bytes, a digest of 4; 16 are the least in use.
    return format.memory <= most_memory &&
           is_between(least_work, std::uint64_t(format.memory) * format.passes, most_work) &&
           format.lanes <= most_lanes && format.memory >= 8 * format.lanes &&
           is_between(least_salt, format.salt, most_salt) && is_between(least_digest, format.digest, most_digest);
}

bool within_bounds(const DjangoFormat& format) {
    return is_between(least_iterations, format.iterations, most_iterations) &&
           is_between(least_salt, format.salt, most_salt);
}

bool within_bounds(const MediaWikiFormat& format) {
    if (!is_between(least_salt, format.salt, most_mediawiki_salt)) return false;
    if (!is_between(least_digest, format.digest, most_mediawiki_digest)) return false;
    // Each stretch of the digest costs all the rounds again, and a round of SHA-512 twice as much.
    const std::size_t stretch = format.sha512 ? sha512_size : sha256_size;
    const std::uint64_t stretches = (format.digest + stretch - 1) / stretch;
    return format.rounds >= least_iterations && format.rounds * stretches * (format.sha512 ? 2 : 1) <= most_iterations;
}

bool within_bounds(const BetterAuthFormat&) { return true; }

bool within_bounds(const RedmineFormat&) { return true; }

bool within_bounds(const PasswordFormat& format) {
    return std::visit([](const auto& one) { return within_bounds(one); }, format);
}

// --- words -----------------------------------------------------------------------------------------------------------

std::string words_for(const BcryptFormat& format) {
    const std::string cost = " of cost " + std::to_string(format.cost);
    if (format.layout == BcryptLayout::wordpress) return "WordPress's bcrypt" + cost;
    if (format.layout == BcryptLayout::mediawiki) return "MediaWiki's bcrypt" + cost;
    return std::string("bcrypt $2") + format.version + "$" + cost;
}

std::string words_for(const Argon2idFormat& format) {
    return "Argon2id of m=" + std::to_string(format.memory) + ", t=" + std::to_string(format.passes) +
           ", p=" + std::to_string(format.lanes);
}

std::string words_for(const DjangoFormat& format) {
    return "pbkdf2_sha256 of " + std::to_string(format.iterations) + " iterations";
}

std::string words_for(const MediaWikiFormat& format) {
    return std::string("MediaWiki's PBKDF2 (") + (format.sha512 ? "sha512" : "sha256") + ") of " +
           std::to_string(format.rounds) + " rounds, " + std::to_string(format.digest) + " bytes";
}

std::string words_for(const BetterAuthFormat&) { return "better-auth's scrypt"; }

std::string words_for(const RedmineFormat&) { return "SHA-1, as Redmine stores it"; }

/// The formats that a configuration can name, the most usual first.
const std::vector<std::pair<std::string, PasswordFormat>>& named_formats() {
    static const std::vector<std::pair<std::string, PasswordFormat>> formats{
        {"bcrypt $2y$", BcryptFormat{'y'}},
        {"bcrypt $2b$", BcryptFormat{'b'}},
        {"bcrypt $2a$", BcryptFormat{'a'}},
        {"argon2id", Argon2idFormat{}},
        {"django pbkdf2_sha256", DjangoFormat{}},
        {"wordpress bcrypt", BcryptFormat{.layout = BcryptLayout::wordpress}},
        {"mediawiki pbkdf2", MediaWikiFormat{}},
        {"mediawiki bcrypt", BcryptFormat{.layout = BcryptLayout::mediawiki}},
        {"better-auth scrypt", BetterAuthFormat{}},
        {"redmine sha1", RedmineFormat{}}};
    return formats;
}

/// Whether two differ in parameters at most.
bool is_same_format(const PasswordFormat& one, const PasswordFormat& other) {
    if (one.index() != other.index()) return false;
    const auto* bcrypt = std::get_if<BcryptFormat>(&one);
    if (bcrypt == nullptr) return true;
    const auto& another = std::get<BcryptFormat>(other);
    return bcrypt->version == another.version && bcrypt->layout == another.layout;
}

}  // namespace

std::optional<PasswordFormat> password_format(std::string_view hash) {
    auto format = parse(hash);
    if (format && !within_bounds(*format)) format.reset();
    return format;
}

bool is_mark(std::string_view hash) { return hash.empty() || hash.front() == '!' || hash.front() == '*'; }

bool is_fast(const PasswordFormat& format) { return std::holds_alternative<RedmineFormat>(format); }

bool has_salt_apart(const PasswordFormat& format) { return std::holds_alternative<RedmineFormat>(format); }

std::string form_of(const PasswordFormat& format) {
    return std::visit([](const auto& one) { return words_for(one); }, format);
}

std::string form_of_hash(std::string_view hash) {
    if (is_mark(hash)) return {};
    const auto format = parse(hash);
    return format ? form_of(*format) : form_of_foreign(hash);
}

std::string name_of_hash(std::string_view hash) {
    const auto format = parse(hash);
    const std::string words = format ? form_of(*format) : form_of_foreign(hash);
    if (words.empty()) return "unknown";
    return format && !within_bounds(*format) ? words + ", which is out of bounds" : words;
}

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const auto& [name, format] : named_formats()) names.push_back(name);
    return names;
}

std::optional<PasswordFormat> format_named(std::string_view name) {
    for (const auto& [known, format] : named_formats()) {
        if (known == name) return format;
    }
    return {};
}

std::string name_of_format(const PasswordFormat& format) {
    const auto& formats = named_formats();
    const auto found = std::find_if(formats.begin(), formats.end(),
                                    [&](const auto& one) { return is_same_format(one.second, format); });
    return found == formats.end() ? "" : found->first;
}

}  // namespace pwreset
