#include "src/expression/expression.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "src/base/ascii.h"
#include "src/expression/evaluate.h"
#include "src/expression/words.h"

namespace pwreset {
namespace {

bool uses_name(const ExpressionNode& node, std::string_view name) {
    if (node.kind == ExpressionNode::Kind::name && node.text == name) return true;
    return std::any_of(node.parts.begin(), node.parts.end(), [&](const auto& part) { return uses_name(part, name); });
}

/// A lookup that folds case, or a person who types it, leaves so much of what was drawn.
double drawn_bits(const ExpressionNode& node) {
    if (node.kind == ExpressionNode::Kind::call && node.rule->function == Function::random) {
        const std::string folded = ascii_lower(node.text);
        const std::set<char> letters(folded.begin(), folded.end());
        return static_cast<double>(node.number) * std::log2(static_cast<double>(letters.size()));
    }
    double bits = 0;
    for (const auto& part : node.parts) bits += drawn_bits(part);
    return bits;
}

}  // namespace

ValueType Expression::type() const { return root_->type; }
bool Expression::is_null() const { return root_->kind == ExpressionNode::Kind::null; }
bool Expression::credential() const { return root_->credential; }
bool Expression::drawn() const { return root_->drawn; }
bool Expression::salted() const { return root_->salted; }
bool Expression::bare_time() const { return root_->type == ValueType::time; }
bool Expression::names(std::string_view name) const { return uses_name(*root_, name); }
std::optional<std::size_t> Expression::length() const { return root_->length; }

Value Expression::evaluate(const Values& names, const Env& env) const {
    return pwreset::evaluate(*root_, KnownNames(names), &env);
}

std::optional<Values> Expression::take_apart(std::string_view text, const Values& known) const {
    return pwreset::take_apart(*root_, text, known, false);
}

std::optional<Values> Expression::read(std::string_view text, const Values& known) const {
    return pwreset::take_apart(*root_, text, known, true);
}

std::string Expression::in_words() const { return pwreset::in_words(*root_); }
double Expression::bits() const { return drawn_bits(*root_); }

}  // namespace pwreset
