// The texts that users read: built-in templates, a site's own in their place, checked before the first is used.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// The messages there are. The file name of a template is its name here with dashes.
enum class Message { reset_link, reset_otp, verify_caller, temporary_password };
constexpr std::array<Message, 4> all_messages{Message::reset_link, Message::reset_otp, Message::verify_caller,
                                              Message::temporary_password};
/// "reset-link", …
std::string_view template_name(Message message);

/// What a template may say; the Mustache variable has the member's name. `link` and `code` hold placeholders.
struct MessageFacts {
    std::string product;
    std::string support;      ///< may be empty: {{#support}}…{{/support}}
    std::string link;         ///< reset-link only
    std::string code;         ///< reset-otp, verify-caller only
    std::string reference;    ///< "7K3Q-M2"
    std::string valid_for;    ///< "1 hour", in the message's language
    std::string valid_until;  ///< "2026-03-01 13:34 UTC"
    std::string password{};   ///< temporary-password only; a placeholder, too
};

struct MessageText {
    std::string subject;
    std::string text;
    std::string html;
};

/// All templates of all locales. Built once; const afterwards.
class Templates {
public:
    /// The built-in templates, each file replaced by `<overrides>/<locale>/<name>.<part>` where there is one (folder
    /// may be empty); a locale has all parts of all messages. Every tag is checked, also in sections that are rarely
    /// shown, and every template rendered once with and once without support. An unknown variable, unescaped output, a
    /// partial, a missing part, a file named after no message, a secret in a subject, a link template whose text has no
    /// line that is exactly {{link}} or whose html does not use it in an href and in sight (or a code template without
    /// {{code}}), control characters, or text that is not UTF-8 is an Error CONFIG that names file, and line where
    /// known.
    explicit Templates(const std::filesystem::path& overrides);

    /// The message in the best locale there is: `locale` ("de-AT"), its language ("de"), `fallback`, then "en".
    MessageText render(Message message, const std::string& locale, const std::string& fallback,
                       const MessageFacts& facts) const;
    /// Which locale that is.
    std::string resolve(const std::string& locale, const std::string& fallback) const;
    std::vector<std::string> locales() const;

private:
    struct Parsed;
    std::map<std::string, std::shared_ptr<Parsed>> parsed_;  ///< "en/reset-link.txt" → template
};

/// One template given as text, checked as above, with the facts in it: the pure part, for tests and fuzzing. `part` is
/// "subject", "txt" or "html". Throws Error CONFIG.
std::string render_template(Message message, const std::string& part, std::string_view text, const MessageFacts& facts);

/// "1 hour", "5 minutes" in the language of a locale (English where it is not known).
std::string localised_span(long seconds, const std::string& locale);

}  // namespace pwreset
