// What a refused mail was refused for: whether it is about its recipient, or about us and those who carry it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pwreset {

enum class Concern {
    recipient,  ///< the address itself: that only ever condemns it
    sender,     ///< our address, or what we may send as
    login,      ///< none, a wrong one, or one that may not send
    quota,      ///< as many mails as we may send, for now
    policy,     ///< filters, lists, rules
    routing,    ///< the relay will not, or cannot, carry mail there
    smtputf8,   ///< an address beyond ASCII, which the relay or one behind it cannot take
    size,       ///< the mail is too large
    relay,      ///< the relay itself: full, busy, broken, or nothing it says tells more
};

/// The words that the queue and the audit trail keep.
constexpr std::array<std::pair<Concern, std::string_view>, 9> concern_words = {{{Concern::recipient, "recipient"},
                                                                                {Concern::sender, "sender"},
                                                                                {Concern::login, "login"},
                                                                                {Concern::quota, "quota"},
                                                                                {Concern::policy, "policy"},
                                                                                {Concern::routing, "routing"},
                                                                                {Concern::smtputf8, "smtputf8"},
                                                                                {Concern::size, "size"},
                                                                                {Concern::relay, "relay"}}};

constexpr std::string_view word_of(Concern concern) { return concern_words[static_cast<std::size_t>(concern)].second; }

constexpr std::optional<Concern> concern_of(std::string_view word) {
    for (const auto& [concern, known] : concern_words)
        if (known == word) return concern;
    return {};
}

/// What a relay holds against a mail that is not about its recipient, in the operator's words: names the relay, or the
/// sender.
std::string refusal_words(Concern concern, const std::string& relay, const std::string& sender);

}  // namespace pwreset
