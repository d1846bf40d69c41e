#include <algorithm>
#include <charconv>
#include <deque>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/expression/encode.h"
#include "src/expression/evaluate.h"
#include "src/expression/time_text.h"
#include "src/hash/digest.h"
#include "src/hash/salted_hash.h"
#include "src/hash/sealed.h"

namespace pwreset {
namespace {

constexpr std::string_view decimal_digits = "0123456789";
constexpr std::string_view base36_digits = "0123456789abcdefghijklmnopqrstuvwxyz";

bool is_call(const ExpressionNode& node, Function function) {
    return node.kind == ExpressionNode::Kind::call && node.rule->function == function;
}

bool is_salted_hash(const ExpressionNode& node) {
    return node.kind == ExpressionNode::Kind::call && node.rule->salted && !is_call(node, Function::chacha20_magento);
}

bool is_encoding(const ExpressionNode& node) {
    return is_call(node, Function::hex) || is_call(node, Function::base64) || is_call(node, Function::base64url);
}

bool is_number_of_key(const ExpressionNode& node) {
    return is_call(node, Function::base36) || is_call(node, Function::undashed);
}

bool is_written_time(const ExpressionNode& node) {
    return is_call(node, Function::unix_seconds) || is_call(node, Function::unix_ms) || is_call(node, Function::iso) ||
           is_call(node, Function::ts14);
}

/// The letters a text of variable length ends at the first other of; empty when it may hold any.
std::string_view own_letters(const ExpressionNode& node) {
    const bool count = is_call(node, Function::unix_seconds) || is_call(node, Function::unix_ms);
    if (count || (node.kind == ExpressionNode::Kind::name && node.type == ValueType::number)) return decimal_digits;
    return is_call(node, Function::base36) ? base36_digits : std::string_view();
}

std::optional<std::int64_t> signed_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || std::to_string(number) != text) return {};
    return number;
}

/// One text taken apart by one expression. What cannot be compared yet, since names of it may stand further on, is
/// compared at the end.
class Taking {
public:
    Taking(const Values& given, bool leniently) : known_(given), leniently_(leniently) {}

    bool take(const ExpressionNode& node, std::string_view text);
    /// Whether what was put off holds; leniently, what still has unknown names is passed over.
    bool settle() const;
    Values found() { return known_.take_found(); }

private:
    struct Owed {
        const ExpressionNode* node;
        std::string_view text;
    };

    bool put_off(const ExpressionNode& node, std::string_view text) {
        owed_.push_back({&node, text});
        return true;
    }
    bool is_equal(const ExpressionNode& node, std::string_view text) const {
        return equal_in_constant_time(as_text(evaluate(node, known_, nullptr)).reveal(), text);
    }
    bool take_name(const ExpressionNode& node, std::string_view text);
    bool take_call(const ExpressionNode& call, std::string_view text);
    bool take_decoded(const ExpressionNode& call, std::string_view text);
    bool take_drawn(const ExpressionNode& random, std::string_view text, bool lowered) const;
    bool take_time(const ExpressionNode& call, std::string_view text);

    bool take_join(const ExpressionNode& join, std::string_view text);
    std::optional<std::size_t> size_of(const ExpressionNode& node) const;
    bool ends_run(const ExpressionNode& part, std::string_view letters, bool at_its_front) const;
    std::optional<std::size_t> size_at_front(const ExpressionNode& part, const ExpressionNode* after,
                                             std::string_view text) const;
    std::optional<std::size_t> size_at_end(const ExpressionNode& part, const ExpressionNode& before,
                                           std::string_view text) const;

    KnownNames known_;
    bool leniently_;
    std::vector<Owed> owed_;
    std::deque<Secret> decoded_;  ///< what `owed_` looks into; a deque moves nothing
};

bool Taking::take(const ExpressionNode& node, std::string_view text) {
    if (node.type == ValueType::time) return false;  // how it is written is the column's matter
    if (is_known(node, known_)) return is_equal(node, text);
    switch (node.kind) {
        case ExpressionNode::Kind::name:
            return take_name(node, text);
        case ExpressionNode::Kind::join:
            return take_join(node, text);
        case ExpressionNode::Kind::call:
            return take_call(node, text);
        case ExpressionNode::Kind::null:
        case ExpressionNode::Kind::literal:
        case ExpressionNode::Kind::number:
            return false;
    }
    return false;
}

bool Taking::take_name(const ExpressionNode& node, std::string_view text) {
    // A credential never stands open: what stands in its place is none.
    if (node.credential) return false;
    if (node.length && *node.length != text.size()) return false;
    Value value;
    value.type = node.type;
    if (node.type == ValueType::number) {
        const auto number = signed_number(text);
        if (!number) return false;
        value.number = *number;
    } else {
        value.content = Secret(text);
    }
    known_.add(node.text, std::move(value));
    return true;
}

bool Taking::take_call(const ExpressionNode& call, std::string_view text) {
    if (call.length && !call.salted && *call.length != text.size()) return false;
    if (is_call(call, Function::random)) return take_drawn(call, text, false);
    if (is_call(call, Function::lower) && is_call(call.parts.front(), Function::random)) {
        return take_drawn(call.parts.front(), text, true);
    }
    if (leniently_ && is_call(call, Function::lower) && call.parts.front().kind == ExpressionNode::Kind::name) {
        // In which letters it stands elsewhere is not told: it is enough to find whom it is about.
        return ascii_lower(text) == text && take_name(call.parts.front(), text);
    }
    if (is_encoding(call) || is_number_of_key(call)) return take_decoded(call, text);
    if (is_written_time(call)) return take_time(call, text);
    return put_off(call, text);
}

