// Facts, messages and a site's own folder, for the tests of templates.
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/message/templates.h"

namespace pwreset {

namespace fs = std::filesystem;

/// A site's own templates in a folder that goes with the test.
class Overrides {
public:
    Overrides() {
        std::string name = (fs::temp_directory_path() / "pwreset-templates-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
        path_ = name;
    }
    Overrides(const Overrides&) = delete;
    Overrides& operator=(const Overrides&) = delete;
    ~Overrides() { fs::remove_all(path_); }

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

inline const std::string link = "https://shop.example.com/reset?a=1&b=%2F&token=abc_-.~";

inline MessageFacts facts_of(Message message) {
    MessageFacts facts;
    const std::string_view secret = secret_variable(message);
    facts.product = "Shop";
    facts.support = "help@shop.example.com";
    if (secret == "link") facts.link = link;
    if (secret == "code") facts.code = "012345";
    if (secret == "password") facts.password = "aB3dE5gH7jK9mN2p";
    facts.reference = "7K3Q-M2";
    if (secret.empty()) {
        facts.changed_at = "2026-03-01 12:34 UTC";
        return facts;
    }
    facts.valid_for = "1 hour";
    facts.valid_until = "2026-03-01 13:34 UTC";
    return facts;
}

inline std::string secret_of(Message message) {
    const MessageFacts facts = facts_of(message);
    return facts.link + facts.code + facts.password;
}

inline MessageText built_in(Message message, const std::string& locale = "en") {
    return Templates("").render(message, locale, "en", facts_of(message));
}

inline bool is_mail(Message message) { return parts_of(message).size() > 1; }

inline std::vector<Message> mails() {
    std::vector<Message> found(all_messages.begin(), all_messages.end());
    found.erase(std::remove_if(found.begin(), found.end(), [](Message message) { return !is_mail(message); }),
                found.end());
    return found;
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

}  // namespace pwreset
