#include "src/message/rendering.h"

namespace pwreset {

namespace {

MustacheValue values_of(const MessageFacts& facts) {
    return {MustacheValue::Table{{"product", {facts.product}},
                                 {"support", {facts.support}},
                                 {"link", {facts.link}},
                                 {"code", {facts.code}},
                                 {"password", {facts.password}},
                                 {"reference", {facts.reference}},
                                 {"valid_for", {facts.valid_for}},
                                 {"valid_until", {facts.valid_until}},
                                 {"changed_at", {facts.changed_at}}}};
}

}  // namespace

std::string render(const Mustache& parsed, Message message, std::string_view part, const MessageFacts& facts) {
    std::string text = parsed.render(values_of(facts), part == "html" ? MustacheEscape::html : MustacheEscape::none);
    const bool ends_with_its_line = part == "subject" || parts_of(message).size() == 1;
    if (ends_with_its_line && text.ends_with('\n')) text.pop_back();
    return text;
}

}  // namespace pwreset
