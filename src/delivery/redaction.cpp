#include "src/delivery/redaction.h"

#include <algorithm>
#include <string_view>

#include "src/account/address.h"
#include "src/account/identity.h"
#include "src/base/masking.h"

namespace pwreset {

namespace {

/// The relay's words without the secret, which a content filter may quote: whatever of it is left, however it was cut.
std::string without_secret(std::string answer, const Secret& secret) {
    constexpr std::size_t telling = 6;
    const auto text = secret.reveal();
    std::string hidden = answer;
    for (std::size_t at = 0; at + telling <= answer.size(); ++at) {
        const bool quoted = text.find(std::string_view(answer).substr(at, telling)) != text.npos;
        if (quoted) std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(at), telling, '*');
    }
    return hidden;
}

/// The relay's words with the recipient masked, whom many relays quote.
std::string without_address(std::string answer, const std::string& address) {
    for (const auto& form : {address, ascii_domain(address)}) {
        const std::string sought = ascii_lower(form);
        if (sought.empty()) continue;
        const std::string mask = mask_email(form);
        std::string shown;
        std::size_t from = 0;
        const std::string lowered = ascii_lower(answer);
        for (auto at = lowered.find(sought); at != lowered.npos; at = lowered.find(sought, from)) {
            shown += answer.substr(from, at - from) + mask;
            from = at + sought.size();
        }
        answer = shown + answer.substr(from);
    }
    return answer;
}

}  // namespace

std::string redacted(const std::string& answer, const Secret& secret, const std::string& address) {
    return without_address(without_secret(answer, secret), address);
}

}  // namespace pwreset
