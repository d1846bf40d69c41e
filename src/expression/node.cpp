#include "src/expression/node.h"

#include "src/hash/sealed.h"

namespace pwreset {
namespace {

/// How many bytes a call gives, of how many it takes; nothing where that differs.
std::optional<std::size_t> length_of_call(const ExpressionNode& call) {
    const auto taken = call.parts.empty() ? std::nullopt : call.parts.front().length;
    const auto times = [&](auto count) { return taken ? std::optional<std::size_t>(count(*taken)) : std::nullopt; };
    switch (call.rule->function) {
        case Function::random:
        case Function::blake2b:
            return static_cast<std::size_t>(call.number);
        case Function::lower:
            return taken;
        case Function::hex:
            return times([](std::size_t size) { return 2 * size; });
        case Function::base64:
            return times([](std::size_t size) { return (size + 2) / 3 * 4; });
        case Function::base64url:
            return times([](std::size_t size) { return (4 * size + 2) / 3; });
        case Function::unhex:
            return times([](std::size_t size) { return size / 2; });
        case Function::md5:
            return 16;
        case Function::sha1:
        case Function::hmac_sha1:
            return 20;
        case Function::sha256:
        case Function::hmac_sha256:
            return 32;
        case Function::sha512:
        case Function::hmac_sha512:
            return 64;
        case Function::bcrypt:
        case Function::phpass:
        case Function::pbkdf2_mediawiki:
            return salted_length(salted_hash_of(call.rule->function), static_cast<unsigned>(call.number));
        case Function::chacha20_magento:
            return call.parts.back().length ? std::optional(sealed_length(*call.parts.back().length)) : std::nullopt;
        case Function::iso:
            return 24;
        case Function::ts14:
            return 14;
        case Function::undashed:
            return 32;
        case Function::base36:
        case Function::json:
        case Function::unix_seconds:
        case Function::unix_ms:
        case Function::java_hash:
            return {};
    }
    return {};
}

}  // namespace

void complete_call(ExpressionNode& call) {
    const FunctionRule& rule = *call.rule;
    const bool random = rule.function == Function::random;
    call.type = rule.gives;
    call.drawn = call.draws = random;
    call.salted = rule.salted;
    for (const auto& part : call.parts) {
        call.credential |= part.credential && !rule.hides;
        call.drawn |= part.drawn && !rule.hides;
        call.draws |= part.draws;
        call.salted |= part.salted;
    }
    call.length = length_of_call(call);
}

}  // namespace pwreset
