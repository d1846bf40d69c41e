#include "src/base/reference.h"

#include <cstddef>

#include "src/base/ascii.h"

namespace pwreset {
namespace {

// Crockford's base 32 (crockford.com/base32.html): no I, L, O (read as 1, 1, 0) and no U.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr unsigned bits_per_symbol = 5;
constexpr unsigned fewest_symbols = 5;
constexpr unsigned most_symbols = 12;

/// Numbers of so many symbols: 0 … 32^symbols - 1.
constexpr std::uint64_t mask(unsigned symbols) { return (std::uint64_t{1} << symbols * bits_per_symbol) - 1; }

unsigned symbols_for(std::uint64_t id) {
    unsigned symbols = fewest_symbols;
    while (id > mask(symbols)) ++symbols;
    return symbols;
}

// The odd multipliers of MurmurHash3's 64-bit finaliser (Appleby, public domain), of which any prefix mixes well. What
// they are does not matter for safety, as a reference is no secret, but they may never change again: references are in
// people's mailboxes.
constexpr std::uint64_t multiplier_1 = 0xff51afd7ed558ccd;
constexpr std::uint64_t multiplier_2 = 0xc4ceb9fe1a85ec53;

/// The inverse modulo 2^64 (and so modulo each smaller power) of an odd number: Newton's iteration doubles the number
/// of right bits, from three.
constexpr std::uint64_t inverse(std::uint64_t odd) {
    std::uint64_t x = odd;
    for (int i = 0; i < 5; ++i) x *= 2 - odd * x;
    return x;
}
static_assert(multiplier_1 * inverse(multiplier_1) == 1);
static_assert(multiplier_2 * inverse(multiplier_2) == 1);

/// Folds the upper half of the bits into the lower; its own inverse, as nothing is shifted twice.
constexpr std::uint64_t fold(std::uint64_t x, unsigned symbols) { return x ^ x >> (symbols * bits_per_symbol + 1) / 2; }

/// A permutation of the numbers of so many symbols: each step can be undone.
constexpr std::uint64_t scramble(std::uint64_t x, unsigned symbols) {
    x = fold(x, symbols) * multiplier_1 & mask(symbols);
    x = fold(x, symbols) * multiplier_2 & mask(symbols);
    return fold(x, symbols);
}

constexpr std::uint64_t unscramble(std::uint64_t x, unsigned symbols) {
    x = fold(x, symbols) * inverse(multiplier_2) & mask(symbols);
    x = fold(x, symbols) * inverse(multiplier_1) & mask(symbols);
    return fold(x, symbols);
}

/// Times the generator α of GF(32), whose elements are the symbols: polynomials over GF(2) modulo x^5 + x^2 + 1.
constexpr unsigned times_alpha(unsigned element) {
    const unsigned doubled = element << 1;
    return doubled & 32 ? doubled ^ 0b100101 : doubled;
}

// A word of symbols is ours when, read as a polynomial, it is zero at α. The weight of a symbol is the power of α at
// its place; these are not zero, so one wrong symbol shows, and differ (α has the order 31), so any two swapped ones
// show.
constexpr unsigned extend(unsigned sum, unsigned symbol) { return times_alpha(sum) ^ symbol; }

/// The value of a symbol as a person types it; -1 for a character that is none.
int symbol_value(char c) {
    c = ascii_upper(c);
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const std::size_t found = alphabet.find(c);
    return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

}  // namespace

std::string reference_of(std::int64_t delivery_id) {
    const auto id = static_cast<std::uint64_t>(delivery_id);
    // No id of ours: somebody wrote it into the database, and it must not keep the other rows from being shown.
    if (delivery_id < 1 || id > mask(most_symbols)) return "?";
    const unsigned symbols = symbols_for(id);
    const std::uint64_t number = scramble(id, symbols);
    std::string text;
    unsigned sum = 0;
    for (unsigned left = symbols; left-- > 0;) {
        const auto symbol = static_cast<unsigned>(number >> left * bits_per_symbol & 31);
        sum = extend(sum, symbol);
        text += alphabet[symbol];
    }
    text += alphabet[times_alpha(sum)];
    return text.insert(4, "-");
}

std::optional<std::int64_t> parse_reference(std::string_view text) {
    std::uint64_t number = 0;   // of all symbols up to here
    std::uint64_t payload = 0;  // of all but the last, which is the check symbol
    unsigned sum = 0;
    unsigned length = 0;
    for (const char c : text) {
        if (c == '-' || c == ' ') continue;
        const int value = symbol_value(c);
        if (value < 0 || ++length > most_symbols + 1) return std::nullopt;
        payload = number;
        number = number << bits_per_symbol | static_cast<unsigned>(value);
        sum = extend(sum, static_cast<unsigned>(value));
    }
    if (sum != 0 || length < fewest_symbols + 1) return std::nullopt;
    const unsigned symbols = length - 1;
    const std::uint64_t id = unscramble(payload, symbols);
    // A small id in a long reference is another spelling of it; each id has one.
    if (id == 0 || symbols_for(id) != symbols) return std::nullopt;
    return static_cast<std::int64_t>(id);
}

}  // namespace pwreset
