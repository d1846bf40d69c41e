// The section [sms] of the configuration: the gateway for text messages, and what may be sent by it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/rate.h"
#include "src/base/time.h"
#include "src/net/http_server.h"
#include "src/net/request_template.h"
#include "src/secrets/named_secret.h"

namespace pwreset {

class ConfigText;
struct SecretSource;

/// How the gateway's answer is read. Words are those of JsonAnswer at `result`; without one they are looked for in the
/// text, see transport/sms_words.h.
struct SmsAnswerConfig {
    std::vector<int> accepted_status{200, 201, 202};
    std::vector<int> permanent_status;
    std::vector<int> temporary_status{429, 503};
    std::string result;                  ///< JSON pointer to the word that says what became of it; may be empty
    std::vector<std::string> accepted;   ///< words; empty: the status alone decides
    std::vector<std::string> permanent;  ///< words
    std::vector<std::string> temporary;  ///< words
    std::string contains;                ///< what an accepted one must say besides
    std::string message_id;              ///< JSON pointer; may be empty
};

/// How much is sent at most: what keeps others from earning on our messages.
struct SmsBudgetConfig {
    Rate per_number{6, Seconds{86400}};
    Rate per_range{30, Seconds{3600}};
    int range_digits = 3;  ///< a range is a number without so many of its last digits
    Rate overall{300, Seconds{3600}};
    Rate per_day{2000, Seconds{86400}};
};

struct SmsConfig {
    HttpServer server;
    std::string method = "POST";
    RequestTemplate target;
    std::vector<std::pair<std::string, RequestTemplate>> headers;
    std::vector<std::pair<std::string, RequestTemplate>> form;
    RequestTemplate json;
    std::string sender;
    std::string user;
    NamedSecret password;
    NamedSecret key;
    Seconds timeout{10};
    SmsAnswerConfig answer;
    std::vector<std::string> countries;  ///< ISO 3166, upper case; empty = the default region only
    bool mobile_only = true;
    SmsBudgetConfig budget;
    int alarm_percent = 5;            ///< 0 = never stops
    std::optional<Time> alarm_since;  ///< codes sent before do not count
};

/// Its keys, in the order of the manual.
std::span<const std::string_view> sms_keys();
/// Nothing when the section is not there. Secrets stay empty when there is no `source`; no window of a budget is
/// longer than `longest`. Throws Error CONFIG.
std::optional<SmsConfig> read_sms(const ConfigText& text, const SecretSource* source, Seconds longest);

}  // namespace pwreset
