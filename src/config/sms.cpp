#include "src/config/sms.h"

#include <algorithm>

#include "src/base/ascii.h"
#include "src/base/fold.h"
#include "src/config/rates.h"
#include "src/config/service.h"
#include "src/net/http.h"
#include "src/net/json_answer.h"
#include "src/toml/values.h"

namespace pwreset {
namespace {

using namespace std::chrono_literals;

/// A header's name (RFC 9110, 5.6.2), and none of those that say where the request ends, how the answer is to come, or
/// what a proxy should know.
bool is_header_name(std::string_view name) {
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    const bool token = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [&](char c) {
        return is_alphanumeric(c) || others.find(c) != others.npos;
    });
    const std::string lower = ascii_lower(name);
    return token && lower != "host" && lower != "connection" && lower != "content-length" &&
           lower != "transfer-encoding" && lower != "accept-encoding" && lower != "expect" && lower != "upgrade" &&
           !lower.starts_with("proxy-");
}

constexpr Form country = {is_region, "a country", "write its two capital letters, such as \"IR\" or \"DE\""};
constexpr Form pointer = {is_json_pointer, "a JSON pointer",
                          "write where the value stands, such as \"/return/status\""};

RequestTemplate read_template(const Section& section, std::string_view key, const std::string& text) {
    try {
        return RequestTemplate(text);
    } catch (const RequestTemplate::BadTemplate& bad) {
        section.fail(key, bad.fault + " in '" + section.full(key) + "'",
                     "write {{to}}, {{to_digits}}, {{to_national}}, {{text}}, {{reference}}, {{sender}} or {{key}}");
    }
}

std::vector<std::pair<std::string, RequestTemplate>> read_fields(const Section& section) {
    std::vector<std::pair<std::string, RequestTemplate>> fields;
    for (const std::string& name : section.keys())
        fields.emplace_back(name, read_template(section, name, section.text(name)));
    return fields;
}

/// What is said to the gateway: the parts of the request, before they are held against each other.
void read_request(const ConfigText& text, const Section& section, SmsConfig& sms) {
    sms.method = section.choice("method", std::string("POST"), {{"POST", "POST"}, {"GET", "GET"}});
    const Section headers(text, "sms.headers");
    sms.headers = read_fields(headers);
    for (const auto& [name, value] : sms.headers) {
        if (!is_header_name(name))
            headers.fail(name, "no header that may be set in 'sms.headers'", "leave out what pwreset says itself");
        if (value.uses(RequestValue::text))
            headers.fail(name, "'{{text}}' in a header", "put it into 'sms.form' or 'sms.json'");
    }
    sms.form = read_fields(Section(text, "sms.form"));
    sms.json = read_template(section, "json", section.text("json"));
    sms.sender = section.text("sender");
}

/// With values that end a string wherever they are not encoded.
bool is_sound_json(const RequestTemplate& json) {
    RequestValues values;
    values.fill("\"\\,");
    return JsonAnswer(json.filled(values, json_escaped).reveal()).valid();
}

bool uses(const SmsConfig& sms, RequestValue value) {
    const auto in = [&](const auto& fields) {
        return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.second.uses(value); });
    };
    return sms.target.uses(value) || in(sms.headers) || in(sms.form) || sms.json.uses(value);
}

void check_request(const Section& section, const SmsConfig& sms) {
    if (!sms.form.empty()) section.refuse({"json"}, "'sms.form'");
    if (sms.method == "GET" && (!sms.form.empty() || !sms.json.empty()))
        section.fail("method", "a body, which GET does not have", "put the values into 'sms.url', or use POST");
    if (!sms.json.empty() && !is_sound_json(sms.json))
        section.fail("json", "no valid JSON in 'sms.json'",
                     "write an object, each {{name}} in double quotes: json = '{\"to\": \"{{to}}\"}'");
    if (!uses(sms, RequestValue::text))
        section.fail("url", "'{{text}}' nowhere in '[sms]'", "put it into 'sms.form' or 'sms.json'");
    const bool addressed =
        uses(sms, RequestValue::to) || uses(sms, RequestValue::to_digits) || uses(sms, RequestValue::to_national);
    if (!addressed) section.fail("url", "'{{to}}' nowhere in '[sms]'", "put it into 'sms.form' or 'sms.json'");
    if (uses(sms, RequestValue::sender) && sms.sender.empty())
        section.fail("sender", "'{{sender}}' without 'sms.sender'", "write sender = \"10004346\"");
}

