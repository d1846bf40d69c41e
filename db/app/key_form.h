// A key of the users table as text, and back: two keys have the same text only when they are the same bytes. What reads
// as none, or could not be found again by its text, is no key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/app/column_type.h"
#include "db/session.h"

namespace pwreset::db {

class KeyForm {
public:
    /// `declared` is users.id.type: "text", "uuid-binary16", "uuid-binary16-swapped" (MySQL's UUID_TO_BIN(uuid, 1)), or
    /// empty: by the column's type, where BINARY(16) holds a UUID.
    explicit KeyForm(ColumnType type = {}, const std::string& declared = {});

    /// Why no value of this column can be a key: "it holds a floating number". Empty: it can.
    const std::string& fault() const { return fault_; }
    /// The expression to select; `of` is the alias of the column's table with its dot.
    std::string selected(const std::string& column, const std::string& of = {}) const;
    /// What rows are in the order of their keys by, and what a key is compared with in it: the column, where that has
    /// one order in both.
    std::string in_order(const std::string& column) const;
    /// What was selected, as SQL again: also of a key that has no text.
    std::optional<std::string> value_of_selected(const std::string& name, const std::string& selected,
                                                 Params& params) const;
    /// The text of what was selected; nothing for NULL and for bytes that read as no text.
    std::optional<std::string> text(const std::optional<std::string>& selected) const;
    /// The texts that somebody may mean who spells a key so: UUIDs with dashes or without, in capitals …
    std::vector<std::string> spellings(const std::string& typed) const;
    /// The value as SQL, with its parameter where it needs one; nothing when the column can hold no such key.
    std::optional<std::string> value(const std::string& name, const std::string& key, Params& params) const;

private:
    enum class Form { text, digits, decimal, uuid, packed, swapped, bytes, unusable };

    std::optional<std::string> bytes_of(const std::string& key) const;

    Form form_ = Form::text;
    ColumnType type_;
    std::string fault_;
};

/// The value of a scope as SQL: by the type of its column where that holds such a value, else as it is written.
std::string scope_value(const ColumnType& type, const std::string& declared, const std::string& value, Params& params);
/// "`column` = value" for one key, or a condition that nothing meets.
std::string is_key(const KeyForm& form, const std::string& column, const std::string& key, Params& params);

}  // namespace pwreset::db
