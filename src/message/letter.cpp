#include "src/message/letter.h"

#include <chrono>
#include <string_view>

#include "src/base/address.h"
#include "src/base/encoding.h"
#include "src/base/reference.h"
#include "src/message/compose.h"
#include "src/message/wording.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

std::string url_encoded(std::string_view text) { return std::string(percent_encoded(text).reveal()); }

void replace_all(std::string& text, std::string_view what, const std::string& with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

std::string link_with(const std::string& pattern, const std::string& token, const Letter& letter) {
    std::string link = pattern;
    replace_all(link, "{email}", url_encoded(letter.address));
    replace_all(link, "{id}", url_encoded(letter.account));
    replace_all(link, "{key}", url_encoded(letter.account));
    replace_all(link, "{login}", url_encoded(letter.login));
    for (const auto& [name, text] : letter.places) replace_all(link, "{" + name + "}", url_encoded(text));
    replace_all(link, "{reference}", url_encoded(reference_of(letter.delivery_id)));
    replace_all(link, "{token}", token);
    return link;
}

}  // namespace

Message message_of(Kind kind, Channel channel) {
    const bool phone = channel == Channel::sms;
    switch (kind) {
        case Kind::link:
            return Message::reset_link;
        case Kind::reset_otp:
            return phone ? Message::sms_otp : Message::reset_otp;
        case Kind::temporary_password:
            return Message::temporary_password;
        case Kind::password_changed:
            return Message::password_changed;
        case Kind::link_printed:
            return Message::link_printed;
        case Kind::verify_caller:
            break;
    }
    return phone ? Message::sms_verify_caller : Message::verify_caller;
}

MessageFacts facts_of(const Config& config, const Letter& letter, Message message, const std::string& locale,
                      std::size_t secret_size) {
    const std::string stand_in = placeholder(secret_size);
    const std::string_view secret = secret_variable(message);
    MessageFacts facts;
    facts.product = config.text.product;
    facts.support = config.text.support;
    facts.reference = reference_of(letter.delivery_id);
    if (secret == "link") facts.link = link_with(config.reset.link, stand_in, letter);
    if (secret == "code") facts.code = stand_in;
    if (secret == "password") facts.password = stand_in;
    if (message == Message::password_changed) {
        facts.changed_at = localised_moment(letter.issued_at, locale);
        return facts;
    }
    // An application's clock shows whole seconds: what is cut off of the first one is no "59 minutes 59 seconds".
    const auto lifetime = std::chrono::ceil<Seconds>(letter.expires_at - letter.issued_at);
    facts.valid_for = localised_span(lifetime.count(), locale);
    facts.valid_until = localised_moment(letter.expires_at, locale);
    return facts;
}

Secret written_link(const Config& config, const Letter& letter, const Secret& token) {
    const Secret in_link = percent_encoded(token.reveal());
    return filled(link_with(config.reset.link, placeholder(in_link.size()), letter), in_link);
}

WrittenLetter write_letter(const Env& env, const Config& config, const Templates& templates, const Letter& letter,
                           const Secret& secret) {
    const Message message = message_of(letter.kind, Channel::email);
    if (secret.empty() && !secret_variable(message).empty()) throw internal_error("a letter without its secret");
    const std::string locale = templates.resolve(message, letter.locale, config.text.locale);
    // What an application puts together itself may hold '|' or '+', which mail programs and servers read otherwise.
    const bool in_link = secret_variable(message) == "link";
    const Secret written = in_link ? percent_encoded(secret.reveal()) : secret.duplicate();
    auto text = templates.render(message, letter.locale, config.text.locale,
                                 facts_of(config, letter, message, locale, written.size()));
    const std::string& from = config.mail.from_address;
    Mail mail{.from_address = from,
              .from_name = config.mail.from_name,
              .reply_to = config.mail.reply_to,
              .to = ascii_domain(letter.address),
              .subject = std::move(text.subject),
              .text = std::move(text.text),
              .html = std::move(text.html),
              .message_id = new_uuid(env) + "@" + from.substr(from.rfind('@') + 1),
              .language = locale,
              .date = env.clock()};
    return {compose(mail, written), mail.subject};
}

}  // namespace pwreset
