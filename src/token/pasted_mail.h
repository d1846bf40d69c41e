// A mail as its source shows it, read from whatever piece of it was pasted: the texts of its parts, decoded. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "src/token/pasted_text.h"

namespace pwreset {

struct PastedMail {
    std::vector<PastedText>
        texts;            ///< of the parts that were encoded, HTML also as it is seen; those within others too
    bool source = false;  ///< whether there are the headers of a mail or a part
};

/// Parts are told by their headers, with or without a mail's own around them, quoted or not, to the next part's headers
/// or boundary or the end; base64 also without any headers. Encodings are undone and UTF-16 is read, within each other
/// too, within the bounds below; work and memory grow with the length of the text.
PastedMail read_mail(const PastedText& pasted);

constexpr std::size_t most_mail_parts = 128;
constexpr std::size_t most_mail_bytes = 4U << 20U;  ///< of all parts, those within others counted again
constexpr int most_mail_depth = 6;

}  // namespace pwreset
