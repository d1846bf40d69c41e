#include "src/account/route.h"

#include "src/base/address.h"
#include "src/base/error.h"

namespace pwreset {

namespace {

Channel usual_channel(db::AccountKey named_by, const db::AccountRow* account) {
    if (named_by == db::AccountKey::phone) return Channel::sms;
    if (named_by == db::AccountKey::email || !account) return Channel::email;
    return is_address(account->email, true) || account->phone.empty() ? Channel::email : Channel::sms;
}

}  // namespace

void require_possible(const RouteWish& wish) {
    if (wish.channel != Channel::sms) return;
    if (wish.kind == Kind::link || wish.kind == Kind::link_printed) {
        throw usage_error("a link is not sent in a text message", "send a code with '--via code', or the link by mail");
    }
    if (wish.kind == Kind::temporary_password) {
        throw usage_error("a password is not sent in a text message",
                          "send a code with '--via code', or the password by mail");
    }
}

Route route_for(const RouteWish& wish, db::AccountKey named_by, const db::AccountRow* account) {
    Route route;
    const bool mail_only =
        wish.kind == Kind::link || wish.kind == Kind::temporary_password || wish.kind == Kind::link_printed;
    route.channel = mail_only ? Channel::email : usual_channel(named_by, account);
    if (wish.channel) route.channel = *wish.channel;
    route.kind = wish.kind.value_or(route.channel == Channel::sms ? Kind::reset_otp : Kind::link);
    return route;
}

}  // namespace pwreset
