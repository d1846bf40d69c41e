#include "src/secrets/secrets.h"

#include <algorithm>
#include <array>
#include <span>

#include "src/base/error.h"
#include "src/base/trusted_file.h"

namespace pwreset {
namespace {

constexpr std::array<std::string_view, 6> secret_sections = {"database", "mail",    "network",
                                                             "sms",      "captcha", "temporary_password"};
constexpr std::array<std::string_view, 7> secret_words = {"password", "passwd",         "pass",  "key",
                                                          "secret",   "proxy_password", "pepper"};

bool has(std::span<const std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

Secret read_file(const Section& section, std::string_view key, const std::filesystem::path& file, Trust trust,
                 uid_t uid) {
    try {
        return read_trusted(file, trust, uid);
    } catch (const Error& error) {
        section.fail(key, error.message, error.hint);  // the same, with the place that named the file
    }
}

/// "password_" of the keys "password_file" and "password_credential".
std::string prefix_of(const std::string& word) { return word.empty() ? word : word + "_"; }

/// `key` is the key of the section that names it.
NamedSecret read_secret(const Section& section, const std::string& key, SecretPlace place) {
    place.key = section.full(key);
    place.one_word = place.word == "key";
    try {
        return NamedSecret(std::move(place));
    } catch (const Error& error) {
        section.fail(key, error.message, error.hint);  // the same, with the place that named the file
    }
}

/// systemd hands a credential over as a file of root's, whose group bits may only be the mask of an access list: so it
/// is held to the rules of a configuration, not of a secret.
NamedSecret read_credential(const Section& section, const SecretSource* source, const std::string& word) {
    const std::string key = prefix_of(word) + "credential";
    const std::string name = section.text(key);
    if (name.find('/') != std::string::npos || name == "." || name == "..") {
        section.fail(key, "expected a name without slash for '" + section.full(key) + "'",
                     "write the name that LoadCredential= gives in the systemd unit");
    }
    if (source == nullptr) return {};
    if (!source->credentials) {
        section.fail(key, "no credentials passed by systemd for '" + section.full(key) + "'",
                     "run pwreset as a systemd unit with LoadCredential=, or use " + prefix_of(word) + "file");
    }
    return read_secret(section, key,
                       {.key = {},
                        .file = *source->credentials / name,
                        .trust = Trust::configuration,
                        .uid = source->uid,
                        .word = word.empty() ? "secret" : word,
                        .passed = true});
}

/// `section` as in "mail" or "mail.relay".
void refuse_passwords_in(const ConfigText& text, const ConfigValue::Table& table, const std::string& section) {
    for (const ConfigEntry& entry : table) {
        const auto* list = std::get_if<ConfigValue::List>(&entry.value.content);
        if (list != nullptr && section == "mail") {  // elsewhere a key of a table in a list names a column
            for (const ConfigValue& value : *list) {
                const auto* below = std::get_if<ConfigValue::Table>(&value.content);
                if (below != nullptr) refuse_passwords_in(text, *below, section + "." + entry.key);
            }
        }
        if (!has(secret_words, entry.key)) continue;
        const bool itself = entry.key == "key" || entry.key == "secret" || entry.key == "pepper";
        const std::string word = itself ? entry.key : "password";
        const std::string owner = section == "network" ? "proxy" : section.substr(section.rfind('.') + 1);
        const std::string file_key = (section == "network" ? "proxy_" : "") + word + "_file";
        text.fail(entry.place, word + " written into the file: '" + section + "." + entry.key + "'",
                  "put it into a file of mode 0600 and write " + file_key + " = \"" + owner + "." + word +
                      "\"; change the " + word + " if others could read this file");
    }
}

}  // namespace

void refuse_passwords(const ConfigText& text) {
    for (const ConfigEntry& section : text.root()) {
        const auto* table = std::get_if<ConfigValue::Table>(&section.value.content);
        if (table != nullptr && has(secret_sections, section.key)) refuse_passwords_in(text, *table, section.key);
    }
}

bool names_secret(const Section& section, const std::string& word) {
    return section.given(word + "_file") || section.given(word + "_credential");
}

NamedSecret read_named_secret(const Section& section, const SecretSource* source, const std::string& word) {
    const std::string prefix = prefix_of(word);
    const auto file = section.path(prefix + "file");
    if (section.given(prefix + "credential")) {
        section.refuse({prefix + "file"}, "'" + prefix + "credential'");
        return read_credential(section, source, word);
    }
    if (file.empty() || source == nullptr) return {};
    return read_secret(section, prefix + "file",
                       {.key = {}, .file = file, .uid = source->uid, .word = word.empty() ? "secret" : word});
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
