#include "src/delivery/letter.h"

#include <chrono>
#include <string_view>

#include "src/account/address.h"
#include "src/base/reference.h"
#include "src/message/compose.h"
#include "src/token/mint.h"

namespace pwreset {

namespace {

Message message_of(Kind kind) {
    switch (kind) {
        case Kind::link:
            return Message::reset_link;
        case Kind::reset_otp:
            return Message::reset_otp;
        case Kind::temporary_password:
            return Message::temporary_password;
        case Kind::verify_caller:
            break;
    }
    return Message::verify_caller;
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
std::string url_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos;
        static constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        out += plain ? std::string(1, c) : std::string{'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

void replace_all(std::string& text, std::string_view what, const std::string& with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

std::string link_with(const std::string& pattern, const std::string& token, const Letter& letter) {
    std::string link = pattern;
    replace_all(link, "{email}", url_encoded(letter.address));
    replace_all(link, "{id}", url_encoded(letter.account));
    replace_all(link, "{reference}", url_encoded(reference_of(letter.delivery_id)));
    replace_all(link, "{token}", token);
    return link;
}

MessageFacts facts_of(const Config& config, const Letter& letter, const std::string& locale, std::size_t secret_size) {
    const std::string stand_in = placeholder(secret_size);
    MessageFacts facts;
    facts.product = config.text.product;
    facts.support = config.text.support;
    facts.reference = reference_of(letter.delivery_id);
    if (is_code(letter.kind)) {
        facts.code = stand_in;
    } else if (letter.kind == Kind::temporary_password) {
        facts.password = stand_in;
    } else {
        facts.link = link_with(config.reset.link, stand_in, letter);
    }
    facts.valid_for =
        localised_span(std::chrono::duration_cast<Seconds>(letter.expires_at - letter.issued_at).count(), locale);
    facts.valid_until = db_text(letter.expires_at).substr(0, 16) + " UTC";
    return facts;
}

}  // namespace

WrittenLetter write_letter(const Env& env, const Config& config, const Templates& templates, const Letter& letter,
                           const Secret& secret) {
    const std::string locale = templates.resolve(letter.locale, config.text.locale);
    auto text = templates.render(message_of(letter.kind), letter.locale, config.text.locale,
                                 facts_of(config, letter, locale, secret.size()));
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
    return {compose(mail, secret), mail.subject};
}

}  // namespace pwreset
