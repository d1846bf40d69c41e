#include "src/message/rendering.h"

#include <kainjow/mustache.hpp>

namespace pwreset {

namespace {

/// Mustache takes an empty string for true; here a section of an empty fact is not shown.
kainjow::mustache::data fact(const std::string& value) {
    if (value.empty()) return false;
    return value;
}

kainjow::mustache::data mustache_data(const MessageFacts& facts) {
    kainjow::mustache::data data;
    data.set("product", fact(facts.product));
    data.set("support", fact(facts.support));
    data.set("link", fact(facts.link));
    data.set("code", fact(facts.code));
    data.set("password", fact(facts.password));
    data.set("reference", fact(facts.reference));
    data.set("valid_for", fact(facts.valid_for));
    data.set("valid_until", fact(facts.valid_until));
    data.set("changed_at", fact(facts.changed_at));
    return data;
}

}  // namespace

struct ParsedTemplate::Engine {
    kainjow::mustache::mustache mustache;
};

ParsedTemplate::ParsedTemplate(const std::string& text, bool escape)
    : engine_(std::make_unique<Engine>(Engine{kainjow::mustache::mustache(text)})) {
    if (!escape) engine_->mustache.set_custom_escape([](const std::string& value) { return value; });
}

ParsedTemplate::ParsedTemplate(ParsedTemplate&& other) noexcept = default;
ParsedTemplate::~ParsedTemplate() = default;

std::optional<ParsedTemplate::Fault> ParsedTemplate::fault() const {
    if (engine_->mustache.is_valid()) return std::nullopt;
    const std::string& what = engine_->mustache.error_message();  // "Unclosed section "support" at 123"
    const std::size_t at = what.rfind(" at ");
    if (at == what.npos) return Fault{what, std::nullopt};
    return Fault{what.substr(0, at), std::stoul(what.substr(at + 4))};
}

std::string ParsedTemplate::render(const MessageFacts& facts) const {
    return engine_->mustache.render(mustache_data(facts));
}

}  // namespace pwreset
