// What operators type to name an account, e-mail addresses from the database, and which of several accounts is meant.
#include "src/account/identity.h"

#include <algorithm>

#include "src/account/matching.h"
#include "src/account/phone.h"
#include "src/base/address.h"
#include "src/base/ascii.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

constexpr std::size_t longest = 254;

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

void check_address(std::string_view text) {
    const std::string lower = ascii_lower(text);
    require(lower.size() == text.size() && ascii_lower(lower) == lower, "letters become small once");
    const bool in_utf8 = is_address(text, true);
    require(in_utf8 || !is_address(text, false), "what is an address in ASCII is one in UTF-8");
    if (!in_utf8) return;
    const std::string wired = ascii_domain(text);
    require(is_utf8(text) && is_utf8(wired), "an address is UTF-8");
    require(!has_control(wired) && wired.size() <= longest, "an address on the wire is short and without controls");
    require(ascii_domain(wired) == wired && is_address(wired, true), "an address on the wire stays one");
    const std::string quoted = address_on_the_wire(text);
    require(address_on_the_wire(quoted) == quoted, "an address is quoted once");
    require(quoted.find("..") == quoted.npos || quoted.front() == '"', "odd dots are in quotes");
    const std::string_view domain = std::string_view(wired).substr(wired.rfind('@') + 1);
    require(
        domain.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == domain.npos,
        "a domain on the wire is letters, digits, hyphens, underscores and dots");
}

/// Nothing when it is refused, as it should be.
std::optional<Identity> parse(const std::string& typed) {
    try {
        return parse_identity(typed, "IR");
    } catch (const Error& error) {
        require(error.exit == Exit::bad_data && error.code == "INVALID_IDENTITY", "a refusal is INVALID_IDENTITY");
        require(error.errors.count("identity") == 1, "a refusal names the field");
        require_printable(error);
        return std::nullopt;
    }
}

void check_number(const std::string& typed, const Identity& identity) {
    require(!typed.empty(), "an identity by phone was typed");
    require(identity.text.size() <= 16 && identity.text.front() == '+' &&
                identity.text.find_first_not_of("0123456789", 1) == std::string::npos,
            "a number is in E.164");
    require(normal_form(identity) == identity.text, "a number is counted in E.164");
    for (const std::string& spelling : identity.spellings) {
        const auto phone = parse_phone(spelling, identity.region).phone;
        // What nobody was given may read as another number with or without a trunk zero: E.164 decides at the row.
        const bool known = phone && phone->given_out;
        require(!known || phone->e164 == identity.text || identity.text.substr(0, 3) != "+98" ||
                    !parse_phone(identity.text, identity.region).phone->given_out,
                "a spelling of a number of ours is of no other number");
    }
}

void check_identity(const std::string& typed, const Identity& identity) {
    require(!typed.empty() && typed.size() <= longest && is_utf8(typed), "an identity is short and UTF-8");
    require(printable(identity.text) == identity.text, "an identity holds nothing invisible");
    require(!identity.text.empty(), "an identity is not empty");
    switch (identity.key) {
        case db::AccountKey::email:
            require(is_address(identity.text, true), "an identity by e-mail is an address");
            require(parse(identity.text)->text == identity.text, "nothing is left to take off");
            for (const std::string& spelling : identity.spellings) {
                require(ascii_lower(ascii_domain(spelling)) == ascii_lower(ascii_domain(identity.text)),
                        "a spelling of an address is of no other");
            }
            break;
        case db::AccountKey::id:
            require(typed.find("id:" + identity.text) != std::string::npos, "an identity by id is what was typed");
            break;
        case db::AccountKey::login:
            require(typed.find("login:" + identity.text) != std::string::npos,
                    "an identity by login is what was typed");
            break;
        case db::AccountKey::phone:
            check_number(typed, identity);
            break;
    }
}

/// A row the database's collation might take for this text.
/// Each is an account of its own: rows with one id are one account.
db::AccountRow row_of(std::size_t id, const std::string& text) {
    db::AccountRow row;
    row.id = std::to_string(id);
    row.email = row.login = row.phone = text;
    return row;
}

void check_matching_number(const Identity& identity, const std::vector<db::AccountRow>& rows) {
    const auto same = std::count_if(rows.begin(), rows.end(), [&](const db::AccountRow& row) {
        const auto phone = parse_phone(row.phone, identity.region).phone;
        return phone ? phone->e164 == identity.text : digits_of(row.phone) == identity.text.substr(1);
    });
    try {
        matched(identity, rows);
        require(same == 1, "an account is meant only if no other has the number");
    } catch (const Error& error) {
        require(error.code == (same > 1 ? "AMBIGUOUS_USER" : "USER_NOT_FOUND") && same != 1,
                "the only account with the number is found");
    }
}

void check_matching(const Identity& identity, const std::vector<std::string>& stored) {
    std::vector<db::AccountRow> rows;
    for (const std::string& text : stored) rows.push_back(row_of(rows.size(), text));
    if (identity.key == db::AccountKey::phone) return check_matching_number(identity, rows);
    const bool by_id = identity.key == db::AccountKey::id;
    // Other spellings of a UUID and blanks that belong to a key are tested by name.
    if (by_id || !identity.with_blanks.empty()) return;
    const auto form = [&](const std::string& text) {
        const std::string ascii = identity.key == db::AccountKey::email ? ascii_domain(text) : text;
        return ascii_lower(ascii.empty() ? text : ascii);
    };
    const auto exact = std::count(stored.begin(), stored.end(), identity.text);
    const auto folded = std::count_if(stored.begin(), stored.end(),
                                      [&](const std::string& text) { return form(text) == form(identity.text); });
    const bool one = exact == 1 || (exact == 0 && folded == 1 && !by_id);
    try {
        const db::AccountRow found = matched(identity, rows);
        require(one, "an account is meant only if no other is");
        require(found.email == identity.text || (exact == 0 && form(found.email) == form(identity.text)),
                "the account that is meant has the identity, byte for byte or but for capitals");
    } catch (const Error& error) {
        require(!one, "the only account with the identity is found");
        require(error.exit == Exit::no_user, "no account is a refusal of its own");
        const bool several = exact > 1 || (exact == 0 && folded > 1 && !by_id);
        require(error.code == (several ? "AMBIGUOUS_USER" : "USER_NOT_FOUND"), "a refusal says whether several match");
    }
}

}  // namespace
}  // namespace pwreset::fuzz

/// The identity as typed, and "%%" before each text that is stored in an account.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset::fuzz;
    std::vector<std::string> parts = parts_of(text_of(data, size));
    for (const std::string& text : parts) check_address(text);
    const auto identity = parse(parts.front());
    if (!identity) return 0;
    check_identity(parts.front(), *identity);
    parts.erase(parts.begin());
    check_matching(*identity, parts);
    return 0;
}
