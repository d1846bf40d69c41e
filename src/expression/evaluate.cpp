#include "src/expression/evaluate.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/expression/encode.h"
#include "src/expression/time_text.h"
#include "src/hash/digest.h"
#include "src/hash/draw.h"
#include "src/hash/salted_hash.h"
#include "src/hash/sealed.h"

namespace pwreset {
namespace {

Error too_long() { return invalid_input("value of more than 65536 bytes"); }

Value made(ValueType type, Secret content) {
    if (content.size() > longest_value) throw too_long();
    Value value;
    value.type = type;
    value.content = std::move(content);
    return value;
}

Value made(std::int64_t number) {
    Value value;
    value.type = ValueType::number;
    value.number = number;
    return value;
}

Secret joined(const std::vector<Secret>& texts, std::string_view between = {}) {
    std::size_t size = 0;
    for (const auto& text : texts) size += text.size() + between.size();
    if (size > longest_value) throw too_long();
    Secret whole(size);
    char* to = whole.data();
    for (const auto& text : texts) {
        if (&text != &texts.front()) to = std::copy(between.begin(), between.end(), to);
        to = std::copy(text.reveal().begin(), text.reveal().end(), to);
    }
    whole.shrink(static_cast<std::size_t>(to - whole.data()));
    return whole;
}

/// Works out the nodes of one expression.
class Evaluation {
public:
    Evaluation(const KnownNames& known, const Env* env) : known_(known), env_(env) {}

    Value value_of(const ExpressionNode& node) const {
        switch (node.kind) {
            case ExpressionNode::Kind::null:
                break;
            case ExpressionNode::Kind::literal:
                return made(ValueType::text, Secret(std::string_view(node.text)));
            case ExpressionNode::Kind::number:
                return made(node.number);
            case ExpressionNode::Kind::name:
                return named(node);
            case ExpressionNode::Kind::join:
                return made(node.type, joined(texts_of(node)));
            case ExpressionNode::Kind::call:
                return called(node);
        }
        throw internal_error("null has no value");
    }

private:
    Value named(const ExpressionNode& node) const;
    Value called(const ExpressionNode& call) const;
    Secret digested(const ExpressionNode& call) const;
    Secret listed(const ExpressionNode& call) const;

    std::vector<Secret> texts_of(const ExpressionNode& node) const {
        std::vector<Secret> texts;
        std::size_t size = 0;
        for (const auto& part : node.parts) {
            texts.push_back(as_text(value_of(part)));
            size += texts.back().size();
            if (size > longest_value) throw too_long();  // before a thousand of them fill the memory
        }
        return texts;
    }
    Secret argument(const ExpressionNode& call, std::size_t which = 0) const {
        return as_text(value_of(call.parts.at(which)));
    }
    const Env& env() const {
        if (env_ == nullptr) throw internal_error("nothing can be drawn here");
        return *env_;
    }

