#include "src/transport/sms.h"

#include "tests/catch.h"
#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
using Catch::Matchers::StartsWith;

namespace {

// As in packaging/sample.toml.
const std::string kavenegar = R"([sms]
url = "https://api.kavenegar.com/v1/{{key}}/sms/send.json"
form = { receptor = "{{to_national}}", message = "{{text}}", sender = "{{sender}}" }
key_file = "sms.key"
sender = "10004346"
result = "/return/status"
accepted = ["200"]
permanent = ["411"]
temporary = ["409", "418"]
message_id = "/entries/0/messageid"
)";

const std::string twilio = R"([sms]
url = "https://api.twilio.com/2010-04-01/Accounts/AC0/Messages.json"
form = { To = "{{to}}", From = "{{sender}}", Body = "{{text}}" }
sender = "+15005550006"
user = "AC0"
password_file = "sms.password"
accepted_status = [201]
result = "/code"
permanent = ["21211", "21610", "21614"]
message_id = "/sid"
)";

SmsConfig sms_of(const std::string& section) { return *parse(least + section).sms; }

HttpOutcome answer_of(int status, const std::string& body, bool complete = true) {
    HttpOutcome outcome;
    outcome.kind = HttpOutcome::Kind::answered;
    outcome.status = status;
    outcome.body = body;
    outcome.complete = complete;
    return outcome;
}

std::string said(const SendResult& result) {
    const char* verdict = result.verdict == Verdict::accepted    ? "accepted"
                          : result.verdict == Verdict::permanent ? "permanent"
                          : result.verdict == Verdict::temporary ? "temporary"
                                                                 : "unknown";
    return std::string(verdict) + (result.counts ? ", counted" : "") + ": " + result.answer;
}

std::string verdict_of(const std::string& section, int status, const std::string& body, bool complete = true) {
    return said(judged(sms_of(section).answer, answer_of(status, body, complete)));
}

/// A gateway that answers in plain text, with these lines more.
std::string plain_text(const std::string& lines) {
    return "[sms]\nurl = \"https://g.example/?to={{to_digits}}&text={{text}}\"\nmethod = \"GET\"\n" + lines;
}

std::string text_of(const Secret& secret) { return std::string(secret.reveal()); }

}  // namespace

TEST_CASE("Kavenegar: what it documents is understood") {
    const std::string taken =
        R"({"return":{"status":200,"message":"x"},"entries":[{"messageid":8792343,"status":1,"receptor":"09121234567"}]})";
    CHECK(verdict_of(kavenegar, 200, taken) == "accepted: 200 id 8792343");
    CHECK(verdict_of(kavenegar, 411, R"({"return":{"status":411,"message":"x"},"entries":null})") == "permanent: 411");
    CHECK(verdict_of(kavenegar, 418, R"({"return":{"status":418,"message":"x"},"entries":null})") == "temporary: 418");
    CHECK(verdict_of(kavenegar, 200, R"({"return":{"status":411,"message":"x"}})") == "permanent: 200 411");
    CHECK(verdict_of(kavenegar, 401, R"({"return":{"status":401,"message":"x"}})") == "temporary: 401");
}

TEST_CASE("Twilio: what it documents is understood") {
    CHECK(verdict_of(twilio, 201,
                     R"({"sid": "SM1f0e8ae6ade43cb3c0ce4525424e404f", "status": "queued", "error_code": null})") ==
          "accepted: 201 id SM1f0e8ae6ade43cb3c0ce4525424e404f");
    CHECK(verdict_of(twilio, 400,
                     R"({"code": 21211, "message": "The 'To' number +4915112345678 is not valid", "status": 400})") ==
          "permanent: 400 21211");
    CHECK(verdict_of(twilio, 400, R"({"code": 21606, "message": "x", "status": 400})") ==
          "temporary, counted: 400 21606");
    CHECK(verdict_of(twilio, 429, R"({"code": 20429, "message": "Too Many Requests", "status": 429})") ==
          "temporary: 429 20429");
    CHECK(verdict_of(twilio, 401, R"({"code": 20003, "message": "Authenticate", "status": 401})") ==
          "temporary: 401 20003");
}

