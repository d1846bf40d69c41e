// How the fields of a row are put together before a MAC or a digest is made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace pwreset {

/// Appends a field with its length, so that no two different rows read the same; nothing differs from empty.
inline void add_field(std::string& text, const std::optional<std::string>& field) {
    text += field ? std::to_string(field->size()) + ":" + *field + ";" : "-;";
}
inline void add_field(std::string& text, std::int64_t number) { add_field(text, std::to_string(number)); }

}  // namespace pwreset
