#include "src/account/identity.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/account/pasted_identity.h"
#include "src/account/phone.h"
#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/fold.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr std::size_t longest = 254;  // RFC 5321, section 4.5.3.1.3, less the angle brackets

constexpr const char* any_form = "give an e-mail address, a phone number, id:42 or login:bob";

/// A fault that holds nothing of what was typed.
InvalidIdentity invalid(const std::string& fault) { return {"the identity " + fault, any_form, fault}; }

/// One that quotes it.
InvalidIdentity invalid(std::string_view text, const std::string& fault, const std::string& about = {}) {
    return {"'" + std::string(text) + "' is " + fault + about, any_form, fault};
}

/// Throws when a character could hide or drive something: what printable() would have to escape.
void require_visible(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        if (printable(text.substr(start, at - start)) != text.substr(start, at - start)) {
            throw invalid("holds the invisible character " + name_character(c));
        }
    }
}

Identity phone_identity(std::string_view typed, const std::string& region) {
    const auto [phone, fault] = parse_phone(typed, region);
    if (!phone) throw invalid(typed, "not a phone number", ": " + fault);
    return {db::AccountKey::phone, phone->e164, spellings_of(*phone), region, tail_of(*phone)};
}

/// The address with each label of its domain in letters or in punycode: some tables hold a mixture.
std::vector<std::string> mixtures(const std::string& ascii, const std::string& letters) {
    constexpr std::size_t most = 8;
    std::vector<std::string> out{""};
    std::size_t a = 0;
    std::size_t b = 0;
    while (a <= ascii.size() && b <= letters.size()) {
        const std::size_t end_a = std::min(ascii.find('.', std::max(a, ascii.rfind('@'))), ascii.size());
        const std::size_t end_b = std::min(letters.find('.', std::max(b, letters.rfind('@'))), letters.size());
        const std::string one = ascii.substr(a, end_a - a);
        const std::string other = letters.substr(b, end_b - b);
        const std::size_t count = out.size();
        for (std::size_t i = 0; i < count; ++i) {
            const std::string before = out[i] + (a > 0 ? "." : "");
            out[i] = before + one;
            if (other != one && count < most) out.push_back(before + other);
        }
        a = end_a + 1;
        b = end_b + 1;
    }
    if (a <= ascii.size() || b <= letters.size()) return {};
    return out;
}

Identity email_identity(const std::string& address) {
    Identity identity{db::AccountKey::email, address, {address}};
    const std::string ascii = ascii_domain(address);
    const std::string letters = unicode_domain(address);
    for (const auto& form : {ascii, letters}) {
        if (!form.empty()) identity.spellings.push_back(form);
    }
    if (!letters.empty()) {
        for (auto& form : mixtures(ascii, letters)) identity.spellings.push_back(std::move(form));
    }
    for (std::size_t i = 0, forms = identity.spellings.size(); i < forms; ++i) {
        identity.spellings.push_back(ascii_lower(identity.spellings[i]));
    }
    std::sort(identity.spellings.begin(), identity.spellings.end());
    const auto repeated = std::unique(identity.spellings.begin(), identity.spellings.end());
    identity.spellings.erase(repeated, identity.spellings.end());
    return identity;
}

/// `id:` or `login:`, whose blanks may be part of what is stored.
std::optional<Identity> prefixed(std::string_view typed, const std::string& text) {
    for (const auto& [prefix, key] :
         {std::pair<std::string_view, db::AccountKey>{"id:", db::AccountKey::id}, {"login:", db::AccountKey::login}}) {
        if (!text.starts_with(prefix) || text.size() == prefix.size()) continue;
        Identity identity{key, text.substr(prefix.size())};
        const std::string_view whole = typed.substr(std::min(typed.find(prefix) + prefix.size(), typed.size()));
        if (whole != identity.text && printable(whole) == whole) identity.with_blanks = whole;
        return identity;
    }
    return {};
}

}  // namespace

InvalidIdentity::InvalidIdentity(const std::string& fault, const std::string& next_step, std::string without_text)
    : Error(Exit::bad_data, "INVALID_IDENTITY", fault, next_step), plain(std::move(without_text)) {
    errors["identity"] = {fault};
}

Identity parse_identity(std::string_view typed, const std::string& phone_region) {
    if (typed.empty()) throw invalid("is empty");
    if (typed.size() > longest) throw invalid("is longer than " + std::to_string(longest) + " bytes");
    if (!is_utf8(typed)) throw invalid("is not UTF-8 text");
    std::string text = without_wrapping(typed);
    if (text.empty()) throw invalid("is nothing but blanks");
    if (auto identity = prefixed(typed, text)) {
        require_visible(text);
        return *identity;
    }
    const bool is_number = looks_like_phone(without_directions(text));
    if (is_number) text = without_directions(text);
    require_visible(text);
    if (is_number) {
        if (phone_region.empty())
            throw InvalidIdentity("'" + text + "' looks like a phone number, and this application has none",
                                  "name their column in [users] phone, or use another form of identity",
                                  "looks like a phone number, and this application has none");
        return phone_identity(text, phone_region);
    }
    if (!is_address(text, true)) throw invalid(text, "not an e-mail address", odd_character(text));
    return email_identity(text);
}

std::string odd_character(std::string_view text) {
    const auto at_sign = text.rfind('@');
    const std::string_view local = text.substr(0, at_sign);
    const bool mixed = std::any_of(local.begin(), local.end(), is_alphanumeric);
    std::string letter;
    for (std::size_t at = 0; at < text.size();) {
        const bool is_local = at < local.size();
        const char32_t c = next_code_point(text, at);
        if (c < 0x80) continue;
        // Punctuation and wide letters look like those of ASCII.
        const bool looks_plain = (c >= 0x2000 && c <= 0x206F) || (c >= 0xFF00 && c <= 0xFF65);
        if (is_blank(c) || looks_plain) return "; it holds " + name_character(c);
        if (is_local && mixed && letter.empty()) letter = "; it holds " + name_character(c);
    }
    return letter;
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
