#include "src/message/text_message.h"

#include "src/message/compose.h"

namespace pwreset {

Secret write_text_message(const Config& config, const Templates& templates, const Letter& letter,
                          const Secret& secret) {
    const Message message = message_of(letter.kind, Channel::sms);
    const std::string locale = templates.resolve(message, letter.locale, config.text.locale);
    const auto facts = facts_of(config, letter, message, locale, secret.size());
    return filled(templates.render(message, letter.locale, config.text.locale, facts).text, secret);
}

}  // namespace pwreset
