#include "src/apps/schemes/jwt_hs256.h"

#include <algorithm>

#include "src/expression/encode.h"
#include "src/hash/digest.h"

namespace pwreset {
namespace {

constexpr std::string_view jwt_header = R"({"alg":"HS256","typ":"JWT"})";

/// A part between the dots (RFC 7515, section 2).
Secret jwt_part(std::string_view bytes) { return encode(Function::base64url, bytes); }
std::optional<Secret> read_jwt_part(std::string_view part) { return decode(Function::base64url, part); }

std::string quoted_json(std::string_view text) { return '"' + std::string(json_escaped(text).reveal()) + '"'; }

}  // namespace

Secret make_jwt(const Secret& key, const std::vector<JwtClaim>& claims) {
    std::string payload;
    for (const auto& [name, value] : claims) {
        payload += (payload.empty() ? '{' : ',') + quoted_json(name) + ':';
        const auto* number = std::get_if<std::int64_t>(&value);
        payload += number ? std::to_string(*number) : quoted_json(std::get<std::string>(value));
    }
    payload += payload.empty() ? "{}" : "}";
    const std::string body = std::string(jwt_part(jwt_header).reveal()) + "." + std::string(jwt_part(payload).reveal());
    const Secret mac = jwt_part(hmac_sha256(key, body));
    Secret token(body.size() + 1 + mac.size());
    char* at = std::copy(body.begin(), body.end(), token.data());
    *at++ = '.';
    std::copy(mac.reveal().begin(), mac.reveal().end(), at);
    return token;
}

std::optional<Jwt> Jwt::read(std::string_view token) {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (first == token.npos || first == last || token.find('.', first + 1) != last) return std::nullopt;
    const auto header = read_jwt_part(token.substr(0, first));
    const auto payload = read_jwt_part(token.substr(first + 1, last - first - 1));
    const auto mac = read_jwt_part(token.substr(last + 1));
    if (!header || !payload || !mac) return std::nullopt;
    if (!header->reveal().starts_with('{') || !payload->reveal().starts_with('{')) return std::nullopt;
    if (JsonAnswer(header->reveal()).word("/alg") != "HS256") return std::nullopt;
    Jwt jwt;
    jwt.signed_ = token.substr(0, last);
    jwt.mac_ = mac->reveal();
    jwt.claims_ = std::make_unique<JsonAnswer>(payload->reveal());
    if (!jwt.claims_->valid()) return std::nullopt;
    return jwt;
}

std::optional<std::string> Jwt::claim(const std::string& name) const {
    const std::string pointer = "/" + name;
    return is_json_pointer(pointer) ? claims_->word(pointer) : std::nullopt;
}

bool Jwt::agrees(const Secret& key) const { return equal_in_constant_time(hmac_sha256(key, signed_), mac_); }

}  // namespace pwreset
