#include "src/message/templates.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "src/base/error.h"
#include "tests/catch.h"

namespace pwreset {
namespace {

namespace fs = std::filesystem;

/// A site's own templates in a folder that goes with the test.
class Overrides {
public:
    Overrides() {
        std::string name = (fs::temp_directory_path() / "pwreset-templates-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
        path_ = name;
    }
    Overrides(const Overrides&) = delete;
    Overrides& operator=(const Overrides&) = delete;
    ~Overrides() { fs::remove_all(path_); }

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

const std::string link = "https://shop.example.com/reset?a=1&b=%2F&token=abc_-.~";

MessageFacts facts_of(Message message) {
    MessageFacts facts;
    facts.product = "Shop";
    facts.support = "help@shop.example.com";
    if (message == Message::reset_link) facts.link = link;
    if (message != Message::reset_link) facts.code = "012345";
    if (message == Message::temporary_password) facts.password = "rR9gfRuVhszDfAbt";
    facts.reference = "7K3Q-M2";
    facts.valid_for = "1 hour";
    facts.valid_until = "2026-03-01 13:34 UTC";
    return facts;
}

MessageText built_in(Message message) { return Templates("").render(message, "en", "en", facts_of(message)); }

/// What the loader says about a template of a site; empty when it takes it. The folder's name is cut out.
Error refusal(const std::string& name, const std::string& text) {
    const Overrides overrides;
    overrides.write(name, text);
    try {
        const Templates templates(overrides.path());
    } catch (Error& error) {
        CHECK(error.code == "CONFIG");
        CHECK(error.exit == Exit::config);
        const std::string folder = overrides.path().string() + "/";
        const std::size_t at = error.message.find(folder);
        if (at != std::string::npos) error.message.erase(at, folder.size());
        return error;
    }
    return {Exit::ok, "", ""};
}

void make_locale(const Overrides& overrides, const std::string& locale) {
    for (const Message message : all_messages) {
        const std::string name = locale + "/" + std::string(template_name(message));
        const std::string secret = message == Message::reset_link           ? "{{link}}"
                                   : message == Message::temporary_password ? "{{password}}"
                                                                            : "{{code}}";
        overrides.write(name + ".subject", locale + " {{product}}\n");
        overrides.write(name + ".txt", "\n" + secret + "\n");
        overrides.write(name + ".html", "<a href=\"" + secret + "\">" + secret + "</a>");
    }
}

TEST_CASE("a built-in message says what, how long, what if not you, who never asks, and the reference") {
    const Message message = GENERATE(Message::reset_link, Message::reset_otp, Message::verify_caller);
    const MessageText mail = built_in(message);
    CHECK_THAT(mail.subject, ContainsSubstring("Shop"));
    for (const std::string& body : {mail.text, mail.html}) {
        CHECK_THAT(body, ContainsSubstring(message == Message::reset_link ? "token=abc_-.~" : "012345"));
        CHECK_THAT(body, ContainsSubstring("1 hour"));
        CHECK_THAT(body, ContainsSubstring("2026-03-01 13:34 UTC"));
        CHECK_THAT(body, ContainsSubstring("ignore this mail"));
        CHECK_THAT(body, ContainsSubstring("nothing has changed"));
        CHECK_THAT(body, ContainsSubstring("will ever ask you for"));
        CHECK_THAT(body, ContainsSubstring("7K3Q-M2"));
        CHECK_THAT(body, ContainsSubstring("Help: help@shop.example.com"));
    }
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
    const MessageText mail = built_in(GENERATE(from_range(all_messages)));
    for (const std::string loader : {"<img", "<link", "<script", "url(", "@import", "src="}) {
        CHECK(mail.html.find(loader) == std::string::npos);
    }
    CHECK_THAT(mail.html, ContainsSubstring("<html lang=\"en\""));
    CHECK_THAT(mail.html, ContainsSubstring("<meta name=\"color-scheme\" content=\"light dark\">"));
    CHECK_THAT(mail.html, ContainsSubstring("prefers-color-scheme: dark"));
}

TEST_CASE("built-in lines are short enough to be sent unencoded") {
    const MessageText mail = built_in(GENERATE(from_range(all_messages)));
    for (std::size_t start = 0; start < mail.html.size();) {
        const std::size_t end = mail.html.find('\n', start);
        CHECK(end - start < 700);  // 998 less what long facts may add
        start = end + 1;
    }
}

TEST_CASE("facts are escaped in HTML and left alone in subject and text") {
    MessageFacts facts = facts_of(Message::reset_otp);
    facts.product = "A&B <i>\"C\"</i>";
    const MessageText mail = Templates("").render(Message::reset_otp, "en", "en", facts);
    CHECK_THAT(mail.subject, ContainsSubstring("A&B <i>\"C\"</i>"));
    CHECK_THAT(mail.text, ContainsSubstring("A&B <i>\"C\"</i>"));
    CHECK_THAT(mail.html, ContainsSubstring("A&amp;B &lt;i&gt;&quot;C&quot;&lt;/i&gt;"));
    CHECK(mail.html.find("<i>") == std::string::npos);
}

TEST_CASE("braces in a fact are text, not a template") {
    MessageFacts facts = facts_of(Message::reset_otp);
    facts.product = "{{code}}";
    CHECK_THAT(Templates("").render(Message::reset_otp, "en", "en", facts).subject, ContainsSubstring("{{code}}"));
}

TEST_CASE("without support its section is left out") {
    MessageFacts facts = facts_of(Message::reset_otp);
    facts.support.clear();
    const MessageText mail = Templates("").render(Message::reset_otp, "en", "en", facts);
    CHECK(mail.text.find("Help") == std::string::npos);
    CHECK(mail.html.find("Help") == std::string::npos);
}

TEST_CASE("a site's file replaces the built-in one and only that") {
    const Overrides overrides;
    overrides.write("en/reset-link.subject", "Ours: {{product}}\n");
    const MessageText mail =
        Templates(overrides.path()).render(Message::reset_link, "en", "en", facts_of(Message::reset_link));
    CHECK(mail.subject == "Ours: Shop");
    CHECK(mail.text == built_in(Message::reset_link).text);
}

TEST_CASE("byte order mark and CRLF of an editor are not part of the message") {
    const Overrides overrides;
    overrides.write("en/reset-otp.subject", "\xEF\xBB\xBFHello\r\n");
    overrides.write("en/reset-otp.txt", "\xEF\xBB\xBFHello\r\n{{code}}\r\n");
    const MessageText mail =
        Templates(overrides.path()).render(Message::reset_otp, "en", "en", facts_of(Message::reset_otp));
    CHECK(mail.subject == "Hello");
    CHECK(mail.text == "Hello\n012345\n");
}

TEST_CASE("files that are not templates are left alone") {
    const Overrides overrides;
    overrides.write("README", "x");
    overrides.write("en/notes.md", "{{what}}");
    overrides.write("en/reset-link.txt~", "{{what}}");
    overrides.write("en/.reset-link.txt", "{{what}}");
    overrides.write(".git/reset-link.txt", "{{what}}");
    CHECK(Templates(overrides.path()).locales() == std::vector<std::string>{"en"});
}

TEST_CASE("the best locale there is gets used") {
    const Overrides overrides;
    for (const std::string locale : {"de", "de-AT", "fa"}) make_locale(overrides, locale);
    const Templates templates(overrides.path());
    CHECK(templates.locales() == std::vector<std::string>{"de", "de-AT", "en", "fa"});
    CHECK(templates.resolve("de-AT", "en") == "de-AT");
    CHECK(templates.resolve("de_at.UTF-8", "en") == "de-AT");
    CHECK(templates.resolve("DE", "en") == "de");
    CHECK(templates.resolve("de-CH", "en") == "de");
    CHECK(templates.resolve("de-Latn-CH-1996", "en") == "de");
    CHECK(templates.resolve("fr", "fa-IR") == "fa");
    CHECK(templates.resolve("", "fa") == "fa");
    CHECK(templates.resolve("fr", "it") == "en");
    CHECK(templates.resolve("../de", "-") == "en");
    CHECK(templates.render(Message::reset_otp, "de-CH", "fa", facts_of(Message::reset_otp)).subject == "de Shop");
}

TEST_CASE("a locale with a part missing is refused") {
    const Error error = refusal("de/reset-link.txt", "{{link}}\n");
    CHECK(error.message == "missing template 'de/reset-link.subject'");
}

TEST_CASE("a folder that is not there is refused") { CHECK_THROWS_AS(Templates("/nowhere/at/all"), Error); }

TEST_CASE("a template that is a folder is refused") {
    const Overrides overrides;
    fs::create_directories(overrides.path() / "en" / "reset-link.txt");
    CHECK_THROWS_AS(Templates(overrides.path()), Error);
}

TEST_CASE("a template for no message is refused, as it would never be used") {
    const Error error = refusal("en/reset-lnik.txt", "{{link}}\n");
    CHECK(error.message == "unknown template 'en/reset-lnik.txt'");
    CHECK_THAT(error.hint, ContainsSubstring("reset-link"));
}

TEST_CASE("an unknown variable is refused with its line and the names there are") {
    const Error error = refusal("en/reset-link.txt", "{{product}}\n{{link}}\n{{lnik}}\n");
    CHECK(error.message == "template 'en/reset-link.txt', line 3: unknown variable 'lnik'");
    CHECK(error.hint == "known here: {{product}} {{support}} {{reference}} {{valid_for}} {{valid_until}} {{link}}");
}

TEST_CASE("an unknown variable is not repeated at any length") {
    const Error error = refusal("en/reset-otp.txt", "{{code}}{{" + std::string(3000, 'x') + "}}");
    CHECK(error.message == "template 'en/reset-otp.txt', line 1: unknown variable '" + std::string(64, 'x') + "'");
}

TEST_CASE("an unknown variable is found in sections that are rarely shown") {
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\n{{#support}}\n{{typo}}{{/support}}").message,
               ContainsSubstring("line 3: unknown variable 'typo'"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}{{^support}}{{typo}}{{/support}}").message,
               ContainsSubstring("line 1: unknown variable 'typo'"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}{{#support}}{{^product}}{{typo}}{{/product}}{{/support}}").message,
               ContainsSubstring("unknown variable 'typo'"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}{{#typo}}x{{/typo}}").message,
               ContainsSubstring("unknown variable 'typo'"));
}

TEST_CASE("a link message has no code and a code message no link") {
    CHECK_THAT(refusal("en/reset-link.txt", "{{link}}\n{{code}}").message,
               ContainsSubstring("unknown variable 'code'"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\n{{link}}").message, ContainsSubstring("unknown variable 'link'"));
}

TEST_CASE("a secret in a subject is refused") {
    CHECK(refusal("en/reset-otp.subject", "{{code}} is your code").message ==
          "template 'en/reset-otp.subject', line 1: 'code' in the subject");
    CHECK(refusal("en/reset-link.subject", "{{link}}").message ==
          "template 'en/reset-link.subject', line 1: 'link' in the subject");
}

TEST_CASE("a subject of no line or two is refused") {
    const std::string text = GENERATE(as<std::string>{}, "", "\n", "a\nb", "{{#support}}x{{/support}}");
    CHECK(refusal("en/reset-otp.subject", text).message ==
          "template 'en/reset-otp.subject': subject that is not one line");
}

TEST_CASE("unescaped output, partials and other delimiters are refused with their line") {
    const auto html = [](const std::string& tag) {
        return refusal("en/reset-otp.html", "<p>{{code}}</p>\n" + tag).message;
    };
    const std::string where = "template 'en/reset-otp.html', line 2: ";
    CHECK(html("{{{product}}}") == where + "unescaped output");
    CHECK(html("{{&product}}") == where + "unescaped output");
    CHECK(html("{{ & product}}") == where + "unescaped output");
    CHECK(html("{{>footer}}") == where + "partial '>footer'");
    CHECK(html("{{=<% %>=}}") == where + "change of delimiters");
}

TEST_CASE("a comment is allowed") { CHECK(refusal("en/reset-otp.txt", "{{! about {{typo }}{{code}}\n").code.empty()); }

TEST_CASE("Mustache that does not parse is refused with its line") {
    const auto text = [](const std::string& tag) { return refusal("en/reset-otp.txt", "{{code}}\n" + tag).message; };
    const std::string where = "template 'en/reset-otp.txt', line 2: ";
    CHECK(text("{{product") == where + "'{{' without '}}'");
    CHECK(text("x{{") == where + "'{{' without '}}'");
    CHECK(text("{{}}") == where + "unknown variable ''");
    CHECK(text("{{#support}}x") == where + "Mustache: Unclosed section \"support\"");
    CHECK(text("x{{/support}}") == where + "Mustache: Unopened section \"support\"");
    CHECK(text("{{#support}}{{#product}}{{/support}}{{/product}}") == where + "Mustache: Unclosed section \"support\"");
}

TEST_CASE("a link text without the link alone on a line is refused") {
    const std::string text = GENERATE(as<std::string>{}, "no link", "Open {{link}}", "{{link}}.", " {{link}}",
                                      "{{#support}}\n{{link}}\n{{/support}}", "{{! {{link}}");
    CHECK_THAT(refusal("en/reset-link.txt", text).message,
               ContainsSubstring("template 'en/reset-link.txt': no ") && ContainsSubstring("{{link}}"));
}

TEST_CASE("a link text with the link on its own first or last line is taken") {
    CHECK(refusal("en/reset-link.txt", "{{link}}\nx").code.empty());
    CHECK(refusal("en/reset-link.txt", "x\n{{link}}").code.empty());
    CHECK(refusal("en/reset-link.txt", "x\r\n{{link}}\r\n").code.empty());
}

TEST_CASE("a link page needs the link in an href and in sight") {
    CHECK(refusal("en/reset-link.html", "<a href=\"{{link}}\">here</a>").message ==
          "template 'en/reset-link.html': no visible {{link}}");
    CHECK(refusal("en/reset-link.html", "<p>{{link}}</p>").message ==
          "template 'en/reset-link.html': no href=\"{{link}}\"");
    CHECK(refusal("en/reset-link.html", "<a href='{{link}}'>{{link}}</a>").code.empty());
}

TEST_CASE("a code template needs the code in sight") {
    CHECK(refusal("en/reset-otp.txt", "x").message == "template 'en/reset-otp.txt': no {{code}}");
    CHECK(refusal("en/verify-caller.html", "<p title=\"{{code}}\">x</p>").message ==
          "template 'en/verify-caller.html': no visible {{code}}");
}

TEST_CASE("control characters and broken UTF-8 are refused") {
    CHECK(refusal("en/reset-otp.txt", "{{code}}\n\x1B[2J").message ==
          "template 'en/reset-otp.txt', line 2: control character U+001B");
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\x1A").message, ContainsSubstring("control character"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\rx").message, ContainsSubstring("control character"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\u0085").message, ContainsSubstring("control character"));
    CHECK(refusal("en/reset-otp.txt", "{{code}}\xFF").message == "template 'en/reset-otp.txt': text that is not UTF-8");
}

TEST_CASE("a span reads as a person would say it") {
    CHECK(localised_span(3600, "en") == "1 hour");
    CHECK(localised_span(5400, "en") == "1 hour 30 minutes");
    CHECK(localised_span(300, "de") == "5 minutes");
    CHECK(localised_span(60, "en") == "1 minute");
    CHECK(localised_span(90, "en") == "1 minute 30 seconds");
    CHECK(localised_span(1, "en") == "1 second");
    CHECK(localised_span(0, "en") == "0 seconds");
    CHECK(localised_span(86400, "en") == "24 hours");
    CHECK(localised_span(3601, "en") == "1 hour");
}

}  // namespace

TEST_CASE("a template that somebody else may write is refused") {
    const Overrides overrides;
    overrides.write("en/reset-link.subject", "Reset\n");
    fs::permissions(overrides.path() / "en/reset-link.subject", fs::perms(0666));
    CHECK_THROWS_AS(Templates(overrides.path()), Error);
    fs::permissions(overrides.path() / "en/reset-link.subject", fs::perms(0644));
    CHECK_NOTHROW(Templates(overrides.path()));
    fs::permissions(overrides.path() / "en", fs::perms(0777));
    CHECK_THROWS_AS(Templates(overrides.path()), Error);
}

}  // namespace pwreset