    const KnownNames& known_;
    const Env* env_;
};

Value Evaluation::named(const ExpressionNode& node) const {
    const Value* value = known_.find(node.text);
    if (value == nullptr) throw invalid_input("no value for '" + node.text + "'");
    if (value->type != node.type) throw internal_error("'" + node.text + "' has a value of another type");
    if (node.length && *node.length != value->content.size()) {
        throw invalid_input("'" + node.text + "' is not of " + std::to_string(*node.length) + " bytes");
    }
    if (node.type == ValueType::text || node.type == ValueType::bytes) {
        return made(node.type, value->content.duplicate());
    }
    Value copy = made(value->number);
    copy.type = node.type;
    return copy;
}

Secret small_letters(Secret text) {
    const auto is_foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    if (std::any_of(text.data(), text.data() + text.size(), is_foreign)) {
        throw invalid_input("letters beyond ASCII, of which the application makes other small letters than we");
    }
    std::transform(text.data(), text.data() + text.size(), text.data(), [](char c) { return ascii_lower(c); });
    return text;
}

Secret bytes_of_digits(const Secret& text) {
    auto decoded = decode(Function::hex, small_letters(text.duplicate()).reveal());
    if (!decoded) throw invalid_input("bytes of what is no hexadecimal text");
    return std::move(*decoded);
}

Secret blake2b_of(const Secret& key, const Secret& bytes, std::size_t size) {
    if (key.empty() || key.size() > longest_blake2b_key)
        throw invalid_input("BLAKE2b key that is not of 1 to 64 bytes");
    return kept(blake2b(key, bytes.reveal(), size));
}

Secret Evaluation::digested(const ExpressionNode& call) const {
    const Secret first = argument(call);
    switch (call.rule->function) {
        case Function::md5:
            return kept(md5(first.reveal()));
        case Function::sha1:
            return kept(sha1(first.reveal()));
        case Function::sha256:
            return kept(sha256(first.reveal()));
        case Function::sha512:
            return kept(sha512(first.reveal()));
        case Function::hmac_sha1:
            return kept(hmac_sha1(first, argument(call, 1).reveal()));
        case Function::hmac_sha256:
            return kept(hmac_sha256(first, argument(call, 1).reveal()));
        case Function::hmac_sha512:
            return kept(hmac_sha512(first, argument(call, 1).reveal()));
        default:
            return blake2b_of(first, argument(call, 1), static_cast<std::size_t>(call.number));
    }
}

/// "[\"text\",17]".
Secret Evaluation::listed(const ExpressionNode& call) const {
    std::vector<Secret> entries;
    for (const auto& part : call.parts) {
        Value value = value_of(part);
        entries.push_back(value.type == ValueType::number ? as_text(value) : json_quoted(value.content.reveal()));
    }
    const Secret inside = joined(entries, ",");
    Secret list(inside.size() + 2);
    list.data()[0] = '[';
    *std::copy(inside.reveal().begin(), inside.reveal().end(), list.data() + 1) = ']';
    return list;
}

Value Evaluation::called(const ExpressionNode& call) const {
    const Function function = call.rule->function;
    switch (function) {
        case Function::random:
            return made(call.type, draw_letters(env(), call.text, static_cast<std::size_t>(call.number)));
        case Function::lower:
            return made(call.type, small_letters(argument(call)));
        case Function::hex:
        case Function::base64:
        case Function::base64url:
        case Function::base36:
        case Function::undashed:
            return made(call.type, encode(function, argument(call).reveal()));
        case Function::unhex:
            return made(call.type, bytes_of_digits(argument(call)));
        case Function::md5:
        case Function::sha1:
        case Function::sha256:
        case Function::sha512:
        case Function::hmac_sha1:
        case Function::hmac_sha256:
        case Function::hmac_sha512:
        case Function::blake2b:
            return made(call.type, digested(call));
        case Function::bcrypt:
        case Function::phpass:
        case Function::pbkdf2_mediawiki:
            return made(call.type, kept(make_salted(env(), salted_hash_of(function), static_cast<unsigned>(call.number),
                                                    argument(call))));
        case Function::chacha20_magento:
            return made(call.type, kept(seal_magento(env(), argument(call), argument(call, 1).reveal())));
        case Function::json:
            return made(call.type, listed(call));
        case Function::java_hash:
            return made(call.type, kept(java_hash(argument(call).reveal())));
        case Function::iso:
        case Function::ts14:
            return made(call.type, kept(write_time(function, value_of(call.parts.at(0)).number)));
        case Function::unix_seconds:
        case Function::unix_ms:
            return made(std::stoll(write_time(function, value_of(call.parts.at(0)).number)));
    }
    throw internal_error("a function that there is not");
}

}  // namespace

const Value* KnownNames::find(std::string_view name) const {
    for (const Values* values : {&given_, &found_}) {
        const auto found = values->find(name);
        if (found != values->end()) return &found->second;
    }
    return nullptr;
}

Secret as_text(const Value& value) {
    if (value.type == ValueType::number) return kept(std::to_string(value.number));
    if (value.type == ValueType::time) throw internal_error("a time is no text");
    return value.content.duplicate();
}

bool is_known(const ExpressionNode& node, const KnownNames& known) {
    if (node.draws || node.salted || node.kind == ExpressionNode::Kind::null) return false;
    if (node.kind == ExpressionNode::Kind::name) return known.find(node.text) != nullptr;
    return std::all_of(node.parts.begin(), node.parts.end(), [&](const auto& part) { return is_known(part, known); });
}

Value evaluate(const ExpressionNode& node, const KnownNames& known, const Env* env) {
    return Evaluation(known, env).value_of(node);
}

}  // namespace pwreset
