#include "src/config/secrets.h"

#include <algorithm>
#include <array>
#include <span>

#include "src/base/error.h"
#include "src/base/trusted_file.h"

namespace pwreset {
namespace {

constexpr std::array<std::string_view, 4> secret_sections = {"database", "mail", "sms", "captcha"};
constexpr std::array<std::string_view, 5> secret_words = {"password", "passwd", "pass", "key", "secret"};

bool has(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// A secret of one line; the line's end does not belong to it. `word` names it: "password".
Secret first_line(Secret content, const Section& section, std::string_view key, const std::string& word) {
    std::size_t size = content.size();
    if (size > 0 && content.reveal()[size - 1] == '\n') --size;
    if (size > 0 && size < content.size() && content.reveal()[size - 1] == '\r') --size;
    content.shrink(size);
    const std::string file = " in the file of '" + section.full(key) + "'";
    if (content.empty()) section.fail(key, "no " + word + file, "write it there, on one line");
    if (content.reveal().find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
        section.fail(key, "more than one line" + file, "keep only the " + word + " there");
    }
    return content;
}

Secret read_file(const Section& section, std::string_view key, const std::filesystem::path& file, Trust trust,
                 uid_t uid) {
    try {
        return read_trusted(file, trust, uid);
    } catch (const Error& error) {
        section.fail(key, error.message, error.hint);  // the same, with the place that named the file
    }
}

Secret read_secret(const Section& section, std::string_view key, const std::filesystem::path& file, Trust trust,
                   const std::string& word, uid_t uid) {
    return first_line(read_file(section, key, file, trust, uid), section, key, word);
}

/// systemd hands a credential over as a file of root's, whose group bits may only be the mask of an access list: so it
/// is held to the rules of a configuration, not of a secret.
Secret read_credential(const Section& section, const SecretSource* source, const std::string& word) {
    const std::string key = word + "_credential";
    const std::string name = section.text(key);
    if (name.find('/') != std::string::npos || name == "." || name == "..") {
        section.fail(key, "expected a name without slash for '" + section.full(key) + "'",
                     "write the name that LoadCredential= gives in the systemd unit");
    }
    if (source == nullptr) return {};
    if (!source->credentials) {
        section.fail(key, "no credentials passed by systemd for '" + section.full(key) + "'",
                     "run pwreset as a systemd unit with LoadCredential=, or use " + word + "_file");
    }
    return read_secret(section, key, *source->credentials / name, Trust::configuration, word, source->uid);
}

}  // namespace

void refuse_passwords(const ConfigText& text) {
    for (const ConfigEntry& section : text.root()) {
        const auto* table = std::get_if<ConfigValue::Table>(&section.value.content);
        if (table == nullptr || !has(secret_sections, section.key)) continue;
        for (const ConfigEntry& entry : *table) {
            if (!has(secret_words, entry.key)) continue;
            const std::string word = entry.key == "key" || entry.key == "secret" ? entry.key : "password";
            text.fail(entry.place, word + " written into the file: '" + section.key + "." + entry.key + "'",
                      "put it into a file of mode 0600 and write " + word + "_file = \"" + section.key + "." + word +
                          "\"; change the " + word + " if others could read this file");
        }
    }
}

bool names_secret(const Section& section, const std::string& word) {
    return section.given(word + "_file") || section.given(word + "_credential");
}

Secret read_named_secret(const Section& section, const SecretSource* source, const std::string& word) {
    const auto file = section.path(word + "_file");
    if (section.given(word + "_credential")) {
        section.refuse({word + "_file"}, "'" + word + "_credential'");
        return read_credential(section, source, word);
    }
    if (file.empty() || source == nullptr) return {};
    return read_secret(section, word + "_file", file, Trust::secret, word, source->uid);
}

void check_secret_file(const Section& section, const SecretSource& source, const std::string& key) {
    read_file(section, key, section.path(key), Trust::secret, source.uid);
}

std::string read_authorities(const Section& section, const SecretSource* source) {
    const auto file = section.path("tls_ca");
    if (source != nullptr && !file.empty()) read_file(section, "tls_ca", file, Trust::configuration, source->uid);
    return file.string();
}

}  // namespace pwreset
