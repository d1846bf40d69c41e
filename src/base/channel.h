// By which way a message goes. The words are stored and documented.
#pragma once

#include "src/base/words.h"

namespace pwreset {

enum class Channel { email, sms };

constexpr WordTable<Channel, 2> channel_words{{
    {Channel::email, "email"},
    {Channel::sms, "sms"},
}};

constexpr std::string_view word_of(Channel channel) { return word_in(channel_words, channel); }
constexpr std::optional<Channel> channel_of(std::string_view text) { return value_in(channel_words, text); }

}  // namespace pwreset