void read_login(const Section& section, const SecretSource* source, SmsConfig& sms) {
    sms.key = read_named_secret(section, source, "key");
    const bool keyed = names_secret(section, "key");
    if (keyed != uses(sms, RequestValue::key)) {
        section.fail("key_file", keyed ? "key without '{{key}}' in '[sms]'" : "'{{key}}' without a key",
                     keyed ? "write {{key}} where the gateway expects it" : "write key_file = \"sms.key\"");
    }
    sms.user = section.text("user");
    sms.password = read_named_secret(section, source, "password");
    if (sms.user.find(':') != sms.user.npos)
        section.fail("user", "colon in 'sms.user'", "a login of HTTP's has none: it ends the name");
    if (sms.user.empty() == names_secret(section, "password")) {
        section.fail("user", sms.user.empty() ? "password without 'sms.user'" : "'sms.user' without a password",
                     sms.user.empty() ? "write user = \"ACCOUNT\", the login at the gateway"
                                      : "write password_file = \"sms.password\"");
    }
}

SmsAnswerConfig read_answer(const Section& section) {
    SmsAnswerConfig answer;
    answer.accepted_status = section.numbers("accepted_status", answer.accepted_status, 200, 299);
    answer.permanent_status = section.numbers("permanent_status", answer.permanent_status, 400, 599);
    answer.temporary_status = section.numbers("temporary_status", answer.temporary_status, 400, 599);
    answer.result = section.text("result", pointer);
    answer.accepted = section.texts("accepted");
    answer.permanent = section.texts("permanent");
    answer.temporary = section.texts("temporary");
    answer.contains = section.text("contains");
    answer.message_id = section.text("message_id", pointer);
    for (const auto& [key, words] : {std::pair("accepted", &answer.accepted), std::pair("permanent", &answer.permanent),
                                     std::pair("temporary", &answer.temporary)}) {
        if (std::any_of(words->begin(), words->end(), [](const auto& word) { return trimmed(word).empty(); }))
            section.fail(key, "empty word in 'sms." + std::string(key) + "'", "every answer holds it: remove it");
    }
    return answer;
}

SmsBudgetConfig read_budget(const Section& section, Seconds longest) {
    SmsBudgetConfig budget;
    budget.per_number = read_rate(section, "per_number", budget.per_number, longest);
    budget.per_range = read_rate(section, "per_range", budget.per_range, longest);
    budget.range_digits = section.number("range_digits", budget.range_digits, 1, 7);
    budget.overall = read_rate(section, "overall", budget.overall, longest);
    budget.per_day = read_rate(section, "per_day", budget.per_day, longest);
    return budget;
}

std::optional<Time> read_time(const Section& section, std::string_view key) {
    const std::string written = section.text(key);
    if (written.empty()) return {};
    const auto time = parse_rfc3339(written);
    if (!time)
        section.fail(key, "expected a time for '" + section.full(key) + "'",
                     "write it with its offset, such as \"2026-03-01T12:00:00Z\"");
    return time;
}

}  // namespace

std::span<const std::string_view> sms_keys() {
    static constexpr std::string_view keys[] = {"sms.url",
                                                "sms.method",
                                                "sms.headers.GROUP",
                                                "sms.form.GROUP",
                                                "sms.json",
                                                "sms.sender",
                                                "sms.key_file",
                                                "sms.key_credential",
                                                "sms.user",
                                                "sms.password_file",
                                                "sms.password_credential",
                                                "sms.tls_ca",
                                                "sms.timeout",
                                                "sms.accepted_status",
                                                "sms.permanent_status",
                                                "sms.temporary_status",
                                                "sms.result",
                                                "sms.accepted",
                                                "sms.permanent",
                                                "sms.temporary",
                                                "sms.contains",
                                                "sms.message_id",
                                                "sms.countries",
                                                "sms.mobile_only",
                                                "sms.per_number",
                                                "sms.per_range",
                                                "sms.range_digits",
                                                "sms.overall",
                                                "sms.per_day",
                                                "sms.alarm_percent",
                                                "sms.alarm_since"};
    return keys;
}

std::optional<SmsConfig> read_sms(const ConfigText& text, const SecretSource* source, Seconds longest) {
    const Section section(text, "sms");
    if (!section.written()) return {};
    SmsConfig sms;
    std::string target;
    sms.server = read_server(section, source, section.required("url", "write the URL that takes messages"), target);
    sms.target = read_template(section, "url", target);
    sms.timeout = section.span("timeout", sms.timeout, 1s, 1min);
    read_request(text, section, sms);
    sms.answer = read_answer(section);
    sms.countries = section.texts("countries", country);
    sms.mobile_only = section.flag("mobile_only", true);
    sms.budget = read_budget(section, longest);
    sms.alarm_percent = section.number("alarm_percent", sms.alarm_percent, 0, 50);
    sms.alarm_since = read_time(section, "alarm_since");
    read_login(section, source, sms);
    check_request(section, sms);
    return sms;
}

}  // namespace pwreset
