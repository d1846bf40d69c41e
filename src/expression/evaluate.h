// Working out an expression, and taking a text apart by it.
#pragma once

#include <optional>
#include <string_view>

#include "src/expression/node.h"

namespace pwreset {

/// Names and their values: those given, and those that were read out of a text.
class KnownNames {
public:
    explicit KnownNames(const Values& given) : given_(given) {}
    /// Nothing for a name that has none.
    const Value* find(std::string_view name) const;
    void add(std::string_view name, Value value) { found_.insert_or_assign(std::string(name), std::move(value)); }
    Values take_found() { return std::move(found_); }

private:
    const Values& given_;
    Values found_;
};

/// The text of a value as '+' joins it: numbers become decimal.
Secret as_text(const Value& value);
/// Whether a node can be worked out without drawing, from what is known.
bool is_known(const ExpressionNode& node, const KnownNames& known);
/// The value of a node. Without `env` nothing in it may draw or salt. Throws Error as Expression::evaluate().
Value evaluate(const ExpressionNode& node, const KnownNames& known, const Env* env);
/// As Expression::take_apart(), or `leniently` as Expression::read().
std::optional<Values> take_apart(const ExpressionNode& node, std::string_view text, const Values& given,
                                 bool leniently);

}  // namespace pwreset