TEST_CASE("an answer that does not say what became of the message leaves it in doubt") {
    const std::string unexpected = " with an answer that was not expected";
    for (const char* body : {"", "<html>ok</html>", "{\"return\":", "{}", "[]", R"({"return":{"status":999}})",
                             R"({"return":{"status":200.5}})", R"({"return":{"status":[200]}})"}) {
        INFO(body);
        CHECK_THAT(verdict_of(kavenegar, 200, body), StartsWith("unknown: 200"));
    }
    CHECK(verdict_of(kavenegar, 200, R"({"return":{"status":200}})", false) == "unknown: 200" + unexpected);
    CHECK(verdict_of(twilio, 201, "created") == "unknown: 201" + unexpected);
    CHECK(verdict_of(twilio, 500, "{}") == "unknown: 500");
    CHECK(verdict_of(twilio, 502, "") == "unknown: 502");
    CHECK(verdict_of(twilio, 302, "") == "unknown: 302: a redirect, not followed");
    CHECK(verdict_of(twilio, 200, R"({"sid": "SM1"})") == "unknown: 200 id SM1");
    CHECK(verdict_of(twilio, 503, "busy") == "temporary: 503");
}

TEST_CASE("what has not left is tried again, what has left and was not answered is in doubt") {
    HttpOutcome outcome;
    outcome.fault = "connection refused";
    CHECK(said(judged({}, outcome)) == "temporary: connection refused");
    outcome.kind = HttpOutcome::Kind::broken;
    outcome.fault = "no answer in time";
    CHECK(said(judged({}, outcome)) == "unknown: no answer in time");
}

