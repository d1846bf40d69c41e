#include <algorithm>
#include <optional>
#include <string>

#include "src/base/printable.h"
#include "src/message/check.h"
#include "src/message/wording.h"
#include "tests/catch.h"
#include "tests/core/message/template_fixture.h"

namespace pwreset {
namespace {

TEST_CASE("a built-in mail with a secret says how long, what if not you, who never asks, and the reference") {
    const Message message =
        GENERATE(Message::reset_link, Message::reset_otp, Message::verify_caller, Message::temporary_password);
    const MessageText mail = built_in(message);
    CHECK_THAT(mail.subject, ContainsSubstring("Shop"));
    for (const std::string& body : {mail.text, mail.html}) {
        CHECK_THAT(body, ContainsSubstring(message == Message::reset_link ? "token=abc_-.~" : secret_of(message)));
        CHECK_THAT(body, ContainsSubstring("1 hour"));
        CHECK_THAT(body, ContainsSubstring("2026-03-01 13:34 UTC"));
        CHECK_THAT(body,
                   ContainsSubstring(message == Message::verify_caller ? "Are you not talking" : "Was it not you?"));
        CHECK_THAT(body, ContainsSubstring("will ever ask you for"));
        CHECK_THAT(body, ContainsSubstring("7K3Q-M2"));
        CHECK_THAT(body, ContainsSubstring("Help: help@shop.example.com"));
    }
}

TEST_CASE("a mail of a change has no secret and nothing to follow") {
    for (const std::string locale : {"en", "de", "fa"}) {
        const MessageText mail = built_in(Message::password_changed, locale);
        CHECK_THAT(mail.text, ContainsSubstring("2026-03-01 12:34 UTC") && ContainsSubstring("help@shop.example.com"));
        CHECK_THAT(mail.html, ContainsSubstring("2026-03-01 12:34 UTC") && ContainsSubstring("help@shop.example.com"));
        CHECK(mail.html.find("href") == std::string::npos);
        CHECK(mail.text.find("://") == std::string::npos);
    }
}

TEST_CASE("a temporary password is to be replaced at the first use, in every language") {
    CHECK_THAT(built_in(Message::temporary_password, "en").text, ContainsSubstring("choose a new one of your own"));
    CHECK_THAT(built_in(Message::temporary_password, "de").text, ContainsSubstring("und wählen Sie dann ein"));
    CHECK_THAT(built_in(Message::temporary_password, "fa").text, ContainsSubstring("رمز عبور جدیدی"));
}

TEST_CASE("the secret is alone on its line of the text, in every language, with nothing invisible beside it") {
    const std::string locale = GENERATE("en", "de", "fa");
    for (const Message message : mails()) {
        if (secret_of(message).empty()) continue;
        const auto lines = lines_of(built_in(message, locale).text);
        CHECK(std::count(lines.begin(), lines.end(), secret_of(message)) == 1);
    }
}

TEST_CASE("the plain text is folded for any mail program") {
    const std::string locale = GENERATE("en", "de", "fa");
    MessageFacts facts = facts_of(Message::password_changed);
    for (const Message message : mails()) {
        facts = facts_of(message);
        facts.valid_for = localised_span(5400, locale);
        facts.valid_until = facts.changed_at = localised_moment(*parse_rfc3339("2026-09-23T21:34:56Z"), locale);
        const MessageText mail = Templates("").render(message, locale, "", facts);
        for (const std::string& line : lines_of(mail.text)) CHECK(display_width(line) <= 76);
    }
}

/// Septets of GSM 03.38's basic alphabet, or nothing for a text that it cannot write.
std::optional<std::size_t> gsm_size(const std::string& text) {
    static const std::string beyond_ascii = "äöüÄÖÜßéèùìòÇØøÅåÆæÉñÑ§¿¡£¥à";
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size(); ++size) {
        const std::size_t start = at;
        const char32_t c = next_code_point(text, at);
        if (c >= 0x80 && beyond_ascii.find(text.substr(start, at - start)) == std::string::npos) return std::nullopt;
        if (c < 0x80 && std::string("`^{}[]~|\\").find(static_cast<char>(c)) != std::string::npos) return std::nullopt;
    }
    return size;
}

std::size_t characters(const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) next_code_point(text, at);
    return count;
}

