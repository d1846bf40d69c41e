#include <algorithm>
#include <optional>

#include "src/base/printable.h"
#include "src/base/suggestion.h"
#include "src/toml/reader.h"

namespace pwreset {
namespace {

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

bool has_control(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (is_control(next_code_point(text, at))) return true;
    }
    return false;
}

std::string shown(std::string_view text) { return "'" + printable(text) + "'"; }

/// "a", "a or b", "a, b or c", each in the quotes that the file would have.
std::string alternatives(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += '"' + words[i] + '"';
    }
    return text;
}

const ConfigEntry* entry_of(const ConfigValue::Table& table, std::string_view key) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.key == key; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace

Section::Section(const ConfigText& text, const std::string& name) : text_(&text), name_(name) {
    for (const ConfigText* layer = &text; layer != nullptr; layer = layer->base())
        layers_.push_back({layer, &layer->root(), {}});
    for (std::size_t start = 0; start < name.size();) {
        const std::size_t end = std::min(name.find('.', start), name.size());
        const std::string_view part = std::string_view(name).substr(start, end - start);
        std::vector<Layer> below;
        for (const Layer& layer : layers_) {
            const ConfigEntry* entry = entry_of(*layer.table, part);
            if (entry == nullptr) continue;
            if (layer.text == &text) place_ = entry->value.place;
            const auto* table = std::get_if<ConfigValue::Table>(&entry->value.content);
            if (table != nullptr) below.push_back({layer.text, table, entry->value.place, entry->value.is_inline});
            if (table == nullptr || entry->value.is_inline) break;  // a value, in the place of what the others say
        }
        layers_ = std::move(below);
        start = end + 1;
    }
}

