#include "src/message/message.h"

#include <algorithm>

#include "src/base/error.h"

namespace pwreset {

namespace {

constexpr std::array<std::string_view, 3> mail_parts{"subject", "txt", "html"};
constexpr std::array<std::string_view, 1> phone_parts{"txt"};

bool goes_to_a_phone(Message message) { return message == Message::sms_otp || message == Message::sms_verify_caller; }

}  // namespace

std::string_view template_name(Message message) {
    switch (message) {
        case Message::reset_link:
            return "reset-link";
        case Message::reset_otp:
            return "reset-otp";
        case Message::verify_caller:
            return "verify-caller";
        case Message::temporary_password:
            return "temporary-password";
        case Message::password_changed:
            return "password-changed";
        case Message::link_printed:
            return "link-printed";
        case Message::sms_otp:
            return "sms-otp";
        case Message::sms_verify_caller:
            return "sms-verify-caller";
    }
    throw internal_error("a message without a template");
}

std::optional<Message> message_named(std::string_view name) {
    const auto found = std::ranges::find(all_messages, name, template_name);
    if (found == all_messages.end()) return std::nullopt;
    return *found;
}

std::string message_names() {
    std::string names;
    for (const Message message : all_messages) names.append(names.empty() ? "" : ", ").append(template_name(message));
    return names;
}

std::span<const std::string_view> parts_of(Message message) {
    if (goes_to_a_phone(message)) return phone_parts;
    return mail_parts;
}

std::string_view secret_variable(Message message) {
    switch (message) {
        case Message::reset_link:
            return "link";
        case Message::temporary_password:
            return "password";
        case Message::password_changed:
        case Message::link_printed:
            return "";
        default:
            return "code";
    }
}

std::vector<std::string_view> variables_of(Message message, std::string_view part) {
    std::vector<std::string_view> names{"product", "support", "reference"};
    if (message == Message::password_changed) {
        names.emplace_back("changed_at");
        return names;
    }
    names.emplace_back("valid_for");
    if (message == Message::link_printed) return names;  // it leaves before the link begins to live
    names.emplace_back("valid_until");
    if (part != "subject") names.emplace_back(secret_variable(message));
    return names;
}

}  // namespace pwreset