bool Taking::take_decoded(const ExpressionNode& call, std::string_view text) {
    auto inside = decode(call.rule->function, text);
    if (!inside) return false;
    decoded_.push_back(std::move(*inside));
    return take(call.parts.front(), decoded_.back().reveal());
}

bool Taking::take_drawn(const ExpressionNode& random, std::string_view text, bool lowered) const {
    const std::string letters = lowered ? ascii_lower(random.text) : random.text;
    return text.size() == static_cast<std::size_t>(random.number) && text.find_first_not_of(letters) == text.npos;
}

bool Taking::take_time(const ExpressionNode& call, std::string_view text) {
    const auto time = read_time(call.rule->function, text);
    if (!time) return false;
    Value value;
    value.type = ValueType::time;
    value.number = *time;
    known_.add(call.parts.front().text, std::move(value));
    return true;
}

// --- what is joined --------------------------------------------------------------------------------------------------

/// How many bytes a part has, if that does not depend on what stands there.
std::optional<std::size_t> Taking::size_of(const ExpressionNode& node) const {
    if (is_known(node, known_)) return as_text(evaluate(node, known_, nullptr)).size();
    if (node.salted && !is_call(node, Function::bcrypt) && !is_call(node, Function::phpass)) return {};
    return node.length;
}

/// Whether a part is known, and does not go on with these letters at that end: so it ends a run of them.
bool Taking::ends_run(const ExpressionNode& part, std::string_view letters, bool at_its_front) const {
    if (!is_known(part, known_)) return false;
    const Secret text = as_text(evaluate(part, known_, nullptr));
    if (text.empty()) return false;
    return letters.find(at_its_front ? text.reveal().front() : text.reveal().back()) == letters.npos;
}

/// How many bytes at the front of `text` a part has that is not measured yet, `after` being the part behind it.
std::optional<std::size_t> Taking::size_at_front(const ExpressionNode& part, const ExpressionNode* after,
                                                 std::string_view text) const {
    if (after == nullptr) return text.size();
    if (is_salted_hash(part)) {
        return salted_length(salted_hash_of(part.rule->function), text);
    }
    const auto letters = own_letters(part);
    if (!letters.empty()) {
        if (!ends_run(*after, letters, true)) return {};
        const std::size_t sign = text.starts_with('-') && letters == decimal_digits ? 1 : 0;
        return std::min(text.find_first_not_of(letters, sign), text.size());
    }
    // Up to where the next part begins, if it is known how it does.
    if (!is_known(*after, known_)) return {};
    const Secret next = as_text(evaluate(*after, known_, nullptr));
    const auto at = next.empty() ? text.npos : text.find(next.reveal());
    return at == text.npos ? std::nullopt : std::optional(at);
}

/// How many bytes at the end of `text` a part has of which the letters say where it begins, behind `before`.
std::optional<std::size_t> Taking::size_at_end(const ExpressionNode& part, const ExpressionNode& before,
                                               std::string_view text) const {
    const auto letters = own_letters(part);
    if (letters.empty() || !ends_run(before, letters, false)) return {};
    return text.size() - (text.find_last_not_of(letters) + 1);
}

bool Taking::take_join(const ExpressionNode& join, std::string_view text) {
    auto first = join.parts.begin();
    auto last = join.parts.end();
    // From the end, as long as the sizes are known: so the one part of any size may hold what parts the others.
    while (last != first) {
        auto size = size_of(*std::prev(last));
        if (!size && last - first > 1) size = size_at_end(*std::prev(last), *std::prev(last, 2), text);
        if (!size) break;
        if (*size > text.size() || !take(*std::prev(last), text.substr(text.size() - *size))) return false;
        text.remove_suffix(*size);
        --last;
    }
    for (; first != last; ++first) {
        auto size = size_of(*first);
        if (!size) size = size_at_front(*first, std::next(first) == last ? nullptr : &*std::next(first), text);
        if (!size || *size > text.size() || !take(*first, text.substr(0, *size))) return false;
        text.remove_prefix(*size);
    }
    return text.empty();
}

// --- what was put off ------------------------------------------------------------------------------------------------

bool Taking::settle() const {
    return std::all_of(owed_.begin(), owed_.end(), [&](const Owed& owed) {
        const ExpressionNode& node = *owed.node;
        if (!node.rule->salted) return is_known(node, known_) ? is_equal(node, owed.text) : leniently_;
        const auto known = [&](const ExpressionNode& part) { return is_known(part, known_); };
        if (!std::all_of(node.parts.begin(), node.parts.end(), known)) return leniently_;
        const auto argument = [&](const ExpressionNode& part) { return as_text(evaluate(part, known_, nullptr)); };
        const Secret first = argument(node.parts.front());
        if (is_salted_hash(node)) return verify_salted(salted_hash_of(node.rule->function), owed.text, first);
        const auto opened = open_magento(first, owed.text);
        return opened && equal_in_constant_time(opened->reveal(), argument(node.parts.back()).reveal());
    });
}

}  // namespace

std::optional<Values> take_apart(const ExpressionNode& node, std::string_view text, const Values& given,
                                 bool leniently) try {
    if (node.kind == ExpressionNode::Kind::null || text.size() > longest_value) return {};
    Taking taking(given, leniently);
    if (!taking.take(node, text) || !taking.settle()) return {};
    return taking.found();
} catch (const Error& error) {
    // What stands in the text leads to values that the expression has no result for: it is not one of its.
    if (error.code == "INVALID_INPUT") return {};
    throw;
}

}  // namespace pwreset
