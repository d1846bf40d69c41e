// The texts that users read: built-in templates, a site's own in their place, checked before the first is used.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/message/message.h"
#include "src/message/mustache.h"
#include "src/message/source.h"

namespace pwreset {

struct MessageText {
    std::string subject;  ///< empty for a text message to a phone, as is `html`
    std::string text;
    std::string html;
};

/// All templates of all locales. Built once; used by one thread.
class Templates {
public:
    /// Reads all templates, and checks the site's own (the folder may be empty). Throws the first fault there is, an
    /// Error CONFIG: see read_sources() and faults_of().
    explicit Templates(const std::filesystem::path& overrides);

    /// The message in the best locale that has it: `locale` ("de-AT"), its language ("de"), `fallback`, then "en".
    MessageText render(Message message, const std::string& locale, const std::string& fallback,
                       const MessageFacts& facts) const;
    /// Which locale that is.
    std::string resolve(Message message, const std::string& locale, const std::string& fallback) const;
    /// Those that have any message.
    std::vector<std::string> locales() const { return locales_of(sources_); }

private:
    const Mustache& parsed(const std::string& key) const;

    TemplateSources sources_;
    std::map<Message, std::vector<std::string>> locales_;  ///< in which there is the message; asked for each mail
    /// At the first use: a command needs one message.
    mutable std::map<std::string, Mustache> parsed_;
};

/// Throws Error USAGE when no message is written in the language that somebody asks for by name, and none in one that
/// would do.
void require_locale(const std::string& locale, const std::filesystem::path& overrides);

/// One template given as text, checked as above, with the facts in it: the pure part, for tests and fuzzing. `part` is
/// "subject", "txt" or "html". Throws Error CONFIG.
std::string render_template(Message message, const std::string& part, std::string_view text, const MessageFacts& facts);

}  // namespace pwreset
