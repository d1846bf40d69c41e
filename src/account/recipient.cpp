#include "src/account/recipient.h"

#include "src/account/phone.h"
#include "src/base/masking.h"

namespace pwreset {

std::string recipient_of(const db::AccountRow& account, Channel channel, const UsersConfig& users) {
    if (channel == Channel::email) return account.email;
    if (account.phone.empty()) return {};
    const auto [phone, fault] = parse_phone(account.phone, users.phone_region);
    return phone ? phone->e164 : std::string();
}

std::string masked_recipient(const db::AccountRow& account, Channel channel, const UsersConfig& users) {
    const std::string recipient = recipient_of(account, channel, users);
    if (recipient.empty()) return {};
    return channel == Channel::sms ? mask_phone(recipient) : mask_email(recipient);
}

}  // namespace pwreset
