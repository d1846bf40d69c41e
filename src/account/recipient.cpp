#include "src/account/recipient.h"

#include "src/base/masking.h"

namespace pwreset {

std::string recipient_of(const db::AccountRow& account, Channel channel) {
    return channel == Channel::sms ? account.phone : account.email;
}

std::string masked_recipient(const db::AccountRow& account, Channel channel) {
    return mask_email(recipient_of(account, channel));
}

}  // namespace pwreset
