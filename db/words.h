// Words in rows: read as the values they stand for, written from them.
#pragma once

#include <string>

#include "db/session.h"
#include "src/base/words.h"

namespace pwreset::db {

/// The value; throws Error INTERNAL_ERROR for a word that this version does not know, which the statement should not
/// have selected.
template <typename Value, std::size_t Count>
Value word_at(const Row& row, std::size_t column, const WordTable<Value, Count>& table) {
    const auto value = value_in(table, row.text(column));
    if (!value) throw internal_error("a row holds a word that this version does not know");
    return *value;
}

/// "('link', 'reset_otp')": the words of a table, for a condition. They are ours, so they need no parameters.
template <typename Value, std::size_t Count>
std::string list_of_words(const WordTable<Value, Count>& table) {
    std::string list;
    for (const auto& [value, word] : table) list += (list.empty() ? "('" : ", '") + std::string(word) + "'";
    return list + ")";
}

}  // namespace pwreset::db