TEST_CASE("however long a gateway wants to be left alone, it is asked again after an hour") {
    HttpOutcome outcome;
    outcome.kind = HttpOutcome::Kind::answered;
    outcome.complete = true;
    outcome.status = 429;
    for (const Seconds wanted : {Seconds(120), Seconds(3600), Seconds(999'999'999), Seconds(253'402'300'799)}) {
        outcome.retry_after = wanted;
        CHECK(judged(sms_of("[sms]\nurl = \"https://g.example/?to={{to_digits}}&text={{text}}\"\n").answer, outcome)
                  .retry_after == std::min(wanted, Seconds(3600)));
    }
}

TEST_CASE("a gateway that answers in plain text is understood by what it contains") {
    const std::string plain =
        "[sms]\nurl = \"https://g.example/?to={{to_digits}}&text={{text}}\"\nmethod = \"GET\"\n"
        "contains = \"OK:\"\n";
    CHECK(verdict_of(plain, 200, "OK: 123") == "accepted: 200");
    CHECK(verdict_of(plain, 200, "ERR: 123") == "unknown: 200 ERR with an answer that was not expected");
}

TEST_CASE("a word is whole, and not one that is denied") {
    const std::string unexpected = " with an answer that was not expected";
    const auto said = [](const std::string& contains, const std::string& body) {
        return verdict_of(plain_text("contains = \"" + contains + "\"\n"), 200, body);
    };
    for (const char* yes : {"OK", "OK\r\n", "OK:17:0.05", "\xEF\xBB\xBFOK 17", "status=OK", "<result>OK</result>",
                            "{\"error\":false,\"status\":\"OK\"}", "0 errors, OK", "no error: OK", "error=0;OK",
                            "{\"errors\":[],\"say\":\"OK\"}", "Message\xA0OK", "OK, not charged"}) {
        INFO(yes);
        CHECK(said("OK", yes) == "accepted: 200");
    }
    for (const char* no :
         {"NOK", "NOT OK, no credit", "ERROR: invalid TOKEN", "ok", "OKAY", "OK_NOT", "not yet OK", "", "ERR OK",
          "Fehler 3: kein OK", "isn't OK", "error 14 (OK missing)", "OK\u00E9", "ERROR:14"}) {
        INFO(no);
        CHECK_THAT(said("OK", no), StartsWith("unknown: 200") && Catch::Matchers::EndsWith(unexpected));
    }
    CHECK(said("Message sent", "Message sent to gateway") == "accepted: 200");
    CHECK_THAT(said("Message sent", "Message sentenced"), StartsWith("unknown"));
    CHECK(said("1", "1|queued|17") == "accepted: 200");
    CHECK(said("1", "id=1") == "accepted: 200");
    for (const char* other_number : {"-1", "10", "0.1", "1.5", "x1", "code -1"}) {
        INFO(other_number);
        CHECK_THAT(said("1", other_number), StartsWith("unknown"));
    }
}

TEST_CASE("a word with stars is a pattern for all of the answer") {
    const auto said = [](const std::string& contains, const std::string& body) {
        return verdict_of(plain_text("contains = \"" + contains + "\"\n"), 200, body).substr(0, 8);
    };
    CHECK(said("OK*", " OK - 1 SMS\n") == "accepted");
    CHECK(said("OK*", "NOT OK") == "unknown:");
    CHECK(said("ID: *", "ID: 205e85d0578314037a96175249fc6a2b") == "accepted");
    CHECK(said("ID: *", "ERR: 105, Invalid ID: x") == "unknown:");
    CHECK(said("0|*|*", "0|IN_PROGRESS|17") == "accepted");
    CHECK(said("0|*|*", "40|BUSY|0|x") == "unknown:");
    CHECK(said("*sent*", "Message sent.\nBye") == "accepted");
    CHECK(said("a*b*c", "a" + std::string(50000, 'b')) == "unknown:");
}

TEST_CASE("a gateway that answers in plain text can say never and not now too") {
    const std::string words = plain_text(
        "accepted = [\"OK\"]\npermanent = [\"ERROR:13\", \"ERR: 105*\"]\ntemporary = [\"ERROR:103\", \"busy\"]\n");
    CHECK(verdict_of(words, 200, "OK:13:0.05") == "accepted: 200");
    CHECK(verdict_of(words, 200, "ERROR:13") == "permanent: 200 ERROR:13");
    CHECK(verdict_of(words, 200, "ERROR:103") == "temporary: 200 ERROR:103");
    CHECK(verdict_of(words, 200, "ERROR:1") == "unknown: 200 ERROR:1 with an answer that was not expected");
    CHECK(verdict_of(words, 200, "ERR: 105, Invalid Destination Address") == "permanent: 200 ERR");
    CHECK(verdict_of(words, 200, "the line is busy; OK?") == "temporary: 200 the");
    CHECK(verdict_of(words, 500, "ERROR:13") == "permanent: 500 ERROR:13");
    CHECK(verdict_of(words, 400, "ERROR:14") == "temporary, counted: 400 ERROR:14");
    CHECK(verdict_of(words, 200, "<p>no</p>") == "unknown: 200 with an answer that was not expected");
    CHECK(verdict_of(plain_text("permanent = [\"NOK\"]\n"), 200, "queued") == "accepted: 200");
}

TEST_CASE("an answer is read in whatever encoding it comes") {
    const std::string json =
        "[sms]\nurl = \"https://g.example/{{to}}/{{text}}\"\nresult = \"/status\"\naccepted = [\"0\"]\n"
        "permanent = [\"6*\"]\n";
    CHECK(verdict_of(json, 200, "\xEF\xBB\xBF{\"status\": \"0\"}") == "accepted: 200 0");
    CHECK(verdict_of(json, 200, "{\"status\": \"0\", \"text\": \"ung\xFCltig\"}") == "accepted: 200 0");
    CHECK(verdict_of(json, 200, "{\"status\": 61, \"text\": \"num\xE9ro\"}") == "permanent: 200 61");
    std::string wide = "\xFF\xFE";
    for (const char c : std::string("{\"status\": \"0\"}")) wide += std::string(1, c) + '\0';
    CHECK(verdict_of(json, 200, wide) == "accepted: 200 0");
    std::string other = "\xFE\xFF";
    for (const char c : std::string("OK 1")) other += '\0' + std::string(1, c);
    CHECK(verdict_of(plain_text("contains = \"OK\"\n"), 200, other) == "accepted: 200");
    CHECK(verdict_of(plain_text("contains = \"envoyé\"\n"), 200, "message envoy\xE9") == "accepted: 200");
}

TEST_CASE("nothing but words is kept of an answer") {
    const std::string ids =
        "[sms]\nurl = \"https://g.example/{{to}}/{{text}}\"\nresult = \"/r\"\nmessage_id = \"/id\"\n";
    CHECK(verdict_of(ids, 200, R"({"r": "sent 123456 to +98", "id": "a b"})") == "accepted: 200");
    CHECK(verdict_of(ids, 200, R"({"r": "\u202e", "id": ")" + std::string(60, 'x') + "\"}") ==
          "accepted: 200 id " + std::string(40, 'x'));
}

TEST_CASE("values become no syntax of the request") {
    const Envelope envelope{"", "+989121234567", "7K3Q-M2"};
    const Secret text(std::string_view("Code: 123&x=1 \"+%\"\r\nسلام"));
    SmsConfig config = sms_of(kavenegar);
    config.key = Secret(std::string_view("ab/c?d=1#e"));
    const HttpRequest form = sms_request(config, envelope, text);
    CHECK(text_of(form.target) == "/v1/ab%2Fc%3Fd%3D1%23e/sms/send.json");
    CHECK(text_of(form.body) ==
          "receptor=09121234567&message=Code%3A%20123%26x%3D1%20%22%2B%25%22%0D%0A%D8%B3%D9%84%D8%"
          "A7%D9%85&sender=10004346");
    const HttpRequest json = sms_request(sms_of("[sms]\nurl = \"https://g.example\"\n"
                                                "json = '{\"to\": [\"{{to_digits}}\"], \"text\": \"{{text}}\", "
                                                "\"ref\": \"{{reference}}\"}'\n"),
                                         envelope, text);
    CHECK(text_of(json.target) == "/");
    CHECK(text_of(json.body) ==
          "{\"to\": [\"989121234567\"], \"text\": \"Code: 123&x=1 \\\"+%\\\"\\u000d\\u000aسلام\", "
          "\"ref\": \"7K3Q-M2\"}");
}

TEST_CASE("a login is said as HTTP's Basic wants it") {
    SmsConfig config = sms_of(twilio);
    config.password = Secret(std::string_view("open sesame"));
    const HttpRequest request = sms_request(config, {"", "+4915112345678", ""}, Secret(std::string_view("x")));
    CHECK(request.headers.at(0).first == "Authorization");
    CHECK(text_of(request.headers.at(0).second) == "Basic QUMwOm9wZW4gc2VzYW1l");
}

TEST_CASE("a gateway is described as a whole") {
    const std::string url = "url = \"https://g.example/send\"\n";
    const std::string form = "form = { to = \"{{to}}\", text = \"{{text}}\" }\n";
    const auto fault = [](const std::string& lines) { return fault_of(least + "[sms]\n" + lines); };
    CHECK(fault(url + form) == "no fault");
    CHECK(fault(form) == "13:1: missing 'sms.url' | write the URL that takes messages");
    CHECK(fault("url = \"http://g.example/\"\n" + form) ==
          "14:7: plain http in 'sms.url' | write https: http is for localhost, 127.0.0.1 and [::1] only");
    CHECK(fault("url = \"https://u:p@g.example/\"\n" + form) ==
          "14:7: user name before the host in 'sms.url' | write a URL such as https://api.example/send");
    CHECK(fault("url = \"https://{{key}}.example/\"\n" + form) ==
          "14:7: no valid host in 'sms.url' | write a URL such as https://api.example/send");
    CHECK_THAT(fault("url = \"https://g.example/{{kee}}\"\n" + form),
               StartsWith("14:7: unknown name '{{kee}}' in 'sms.url'"));
    CHECK_THAT(fault("url = \"https://g.example/{{to\"\n" + form), StartsWith("14:7: '{{' without '}}' in 'sms.url'"));
    CHECK(fault(url + "form = { to = \"{{to}}\" }\n") ==
          "14:7: '{{text}}' nowhere in '[sms]' | put it into 'sms.form' or 'sms.json'");
    CHECK(fault(url + "form = { text = \"{{text}}\" }\n") ==
          "14:7: '{{to}}' nowhere in '[sms]' | put it into 'sms.form' or 'sms.json'");
    CHECK(fault(url + form + "json = \"{}\"\n") == "16:8: 'sms.json' means nothing beside 'sms.form' | remove it");
    CHECK(fault(url + form + "method = \"GET\"\n") ==
          "16:10: a body, which GET does not have | put the values into 'sms.url', or use POST");
    CHECK(fault(url + "json = '{\"to\": {{to}}, \"text\": \"{{text}}\"}'\n") ==
          "15:8: no valid JSON in 'sms.json' | "
          "write an object, each {{name}} in double quotes: json = '{\"to\": \"{{to}}\"}'");
    CHECK_THAT(fault(url + form + "headers = { Host = \"x\" }\n"), StartsWith("16:20: no header that may be set"));
    CHECK_THAT(fault(url + form + "headers = { \"X Y\" = \"x\" }\n"), StartsWith("16:21: no header that may be set"));
    CHECK_THAT(fault(url + form + "headers = { X = \"{{text}}\" }\n"), StartsWith("16:17: '{{text}}' in a header"));
    CHECK_THAT(fault(url + form + "headers = { X = \"a\\r\\nb\" }\n"), StartsWith("16:17: control character"));
    CHECK(fault(url + form + "key_file = \"k\"\n") ==
          "16:12: key without '{{key}}' in '[sms]' | write {{key}} where the gateway expects it");
    CHECK(fault(url + form + "headers = { X = \"{{key}}\" }\n") ==
          "13:1: '{{key}}' without a key | write key_file = \"sms.key\"");
    CHECK(fault(url + form + "key = \"abc\"\n") ==
          "16:1: key written into the file: 'sms.key' | put it into a file of mode 0600 and write key_file = "
          "\"sms.key\"; change the key if others could read this file");
    CHECK(fault(url + form + "user = \"a\"\n") ==
          "16:8: 'sms.user' without a password | write password_file = \"sms.password\"");
    CHECK(fault(url + form + "accepted = [\"200\"]\n") == "no fault");
    CHECK(fault(url + form + "permanent = [\" \"]\n") ==
          "16:13: empty word in 'sms.permanent' | every answer holds it: remove it");
    CHECK_THAT(fault(url + form + "result = \"status\"\n"),
               StartsWith("16:10: expected a JSON pointer for 'sms.result'"));
    CHECK_THAT(fault(url + form + "accepted_status = [99]\n"),
               StartsWith("16:20: expected a whole number from 200 to 299"));
    CHECK_THAT(fault(url + form + "countries = [\"ir\"]\n"),
               StartsWith("16:13: expected a country for 'sms.countries'"));
    CHECK_THAT(fault(url + form + "mobile_only = \"yes\"\n"), StartsWith("16:15: expected true or false"));
    CHECK_THAT(fault(url + form + "per_range = \"5/3d\"\n"),
               StartsWith("16:13: window longer than 'retention.limits'"));
    CHECK_THAT(fault(url + form + "alarm_since = \"yesterday\"\n"), StartsWith("16:15: expected a time"));
}
