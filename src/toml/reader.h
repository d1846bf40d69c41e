// A TOML file as the configuration reads it: a tree of values that know where they stand, so that every fault is shown
// with file, line and column. Knows no key by name; the only part that knows toml++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "src/base/time.h"

namespace pwreset {

/// A position in the file, both counted from 1.
struct Place {
    std::size_t line = 1;
    std::size_t column = 1;
};

struct ConfigEntry;

/// A value as written; monostate stands for the types that no key takes (fractions, dates).
struct ConfigValue {
    using List = std::vector<ConfigValue>;
    using Table = std::vector<ConfigEntry>;  ///< in the order of the file

    Place place;
    std::variant<std::monostate, bool, std::int64_t, std::string, List, Table> content;
    bool is_inline = false;  ///< a table in braces: one value, where a section is a place for many
};

/// A key and its value.
struct ConfigEntry {
    std::string key;
    Place place;
    ConfigValue value;
};

/// The last part of a known key that stands for any name, as in "operators.GROUP".
inline constexpr std::string_view any_name = "GROUP";

/// The parsed file, and the keys it may hold.
class ConfigText {
public:
    /// Parses at most 1 MiB of UTF-8. `known` holds "key" and "section.key" and must outlive this. Throws Error CONFIG,
    /// which says where and what, but never repeats text of the file.
    ConfigText(std::string_view text, std::filesystem::path file, std::span<const std::string_view> known);

    /// Refuses the first key or section that is not known and names the nearest that is.
    void refuse_unknown() const;
    /// What holds for keys that are not written here: another file, with what it may hold itself. Sections are put
    /// together key by key; what stands in braces is one value.
    void stand_on(std::shared_ptr<const ConfigText> base) { base_ = std::move(base); }
    const ConfigText* base() const { return base_.get(); }
    /// Throws Error CONFIG "FILE:LINE:COLUMN: fault".
    [[noreturn]] void fail(Place place, const std::string& fault, std::string hint) const;
    /// Throws Error INTERNAL_ERROR for a key that is not among the known: so the list cannot fall behind the code.
    void expect_known(const std::string& key) const;

    const ConfigValue::Table& root() const { return std::get<ConfigValue::Table>(root_.content); }
    const std::filesystem::path& file() const { return file_; }
    /// As it was read.
    const std::string& content() const { return content_; }

private:
    void refuse_unknown(const ConfigValue::Table& table, const std::string& section) const;
    void refuse_unknown_in(const ConfigValue::List& list, const std::string& section) const;
    [[noreturn]] void unknown(const ConfigEntry& entry, const std::string& section) const;

    std::filesystem::path file_;
    std::string content_;
    std::span<const std::string_view> known_;
    ConfigValue root_;
    std::shared_ptr<const ConfigText> base_;
};

/// What a text must be: `name` completes "expected …", `hint` says what may be written.
struct Form {
    bool (*valid)(std::string_view);
    const char* name;
    const char* hint;
};

/// One section, written in the file, in what it stands on, or nowhere. A key is given when it is there and does not
/// hold "".
class Section {
public:
    /// `name` as in "database" or "users.role"; empty for the top of the file. `text` must outlive this.
    Section(const ConfigText& text, const std::string& name);

    bool written() const { return !layers_.empty(); }
    Place place() const { return place_; }
    bool given(std::string_view key) const;
    /// True when the value is a table, for keys that take text or a table.
    bool is_table(std::string_view key) const;
    /// The same of a list.
    bool is_list(std::string_view key) const;
    /// The keys written here, in their order.
    std::vector<std::string> keys() const;
    /// The tables of a list of tables, each a section of the key's name; none when not given.
    std::vector<Section> tables(std::string_view key) const;
    /// The table that a key of this section holds; one without keys when not given.
    Section below(std::string_view key) const;
    /// Text, or a whole number as text.
    std::string scalar(std::string_view key) const;

    /// Text without control characters.
    std::string text(std::string_view key, std::string fallback = {}) const;
    /// Text of a form; the empty text has every form.
    std::string text(std::string_view key, const Form& form, const char* fallback = "") const;
    /// As `text`; fails with `hint` when it is not given.
    std::string required(std::string_view key, const std::string& hint) const;
    /// A list of texts; empty when not given.
    std::vector<std::string> texts(std::string_view key) const;
    /// A list of texts of a form.
    std::vector<std::string> texts(std::string_view key, const Form& form) const;
    /// What a column must hold: text that is not empty, a whole number, or true or false, which are 1 and 0. Fails with
    /// `hint` when it is not given.
    std::string constant(std::string_view key, const std::string& hint) const;
    /// A list of such, of empty text too; empty when not given.
    std::vector<std::string> constants(std::string_view key) const;
    /// A whole number within the bounds.
    int number(std::string_view key, int fallback, int low, int high) const;
    /// A list of such numbers; `fallback` when not given.
    std::vector<int> numbers(std::string_view key, std::vector<int> fallback, int low, int high) const;
    /// true or false.
    bool flag(std::string_view key, bool fallback) const;
    /// A span of time such as "2m" within the bounds.
    Seconds span(std::string_view key, Seconds fallback, Seconds low, Seconds high) const;
    /// A path, made absolute from the folder of the file; empty when not given.
    std::filesystem::path path(std::string_view key) const;
    /// `relative` from the folder of the file.
    std::filesystem::path absolute(const std::filesystem::path& relative) const;
    /// One of a few words.
    template <class Choice>
    Choice choice(std::string_view key, Choice fallback,
                  std::initializer_list<std::pair<const char*, Choice>> choices) const {
        std::vector<std::string> words;
        for (const auto& [word, meaning] : choices) words.emplace_back(word);
        if (!given(key)) return fallback;
        return (choices.begin() + word_index(key, words))->second;
    }

    /// Throws Error CONFIG at the key's value, or at the section when the key is absent.
    [[noreturn]] void fail(std::string_view key, const std::string& fault, std::string hint) const;
    /// The same at a byte of the key's text, as far as that can be told: it is written on one line, without escapes.
    [[noreturn]] void fail_within(std::string_view key, std::size_t at, const std::string& fault,
                                  std::string hint) const;
    /// Refuses the first key that is not among these: for what the list of keys leaves open.
    void refuse_others(std::initializer_list<std::string_view> keys) const;
    /// Refuses keys that mean nothing beside another setting, such as 'port' beside 'socket'.
    void refuse(std::initializer_list<std::string_view> keys, const std::string& beside) const;
    /// "section.key", as messages name it.
    std::string full(std::string_view key) const;

private:
    /// The section as one of the files has it.
    struct Layer {
        const ConfigText* text;
        const ConfigValue::Table* table;
        Place place;
        bool is_inline = false;
    };
    /// A key as it was found, with the file that it stands in.
    struct Found {
        const ConfigText* text = nullptr;
        const ConfigEntry* entry = nullptr;
        explicit operator bool() const { return entry != nullptr; }
        const ConfigValue& value() const { return entry->value; }
    };

    Section(const ConfigText& text, std::string name, const Layer& layer)
        : text_(&text), name_(std::move(name)), place_(layer.place), layers_{layer} {}

    Found find(std::string_view key) const;
    std::ptrdiff_t word_index(std::string_view key, const std::vector<std::string>& words) const;
    std::string checked(const ConfigText& file, const ConfigValue& value, std::string_view key) const;

    const ConfigText* text_;
    std::string name_;
    Place place_;
    std::vector<Layer> layers_;  ///< the file's own before what it stands on
};

}  // namespace pwreset
