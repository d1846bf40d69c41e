// A template that was parsed: Mustache's engine behind two functions.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "src/message/message.h"

namespace pwreset {

class ParsedTemplate {
public:
    /// HTML is escaped, which is Mustache's own way; a subject and a text are what they are.
    ParsedTemplate(const std::string& text, bool escape);
    ParsedTemplate(ParsedTemplate&& other) noexcept;
    ~ParsedTemplate();

    struct Fault {
        std::string message;
        std::optional<std::size_t> position;  ///< in the text
    };
    /// What only the parser sees, such as sections that do not match.
    std::optional<Fault> fault() const;
    /// The text with the facts in it. A section of an empty fact is not shown.
    std::string render(const MessageFacts& facts) const;

private:
    struct Engine;
    std::unique_ptr<Engine> engine_;
};

}  // namespace pwreset
