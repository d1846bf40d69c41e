// Values that are stored and shown as words: each enum has one table of them, in its own header.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pwreset {

template <typename Enum, std::size_t Count>
using WordTable = std::array<std::pair<Enum, std::string_view>, Count>;

template <typename Enum, std::size_t Count>
constexpr std::string_view word_in(const WordTable<Enum, Count>& table, Enum value) {
    for (const auto& [known, word] : table) {
        if (known == value) return word;
    }
    return {};
}

/// Nothing for a word that the table does not have.
template <typename Enum, std::size_t Count>
constexpr std::optional<Enum> value_in(const WordTable<Enum, Count>& table, std::string_view text) {
    for (const auto& [value, word] : table) {
        if (word == text) return value;
    }
    return {};
}

/// Every word of a table, in its order.
template <typename Enum, std::size_t Count>
std::vector<std::string> all_words(const WordTable<Enum, Count>& table) {
    std::vector<std::string> words;
    for (const auto& [value, word] : table) words.emplace_back(word);
    return words;
}

/// A word as a row holds it, for what is shown: also one that we do not know, which must not end a listing.
template <typename Enum>
struct StoredWord {
    std::string word;
    std::optional<Enum> value;

    friend bool operator==(const StoredWord& stored, Enum wanted) { return stored.value == wanted; }
};

template <typename Enum, std::size_t Count>
StoredWord<Enum> stored_word(std::string word, const WordTable<Enum, Count>& table) {
    const auto value = value_in(table, word);
    return {std::move(word), value};
}

}  // namespace pwreset
