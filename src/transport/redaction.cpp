#include "src/transport/redaction.h"

#include <algorithm>
#include <string_view>

#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/masking.h"
#include "src/base/printable.h"
#include "src/transport/transport.h"

namespace pwreset {

namespace {

/// Beginnings of fewer letters tell nothing, and the words of many relays would end on one.
constexpr std::size_t telling_beginning = 3;

/// How many bytes at the end of an answer are the beginning of a text: it may have been cut inside of it.
std::size_t begun_at_end(std::string_view answer, std::string_view text) {
    constexpr std::size_t cut_off = 8;  // of an answer that was cut: what is left of a character
    if (answer.size() + cut_off < longest_answer) return 0;
    for (std::size_t size = std::min(text.size(), answer.size()); size >= telling_beginning; --size) {
        if (answer.ends_with(text.substr(0, size))) return size;
    }
    return 0;
}

Secret in_small_letters(const Secret& secret) {
    Secret small = secret.duplicate();
    std::transform(small.data(), small.data() + small.size(), small.data(), [](char c) { return ascii_lower(c); });
    return small;
}

/// The relay's words without the secret, which a content filter may quote, in any case: whatever of it is left, however
/// it was cut.
std::string without_secret(const std::string& answer, const Secret& secret) {
    constexpr std::size_t telling = 6;
    const Secret small = in_small_letters(secret);
    const std::string sought_in = ascii_lower(answer);
    std::string hidden = answer;
    for (std::size_t at = 0; at + telling <= answer.size(); ++at) {
        const auto piece = std::string_view(sought_in).substr(at, telling);
        const bool quoted = small.reveal().find(piece) != std::string_view::npos;
        if (quoted) std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(at), telling, '*');
    }
    const std::size_t begun = begun_at_end(sought_in, small.reveal());
    std::fill_n(hidden.end() - static_cast<std::ptrdiff_t>(begun), begun, '*');
    return hidden;
}

/// The relay's words with the recipient masked, whom many relays quote.
std::string without_address(std::string answer, const std::string& address) {
    for (const auto& form : {address, ascii_domain(address), address_on_the_wire(address)}) {
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
        const std::size_t begun = begun_at_end(ascii_lower(answer), sought);
        if (begun > 0) answer.replace(answer.size() - begun, begun, mask.substr(0, mask.find('@')));
    }
    return answer;
}

}  // namespace

std::string redacted(const std::string& answer, const Secret& secret, const std::string& address) {
    // A link has it percent-encoded.
    const std::string told = without_secret(without_secret(answer, percent_encoded(secret.reveal())), secret);
    // Once more made printable: an invisible letter that was in order between two others may now stand beside a mask.
    return cut_bytes(printable(without_address(told, address)), longest_answer);
}

}  // namespace pwreset
