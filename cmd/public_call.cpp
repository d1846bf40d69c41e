#include "cmd/public_call.h"

#include <algorithm>
#include <array>
#include <istream>
#include <nlohmann/json.hpp>
#include <set>

#include "src/base/fold.h"
#include "src/base/printable.h"
#include "src/message/locale.h"
#include "src/transport/captcha.h"

namespace pwreset {

namespace {

constexpr std::size_t longest_client = 128;
constexpr std::size_t longest_languages = 512;  ///< browsers send less
constexpr std::size_t longest_shown_key = 64;

Error fault_at(const std::string& field, const std::string& message, const std::string& hint = {}) {
    Error error(Exit::bad_data, field == "identity" ? "INVALID_IDENTITY" : "INVALID_INPUT",
                "'" + field + "' of the call " + message, hint);
    error.errors[field] = {message};
    return error;
}

Error no_call(const std::string& message) {
    Error error =
        invalid_input("standard input " + message, "write one JSON object such as {\"identity\":\"ana@example.com\"}");
    error.errors["call"] = {message};
    return error;
}

constexpr const char* unseen_characters = "holds control or invisible characters";

/// A text that goes into a column or a header of ours: UTF-8 that can be seen. `\u0000` and its like arrive here as
/// what they stand for.
std::string visible(const std::string& field, std::string_view text, std::size_t most) {
    if (text.size() > most) throw fault_at(field, "is longer than " + std::to_string(most) + " bytes");
    if (printable(text) != text) throw fault_at(field, unseen_characters);
    return std::string(text);
}

/// A language tag, in any spelling, or what a browser says in Accept-Language; nothing where no language is asked for.
std::optional<std::string> language(const std::string& field, std::string_view text) {
    const auto wish = text.size() > longest_languages ? std::nullopt : preferred_language(text);
    if (!wish) throw fault_at(field, "is not a language tag");
    return wish->empty() ? std::nullopt : wish;
}

/// Takes the members one by one, while they are parsed: what does not belong ends it before anything is built of it, so
/// neither depth nor length costs memory.
class CallReader : public nlohmann::json_sax<nlohmann::json> {
public:
    PublicCall call;
    bool closed = false;

    bool key(string_t& name) override {
        const auto* known = std::find(fields.begin(), fields.end(), name);
        const std::string shown = cut_bytes(printable(name), longest_shown_key);
        if (known == fields.end()) throw fault_at(shown, "is not known", known_fields);
        if (!seen_.insert(name).second) throw fault_at(shown, "is there twice");
        field_ = name;
        return true;
    }
    bool start_object(std::size_t) override {
        if (open_) wrong_type();
        open_ = true;
        return true;
    }
    bool end_object() override {
        closed = true;
        return true;
    }
    /// Without the blanks around it, which keyboards add. One of nothing else is absent, as many back ends write it.
    bool string(string_t& text) override {
        if (!open_ || field_.empty()) wrong_type();
        if (text.find('\0') != text.npos) throw fault_at(field_, unseen_characters);
        const std::string_view value = trimmed(text);
        if (value.empty()) return true;
        if (field_ == "identity") {
            call.identity = value;
        } else if (field_ == "captcha_token") {
            call.captcha_token = visible(field_, value, longest_captcha_token);
        } else if (field_ == "client") {
            call.client = visible(field_, value, longest_client);
        } else if (field_ == "locale") {
            call.locale = language(field_, value);
        } else {
            wrong_type();
        }
        return true;
    }
    bool boolean(bool value) override {
        if (field_ != "caller_authenticated") wrong_type();
        call.caller_authenticated = value;
        return true;
    }
    /// Absent, as many back ends write it.
    bool null() override {
        if (!open_ || field_.empty()) wrong_type();
        return true;
    }
    bool number_integer(number_integer_t) override { wrong_type(); }
    bool number_unsigned(number_unsigned_t) override { wrong_type(); }
    bool number_float(number_float_t, const string_t&) override { wrong_type(); }
    bool binary(binary_t&) override { wrong_type(); }
    bool start_array(std::size_t) override { wrong_type(); }
    bool end_array() override { wrong_type(); }
    /// The parser's own words quote what it read, so they are not repeated.
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        throw no_call("is not one JSON object in UTF-8");
    }

private:
    static constexpr std::array<std::string_view, 5> fields{"identity", "captcha_token", "caller_authenticated",
                                                            "locale", "client"};
    static constexpr const char* known_fields =
        "there are identity, captcha_token, caller_authenticated, locale and client";

    [[noreturn]] void wrong_type() const {
        if (!open_ || field_.empty()) throw no_call("is not one JSON object in UTF-8");
        throw fault_at(field_, field_ == "caller_authenticated" ? "is neither true nor false" : "is not a text");
    }

    bool open_ = false;
    std::string field_;
    std::set<std::string> seen_;
};

}  // namespace

PublicCall parse_public_call(std::string_view text) {
    if (text.size() > largest_call) throw no_call("is longer than " + std::to_string(largest_call) + " bytes");
    // The parser takes a NUL for the end, and would not look behind it.
    if (text.find('\0') != text.npos) throw no_call("is not one JSON object in UTF-8");
    CallReader reader;
    nlohmann::json::sax_parse(text, &reader);
    if (!reader.closed) throw no_call("is not one JSON object in UTF-8");
    if (reader.call.identity.empty()) throw fault_at("identity", "is missing");
    return std::move(reader.call);
}

PublicCall read_public_call(std::istream& in) {
    std::string text(largest_call + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return parse_public_call(text);
}

}  // namespace pwreset
