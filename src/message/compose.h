// A mail as bytes (RFC 5322, MIME): pure, and such that the secret enters last.
#pragma once

#include <string>
#include <string_view>

#include "src/base/secret.h"
#include "src/base/time.h"

namespace pwreset {

/// Everything a mail is made of. Subject and bodies may hold the placeholder; nothing else may.
struct Mail {
    std::string from_address;
    std::string from_name;  ///< may be empty
    std::string reply_to;   ///< may be empty
    std::string to;         ///< the stored address of the account
    std::string subject;
    std::string text;        ///< plain-text body, LF line ends
    std::string html;        ///< HTML body, LF line ends
    std::string message_id;  ///< without the angle brackets
    std::string language;    ///< "en", for Content-Language
    Time date;
};

/// Stands for a secret of `length` bytes in a mail until it is sealed. Made of a character that no template can hold,
/// that neither HTML nor a URL changes.
std::string placeholder(std::size_t length);

/// The finished message with CRLF line ends: multipart/alternative, each part 7bit when it is ASCII with lines up to
/// 998 bytes, else base64, so that no encoding ever breaks the link; the placeholders replaced by `secret`. Only the
/// returned buffer (wiped when it goes) ever holds the secret, apart from buffers wiped before the return.
/// Throws Error INVALID_INPUT for CR, LF, NUL or other control characters in a header value, for text that is not
/// UTF-8, for addresses that are not one plain address (the domain in ASCII), for a placeholder in the subject or of
/// another length than the secret, for a secret with characters that are not visible ASCII or change in HTML, and
/// when neither body holds the placeholder. A mail without a secret has an empty one, and no placeholder.
Secret compose(const Mail& mail, const Secret& secret);

/// A text with the secret where its placeholders are. Throws Error INVALID_INPUT when there are none, or they are of
/// another length.
Secret filled(const std::string& text, const Secret& secret);

}  // namespace pwreset
