// From a minted code to the text that a phone shows.
#pragma once

#include "src/base/secret.h"
#include "src/config/config.h"
#include "src/message/letter.h"
#include "src/message/templates.h"

namespace pwreset {

/// The text, UTF-8, without a line end behind it. Throws Error INVALID_INPUT when the message does not show its secret.
Secret write_text_message(const Config& config, const Templates& templates, const Letter& letter, const Secret& secret);

}  // namespace pwreset
