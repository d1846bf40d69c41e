// A relay's words on their way into the database: they give away neither the recipient nor the secret.
#include "src/transport/redaction.h"

#include "src/account/identity.h"
#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/transport/transport.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

constexpr std::size_t telling = 6;

bool shares_a_piece(std::string_view text, std::string_view secret) {
    for (std::size_t at = 0; at + telling <= text.size(); ++at)
        if (secret.find(text.substr(at, telling)) != secret.npos) return true;
    return false;
}

void check(const std::string& answer, const std::string& address, const std::string& secret) {
    const std::string shown = redacted(answer, Secret(std::string_view(secret)), address);
    require(shown.size() <= longest_answer, "a redacted answer fits its column");
    require(printable(shown) == shown, "a redacted answer is printable");
    require(!shares_a_piece(ascii_lower(shown), secret), "no piece of the secret is left");
    const std::string beginning = secret.substr(0, 4);
    const bool was_cut_there = answer.size() + 8 >= longest_answer && answer.ends_with(beginning);
    require(!was_cut_there || !shown.ends_with(beginning), "no beginning of it that an answer was cut behind");
    for (const std::string& form : {ascii_lower(address), ascii_lower(ascii_domain(address))})
        require(ascii_lower(shown).find(form) == std::string::npos, "the recipient is masked");
}

}  // namespace
}  // namespace pwreset::fuzz

/// The relay's words, "%%", and the recipient.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    const std::vector<std::string> parts = parts_of(text_of(data, size));
    const std::string& address = parts.back();
    const std::string answer = cut_bytes(printable(parts.front()), longest_answer);
    // As sent, and not one that looks like a mask or like the secret.
    if (!is_address(address, true) || address.find("•") != address.npos) return 0;
    for (const std::string secret : {"0123456789abcdef0123456789abcdef", "482913"})
        if (!shares_a_piece(ascii_lower(ascii_domain(address)), secret) &&
            !shares_a_piece(ascii_lower(address), secret))
            check(answer, address, secret);
    return 0;
}
