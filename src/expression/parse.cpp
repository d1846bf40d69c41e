#include <algorithm>
#include <charconv>
#include <utility>

#include "src/base/ascii.h"
#include "src/base/suggestion.h"
#include "src/expression/node.h"

namespace pwreset {
namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::size_t longest_name = 64;
constexpr std::size_t most_digits = 18;
constexpr std::size_t most_arguments = 16;
constexpr std::size_t longest_bcrypt_phrase = 72;
constexpr int deepest = 32;

bool begins_name(char c) { return is_letter(c) || c == '_'; }
bool goes_on_name(char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_shown(char c) { return c >= ' ' && c <= '~'; }
std::string quoted(std::string_view word) { return "'" + std::string(word) + "'"; }

std::string suggestion(std::string_view word, const std::vector<std::string>& known, const std::string& otherwise) {
    const std::string near = nearest(word, known);
    return near.empty() ? otherwise : "did you mean " + quoted(near) + "?";
}

std::string list_of(const std::vector<std::string>& words) {
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
    return list;
}

std::string_view word_of(ValueType type) {
    switch (type) {
        case ValueType::text:
            return "text";
        case ValueType::bytes:
            return "bytes";
        case ValueType::number:
            return "a number";
        case ValueType::time:
            return "a time";
    }
    return "";
}

/// How to make text of what is none.
std::string way_to_text(ValueType type) {
    if (type == ValueType::bytes) return "hex(), base64() and base64url() make text of bytes";
    if (type == ValueType::time) return "unix(), unix_ms(), iso() and ts14() make text of a time";
    return type == ValueType::number ? "'' + makes text of a number" : "";
}

class ExpressionParser {
public:
    ExpressionParser(std::string_view text, const std::vector<ScopeName>& scope, bool may_draw)
        : text_(text), scope_(scope), may_draw_(may_draw) {}

    ExpressionNode whole() {
        if (text_.size() > longest_text) fail(0, "expression of more than 4096 bytes");
        ExpressionNode node = joined(0);
        if (at_ < text_.size()) fail(at_, "unexpected " + what_stands(at_), "parts are joined by '+'");
        return node;
    }

private:
    [[noreturn]] static void fail(std::size_t at, std::string fault, std::string hint = {}) {
        throw ExpressionFault{at, std::move(fault), std::move(hint)};
    }
    /// Past blanks, what stands there: NUL at the end.
    char next() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    std::string what_stands(std::size_t at) const {
        if (at >= text_.size()) return "end";
        return is_shown(text_[at]) ? quoted(text_.substr(at, 1)) : "character";
    }
    void expect(char c) {
        if (next() != c) fail(at_, "unexpected " + what_stands(at_), "here " + quoted({&c, 1}) + " is due");
        ++at_;
    }

    ExpressionNode joined(int depth);
    void judge_joined(const ExpressionNode& join) const;
    ExpressionNode operand(int depth);
    ExpressionNode literal();
    ExpressionNode number();
    std::string_view name();
    ExpressionNode named(std::string_view name, std::size_t at) const;
    ExpressionNode call(std::string_view name, std::size_t at, int depth);
    void argument(ExpressionNode& call, char takes, int depth);
    void alphabet(ExpressionNode& call);
    void written_number(ExpressionNode& call);
    void judge_argument(const ExpressionNode& call, const ExpressionNode& argument, char takes) const;
    void judge_call(const ExpressionNode& call);
    void judge_length(const ExpressionNode& node) const {
        if (node.length && *node.length > longest_value) fail(node.at, "value of more than 65536 bytes");
    }

    std::string_view text_;
    const std::vector<ScopeName>& scope_;
    bool may_draw_;
    bool salted_ = false;
    std::size_t at_ = 0;
};

// --- what is joined --------------------------------------------------------------------------------------------------

ExpressionNode ExpressionParser::joined(int depth) {
    ExpressionNode first = operand(depth);
    if (next() != '+') return first;
    ExpressionNode join;
    join.kind = ExpressionNode::Kind::join;
    join.at = first.at;
    join.parts.push_back(std::move(first));
    while (next() == '+') {
        ++at_;
        join.parts.push_back(operand(depth));
    }
    judge_joined(join);
    join.type = join.parts.front().type == ValueType::bytes ? ValueType::bytes : ValueType::text;
    join.length = 0;
    for (const auto& part : join.parts) {
        join.credential |= part.credential;
        join.drawn |= part.drawn;
        join.draws |= part.draws;
        join.salted |= part.salted;
        join.length = join.length && part.length ? std::optional(*join.length + *part.length) : std::nullopt;
    }
    judge_length(join);
    return join;
}

void ExpressionParser::judge_joined(const ExpressionNode& join) const {
    const bool bytes = join.parts.front().type == ValueType::bytes;
    bool text = false;
    for (const auto& part : join.parts) {
        if (part.kind == ExpressionNode::Kind::null) fail(part.at, "'null' is joined", "it stands alone");
        if (part.type == ValueType::time) fail(part.at, "a time is joined", way_to_text(ValueType::time));
        if ((part.type == ValueType::bytes) != bytes) {
            fail(part.at, std::string(word_of(part.type)) + " joined to " + (bytes ? "bytes" : "text"),
                 way_to_text(ValueType::bytes));
        }
        text |= part.type == ValueType::text;
    }
    // Whoever writes unix(issued) + 3600 means a sum.
    if (!bytes && !text) fail(join.at, "only numbers are joined", "'+' joins texts and adds nothing");
}

ExpressionNode ExpressionParser::operand(int depth) {
    const char c = next();
    const std::size_t at = at_;
    if (c == '\'') return literal();
    if (is_digit(c)) return number();
    if (!begins_name(c)) {
        fail(at, text_.empty() ? "empty expression" : "unexpected " + what_stands(at),
             "a 'text', a number, a name or a function is due here");
    }
    const std::string_view word = name();
    if (next() == '(') return call(word, at, depth);
    return named(word, at);
}

// --- words -----------------------------------------------------------------------------------------------------------

ExpressionNode ExpressionParser::literal() {
    ExpressionNode node;
    node.kind = ExpressionNode::Kind::literal;
    node.at = at_++;
    for (;; ++at_) {
        if (at_ >= text_.size()) fail(node.at, "text without its closing quote");
        if (!is_shown(text_[at_])) fail(at_, "character in a text that is not printable ASCII");
        if (text_[at_] == '\'') {
            const bool doubled = text_.substr(at_ + 1).starts_with('\'');
            ++at_;
            if (!doubled) break;
        }
        node.text += text_[at_];
    }
    node.length = node.text.size();
    return node;
}

ExpressionNode ExpressionParser::number() {
    ExpressionNode node;
    node.kind = ExpressionNode::Kind::number;
    node.type = ValueType::number;
    node.at = at_;
    const auto digits = text_.substr(at_, std::min(text_.find_first_not_of("0123456789", at_), text_.size()) - at_);
    if (digits.size() > most_digits) fail(at_, "number of more than 18 digits", "write it as a text");
    if (digits.size() > 1 && digits.front() == '0') fail(at_, "number with a zero in front", "write it as a text");
    std::from_chars(digits.data(), digits.data() + digits.size(), node.number);
    at_ += digits.size();
    if (at_ < text_.size() && goes_on_name(text_[at_])) fail(at_, "unexpected " + what_stands(at_));
    node.length = digits.size();
    return node;
}

std::string_view ExpressionParser::name() {
    const std::size_t from = at_;
    while (at_ < text_.size() && goes_on_name(text_[at_])) ++at_;
    if (at_ - from > longest_name) fail(from, "name of more than 64 characters");
    return text_.substr(from, at_ - from);
}

ExpressionNode ExpressionParser::named(std::string_view name, std::size_t at) const {
    ExpressionNode node;
    node.at = at;
    if (name == "null") return node;
    const auto known =
        std::find_if(scope_.begin(), scope_.end(), [&](const auto& candidate) { return candidate.name == name; });
    if (known == scope_.end()) {
        if (function_named(name) != nullptr) fail(at, quoted(name) + " without '(…)'", "it is a function");
        std::vector<std::string> names;
        for (const auto& candidate : scope_) names.push_back(candidate.name);
        fail(at, "unknown name " + quoted(name),
             suggestion(name, names, names.empty() ? "no names may be used here" : "a text stands in single quotes"));
    }
    node.kind = ExpressionNode::Kind::name;
    node.text = known->name;
    node.type = known->type;
    node.credential = known->credential;
    node.drawn = known->drawn;
    const bool has_length = known->length > 0 && (known->type == ValueType::text || known->type == ValueType::bytes);
    if (has_length) node.length = known->length;
    judge_length(node);
    return node;
}

// --- calls -----------------------------------------------------------------------------------------------------------

ExpressionNode ExpressionParser::call(std::string_view name, std::size_t at, int depth) {
    if (depth >= deepest) fail(at, "functions within functions deeper than 32");
    ExpressionNode node;
    node.kind = ExpressionNode::Kind::call;
    node.at = at;
    node.rule = function_named(name);
    if (node.rule == nullptr) {
        fail(at, "unknown function " + quoted(name),
             suggestion(name, all_function_names(), "see pwreset-profiles(5) for the functions"));
    }
    expect('(');
    std::string_view takes = node.rule->takes;
    for (std::size_t given = 0; given < most_arguments && !takes.empty(); ++given) {
        if (given > 0 && takes.front() == '*' && next() == ')') break;
        if (given > 0) expect(',');
        const bool more = takes.front() == '*';
        argument(node, more ? node.rule->takes.front() : takes.front(), depth);
        if (!more) takes.remove_prefix(1);
    }
    expect(')');
    judge_call(node);
    complete_call(node);
    judge_length(node);
    return node;
}

void ExpressionParser::argument(ExpressionNode& call, char takes, int depth) {
    if (takes == 'a') return alphabet(call);
    if (takes == 'n') return written_number(call);
    ExpressionNode argument = joined(depth + 1);
    judge_argument(call, argument, takes);
    call.parts.push_back(std::move(argument));
}

void ExpressionParser::alphabet(ExpressionNode& call) {
    const char c = next();
    const std::size_t at = at_;
    if (c == '\'') {
        call.text = literal().text;
        std::string sorted = call.text;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) fail(at, "a letter is in it twice");
        if (sorted.size() < 2) fail(at, "an alphabet of fewer than two letters");
        return;
    }
    const std::string_view word = begins_name(c) ? name() : std::string_view();
    call.text = letters_of_alphabet(word);
    if (!call.text.empty()) return;
    const auto names = all_alphabet_names();
    fail(at, word.empty() ? "no alphabet" : "unknown alphabet " + quoted(word),
         suggestion(word, names, "there are " + list_of(names) + " and letters of your own in single quotes"));
}

void ExpressionParser::written_number(ExpressionNode& call) {
    const std::string bounds =
        "a number from " + std::to_string(call.rule->least) + " to " + std::to_string(call.rule->most) + " is due here";
    if (!is_digit(next())) fail(at_, "unexpected " + what_stands(at_), bounds);
    const ExpressionNode written = number();
    if (written.number < call.rule->least || written.number > call.rule->most) {
        fail(written.at, "number out of bounds", bounds);
    }
    call.number = written.number;
}

void ExpressionParser::judge_argument(const ExpressionNode& call, const ExpressionNode& argument, char takes) const {
    const std::string function = quoted(call.rule->name);
    const bool text = argument.type == ValueType::text && argument.kind != ExpressionNode::Kind::null;
    const bool bytes = argument.type == ValueType::bytes;
    const bool number = argument.type == ValueType::number;
    const bool time = argument.type == ValueType::time && argument.kind == ExpressionNode::Kind::name;
    const bool fits = takes == 'm' ? time : text || (takes == 'x' && bytes) || (takes == 'i' && number);
    if (!fits) {
        const bool null = argument.kind == ExpressionNode::Kind::null;
        fail(argument.at, function + " of " + (null ? "'null'" : std::string(word_of(argument.type))),
             "it takes " + std::string(argument_in_words(takes)) +
                 (null || takes == 'm' ? "" : "; " + way_to_text(argument.type)));
    }
    const Function made = call.rule->function;
    const bool random = argument.kind == ExpressionNode::Kind::call && argument.rule->function == Function::random;
    if (argument.draws && !(random && made == Function::lower)) {
        fail(argument.at, function + " of what is drawn", "draw it as a part, by a name, and use that");
    }
    const bool encodes = made == Function::hex || made == Function::base64 || made == Function::base64url;
    if (argument.salted && !encodes) {
        fail(argument.at, function + " of a salted hash", "it has another value each time and could not be compared");
    }
    if (made == Function::bcrypt && argument.length.value_or(0) > longest_bcrypt_phrase) {
        fail(argument.at, "bcrypt of more than 72 bytes", "it would not see the end");
    }
}

void ExpressionParser::judge_call(const ExpressionNode& call) {
    if (call.rule->function == Function::random && !may_draw_) {
        fail(call.at, "'random' has no place here", "draw in 'token' or 'parts', and use it by name");
    }
    if (call.rule->salted && salted_) fail(call.at, "a second salted hash", "a value holds one at most");
    salted_ |= call.rule->salted;
}

}  // namespace

Expression Expression::parse(std::string_view text, const std::vector<ScopeName>& scope, bool may_draw) {
    Expression made;
    made.root_ = std::make_shared<const ExpressionNode>(ExpressionParser(text, scope, may_draw).whole());
    return made;
}

}  // namespace pwreset
