#include "src/transport/open.h"

#include "src/base/error.h"
#include "src/transport/maildir.h"
#include "src/transport/sms.h"
#include "src/transport/smtp.h"

namespace pwreset {

const SmsConfig& require_gateway(const Config& config) {
    if (config.sms) return *config.sms;
    throw unavailable("no gateway for text messages is configured", "describe it in [sms]");
}

std::unique_ptr<Transport> open_transport(const Config& config, Channel channel,
                                          const std::function<int()>& signalled) {
    if (channel == Channel::sms) return open_gateway(require_gateway(config), signalled);
    if (config.mail.transport == MailConfig::Transport::maildir) return open_maildir(config.mail.maildir);
    return connect_smtp(config.mail, signalled);
}

std::vector<std::shared_ptr<const Config>> by_relay(const Config& config) {
    std::vector<std::shared_ptr<const Config>> all;
    all.emplace_back(std::shared_ptr<const Config>(), &config);
    for (const RelayConfig& relay : config.mail.others) {
        auto other = std::make_shared<Config>(config);
        static_cast<RelayConfig&>(other->mail) = relay;
        all.push_back(std::move(other));
    }
    return all;
}

}  // namespace pwreset
