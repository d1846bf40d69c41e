#include "db/app/key_form.h"

#include <algorithm>
#include <charconv>

#include "db/names.h"
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/printable.h"
#include "src/base/uuid.h"

namespace pwreset::db {

namespace {

constexpr std::size_t packed_uuid = 16;
constexpr std::size_t written_uuid = 36;

/// "42" or "-42" as the server writes it; nothing for "042", "+42", "4e1" or what no BIGINT holds.
std::optional<std::string> whole_number(const std::string& text) {
    std::string written;
    if (text.starts_with('-')) {
        std::int64_t number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
        written = std::to_string(number);
    } else {
        std::uint64_t number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
        written = std::to_string(number);
    }
    return written == text ? std::optional(written) : std::nullopt;
}

bool is_decimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto dot = text.find('.');
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.size() <= 38 && std::all_of(part.begin(), part.end(), is_digit);
    };
    return dot == text.npos ? digits(text) : digits(text.substr(0, dot)) && digits(text.substr(dot + 1));
}

/// Text that a person could read out: UTF-8 without controls and invisible characters.
bool is_readable(const std::string& text) { return !text.empty() && is_utf8(text) && printable(text) == text; }

std::string as_bytes(const std::string& bytes) { return "UNHEX('" + hex(bytes) + "')"; }

}  // namespace

KeyForm::KeyForm(ColumnType type, const std::string& declared) : type_(type) {
    switch (type.holds) {
        case Holds::text:
        case Holds::word:
            return;
        case Holds::integer:
            form_ = Form::digits;
            return;
        case Holds::decimal:
            form_ = Form::decimal;
            return;
        case Holds::uuid:
            form_ = Form::uuid;
            return;
        case Holds::bytes:
            form_ = type.fixed && type.width == packed_uuid && declared != "text" ? Form::packed : Form::bytes;
            if (declared == "uuid-binary16") form_ = Form::packed;
            if (declared == "uuid-binary16-swapped") form_ = Form::swapped;
            return;
        case Holds::set:
        case Holds::json:
        case Holds::real:
        case Holds::bit:
        case Holds::time:
        case Holds::other:
            form_ = Form::unusable;
            fault_ = std::string("it is ") + name_of(type.holds) + ", which is not found again by its text";
    }
}

std::string KeyForm::selected(const std::string& column, const std::string& of) const {
    if (form_ == Form::unusable) return "NULL";  // shapes cannot even be cast
    const std::string name = of + backquoted(column);
    if (type_.holds == Holds::bytes) return "HEX(" + name + ")";
    return "CAST(" + (type_.zero_filled ? name + " + 0" : name) + " AS CHAR)";
}

std::string KeyForm::in_order(const std::string& column) const {
    // An ENUM is sorted by the place of its words, and compared with a text by their letters.
    return type_.holds == Holds::word ? "CAST(" + backquoted(column) + " AS CHAR)" : backquoted(column);
}

std::optional<std::string> KeyForm::value_of_selected(const std::string& name, const std::string& selected,
                                                      Params& params) const {
    if (type_.holds != Holds::bytes) return value(name, selected, params);
    const auto bytes = unhex(selected);
    return bytes ? std::optional(as_bytes(*bytes)) : std::nullopt;
}

std::optional<std::string> KeyForm::text(const std::optional<std::string>& selected) const {
    if (!selected || form_ == Form::unusable) return {};
    if (type_.holds != Holds::bytes) return selected;
    std::string bytes = unhex(*selected).value_or("");
    if (form_ == Form::packed || form_ == Form::swapped) {
        if (bytes.size() != packed_uuid) return {};
        return uuid_text(form_ == Form::swapped ? with_time_restored(bytes) : bytes);
    }
    std::string read = bytes;
    if (type_.fixed) read.erase(std::min(read.find_last_not_of('\0') + 1, read.size()));
    if (is_readable(read)) return read;
    // Longer than any text the column holds, so that no text is taken for it.
    if (type_.fixed) return hex(bytes);
    if (bytes.size() == packed_uuid && type_.width < written_uuid) return uuid_text(bytes);
    return {};
}

std::optional<std::string> KeyForm::bytes_of(const std::string& key) const {
    if (form_ == Form::packed || form_ == Form::swapped) {
        const auto bytes = uuid_bytes(key);
        if (!bytes || uuid_text(*bytes) != key) return {};
        return form_ == Form::swapped ? with_time_first(*bytes) : *bytes;
    }
    if (key.size() > type_.width) {
        if (type_.fixed) return key.size() == 2 * type_.width ? unhex(key) : std::nullopt;
        return key.size() == written_uuid ? uuid_bytes(key) : std::nullopt;
    }
    std::string bytes = key;
    if (type_.fixed) bytes.resize(type_.width, '\0');
    return bytes;
}

std::vector<std::string> KeyForm::spellings(const std::string& typed) const {
    std::vector<std::string> out{typed};
    if (form_ == Form::digits && type_.zero_filled) {
        const auto first = typed.find_first_not_of('0');
        if (first != typed.npos) out.push_back(typed.substr(first));
    }
    const auto bytes = uuid_bytes(typed);
    if (!bytes || form_ == Form::digits || form_ == Form::decimal) return out;
    const std::string dashed = uuid_text(*bytes);
    out.push_back(dashed);
    if (form_ == Form::packed) out.push_back(uuid_text(with_time_first(*bytes)));
    if (form_ != Form::text && form_ != Form::bytes) return out;
    const std::string plain = hex(*bytes);
    for (const auto& text : {plain, ascii_upper(dashed), ascii_upper(plain)}) out.push_back(text);
    return out;
}

std::optional<std::string> KeyForm::value(const std::string& name, const std::string& key, Params& params) const {
    if (form_ == Form::unusable) return {};
    if (form_ == Form::digits) return whole_number(key);
    if (form_ == Form::decimal)
        return is_decimal(key) ? std::optional("CAST('" + key + "' AS DECIMAL(65,30))") : std::nullopt;
    if (form_ == Form::uuid) {
        const auto bytes = uuid_bytes(key);
        return bytes ? std::optional("'" + uuid_text(*bytes) + "'") : std::nullopt;
    }
    if (type_.holds == Holds::bytes) {
        const auto bytes = bytes_of(key);
        return bytes ? std::optional(as_bytes(*bytes)) : std::nullopt;
    }
    params.emplace_back(name, key);
    return ":" + name;
}

std::string scope_value(const ColumnType& type, const std::string& declared, const std::string& value, Params& params) {
    const KeyForm form(type, declared);
    // Numbers and words are compared by the server; a UUID in bytes is another value than its text.
    if (type.holds == Holds::bytes) {
        for (const auto& spelling : form.spellings(value)) {
            if (const auto bytes = form.value("scope", spelling, params)) return *bytes;
        }
    }
    params.emplace_back("scope", value);
    return ":scope";
}

std::string is_key(const KeyForm& form, const std::string& column, const std::string& key, Params& params) {
    const auto value = form.value("key", key, params);
    return value ? backquoted(column) + " = " + *value : "1 = 0";
}

}  // namespace pwreset::db
