// By which way a message goes. The words are stored and documented.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace pwreset {

enum class Channel { email, sms };

constexpr std::array<std::pair<Channel, std::string_view>, 2> channel_words{{
    {Channel::email, "email"},
    {Channel::sms, "sms"},
}};

constexpr std::string_view word_of(Channel channel) {
    for (const auto& [value, word] : channel_words) {
        if (value == channel) return word;
    }
    return {};
}

constexpr std::optional<Channel> channel_of(std::string_view text) {
    for (const auto& [value, word] : channel_words) {
        if (word == text) return value;
    }
    return {};
}

}  // namespace pwreset
