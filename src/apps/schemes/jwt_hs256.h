// JSON Web Tokens with HMAC-SHA-256 (RFC 7519, RFC 7515): what Directus mails. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "src/base/secret.h"
#include "src/net/json_answer.h"

namespace pwreset {

struct JwtClaim {
    std::string name;
    std::variant<std::string, std::int64_t> value;
};

/// A token with the claims in this order. It is not encrypted: nothing may be claimed that must not be read.
Secret make_jwt(const Secret& key, const std::vector<JwtClaim>& claims);

/// A token taken apart: its MAC is looked at only when asked.
class Jwt {
public:
    /// Nothing for what is not three parts of base64url with objects of JSON in the first two, and for other
    /// algorithms.
    static std::optional<Jwt> read(std::string_view token);
    /// A text as it is, a whole number in digits; nothing for a claim that is not made, or is neither.
    std::optional<std::string> claim(const std::string& name) const;
    bool agrees(const Secret& key) const;

private:
    std::string signed_;  ///< what the MAC is over
    std::string mac_;
    std::unique_ptr<JsonAnswer> claims_;
};

}  // namespace pwreset
