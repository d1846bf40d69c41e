// Any text as an expression: it is refused at one of its bytes, or what it is worked out to is taken apart by it again,
// tells no credential that it does not admit to telling, and has the length it says; and no text makes it read out what
// it would not have written.
#include "src/expression/expression.h"

#include <algorithm>
#include <optional>

#include "tests/core/fake_env.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

// None of them can come about by an alphabet, a digest or an encoding of another.
constexpr std::string_view password = "$2y$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";
constexpr std::string_view text_secret = "=a secret of the application=";
constexpr std::string_view bytes_secret = "\x01\xfe=32 bytes of another secret=\x80\xff";
constexpr std::string_view drawn_token = "=what was drawn at random=";

const std::vector<ScopeName> scope{
    {"token", ValueType::text, false, true},       {"part", ValueType::text, false, true, 8},
    {"key", ValueType::text, false, false},        {"email", ValueType::text, false, false},
    {"password", ValueType::text, true, false},    {"count", ValueType::number, false, false},
    {"issued", ValueType::time, false, false},     {"expires", ValueType::time, false, false},
    {"secret.text", ValueType::text, true, false}, {"secret.bytes", ValueType::bytes, true, false},
};

Value value_of(ValueType type, std::string_view content, std::int64_t number = 0) {
    Value value;
    value.type = type;
    value.content = Secret(content);
    value.number = number;
    return value;
}

/// What is known of an account and a token; `key` and `email` as the input has them.
Values all_values(std::string_view key, std::string_view email) {
    Values values;
    values.emplace("token", value_of(ValueType::text, drawn_token));
    values.emplace("part", value_of(ValueType::text, "0123abcd"));
    values.emplace("key", value_of(ValueType::text, key));
    values.emplace("email", value_of(ValueType::text, email));
    values.emplace("password", value_of(ValueType::text, password));
    values.emplace("count", value_of(ValueType::number, {}, -17));
    values.emplace("issued", value_of(ValueType::time, {}, 1'749'283'750'123'456));
    values.emplace("expires", value_of(ValueType::time, {}, -1));
    values.emplace("secret.text", value_of(ValueType::text, text_secret));
    values.emplace("secret.bytes", value_of(ValueType::bytes, bytes_secret));
    return values;
}

std::optional<Expression> read_expression(std::string_view text) try {
    return Expression::parse(text, scope, true);
} catch (const ExpressionFault& fault) {
    require(fault.at <= text.size(), "a fault is in the text");
    require(!fault.fault.empty(), "a fault is told");
    require_printable(Error(Exit::config, "CONFIG", fault.fault, fault.hint));
    return {};
}

/// Its text, or nothing where it has none for these values.
std::optional<Secret> work_out(const Expression& expression, const Values& values, const Env& env) try {
    Value value = expression.evaluate(values, env);
    require(value.type == expression.type(), "a value is of the expression's type");
    if (value.type == ValueType::time) return {};
    const bool number = value.type == ValueType::number;
    Secret text = number ? Secret(std::string_view(std::to_string(value.number))) : std::move(value.content);
    require(!expression.length() || *expression.length() == text.size(), "a value has the length it is said to have");
    return text;
} catch (const Error& error) {
    require(error.code == "INVALID_INPUT" || expression.is_null(), "only values are at fault");
    require_printable(error);
    return {};
}

bool holds(const Secret& text, std::string_view what) { return text.reveal().find(what) != std::string_view::npos; }

void check_worked_out(const Expression& expression, const Secret& text, const Values& values) {
    const auto again = expression.take_apart(text.reveal(), values);
    require(again && again->empty(), "what was worked out is recognised, and nothing in it is new");
    for (const std::string_view credential : {password, text_secret, bytes_secret}) {
        require(expression.credential() || !holds(text, credential), "a credential is admitted to");
    }
    require(expression.drawn() || !holds(text, drawn_token), "what was drawn is admitted to");
}

/// Whatever is read out of a text leads back to it.
void check_taken_apart(const Expression& expression, std::string_view text, const Values& values) {
    Values known;
    for (const auto& [name, value] : values) {
        if (name != "key" && name != "issued" && name != "count") {
            known.emplace(name, value_of(value.type, value.content.reveal(), value.number));
        }
    }
    auto found = expression.take_apart(text, known);
    require(!found || expression.read(text, known), "what is proved can be read");
    if (!found) return;
    for (auto& [name, value] : *found) {
        require(expression.names(name) && !known.contains(name), "what is read out was named and unknown");
        require(!name.starts_with("secret.") && name != "password", "no credential is read out");
        known.emplace(name, std::move(value));
    }
    const auto again = expression.take_apart(text, known);
    require(again && again->empty(), "what was read out stands there");
}

void check_told(const Expression& expression, std::string_view text) {
    const std::string words = expression.in_words();
    require(!words.empty() && printable(words) == words, "an expression can be told");
    require(expression.bits() >= 0, "randomness is counted");
    // Joined to something, it tells no less.
    if (expression.type() != ValueType::text || expression.is_null()) return;
    const auto joined = read_expression(std::string(text) + "+'.'+password");
    require(!joined || joined->credential(), "who tells a credential in part tells one");
    require(!joined || joined->drawn() == expression.drawn(), "joining draws nothing");
    const auto lowered = read_expression("lower(" + std::string(text) + ")");
    require(!lowered || lowered->credential() == expression.credential(), "an encoding tells what it encodes");
}

}  // namespace
}  // namespace pwreset::fuzz

/// The expression, "%%", a key, "%%", an e-mail address, "%%", a text to be taken apart.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    std::vector<std::string> parts = parts_of(text_of(data, size));
    parts.resize(std::max<std::size_t>(parts.size(), 4));
    // A hash that takes its time is tried elsewhere.
    if (parts[0].find("bcrypt") != std::string::npos && size % 16 != 0) return 0;
    const auto expression = read_expression(parts[0]);
    if (!expression) return 0;
    FakeEnv fake;
    const Values values = all_values(parts[1], parts[2]);
    check_told(*expression, parts[0]);
    check_taken_apart(*expression, parts[3], values);
    const auto text = work_out(*expression, values, fake.env);
    if (!text) return 0;
    check_worked_out(*expression, *text, values);
    check_taken_apart(*expression, text->reveal(), values);
    const auto other = expression->take_apart(parts[3], values);
    const bool fixed = !expression->drawn() && !expression->salted();
    require(!fixed || other.has_value() == (parts[3] == text->reveal()), "an expression without chance has one value");
    return 0;
}
