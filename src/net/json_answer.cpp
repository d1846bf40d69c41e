// The only file outside cmd that knows nlohmann's JSON: services answer in it, and a second parser would be a worse
// one.
#include "src/net/json_answer.h"
#include "src/base/encoding.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "src/base/printable.h"

namespace pwreset {
namespace {

using nlohmann::json;

/// How deep brackets are nested, outside of strings.
int depth_of(std::string_view text) {
    int depth = 0;
    int deepest = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_string && c == '\\') ++at;
        if (c == '"') in_string = !in_string;
        if (in_string) continue;
        if (c == '{' || c == '[') deepest = std::max(deepest, ++depth);
        if (c == '}' || c == ']') --depth;
    }
    return deepest;
}

/// One part of a pointer, with "~1" and "~0" as what they stand for.
std::string unescaped(std::string_view part) {
    std::string name;
    for (std::size_t at = 0; at < part.size(); ++at) {
        const bool escape = part[at] == '~' && at + 1 < part.size();
        name += !escape ? part[at] : part[++at] == '1' ? '/' : '~';
    }
    return name;
}

const json* child(const json& parent, const std::string& name) {
    if (parent.is_object()) {
        const auto found = parent.find(name);
        return found == parent.end() ? nullptr : &*found;
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool number = error == std::errc() && end == name.data() + name.size();
    return parent.is_array() && number && index < parent.size() ? &parent[index] : nullptr;
}

const json* found(const json& root, std::string_view pointer) {
    const json* place = &root;
    while (place != nullptr && !pointer.empty()) {
        const std::string_view part = pointer.substr(1, pointer.find('/', 1) - 1);
        pointer.remove_prefix(part.size() + 1);
        place = child(*place, unescaped(part));
    }
    return place;
}

std::optional<std::string> word_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer() || value.is_boolean() || value.is_null()) return value.dump();
    return {};
}

void collect(const json& value, std::vector<std::string>& out) {
    if (value.is_string()) out.push_back(value.get<std::string>());
    if (value.is_number()) out.push_back(value.dump());
    if (value.is_array()) {
        for (const json& element : value) collect(element, out);
    }
    if (!value.is_object()) return;
    for (const auto& [name, element] : value.items()) {
        out.push_back(name);
        collect(element, out);
    }
}

}  // namespace

struct JsonAnswer::Tree {
    json root;
};

JsonAnswer::JsonAnswer(std::string_view text) {
    if (text.size() > longest_json || !is_utf8(text) || depth_of(text) > deepest_json) return;
    json root = json::parse(text, nullptr, false);
    if (root.is_object() || root.is_array()) tree_ = std::make_unique<Tree>(Tree{std::move(root)});
}

JsonAnswer::~JsonAnswer() = default;

std::optional<std::string> JsonAnswer::word(std::string_view pointer) const {
    const json* const value = tree_ ? found(tree_->root, pointer) : nullptr;
    return value == nullptr ? std::nullopt : word_of(*value);
}

std::vector<std::string> JsonAnswer::words(std::string_view pointer) const {
    const json* const list = tree_ ? found(tree_->root, pointer) : nullptr;
    std::vector<std::string> words;
    if (list == nullptr || !list->is_array()) return words;
    for (const json& value : *list) {
        if (auto word = word_of(value)) words.push_back(std::move(*word));
    }
    return words;
}

std::vector<std::string> JsonAnswer::texts() const {
    std::vector<std::string> texts;
    if (tree_) collect(tree_->root, texts);
    return texts;
}

bool is_json_pointer(std::string_view text) {
    if (text.empty()) return true;
    if (text.front() != '/') return false;
    for (std::size_t at = text.find('~'); at != text.npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
    }
    return true;
}

Secret json_escaped(std::string_view text) {
    Secret escaped(6 * text.size());
    char* to = escaped.data();
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            for (const char part : {'\\', 'u', '0', '0', hex_digits[byte >> 4U], hex_digits[byte & 15U]}) *to++ = part;
            continue;
        }
        if (c == '"' || c == '\\') *to++ = '\\';
        *to++ = c;
    }
    escaped.shrink(static_cast<std::size_t>(to - escaped.data()));
    return escaped;
}

}  // namespace pwreset
