#include "src/account/identity.h"

#include "src/account/phone.h"
#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr std::size_t longest = 254;  // RFC 5321, section 4.5.3.1.3, less the angle brackets

Error invalid(std::string message, std::string hint = "give an e-mail address, a phone number, id:42 or login:bob") {
    Error error(Exit::bad_data, "INVALID_IDENTITY", message, std::move(hint));
    error.errors["identity"] = {std::move(message)};
    return error;
}

/// Throws when a character could hide or drive something: what printable() would have to escape.
void require_visible(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        if (printable(text.substr(start, at - start)) != text.substr(start, at - start)) {
            throw invalid("the identity holds the invisible character " + name_character(c));
        }
    }
}

Identity phone_identity(std::string_view typed, const std::string& region) {
    const auto [phone, fault] = parse_phone(typed, region);
    if (!phone) throw invalid("'" + std::string(typed) + "' is not a phone number: " + fault);
    return {db::AccountKey::phone, phone->e164, spellings_of(*phone), region};
}

}  // namespace

Identity parse_identity(std::string_view typed, const std::string& phone_region) {
    if (typed.empty()) throw invalid("the identity is empty");
    if (typed.size() > longest) throw invalid("the identity is longer than " + std::to_string(longest) + " bytes");
    if (!is_utf8(typed)) throw invalid("the identity is not UTF-8 text");
    require_visible(typed);
    if (typed.starts_with("id:") && typed.size() > 3) return {db::AccountKey::id, std::string(typed.substr(3))};
    if (typed.starts_with("login:") && typed.size() > 6) return {db::AccountKey::login, std::string(typed.substr(6))};
    if (looks_like_phone(typed)) {
        if (phone_region.empty())
            throw invalid("'" + std::string(typed) + "' looks like a phone number, and this application has none",
                          "name their column in [users] phone, or use another form of identity");
        return phone_identity(typed, phone_region);
    }
    if (!is_address(typed, true)) throw invalid("'" + std::string(typed) + "' is not an e-mail address");
    return {db::AccountKey::email, std::string(typed)};
}

std::string normal_form(const Identity& identity) {
    switch (identity.key) {
        case db::AccountKey::id:
            return "id:" + identity.text;
        case db::AccountKey::login:
            return "login:" + ascii_lower(identity.text);
        case db::AccountKey::email:
            return ascii_lower(identity.text);
        case db::AccountKey::phone:
            break;
    }
    return identity.text;
}

}  // namespace pwreset
