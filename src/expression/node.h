// An expression as a tree: what parsing makes and all else walks over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/expression/expression.h"
#include "src/expression/function.h"

namespace pwreset {

/// The longest value, in bytes, that an expression is worked out to or that is taken apart.
constexpr std::size_t longest_value = 65'536;

struct ExpressionNode {
    enum class Kind { null, literal, number, name, join, call };

    Kind kind = Kind::null;
    const FunctionRule* rule = nullptr;  ///< of a call
    std::string text;                    ///< a literal's text, a name, the alphabet of random()
    std::int64_t number = 0;             ///< a number; of a call its last argument: characters, cost, rounds, bytes
    std::vector<ExpressionNode> parts;   ///< what is joined; a call's arguments without alphabet and number
    std::size_t at = 0;                  ///< the byte of the text where it begins

    ValueType type = ValueType::text;
    bool credential = false;  ///< its value tells one
    bool drawn = false;       ///< its value tells what was drawn
    bool draws = false;       ///< random() is in it
    bool salted = false;      ///< a salted hash is in it
    /// How many bytes its text has, where that is always the same.
    std::optional<std::size_t> length;
};

/// Says of a call with its arguments what it is: its type, what it tells, its length.
void complete_call(ExpressionNode& call);

}  // namespace pwreset
