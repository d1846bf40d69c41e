#include "src/init/preset_layout.h"

#include <algorithm>

#include "src/config/profile.h"
#include "src/init/derived_key.h"
#include "src/init/reading.h"
#include "src/toml/reader.h"

namespace pwreset {
namespace {

const ConfigValue* value_of(const ConfigValue::Table& table, std::string_view key) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.key == key; });
    return found == table.end() ? nullptr : &found->value;
}

std::string text_at(const ConfigValue::Table& table, std::string_view key) {
    const auto* value = value_of(table, key);
    const auto* text = value ? std::get_if<std::string>(&value->content) : nullptr;
    return text ? *text : std::string();
}

ConfigText preset_tree(std::string_view preset) {
    return ConfigText(preset_text(preset), "preset " + std::string(preset), keys_of_profiles());
}

/// Secrets of which a key is kept that is derived from what the application calls so.
struct Derived {
    std::string_view preset, secret;
    const char* what;
    Secret (*derive)(std::string_view);
};
constexpr Derived derived_secrets[] = {{"devise", "devise", "secret_key_base", devise_key},
                                       {"django", "django", "SECRET_KEY", django_key},
                                       {"django-allauth", "django", "SECRET_KEY", django_key}};

/// A prefix in the place of another.
struct Renaming {
    std::string from;
    std::string to;

    /// Names of tables stand under "table"; what else begins so (the name of a row of settings) is named after them.
    bool concerns(const std::string& text, bool is_table) const {
        return from.empty() ? is_table : text.starts_with(from);
    }
    std::string renamed(const std::string& text) const { return to + text.substr(from.size()); }
};

/// The value as TOML writes it, renamed; `changed` tells whether anything was.
std::string written_anew(const ConfigValue& value, std::string_view key, const Renaming& renaming, bool& changed) {
    const auto joined = [](const std::vector<std::string>& parts) {
        std::string all;
        for (const auto& part : parts) all += (all.empty() ? "" : ", ") + part;
        return all;
    };
    if (const auto* text = std::get_if<std::string>(&value.content)) {
        if (!renaming.concerns(*text, key == "table")) return toml_text(*text);
        changed = true;
        return toml_text(renaming.renamed(*text));
    }
    std::vector<std::string> parts;
    if (const auto* list = std::get_if<ConfigValue::List>(&value.content)) {
        for (const auto& element : *list) parts.push_back(written_anew(element, key, renaming, changed));
        return "[" + joined(parts) + "]";
    }
    if (const auto* table = std::get_if<ConfigValue::Table>(&value.content)) {
        for (const auto& entry : *table)
            parts.push_back(toml_key(entry.key) + " = " + written_anew(entry.value, entry.key, renaming, changed));
        return "{ " + joined(parts) + " }";
    }
    if (const auto* number = std::get_if<std::int64_t>(&value.content)) return std::to_string(*number);
    return std::get_if<bool>(&value.content) && std::get<bool>(value.content) ? "true" : "false";
}

void collect(const ConfigValue::Table& table, const std::string& section, const Renaming& renaming,
             std::vector<Setting>& settings) {
    for (const auto& entry : table) {
        const auto* below = std::get_if<ConfigValue::Table>(&entry.value.content);
        if (below && !entry.value.is_inline) {
            collect(*below, section + "." + entry.key, renaming, settings);
            continue;
        }
        bool changed = false;
        const std::string value = written_anew(entry.value, entry.key, renaming, changed);
        if (changed) settings.push_back({section, entry.key, value, "its names begin with " + toml_text(renaming.to)});
    }
}

}  // namespace

std::vector<Signature> preset_signatures() {
    std::vector<Signature> signatures;
    for (const auto name : preset_names()) {
        const ConfigText preset = preset_tree(name);
        const auto* marks = value_of(preset.root(), "detect");
        const auto* list = marks ? std::get_if<ConfigValue::List>(&marks->content) : nullptr;
        if (!list) continue;
        Signature signature{std::string(name), text_at(preset.root(), "prefix"), {}};
        for (const auto& mark : *list) {
            if (const auto* text = std::get_if<std::string>(&mark.content)) signature.columns.push_back(*text);
        }
        signatures.push_back(std::move(signature));
    }
    return signatures;
}

std::vector<Setting> settings_of_prefix(std::string_view preset, const std::string& prefix) {
    const ConfigText text = preset_tree(preset);
    std::vector<Setting> settings;
    if (!value_of(text.root(), "prefix")) return settings;
    const Renaming renaming{text_at(text.root(), "prefix"), prefix};
    if (renaming.from == renaming.to) return settings;
    for (const auto* section : {"users", "temporary_password", "reset", "secrets"}) {
        const auto* value = value_of(text.root(), section);
        const auto* table = value ? std::get_if<ConfigValue::Table>(&value->content) : nullptr;
        if (table) collect(*table, section, renaming, settings);
    }
    return settings;
}

std::vector<WantedSecret> secrets_of_preset(std::string_view preset) {
    const ConfigText text = preset_tree(preset);
    const auto* section = value_of(text.root(), "secrets");
    const auto* secrets = section ? std::get_if<ConfigValue::Table>(&section->content) : nullptr;
    std::vector<WantedSecret> wanted;
    if (!secrets) return wanted;
    for (const auto& entry : *secrets) {
        const auto* source = std::get_if<ConfigValue::Table>(&entry.value.content);
        const std::string file = source ? text_at(*source, "file") : "";
        if (file.empty()) continue;
        const std::string decode = text_at(*source, "decode");
        WantedSecret secret{entry.key, file, decode.empty() ? "raw" : decode, "the secret '" + entry.key + "'",
                            "'pwreset profile show' tells what it is"};
        for (const auto& derived : derived_secrets) {
            if (derived.preset != preset || derived.secret != entry.key) continue;
            secret.what = derived.what;
            secret.derive = derived.derive;
        }
        wanted.push_back(std::move(secret));
    }
    return wanted;
}

bool preset_needs_zone(std::string_view preset) {
    const ConfigText text = preset_tree(preset);
    const auto* reset = value_of(text.root(), "reset");
    const auto* table = reset ? std::get_if<ConfigValue::Table>(&reset->content) : nullptr;
    return table && text_at(*table, "zone") == "application";
}

bool preset_has(std::string_view preset, std::string_view section, std::string_view key) {
    const ConfigText text = preset_tree(preset);
    const auto* value = value_of(text.root(), section);
    const auto* table = value ? std::get_if<ConfigValue::Table>(&value->content) : nullptr;
    return table && value_of(*table, key);
}

}  // namespace pwreset
