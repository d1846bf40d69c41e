#include "src/apps/profile_digest.h"

#include <algorithm>
#include <set>
#include <vector>

#include "src/base/encoding.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

using Table = ConfigValue::Table;
/// The same section of the files, the configuration's own first.
using Layers = std::vector<const Table*>;

constexpr std::string_view deciding[] = {"name", "proved", "reset", "secrets", "temporary_password", "users"};

/// Keys of those that a token is not made, kept or mailed by.
// clang-format off
constexpr std::string_view not_deciding[] = {
    "reset.accept_blocked_form", "reset.accept_burn", "reset.accept_sign_in", "reset.blocks_form",
    "reset.code_lifetime", "reset.link_lifetime", "reset.notify_on_change", "reset.test_account",
    "reset.verify_link_url", "reset.verify_otp_url", "reset.store.hint", "temporary_password.enabled",
    "temporary_password.exclude", "temporary_password.hint", "temporary_password.length",
    "temporary_password.lifetime", "temporary_password.require", "temporary_password.symbols", "users.allowed_roles",
    "users.blocked_by", "users.created_at", "users.last_login", "users.password_changed_at", "users.protected",
    "users.role"};
// clang-format on

template <typename Words>
bool is_among(const Words& words, std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

const ConfigValue* value_in(const Table& table, std::string_view key) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.key == key; });
    return found == table.end() ? nullptr : &found->value;
}

/// A section is put together key by key; what stands in braces is one value.
const Table* as_section(const ConfigValue* value) {
    return value == nullptr || value->is_inline ? nullptr : std::get_if<Table>(&value->content);
}

void add_text(std::string& out, std::string_view text) { out += std::to_string(text.size()) + ":" + std::string(text); }

void add_value(std::string& out, const ConfigValue& value);

void add_section(std::string& out, const Layers& layers, const std::string& name) {
    std::set<std::string> keys;
    for (const auto* layer : layers) {
        for (const auto& entry : *layer) keys.insert(entry.key);
    }
    out += "{";
    for (const auto& key : keys) {
        const std::string full = name.empty() ? key : name + "." + key;
        if (is_among(not_deciding, full) || (name.empty() && !is_among(deciding, key))) continue;
        Layers below;
        const ConfigValue* first = nullptr;
        for (const auto* layer : layers) {
            const auto* value = value_in(*layer, key);
            if (first == nullptr) first = value;
            if (const auto* section = as_section(value)) below.push_back(section);
        }
        add_text(out, key);
        if (as_section(first) != nullptr)
            add_section(out, below, full);
        else
            add_value(out, *first);
    }
    out += "}";
}

/// Lists keep their order, which means something in most of them.
void add_value(std::string& out, const ConfigValue& value) {
    if (const auto* flag = std::get_if<bool>(&value.content)) {
        out += *flag ? "t" : "f";
    } else if (const auto* number = std::get_if<std::int64_t>(&value.content)) {
        out += "n" + std::to_string(*number) + ";";
    } else if (const auto* text = std::get_if<std::string>(&value.content)) {
        add_text(out, *text);
    } else if (const auto* list = std::get_if<ConfigValue::List>(&value.content)) {
        out += "[";
        for (const auto& one : *list) add_value(out, one);
        out += "]";
    } else if (const auto* table = std::get_if<Table>(&value.content)) {
        // Columns are written in this order, and an application may read them in it.
        out += "(";
        for (const auto& entry : *table) {
            add_text(out, entry.key);
            add_value(out, entry.value);
        }
        out += ")";
    }
}

}  // namespace

std::string digest_of_profile(const ConfigText& text) {
    Layers layers{&text.root()};
    if (text.base() != nullptr) layers.push_back(&text.base()->root());
    std::string all = "pwreset-profile-1;";
    add_section(all, layers, "");
    return hex(sha256(all));
}

bool says_what_a_token_is(const ConfigText& text) {
    const auto section = [](const Table* table, std::string_view key) -> const Table* {
        const auto* value = table == nullptr ? nullptr : value_in(*table, key);
        return value == nullptr ? nullptr : std::get_if<Table>(&value->content);
    };
    const auto says = [](const Table* table, std::initializer_list<std::string_view> keys) {
        return table != nullptr && std::any_of(keys.begin(), keys.end(),
                                               [&](std::string_view key) { return value_in(*table, key) != nullptr; });
    };
    const Table* reset = section(&text.root(), "reset");
    return says(reset, {"token", "parts", "mailed", "places", "scheme", "jwt"}) ||
           says(section(reset, "store"), {"mode", "set", "also"});
}

}  // namespace pwreset
