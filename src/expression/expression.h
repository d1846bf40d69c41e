// The language in which a profile says what a token is, what is stored of it and what stands in the link:
// "unix(issued) + ':' + phpass(token, 13)". Typed, total, without loops, conditions or side effects; pure but for the
// randomness that it draws. From one text: it is evaluated, what stands in a column or a link is taken apart by it, and
// it is told in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/env.h"
#include "src/base/secret.h"

namespace pwreset {

struct ExpressionNode;

/// Text is what can stand in a column or a link; bytes are what digests and decoded secrets are; a time is a moment.
enum class ValueType { text, bytes, number, time };

/// What an expression works out. Move-only.
struct Value {
    ValueType type = ValueType::text;
    Secret content;           ///< of text and bytes
    std::int64_t number = 0;  ///< of a number; of a time its microseconds since 1970, UTC
};
using Values = std::map<std::string, Value, std::less<>>;

/// A name that an expression may use.
struct ScopeName {
    std::string name;  ///< "token", "secret.hmac"
    ValueType type = ValueType::text;
    bool credential = false;  ///< a secret of the application, a password's hash: never mailed, never stored elsewhere
    bool drawn = false;       ///< random, and what the mail is to prove: mailed, never told
    std::size_t length = 0;   ///< how many bytes a text always has; 0 when that is not so
};

/// Why a text is no expression. Thrown by Expression::parse; the caller adds where the text stands.
struct ExpressionFault {
    std::size_t at = 0;  ///< the byte of the text
    std::string fault;   ///< lower case, the fault first, names in single quotes
    std::string hint;    ///< the next step, or empty
};

/// An expression that was read and whose types agree. Immutable, cheap to copy; default-constructed it is absent, and
/// then nothing but given() may be asked.
class Expression {
public:
    Expression() = default;
    /// Reads a text of at most 4 KiB and a depth of 32. `may_draw` allows random(). Throws ExpressionFault.
    static Expression parse(std::string_view text, const std::vector<ScopeName>& scope, bool may_draw);

    bool given() const { return root_ != nullptr; }
    ValueType type() const;
    /// Whether it is the word null: SQL's NULL, which has no value to evaluate.
    bool is_null() const;
    /// Whether its value tells a credential. A digest does not tell what it is of; its encoding or part does.
    bool credential() const;
    /// Whether its value tells what was drawn at random.
    bool drawn() const;
    /// Whether it holds a salted hash, so that each evaluation gives another value and only take_apart() compares.
    bool salted() const;
    /// Whether it is a time itself, not a text of one: the column's own form decides how it is written.
    bool bare_time() const;
    /// Whether it uses that name of the scope.
    bool names(std::string_view name) const;

    /// Its value. `names` holds all that it uses; `env` gives the randomness of draws and salts. Throws Error
    /// INVALID_INPUT for values that it has no result for (letters beyond ASCII in lower()), UNAVAILABLE when there is
    /// not enough memory for a hash.
    Value evaluate(const Values& names, const Env& env) const;
    /// Whether `text` is a value of this expression, its names being `known`: literals and known parts must be equal,
    /// salted hashes verify, and names that are not known and stand open in the text (a part of the token, the time in
    /// unix(issued)) are read out of it and given back. Nothing when it is not; never throws Error for what stands in
    /// the text. Takes time that depends on lengths only where secrets are compared.
    std::optional<Values> take_apart(std::string_view text, const Values& known) const;
    /// The same for what is not compared because names of it are not known: that is passed over. To learn whom a link
    /// is about, before anything of the account is known; it proves nothing.
    std::optional<Values> read(std::string_view text, const Values& known) const;
    /// How many bytes its text has, where that is always the same: the column must be as wide.
    std::optional<std::size_t> length() const;
    /// What it is, for a person: "the bcrypt hash of the token". Without any value.
    std::string in_words() const;
    /// How much randomness random() draws in it, in bits, letters of different case being one; names count nothing.
    double bits() const;

private:
    std::shared_ptr<const ExpressionNode> root_;
};

}  // namespace pwreset
