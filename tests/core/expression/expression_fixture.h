// Names, values and texts for the tests of expressions.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "src/base/error.h"
#include "src/expression/expression.h"
#include "tests/core/fake_env.h"

namespace pwreset {

/// What a profile's expressions may name. The token's parts are a selector of 20 characters and a verifier as long.
inline const std::vector<ScopeName> everything{
    {"token", ValueType::text, false, true},
    {"selector", ValueType::text, false, true, 20},
    {"verifier", ValueType::text, false, true, 20},
    {"key", ValueType::text},
    {"email", ValueType::text},
    {"login", ValueType::text},
    {"password", ValueType::text, true},
    {"count", ValueType::number},
    {"last_login", ValueType::time},
    {"issued", ValueType::time},
    {"expires", ValueType::time},
    {"secret.text", ValueType::text, true},
    {"secret.bytes", ValueType::bytes, true},
};

/// Values by name, in a line.
class Given {
public:
    Given() = default;
    Given(const Given& other) {
        for (const auto& [name, value] : other.values_) add(name, value.type, value.content.duplicate(), value.number);
    }
    Given(Given&&) = default;
    Given& operator=(Given&&) = default;

    Given& text(const std::string& name, std::string_view content) {
        return add(name, ValueType::text, Secret(content), 0);
    }
    Given& bytes(const std::string& name, std::string_view content) {
        return add(name, ValueType::bytes, Secret(content), 0);
    }
    Given& number(const std::string& name, std::int64_t number) { return add(name, ValueType::number, {}, number); }
    Given& time(const std::string& name, std::chrono::microseconds since_1970) {
        return add(name, ValueType::time, {}, since_1970.count());
    }
    Given& without(const std::string& name) {
        values_.erase(name);
        return *this;
    }
    const Values& values() const { return values_; }

private:
    Given& add(const std::string& name, ValueType type, Secret content, std::int64_t number) {
        Value value;
        value.type = type;
        value.content = std::move(content);
        value.number = number;
        values_.insert_or_assign(name, std::move(value));
        return *this;
    }

    Values values_;
};

inline Expression parsed(std::string_view text) { return Expression::parse(text, everything, true); }

/// The text or bytes that an expression is worked out to; a number as text.
inline std::string worked_out(std::string_view text, const Given& given = {}) {
    FakeEnv fake;
    const Value value = parsed(text).evaluate(given.values(), fake.env);
    return value.type == ValueType::number ? std::to_string(value.number) : std::string(value.content.reveal());
}

inline bool accepts(std::string_view expression, std::string_view text, const Given& given) {
    return parsed(expression).take_apart(text, given.values()).has_value();
}

/// What was read out, as "name=value" in the names' order; "no" where the text was refused.
inline std::string listed(const std::optional<Values>& found) {
    if (!found) return "no";
    std::string list;
    for (const auto& [name, value] : *found) {
        const bool text = value.type == ValueType::text || value.type == ValueType::bytes;
        list += (list.empty() ? "" : " ") + name + "=" +
                (text ? std::string(value.content.reveal()) : std::to_string(value.number));
    }
    return list;
}

}  // namespace pwreset
