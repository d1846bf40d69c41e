#include "src/message/compose.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/message/templates.h"
#include "tests/catch.h"

namespace pwreset {
namespace {

using nlohmann::json;

const std::string token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF";
const std::string link_start = "https://shop.example.com/reset?email=ann%40example.com&token=";
const std::string persian = "\u0641\u0631\u0648\u0634\u06AF\u0627\u0647 \u06AF\u0644\u200C\u0647\u0627";

Mail ordinary_mail() {
    Mail mail;
    mail.from_address = "noreply@shop.example.com";
    mail.from_name = "Shop";
    mail.to = "ann@example.com";
    mail.subject = "Reset your Shop password";
    mail.text = "Open this link:\n\n" + link_start + placeholder(token.size()) + "\n\nIt is valid for 1 hour.\n";
    mail.html = "<p><a href=\"" + link_start + placeholder(token.size()) + "\">Open</a></p>\n";
    mail.message_id = "1.2.abc@shop.example.com";
    mail.language = "en";
    mail.date = Time{std::chrono::seconds{1772368496}};
    return mail;
}

std::string composed(const Mail& mail, const std::string& secret = token) {
    return std::string(compose(mail, Secret(secret)).reveal());
}

std::string replaced(std::string text, const std::string& secret = token) {
    if (secret.empty()) return text;
    for (std::size_t at = 0; (at = text.find(placeholder(secret.size()), at)) != std::string::npos;) {
        text.replace(at, secret.size(), secret);
    }
    return text;
}

/// What Python's email package makes of the message.
json read_back(const std::string& message) {
    std::string path = (std::filesystem::temp_directory_path() / "pwreset-mail-XXXXXX").string();
    const int file = mkstemp(path.data());
    if (file < 0 || write(file, message.data(), message.size()) != static_cast<ssize_t>(message.size())) {
        throw std::runtime_error("cannot write the mail to a temporary file");
    }
    close(file);
    const std::string command = "/usr/bin/python3 " PWRESET_SOURCE_DIR "/tests/core/message/read_back.py < " + path;
    FILE* pipe = popen(command.c_str(), "r");
    std::string answer;
    for (int c = 0; (c = fgetc(pipe)) != EOF;) answer += static_cast<char>(c);
    const int status = pclose(pipe);
    unlink(path.c_str());
    if (status != 0) throw std::runtime_error("read_back.py failed");
    return json::parse(answer);
}

/// The text with the line ends it has in a mail.
std::string with_crlf(std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
    return text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find("\r\n", start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 2;
    }
    return lines;
}

std::string header_block(const std::string& message) { return message.substr(0, message.find("\r\n\r\n") + 2); }

/// The mail comes back with the subject and both bodies as they went in, and no fault in it.
json check_round_trip(const Mail& mail, const std::string& secret = token) {
    const json back = read_back(composed(mail, secret));
    CHECK(back["defects"] == json::array());
    CHECK(back["type"] == "multipart/alternative");
    CHECK(back["subject"] == mail.subject);
    CHECK(back["to"] == json{{{"name", ""}, {"address", mail.to}}});
    CHECK(back["from"] == json{{"name", mail.from_name}, {"address", mail.from_address}});
    REQUIRE(back["parts"].size() == 2);
    CHECK(back["parts"][0]["type"] == "text/plain");
    CHECK(back["parts"][1]["type"] == "text/html");
    CHECK(back["parts"][0]["charset"] == "utf-8");
    CHECK(back["parts"][1]["charset"] == "utf-8");
    CHECK(back["parts"][0]["text"] == with_crlf(replaced(mail.text, secret)));
    CHECK(back["parts"][1]["text"] == with_crlf(replaced(mail.html, secret)));
    return back;
}

/// The message of the compose_refusal; fails when there is none, or of another kind.
std::string compose_refusal(const Mail& mail, const std::string& secret = token) {
    try {
        compose(mail, Secret(secret));
    } catch (const Error& error) {
        CHECK(error.code == "INVALID_INPUT");
        CHECK(error.exit == Exit::bad_data);
        return error.message;
    }
    return "";
}

TEST_CASE("a mail is written byte for byte as documented") {
    const std::string expected =
        "From: Shop <noreply@shop.example.com>\r\n"
        "To: ann@example.com\r\n"
        "Reply-To: help@shop.example.com\r\n"
        "Subject: Reset your Shop password\r\n"
        "Date: Sun, 01 Mar 2026 12:34:56 +0000\r\n"
        "Message-ID: <1.2.abc@shop.example.com>\r\n"
        "MIME-Version: 1.0\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "X-Auto-Response-Suppress: All\r\n"
        "Content-Language: en\r\n"
        "Content-Type: multipart/alternative; boundary=\"=_=_=_=\"\r\n"
        "\r\n"
        "--=_=_=_=\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n"
        "\r\n"
        "Your code: 123456\r\n"
        "\r\n"
        "--=_=_=_=\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        "\r\n"
        "PHA+w5YgMTIzNDU2PC9wPg0K\r\n"
        "--=_=_=_=--\r\n";
    Mail mail = ordinary_mail();
    mail.reply_to = "help@shop.example.com";
    mail.text = "Your code: " + placeholder(6) + "\n";
    mail.html = "<p>\u00D6 " + placeholder(6) + "</p>\n";
    CHECK(composed(mail, "123456") == expected);
}

TEST_CASE("an independent parser reads an ASCII mail back, unencoded") {
    const json back = check_round_trip(ordinary_mail());
    CHECK(back["parts"][0]["encoding"] == "7bit");
    CHECK(back["parts"][1]["encoding"] == "7bit");
    CHECK(back["date"] == "2026-03-01T12:34:56+00:00");
    CHECK(back["headers"]["Auto-Submitted"] == "auto-generated");
    CHECK(back["headers"]["X-Auto-Response-Suppress"] == "All");
    CHECK(back["headers"]["Message-ID"] == "<1.2.abc@shop.example.com>");
    CHECK(lines_of(back["parts"][0]["text"])[2] == link_start + token);
}

TEST_CASE("an independent parser reads a Persian mail back, in base64") {
    Mail mail = ordinary_mail();
    mail.language = "fa";
    mail.from_name = persian;
    mail.subject = persian + ": \u0628\u0627\u0632\u0646\u0634\u0627\u0646\u06CC";
    mail.text = persian + "\n\n" + link_start + placeholder(token.size()) + "\n\n" + persian + "\n";
    mail.html = "<p>" + persian + " <a href=\"" + link_start + placeholder(token.size()) + "\">x</a></p>";
    const json back = check_round_trip(mail);
    CHECK(back["parts"][0]["encoding"] == "base64");
    CHECK(back["parts"][1]["encoding"] == "base64");
    CHECK(lines_of(back["parts"][0]["text"])[2] == link_start + token);
}

TEST_CASE("a link of 300 bytes stands alone and whole on its line") {
    const std::string long_start = link_start + std::string(300 - link_start.size() - token.size() - 1, 'a') + "=";
    for (const std::string& product : {std::string("Shop"), persian}) {
        Mail mail = ordinary_mail();
        mail.text = product + "\n\n" + long_start + placeholder(token.size()) + "\n\n" + product + "\n";
        const json back = check_round_trip(mail);
        const std::string line = lines_of(back["parts"][0]["text"])[2];
        CHECK(line == long_start + token);
        CHECK(line.size() == 300);
    }
}

/// The facts of a message, with placeholders in them; `secret` is what takes their place.
MessageFacts facts_with_placeholders(Message message, std::string& secret) {
    MessageFacts facts{persian,  "help@shop.example.com", "", "",   "7K3Q-M2",
                       "1 hour", "2026-03-01 13:34 UTC",  "", "now"};
    const std::string_view name = secret_variable(message);
    secret = name == "link" ? token : name == "code" ? "012345" : name == "password" ? "aB3dE5gH7jK9mN2p" : "";
    if (name == "link") facts.link = link_start + placeholder(secret.size());
    if (name == "code") facts.code = placeholder(secret.size());
    if (name == "password") facts.password = placeholder(secret.size());
    return facts;
}

TEST_CASE("each built-in mail comes back whole in each language, the secret alone on its line") {
    const Templates templates("");
    const std::string product = GENERATE(as<std::string>{}, "Tom & Ann's \"Shop\" <b>", persian);
    for (const Message message : all_messages) {
        if (parts_of(message).size() == 1) continue;
        for (const std::string locale : {"en", "de", "fa"}) {
            std::string secret;
            MessageFacts facts = facts_with_placeholders(message, secret);
            facts.product = product;
            const MessageText text = templates.render(message, locale, "", facts);
            Mail mail = ordinary_mail();
            mail.subject = text.subject;
            mail.text = text.text;
            mail.html = text.html;
            const json back = check_round_trip(mail, secret);
            const std::string expected = (message == Message::reset_link ? link_start : "") + secret;
            const auto lines = lines_of(back["parts"][0]["text"]);
            if (!secret.empty()) CHECK(std::count(lines.begin(), lines.end(), expected) == 1);
        }
    }
}

TEST_CASE("a text message holds the secret, and nothing stands in for it") {
    const Templates templates("");
    std::string secret;
    const MessageFacts facts = facts_with_placeholders(Message::sms_otp, secret);
    const Secret message = filled(templates.render(Message::sms_otp, "fa", "", facts).text, Secret(secret));
    CHECK_THAT(std::string(message.reveal()), ContainsSubstring("\n012345\n"));
    CHECK(message.reveal().find(placeholder(1)) == std::string_view::npos);
    CHECK_THROWS_AS(filled("no code", Secret(secret)), Error);
    CHECK_THROWS_AS(filled(placeholder(5), Secret(secret)), Error);
    CHECK_THROWS_AS(filled(placeholder(6) + "\r\n", Secret(secret)), Error);
    CHECK_THROWS_AS(filled(placeholder(6), Secret()), Error);
}

TEST_CASE("a mail without a secret has no placeholder") {
    Mail mail = ordinary_mail();
    CHECK(compose_refusal(mail, "") ==
          "control character, placeholder or broken UTF-8 in the body of a mail without a secret");
    mail.text = mail.html = "The password was changed.\n";
    CHECK(compose_refusal(mail, "").empty());
    CHECK_THAT(composed(mail, ""), ContainsSubstring("The password was changed."));
}

TEST_CASE("a body of any length survives base64") {
    for (std::size_t length = 0; length < 130; ++length) {
        Mail mail = ordinary_mail();
        mail.text = "\u00E9" + std::string(length, 'a') + placeholder(6);
        mail.html = placeholder(6);
        const std::string message = composed(mail, "123456");
        const std::size_t start = message.find("base64\r\n\r\n") + 10;
        const std::size_t end = message.find("\r\n--", start);
        std::string decoded;
        for (const std::string& line : lines_of(message.substr(start, end - start))) {
            CHECK(line.size() <= 76);
            decoded += line;
        }
        const std::size_t bytes = length + 2 + 6;
        REQUIRE(decoded.size() == (bytes + 2) / 3 * 4);
    }
}

TEST_CASE("a line is sent as it is up to 998 bytes and in base64 beyond") {
    Mail mail = ordinary_mail();
    mail.text = placeholder(6) + std::string(992, 'x') + "\n";
    mail.html = placeholder(6) + std::string(993, 'x') + "\n";
    const json back = check_round_trip(mail, "123456");
    CHECK(back["parts"][0]["encoding"] == "7bit");
    CHECK(back["parts"][1]["encoding"] == "base64");
}

TEST_CASE("a body with the boundary in it is encoded and does not end the part") {
    Mail mail = ordinary_mail();
    mail.text = placeholder(6) + "\n--=_=_=_=\nmore\n--=_=_=_=--\n";
    mail.html = placeholder(6);
    const json back = check_round_trip(mail, "123456");
    CHECK(back["parts"][0]["encoding"] == "base64");
}

TEST_CASE("a line that begins with a dot, a dash or From is kept") {
    Mail mail = ordinary_mail();
    mail.text = ".\n..\n-- \nFrom here\n\ttab \n" + placeholder(6) + "\n\n";
    mail.html = placeholder(6);
    check_round_trip(mail, "123456");
}

TEST_CASE("the placeholder is gone from the finished mail and the secret is as often in it") {
    Mail mail = ordinary_mail();
    mail.text = placeholder(6) + placeholder(6) + "\n" + placeholder(6) + "\n";
    mail.html = placeholder(6);
    const std::string message = composed(mail, "123456");
    CHECK(message.find('\x1A') == std::string::npos);
    CHECK_THAT(message, ContainsSubstring("\r\n123456123456\r\n123456\r\n"));
    CHECK_THAT(message, ContainsSubstring("\r\n\r\n123456\r\n--=_=_=_=--"));
}

TEST_CASE("a long subject is folded at 76 and splits no character") {
    for (const std::string& unit : {std::string("\u00FC"), std::string("\u20AC"), std::string("\U0001F511"),
                                    std::string("a\u06AF"), std::string("word ")}) {
        for (std::size_t count : {1, 12, 13, 14, 20, 40, 41, 42, 43, 60, 90}) {
            Mail mail = ordinary_mail();
            for (std::size_t i = 0; i < count; ++i) mail.subject += unit;
            mail.subject += "end";
            const std::string message = composed(mail);
            for (const std::string& line : lines_of(header_block(message))) CHECK(line.size() <= 76);
            const json back = read_back(message);
            CHECK(back["subject"] == mail.subject);
            CHECK(back["defects"] == json::array());
        }
    }
}

TEST_CASE("each encoded word decodes on its own to whole characters") {
    Mail mail = ordinary_mail();
    mail.subject = "x";
    for (int i = 0; i < 60; ++i) mail.subject += "\U0001F511";
    const std::string head = header_block(composed(mail));
    int words = 0;
    for (std::size_t at = 0; (at = head.find("=?UTF-8?B?", at)) != std::string::npos; ++words) {
        const std::size_t end = head.find("?=", at);
        CHECK(end + 2 - at <= 75);
        // A word that ended inside the four bytes of a key would not begin with the first of them (or with "x" + it).
        const std::string start = head.substr(at + 10, 3);
        CHECK((start == "8J+" || start == "ePC"));
        at = end;
    }
    CHECK(words > 4);
}

TEST_CASE("a subject that looks like an encoded word or has outer spaces is encoded") {
    for (const std::string subject : {"=?UTF-8?Q?no?=", " spaces ", ""}) {
        Mail mail = ordinary_mail();
        mail.subject = subject;
        CHECK(read_back(composed(mail))["subject"] == subject);
    }
}

TEST_CASE("a display name is written as words, as a quoted string or encoded") {
    const auto from = [](const std::string& name) {
        Mail mail = ordinary_mail();
        mail.from_name = name;
        check_round_trip(mail);
        const std::string message = composed(mail);
        return message.substr(0, message.find("\r\nTo:"));
    };
    CHECK(from("") == "From: noreply@shop.example.com");
    CHECK(from("The Shop") == "From: The Shop <noreply@shop.example.com>");
    CHECK(from("Shop, Inc. \"X\" \\ (Y) <a@b>") ==
          "From: \"Shop, Inc. \\\"X\\\" \\\\ (Y) <a@b>\" <noreply@shop.example.com>");
    CHECK(from("B\u00FCcher") == "From: =?UTF-8?B?QsO8Y2hlcg==?= <noreply@shop.example.com>");
    CHECK(from("A name that leaves no room for the address on the line") ==
          "From: A name that leaves no room for the address on the line\r\n <noreply@shop.example.com>");
    CHECK_THAT(from(std::string(90, 'n')), ContainsSubstring("=?UTF-8?B?"));
}

TEST_CASE("a local part that is not ASCII goes out as raw UTF-8") {
    Mail mail = ordinary_mail();
    mail.to = "j\u00F6rg@xn--bcher-kva.example";
    const std::string message = composed(mail);
    CHECK_THAT(message, ContainsSubstring("\r\nTo: j\u00F6rg@xn--bcher-kva.example\r\n"));
    CHECK(read_back(message)["to"] == json{{{"name", ""}, {"address", mail.to}}});
}

TEST_CASE("a local part with two dots in a row is quoted, as RFC 5322 wants it") {
    Mail mail = ordinary_mail();
    mail.to = "a..b.@example.com";
    CHECK_THAT(composed(mail), ContainsSubstring("\r\nTo: \"a..b.\"@example.com\r\n"));
}

TEST_CASE("a local part that is stored in quotes keeps them") {
    Mail mail = ordinary_mail();
    mail.to = "\"a b..c\"@example.com";
    CHECK_THAT(composed(mail), ContainsSubstring("\r\nTo: \"a b..c\"@example.com\r\n"));
}

TEST_CASE("anything but one plain address is refused as recipient") {
    const std::string address = GENERATE(
        as<std::string>{}, "", "ann", "@example.com", "ann@", "ann@example.com, eve@example.com",
        "ann@example.com,eve@example.com", "ann@example.com;eve@example.com", "ann@eve@example.com",
        "<ann@example.com>", "Ann <ann@example.com>", "ann@example.com (Ann)", "ann @example.com", "ann@exa mple.com",
        " ann@example.com", "ann@example.com ", "ann@.example.com", "ann@example..com", "ann@example.com.",
        "ann@[127.0.0.1]", "ann@b\u00FCcher.example", "a:b@example.com", "ann@example.com>", "group:ann@example.com;");
    CAPTURE(address);
    Mail mail = ordinary_mail();
    mail.to = address;
    CHECK(compose_refusal(mail) == "not one plain e-mail address in the mail header 'To'");
}

TEST_CASE("an address of more than 254 bytes is refused") {
    Mail mail = ordinary_mail();
    mail.to = std::string(243, 'a') + "@example.com";
    CHECK(compose_refusal(mail) == "not one plain e-mail address in the mail header 'To'");
    mail.to.erase(0, 1);
    CHECK(compose_refusal(mail).empty());
}

TEST_CASE("a control character or broken UTF-8 is refused in every header") {
    struct Field {
        std::string header;
        std::string Mail::*member;
    };
    const std::vector<Field> fields{{"From", &Mail::from_address},        {"From", &Mail::from_name},
                                    {"Reply-To", &Mail::reply_to},        {"To", &Mail::to},
                                    {"Subject", &Mail::subject},          {"Message-ID", &Mail::message_id},
                                    {"Content-Language", &Mail::language}};
    const std::vector<std::string> intruders{
        "\r\nBcc: eve@example.com", "\n", "\r", std::string(1, '\0'), "\t", "\x1B", "\x7F", "\u0085", "\xFF", "\xC3"};
    for (const Field& field : fields) {
        for (const std::string& intruder : intruders) {
            CAPTURE(field.header, intruder);
            Mail mail = ordinary_mail();
            mail.*field.member = "ann" + intruder + "@example.com";
            CHECK_THAT(compose_refusal(mail), ContainsSubstring("'" + field.header + "'"));
        }
    }
}

TEST_CASE("a compose_refusal does not repeat what was refused") {
    Mail mail = ordinary_mail();
    mail.to = "ann@example.com\r\nBcc: eve@example.com";
    CHECK(compose_refusal(mail) == "control character or broken UTF-8 in the mail header 'To'");
}

TEST_CASE("a secret in the subject is refused, as lock screens show subjects") {
    Mail mail = ordinary_mail();
    mail.subject = "Your code is " + placeholder(token.size());
    CHECK(compose_refusal(mail) == "secret in the subject of a mail");
}

TEST_CASE("a mail without the secret is refused, one with it in a single body is not") {
    Mail mail = ordinary_mail();
    mail.text = "no link";
    CHECK(compose_refusal(mail).empty());
    mail.html = "no link";
    CHECK(compose_refusal(mail) == "mail that does not hold the link or code it is about");
}

TEST_CASE("a placeholder of another length is refused") {
    Mail mail = ordinary_mail();
    mail.text = placeholder(token.size() - 1) + "\n";
    CHECK(compose_refusal(mail) == "placeholder of another length than the secret in a mail body");
    mail.text = placeholder(token.size() + 1);
    CHECK(compose_refusal(mail) == "placeholder of another length than the secret in a mail body");
}

TEST_CASE("a control character or broken UTF-8 in a body is refused") {
    for (const std::string intruder : {"\r", "\x1B[2J", "\x7F", "\xFF"}) {
        Mail mail = ordinary_mail();
        mail.text += intruder;
        CHECK(compose_refusal(mail) == "control character or broken UTF-8 in a mail body");
    }
}

TEST_CASE("a secret that HTML would change is refused") {
    for (const std::string secret :
         {"1", "abc&def", "abc<def", "a>b", "a\"b", "a'b", "a b", "\u00FC\u00FC", "12345\n"}) {
        Mail mail = ordinary_mail();
        mail.text = mail.html = placeholder(secret.size());
        CHECK(compose_refusal(mail, secret) == "secret with characters that HTML would have to change");
    }
}

TEST_CASE("a password with symbols stands in both bodies as it is") {
    const std::string secret = "aB3#%+?@*=$";
    Mail mail = ordinary_mail();
    mail.text = mail.html = placeholder(secret.size()) + "\n";
    const Secret message = compose(mail, Secret(std::string_view(secret)));
    const auto first = message.reveal().find(secret);
    REQUIRE(first != std::string_view::npos);
    CHECK(message.reveal().find(secret, first + 1) != std::string_view::npos);
}

}  // namespace
}  // namespace pwreset
