#include "src/message/templates.h"

#include <algorithm>

#include "src/message/check.h"
#include "src/message/locale.h"
#include "src/message/rendering.h"

namespace pwreset {

namespace {

namespace fs = std::filesystem;

constexpr const char* last_resort = "en";

void throw_first(const std::vector<Error>& faults) {
    if (!faults.empty()) throw faults.front();
}

}  // namespace

/// The built-in templates are checked by the tests.
Templates::Templates(const fs::path& overrides) {
    std::vector<Error> faults;
    sources_ = read_sources(overrides, faults);
    throw_first(faults);
    for (const Message message : all_messages) locales_.emplace(message, locales_of(sources_, message));
    for (const auto& [key, source] : sources_) {
        if (!source.path.empty()) throw_first(faults_of(source));
    }
}

const Mustache& Templates::parsed(const std::string& key) const {
    const auto found = parsed_.find(key);
    if (found != parsed_.end()) return found->second;
    return parsed_.emplace(key, Mustache(sources_.at(key).text)).first->second;
}

MessageText Templates::render(Message message, const std::string& locale, const std::string& fallback,
                              const MessageFacts& facts) const {
    const std::string chosen = resolve(message, locale, fallback);
    MessageText rendered;
    for (const std::string_view part : parts_of(message)) {
        std::string& to = part == "subject" ? rendered.subject : part == "txt" ? rendered.text : rendered.html;
        to = pwreset::render(parsed(source_key(chosen, message, part)), message, part, facts);
    }
    return rendered;
}

std::string Templates::resolve(Message message, const std::string& locale, const std::string& fallback) const {
    const std::vector<std::string>& there = locales_.at(message);
    for (const std::string& wish : {locale, fallback}) {
        if (const auto found = best_locale(wish, there)) return *found;
    }
    return last_resort;
}

void require_locale(const std::string& locale, const fs::path& overrides) {
    std::vector<Error> faults;  // told when a message is to be written
    const auto there = locales_of(read_sources(overrides, faults));
    if (best_locale(locale, there)) return;
    std::string names;
    for (const std::string& name : there) names += (names.empty() ? "" : ", ") + name;
    throw usage_error("no messages in the language '" + locale + "'", "there are: " + names);
}

std::string render_template(Message message, const std::string& part, std::string_view text,
                            const MessageFacts& facts) {
    const TemplateSource source{message, part, "en", "given as text", tidy(text)};
    throw_first(faults_of(source));
    return pwreset::render(Mustache(source.text), message, part, facts);
}

}  // namespace pwreset
