// The JSON object that a web back end writes: whatever it holds, it becomes a call or a refusal that names the field.
#include "cmd/public_call.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "src/base/fold.h"
#include "src/toml/values.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

void check_text(const std::optional<std::string>& text, std::size_t most) {
    if (!text) return;
    require(text->size() <= most && is_utf8(*text) && printable(*text) == *text, "a text is short and can be seen");
}

/// A member as another reader of JSON sees it, without the blanks around it: empty where it is absent in any way.
std::string text_at(const nlohmann::json& seen, const char* name) {
    const auto member = seen.find(name);
    if (member == seen.end() || !member->is_string()) return {};
    return std::string(trimmed(member->get_ref<const std::string&>()));
}

void check_call(std::string_view text, const PublicCall& call) {
    require(text.size() <= largest_call && is_utf8(text), "a call is UTF-8 of a bounded size");
    require(!call.identity.empty() && is_utf8(call.identity), "a call has an identity in UTF-8");
    check_text(call.captcha_token, 2048);
    check_text(call.client, 128);
    require(!call.locale || is_locale(*call.locale), "a locale is a language tag");
    // It sees the same object: no key is overlooked or taken for another.
    const auto seen = nlohmann::json::parse(text, nullptr, false);
    require(seen.is_object() && text_at(seen, "identity") == call.identity, "a call says what its JSON says");
    require(text_at(seen, "captcha_token") == call.captcha_token.value_or(""), "a call has the token of its JSON");
    require(text_at(seen, "client") == call.client.value_or(""), "a call has the client of its JSON");
    require(!call.locale || !text_at(seen, "locale").empty(), "a locale is asked for");
    const auto member = seen.find("caller_authenticated");
    const bool signed_in = member != seen.end() && member->is_boolean() && member->get<bool>();
    require(signed_in == call.caller_authenticated, "a call says who is signed in");
    for (const auto& [name, value] : seen.items()) {
        require(name == "identity" || name == "captcha_token" || name == "client" || name == "locale" ||
                    name == "caller_authenticated",
                "nothing of a call is left over");
        require(value.is_null() || value.is_string() || value.is_boolean(), "a call is flat");
    }
}

void check_refusal(const Error& error) {
    require(error.exit == Exit::bad_data, "a refusal is one of what was entered");
    require(error.code == "INVALID_INPUT" || error.code == "INVALID_IDENTITY", "a refusal has a known word");
    require(error.errors.size() == 1 && !error.errors.begin()->second.empty(), "a refusal names one field");
    require(error.errors.begin()->first.size() <= 64 * 10, "a field's name is short");
    require_printable(error);
}

}  // namespace
}  // namespace pwreset::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    const std::string text(fuzz::text_of(data, size));
    std::istringstream in(text);
    try {
        fuzz::check_call(text, read_public_call(in));
    } catch (const Error& error) {
        fuzz::check_refusal(error);
    }
    return 0;
}