TEST_CASE("a text message fits into one, code, reference and all") {
    const Message message = GENERATE(Message::sms_otp, Message::sms_verify_caller);
    for (const std::string locale : {"en", "de", "fa"}) {
        MessageFacts facts = facts_of(message);
        facts.valid_for = localised_span(300, locale);
        const std::string text = Templates("").render(message, locale, "", facts).text;
        CHECK_THAT(text, ContainsSubstring("012345") && ContainsSubstring("7K3Q-M2") && ContainsSubstring("Shop"));
        const auto septets = gsm_size(text);
        CAPTURE(text);
        if (locale == "fa") CHECK(characters(text) <= 70);  // UCS-2
        if (locale != "fa") CHECK(septets.value_or(999) <= 160);
    }
}

TEST_CASE("a text message has neither subject nor page, and no line end behind it") {
    const MessageText text = built_in(Message::sms_otp);
    CHECK(text.subject.empty());
    CHECK(text.html.empty());
    CHECK(!text.text.ends_with('\n'));
}

TEST_CASE("a Persian page is written from right to left, with link, code and password from left to right") {
    for (const Message message : mails()) {
        const std::string html = built_in(message, "fa").html;
        CHECK_THAT(html, ContainsSubstring("<html lang=\"fa\" dir=\"rtl\">"));
        CHECK_THAT(html, ContainsSubstring("<div class=\"sheet\" lang=\"fa\" dir=\"rtl\""));
        CHECK_THAT(html, ContainsSubstring("<bdi dir=\"ltr\">7K3Q-M2</bdi>"));
        if (!secret_of(message).empty()) CHECK_THAT(html, ContainsSubstring("<p class=\"box\" dir=\"ltr\""));
    }
}

TEST_CASE("every built-in template is sound and used") {
    std::vector<Error> faults;
    const TemplateSources sources = read_sources("", faults);
    CHECK(faults.empty());
    for (const Error& fault : faults_of(sources)) FAIL_CHECK(fault.message);
    CHECK(sources.size() == 3 * (6 * 3 + 2));
    CHECK(locales_of(sources) == std::vector<std::string>{"de", "en", "fa"});
}

TEST_CASE("the code for a caller is to be told to the agent and changes no password") {
    const MessageText mail = built_in(Message::verify_caller);
    CHECK_THAT(mail.text, ContainsSubstring("Tell this code to the agent now"));
    CHECK_THAT(mail.text, ContainsSubstring("cannot change your password"));
    CHECK_THAT(mail.html, ContainsSubstring("Tell this code to the agent now"));
    CHECK_THAT(mail.html, ContainsSubstring("cannot change your password"));
}

TEST_CASE("the link stands alone on its line of the text and keeps working in HTML") {
    const MessageText mail = built_in(Message::reset_link);
    CHECK_THAT(mail.text, ContainsSubstring("\n" + link + "\n"));
    const std::string escaped = "https://shop.example.com/reset?a=1&amp;b=%2F&amp;token=abc_-.~";
    CHECK_THAT(mail.html, ContainsSubstring("href=\"" + escaped + "\""));
    CHECK_THAT(mail.html, ContainsSubstring(">" + escaped + "</a>"));
}

TEST_CASE("built-in HTML loads nothing from anywhere and follows light and dark") {
    const MessageText mail = built_in(GENERATE(from_range(mails())));
    for (const std::string loader : {"<img", "<link", "<script", "url(", "@import", "src="}) {
        CHECK(mail.html.find(loader) == std::string::npos);
    }
    CHECK_THAT(mail.html, ContainsSubstring("<html lang=\"en\""));
    CHECK_THAT(mail.html, ContainsSubstring("<meta name=\"color-scheme\" content=\"light dark\">"));
    CHECK_THAT(mail.html, ContainsSubstring("prefers-color-scheme: dark"));
}

TEST_CASE("built-in lines are short enough to be sent unencoded") {
    const MessageText mail = built_in(GENERATE(from_range(mails())));
    for (std::size_t start = 0; start < mail.html.size();) {
        const std::size_t end = mail.html.find('\n', start);
        CHECK(end - start < 700);  // 998 less what long facts may add
        start = end + 1;
    }
}

}  // namespace
}  // namespace pwreset