std::string Section::full(std::string_view key) const {
    return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

Section::Found Section::find(std::string_view key) const {
    text_->expect_known(full(key));
    for (const Layer& layer : layers_) {
        if (const ConfigEntry* entry = entry_of(*layer.table, key)) return {layer.text, entry};
    }
    return {};
}

bool Section::given(std::string_view key) const {
    const Found found = find(key);
    if (!found) return false;
    const auto* text = std::get_if<std::string>(&found.value().content);
    return text == nullptr || !text->empty();
}

bool Section::is_table(std::string_view key) const {
    const Found found = find(key);
    return found && std::holds_alternative<ConfigValue::Table>(found.value().content);
}

bool Section::is_list(std::string_view key) const {
    const Found found = find(key);
    return found && std::holds_alternative<ConfigValue::List>(found.value().content);
}

std::vector<std::string> Section::keys() const {
    std::vector<std::string> names;
    for (const Layer& layer : layers_) {
        for (const ConfigEntry& entry : *layer.table) {
            if (std::find(names.begin(), names.end(), entry.key) == names.end()) names.push_back(entry.key);
        }
    }
    return names;
}

std::vector<Section> Section::tables(std::string_view key) const {
    const Found found = find(key);
    if (!found) return {};
    const std::string hint = "write it as [{ … }, { … }], or [] for none";
    const auto* list = std::get_if<ConfigValue::List>(&found.value().content);
    if (list == nullptr)
        found.text->fail(found.value().place, "expected a list of tables for " + shown(full(key)), hint);
    std::vector<Section> sections;
    for (const ConfigValue& value : *list) {
        const auto* table = std::get_if<ConfigValue::Table>(&value.content);
        if (table == nullptr) found.text->fail(value.place, "expected a table in " + shown(full(key)), hint);
        sections.push_back(Section(*text_, full(key), {found.text, table, value.place, true}));
    }
    return sections;
}

Section Section::below(std::string_view key) const {
    const Found found = find(key);
    Section section(*this);
    section.name_ = full(key);
    section.layers_.clear();
    if (!found) return section;
    const auto* table = std::get_if<ConfigValue::Table>(&found.value().content);
    if (table == nullptr)
        found.text->fail(found.value().place, "expected a table for " + shown(full(key)), "write it as { … }");
    section.layers_.push_back({found.text, table, found.value().place, true});
    return section;
}

std::string Section::scalar(std::string_view key) const {
    const Found found = find(key);
    if (!found) return {};
    const auto* number = std::get_if<std::int64_t>(&found.value().content);
    return number != nullptr ? std::to_string(*number) : checked(*found.text, found.value(), key);
}

void Section::fail_within(std::string_view key, std::size_t at, const std::string& fault, std::string hint) const {
    const Found found = find(key);
    if (!found) fail(key, fault, hint);
    Place place = found.value().place;
    place.column += at + 1;  // behind the quote
    found.text->fail(place, fault, std::move(hint));
}

void Section::refuse_others(std::initializer_list<std::string_view> known) const {
    for (const std::string& key : keys()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        std::vector<std::string> words(known.begin(), known.end());
        const std::string near = nearest(key, words);
        fail(key, "unknown key " + shown(full(key)),
             near.empty() ? "there are " + alternatives(words) : "did you mean '" + near + "'?");
    }
}

void Section::fail(std::string_view key, const std::string& fault, std::string hint) const {
    if (const Found found = find(key)) found.text->fail(found.value().place, fault, std::move(hint));
    // What is missing is missing in the file itself, but in braces, where they stand.
    if (!layers_.empty() && layers_.front().is_inline) layers_.front().text->fail(layers_.front().place, fault, hint);
    text_->fail(place_, fault, std::move(hint));
}

void Section::refuse(std::initializer_list<std::string_view> keys, const std::string& beside) const {
    for (const std::string_view key : keys) {
        if (given(key)) fail(key, "'" + full(key) + "' means nothing beside " + beside, "remove it");
    }
}

std::string Section::checked(const ConfigText& file, const ConfigValue& value, std::string_view key) const {
    const auto* text = std::get_if<std::string>(&value.content);
    if (text == nullptr) {
        file.fail(value.place, "expected text for " + shown(full(key)), "write it between double quotes");
    }
    if (has_control(*text)) {
        file.fail(value.place, "control character in " + shown(full(key)), "write it on one line, without tabs");
    }
    return *text;
}

std::string Section::text(std::string_view key, const Form& form, const char* fallback) const {
    std::string value = text(key, fallback);
    if (value.empty() || form.valid(value)) return value;
    fail(key, std::string("expected ") + form.name + " for '" + full(key) + "'", form.hint);
}

std::string Section::text(std::string_view key, std::string fallback) const {
    const Found found = find(key);
    return found ? checked(*found.text, found.value(), key) : std::move(fallback);
}

std::string Section::required(std::string_view key, const std::string& hint) const {
    if (!given(key)) fail(key, "missing '" + full(key) + "'", hint);
    return text(key);
}

namespace {

/// A number, or true or false, as text; nothing for what is neither.
std::optional<std::string> scalar_text(const ConfigValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value.content)) return std::to_string(*number);
    if (const auto* truth = std::get_if<bool>(&value.content)) return *truth ? "1" : "0";
    return {};
}

}  // namespace

std::string Section::constant(std::string_view key, const std::string& hint) const {
    const Found found = find(key);
    const auto scalar = found ? scalar_text(found.value()) : std::nullopt;
    return scalar ? *scalar : required(key, hint);
}

std::vector<std::string> Section::constants(std::string_view key) const {
    const Found found = find(key);
    const auto* list = found ? std::get_if<ConfigValue::List>(&found.value().content) : nullptr;
    if (list == nullptr) return texts(key);
    std::vector<std::string> values;
    for (const ConfigValue& value : *list) {
        const auto scalar = scalar_text(value);
        values.push_back(scalar ? *scalar : checked(*found.text, value, key));
    }
    return values;
}

std::vector<std::string> Section::texts(std::string_view key, const Form& form) const {
    std::vector<std::string> values = texts(key);
    for (const std::string& value : values) {
        if (!form.valid(value)) fail(key, std::string("expected ") + form.name + " for '" + full(key) + "'", form.hint);
    }
    return values;
}

