// From a minted token to the finished mail: which template, which link, which headers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "src/base/channel.h"
#include "src/base/env.h"
#include "src/base/kind.h"
#include "src/base/secret.h"
#include "src/config/config.h"
#include "src/message/templates.h"

namespace pwreset {

/// What a message is about and to whom it goes; the secret is handed over apart.
struct Letter {
    Kind kind = Kind::link;
    std::int64_t delivery_id = 0;
    std::string account;                                        ///< key of the users row
    std::string address;                                        ///< as stored
    std::string login{};                                        ///< as stored
    std::string locale;                                         ///< wished for; empty = the configuration's
    std::vector<std::pair<std::string, std::string>> places{};  ///< of its link, by the profile
    Time issued_at;                                             ///< of what mints nothing: when that was which it tells
    Time expires_at;
};

struct WrittenLetter {
    Secret message;
    std::string subject;
};

/// Which of the messages it is.
Message message_of(Kind kind, Channel channel);
/// What its template may say, in the language of the locale; placeholders stand for a secret of `secret_size` bytes.
MessageFacts facts_of(const Config& config, const Letter& letter, Message message, const std::string& locale,
                      std::size_t secret_size);

/// The link alone, as its mail would have it.
Secret written_link(const Config& config, const Letter& letter, const Secret& token);

/// The mail, with a Message-ID of its own. Throws Error INVALID_INPUT when none can be made of this account's data.
WrittenLetter write_letter(const Env& env, const Config& config, const Templates& templates, const Letter& letter,
                           const Secret& secret);

}  // namespace pwreset
