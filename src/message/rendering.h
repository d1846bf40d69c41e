// A template with the facts of one message in it.
#pragma once

#include <string>
#include <string_view>

#include "src/message/message.h"
#include "src/message/mustache.h"

namespace pwreset {

/// The text of a part. HTML is escaped, which is Mustache's own way; a subject and a text are what they are. A section
/// of an empty fact is not shown. The line end that every file has is no part of a subject or a text message.
std::string render(const Mustache& parsed, Message message, std::string_view part, const MessageFacts& facts);

}  // namespace pwreset