std::vector<std::string> Section::texts(std::string_view key) const {
    const Found found = find(key);
    if (!found) return {};
    const auto* list = std::get_if<ConfigValue::List>(&found.value().content);
    if (list == nullptr) {
        fail(key, "expected a list for " + shown(full(key)), "write it as [\"one\", \"two\"], or [] for none");
    }
    std::vector<std::string> texts;
    for (const ConfigValue& value : *list) {
        texts.push_back(checked(*found.text, value, key));
        if (texts.back().empty()) found.text->fail(value.place, "empty text in " + shown(full(key)), "remove it");
    }
    return texts;
}

int Section::number(std::string_view key, int fallback, int low, int high) const {
    const Found found = find(key);
    if (!found) return fallback;
    const auto* number = std::get_if<std::int64_t>(&found.value().content);
    if (number == nullptr || *number < low || *number > high) {
        fail(key,
             "expected a whole number from " + std::to_string(low) + " to " + std::to_string(high) + " for '" +
                 full(key) + "'",
             "write " + std::string(key) + " = " + std::to_string(fallback));
    }
    return static_cast<int>(*number);
}

std::vector<int> Section::numbers(std::string_view key, std::vector<int> fallback, int low, int high) const {
    const Found found = find(key);
    if (!found) return fallback;
    const std::string range = std::to_string(low) + " to " + std::to_string(high);
    const std::string hint = "write numbers from " + range + " as [200, 201], or [] for none";
    const auto* list = std::get_if<ConfigValue::List>(&found.value().content);
    if (list == nullptr) fail(key, "expected a list for " + shown(full(key)), hint);
    std::vector<int> numbers;
    for (const ConfigValue& value : *list) {
        const auto* number = std::get_if<std::int64_t>(&value.content);
        if (number == nullptr || *number < low || *number > high)
            found.text->fail(value.place, "expected a whole number from " + range + " in " + shown(full(key)), hint);
        numbers.push_back(static_cast<int>(*number));
    }
    return numbers;
}

bool Section::flag(std::string_view key, bool fallback) const {
    const Found found = find(key);
    if (!found) return fallback;
    const auto* truth = std::get_if<bool>(&found.value().content);
    if (truth == nullptr) fail(key, "expected true or false for " + shown(full(key)), "write it without quotes");
    return *truth;
}

Seconds Section::span(std::string_view key, Seconds fallback, Seconds low, Seconds high) const {
    const Found found = find(key);
    if (!found) return fallback;
    const auto* text = std::get_if<std::string>(&found.value().content);
    const auto span = text == nullptr ? std::nullopt : parse_duration(*text);
    if (!span || *span < low || *span > high) {
        fail(key,
             "expected a span of time from " + duration_text(low) + " to " + duration_text(high) + " for '" +
                 full(key) + "'",
             "write it with its unit (s, m, h, d), such as " + std::string(key) + " = \"" +
                 std::to_string(fallback.count()) + "s\"");
    }
    return *span;
}

std::filesystem::path Section::path(std::string_view key) const {
    const std::string written = text(key);
    return written.empty() ? std::filesystem::path() : absolute(written);
}

std::filesystem::path Section::absolute(const std::filesystem::path& relative) const {
    return (std::filesystem::absolute(text_->file()).parent_path() / relative).lexically_normal();
}

std::ptrdiff_t Section::word_index(std::string_view key, const std::vector<std::string>& words) const {
    const std::string word = text(key);
    const auto chosen = std::find(words.begin(), words.end(), word);
    if (chosen == words.end()) {
        const std::string near = nearest(word, words);
        fail(key, "expected " + alternatives(words) + " for '" + full(key) + "'",
             near.empty() ? "choose one of these words" : "did you mean '" + near + "'?");
    }
    return chosen - words.begin();
}

}  // namespace pwreset
