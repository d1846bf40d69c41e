// The JSON object that a web back end writes: whatever it holds, it becomes a call or a refusal that names the field.
#include "cmd/public_call.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "src/config/values.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

void check_text(const std::optional<std::string>& text, std::size_t most) {
    if (!text) return;
    require(text->size() <= most && is_utf8(*text) && printable(*text) == *text, "a text is short and can be seen");
}

void check_call(std::string_view text, const PublicCall& call) {
    require(text.size() <= largest_call && is_utf8(text), "a call is UTF-8 of a bounded size");
    require(!call.identity.empty() && is_utf8(call.identity), "a call has an identity in UTF-8");
    check_text(call.captcha_token, 2048);
    check_text(call.client, 128);
    require(!call.locale || is_locale(*call.locale), "a locale is a language tag");
    // Another reader of JSON sees the same object: no key is overlooked or taken for another.
    const auto seen = nlohmann::json::parse(text, nullptr, false);
    require(seen.is_object() && seen.value("identity", "") == call.identity, "a call says what its JSON says");
    require(seen.value("caller_authenticated", false) == call.caller_authenticated, "a call says who is signed in");
    const std::size_t read = 1 + seen.count("caller_authenticated") + (call.captcha_token ? 1 : 0) +
                             (call.locale ? 1 : 0) + (call.client ? 1 : 0);
    require(seen.size() == read, "nothing of a call is left over");
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
