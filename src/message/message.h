// The messages that users are sent: what they are called, of which parts they are made, and what each may say.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// The messages there are. The file name of a template is its name here with dashes.
enum class Message {
    reset_link,
    reset_otp,
    verify_caller,
    temporary_password,
    password_changed,
    link_printed,
    sms_otp,
    sms_verify_caller,
};
constexpr std::array<Message, 8> all_messages{
    Message::reset_link,       Message::reset_otp,    Message::verify_caller, Message::temporary_password,
    Message::password_changed, Message::link_printed, Message::sms_otp,       Message::sms_verify_caller,
};

/// "reset-link", …
std::string_view template_name(Message message);
/// The reverse; nothing for any other name.
std::optional<Message> message_named(std::string_view name);
/// All names, "reset-link, reset-otp, …", for a hint.
std::string message_names();

/// The parts a message is made of, which are the ends of its files' names: subject, txt and html; of a text message to
/// a phone txt alone.
std::span<const std::string_view> parts_of(Message message);
/// The variable with what nobody else may see: "link", "code" or "password"; empty where there is no secret.
std::string_view secret_variable(Message message);
/// What a part may name in braces.
std::vector<std::string_view> variables_of(Message message, std::string_view part);

/// What a template may say; the Mustache variable has the member's name. `link`, `code` and `password` hold
/// placeholders until the message is composed. What variables_of() does not name may be empty.
struct MessageFacts {
    std::string product;
    std::string support;       ///< may be empty: {{#support}}…{{/support}}
    std::string link;          ///< reset-link only
    std::string code;          ///< messages with a code only
    std::string reference;     ///< "7K3Q-M2"
    std::string valid_for;     ///< "1 hour", in the message's language
    std::string valid_until;   ///< "2026-03-01 13:34 UTC", in the message's language
    std::string password{};    ///< temporary-password only
    std::string changed_at{};  ///< password-changed only, written like valid_until
};

}  // namespace pwreset
