#include "src/secrets/password_policy.h"

#include <algorithm>
#include <cmath>

#include "src/base/ascii.h"
#include "src/base/env.h"

namespace pwreset {

namespace {

std::string alphabet_of(const PasswordPolicy& policy) {
    std::string alphabet;
    for (const auto& one : policy.classes) alphabet += one;
    return alphabet;
}

/// One byte, uniform over 0 … size-1: bytes above the largest multiple are thrown away.
std::size_t draw(const Env& env, std::size_t size) {
    const std::size_t limit = 256 - 256 % size;
    Secret byte(1);
    std::size_t number = limit;
    while (number >= limit) {
        env.random(byte.data(), 1);
        number = static_cast<unsigned char>(byte.reveal().front());
    }
    return number % size;
}

bool has_each_class(std::string_view password, const PasswordPolicy& policy) {
    return std::all_of(policy.classes.begin(), policy.classes.end(),
                       [&](const auto& one) { return password.find_first_of(one) != password.npos; });
}

}  // namespace

std::optional<std::string_view> unambiguous(std::string_view name) {
    if (name == "lower") return "abcdefghjkmnpqrstuvwxyz";
    if (name == "upper") return "ABCDEFGHJKLMNPQRSTUVWXYZ";
    if (name == "digit") return "23456789";
    return {};
}

bool is_symbol(char c) {
    return c > ' ' && c < '\x7F' && !is_alphanumeric(c) && std::string_view("&<>\"'").find(c) == std::string_view::npos;
}

double entropy_bits(const PasswordPolicy& policy) {
    // Of all texts, those without a class are taken away, those without two of them counted back, and so on.
    const auto all = static_cast<long double>(alphabet_of(policy).size());
    long double number = 0;
    for (unsigned missing = 0; missing < 1U << policy.classes.size(); ++missing) {
        long double letters = all;
        bool odd = false;
        for (std::size_t i = 0; i < policy.classes.size(); ++i) {
            if ((missing >> i & 1U) == 0) continue;
            letters -= static_cast<long double>(policy.classes[i].size());
            odd = !odd;
        }
        const long double texts = std::pow(letters, static_cast<long double>(policy.length));
        number += odd ? -texts : texts;
    }
    return number < 1 ? 0 : static_cast<double>(std::log2(number));
}

Secret new_password(const Env& env, const PasswordPolicy& policy) {
    const std::string alphabet = alphabet_of(policy);
    Secret password(policy.length);
    do {
        for (std::size_t i = 0; i < policy.length; ++i) password.data()[i] = alphabet[draw(env, alphabet.size())];
    } while (!has_each_class(password.reveal(), policy));
    return password;
}

}  // namespace pwreset
