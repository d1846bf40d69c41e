#include "src/message/templates.h"

#include <filesystem>
#include <string>

#include "src/base/error.h"
#include "src/message/check.h"
#include "tests/catch.h"
#include "tests/core/message/template_fixture.h"

namespace pwreset {
namespace {

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

void make_message(const Overrides& overrides, const std::string& locale, Message message) {
    const std::string name = locale + "/" + std::string(template_name(message));
    const std::string variable(secret_variable(message));
    const std::string shown = "{{" + (variable.empty() ? "product" : variable) + "}}";
    overrides.write(name + ".txt", "\n" + shown + "\n");
    if (!is_mail(message)) return;
    overrides.write(name + ".subject", locale + " {{product}}\n");
    overrides.write(name + ".html", "<a href=\"" + shown + "\">" + shown + "</a>");
}

void make_locale(const Overrides& overrides, const std::string& locale) {
    for (const Message message : all_messages) make_message(overrides, locale, message);
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
    CHECK(Templates(overrides.path()).locales() == std::vector<std::string>{"de", "en", "fa"});
}

TEST_CASE("the best locale there is gets used") {
    const Overrides overrides;
    for (const std::string locale : {"de-AT", "zh-Hant"}) make_locale(overrides, locale);
    const Templates templates(overrides.path());
    CHECK(templates.locales() == std::vector<std::string>{"de", "de-AT", "en", "fa", "zh-Hant"});
    const auto resolved = [&](const std::string& locale, const std::string& fallback) {
        return templates.resolve(Message::reset_otp, locale, fallback);
    };
    CHECK(resolved("de-AT", "en") == "de-AT");
    CHECK(resolved("de_at.UTF-8", "en") == "de-AT");
    CHECK(resolved("DE", "en") == "de");
    CHECK(resolved("de-CH", "en") == "de");
    CHECK(resolved("de-Latn-CH-1996", "en") == "de");
    CHECK(resolved("fa", "en") == "fa");
    CHECK(resolved("fa_IR", "en") == "fa");
    CHECK(resolved("fa_IR.UTF-8@calendar", "en") == "fa");
    CHECK(resolved("zh-Hant-x-private", "en") == "zh-Hant");
    CHECK(resolved("pt-BR", "fa-IR") == "fa");
    CHECK(resolved("", "fa") == "fa");
    CHECK(resolved("fr", "it") == "en");
    CHECK(resolved("f", "") == "en");
    CHECK(resolved("../de", "-") == "en");
    CHECK(templates.render(Message::reset_otp, "de-AT-1996", "fa", facts_of(Message::reset_otp)).subject ==
          "de-AT Shop");
}

TEST_CASE("a message that a language lacks comes in the next one") {
    const Overrides overrides;
    make_message(overrides, "fr", Message::reset_link);
    const Templates templates(overrides.path());
    CHECK(templates.resolve(Message::reset_link, "fr", "de") == "fr");
    CHECK(templates.resolve(Message::reset_otp, "fr", "de") == "de");
}

TEST_CASE("a language asked for by name has to be there") {
    const Overrides overrides;
    make_message(overrides, "fr", Message::reset_link);
    for (const std::string locale : {"fr-CA", "de", "FA_ir.UTF-8"})
        CHECK_NOTHROW(require_locale(locale, overrides.path()));
    for (const std::string locale : {"it", "", "-", "../de", "e"}) {
        try {
            require_locale(locale, overrides.path());
            FAIL_CHECK(locale);
        } catch (const Error& error) {
            CHECK(error.exit == Exit::usage);
            CHECK(error.message == "no messages in the language '" + locale + "'");
            CHECK(error.hint == "there are: de, en, fa, fr");
        }
    }
}

TEST_CASE("a message with a part missing is refused") {
    const Error error = refusal("fr/reset-link.txt", "{{link}}\n");
    CHECK(error.message == "missing template 'fr/reset-link.subject'");
}

TEST_CASE("a folder of templates that is no language is refused") {
    CHECK(refusal("de_AT/reset-otp.subject", "x").message == "not a language: the template folder 'de_AT'");
    CHECK(refusal("not really/reset-otp.subject", "x").message == "not a language: the template folder 'not really'");
}

TEST_CASE("a second folder for a language is refused, as one of them would never be used") {
    CHECK(refusal("DE/reset-otp.subject", "x").message ==
          "a second folder for the language 'de': the template folder 'DE'");
}

TEST_CASE("a text message has no other part than its text") {
    CHECK(refusal("en/sms-otp.html", "{{code}}").message == "template of no use 'en/sms-otp.html'");
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

TEST_CASE("unescaped output in HTML, and partials, are refused with their line") {
    const auto html = [](const std::string& tag) {
        return refusal("en/reset-otp.html", "<p>{{code}}</p>\n" + tag).message;
    };
    const std::string where = "template 'en/reset-otp.html', line 2: ";
    CHECK(html("{{{product}}}") == where + "unescaped output");
    CHECK(html("{{&product}}") == where + "unescaped output");
    CHECK(html("{{ & product}}") == where + "unescaped output");
    CHECK(html("{{=<% %>=}}<%{product}%>") == where + "unescaped output");
    CHECK(html("{{>footer}}") == where + "partial '>footer'");
}

TEST_CASE("where nothing is escaped, unescaped output is what any other is") {
    const MessageFacts facts = facts_of(Message::reset_otp);
    const std::string text = "{{{product}}}&{{&product}}&{{product}}: {{code}}";
    CHECK(render_template(Message::reset_otp, "txt", text, facts) == "Shop&Shop&Shop: 012345");
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}{{{typo}}}").message, ContainsSubstring("variable 'typo'"));
    CHECK_THAT(refusal("en/reset-otp.subject", "{{&code}}").message, ContainsSubstring("'code' in the subject"));
}

TEST_CASE("other delimiters hide no unknown variable") {
    const MessageFacts facts = facts_of(Message::reset_otp);
    CHECK(render_template(Message::reset_otp, "txt", "{{=<% %>=}}\n<%code%> {{code}}", facts) == "012345 {{code}}");
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}{{=| |=}}\n|typo|").message,
               ContainsSubstring("line 2: unknown variable 'typo'"));
    CHECK(refusal("en/reset-otp.txt", "{{code}}\n{{=<%=}}").message ==
          "template 'en/reset-otp.txt', line 2: change of delimiters that does not name two: '<%'");
}

TEST_CASE("what stands alone on its line and shows nothing leaves nothing behind") {
    MessageFacts facts = facts_of(Message::reset_link);
    facts.support.clear();
    const std::string text =
        "{{! for the mail }}\r\nOpen:\r\n{{=<% %>=}}\r\n<%link%>\r\n<%={{ }}=%>\r\n"
        "{{#support}}\r\nHelp: {{support}}\r\n{{/support}}\r\nBye\r\n  {{! end }}\r\n";
    CHECK(render_template(Message::reset_link, "txt", text, facts) == "Open:\n" + link + "\nBye\n");
    CHECK(render_template(Message::reset_link, "subject", "{{! short }}\nReset\n{{! ! }}\n", facts) == "Reset");
    MessageFacts code = facts_of(Message::sms_otp);
    code.support.clear();
    CHECK(render_template(Message::sms_otp, "txt", "{{code}}\n{{#support}}\n{{support}}\n{{/support}}\n", code) ==
          "012345");
}

TEST_CASE("a comment is allowed") { CHECK(refusal("en/reset-otp.txt", "{{! about {{typo }}{{code}}\n").code.empty()); }

TEST_CASE("Mustache that does not parse is refused with its line") {
    const auto text = [](const std::string& tag) { return refusal("en/reset-otp.txt", "{{code}}\n" + tag).message; };
    const std::string where = "template 'en/reset-otp.txt', line 2: ";
    CHECK(text("{{product") == where + "tag without '}}'");
    CHECK(text("x{{") == where + "tag without '}}'");
    CHECK(text("{{}}") == where + "unknown variable ''");
    CHECK(text("{{#support}}x") == where + "section 'support' without its end");
    CHECK(text("x{{/support}}") == where + "end of a section 'support' that did not begin");
    CHECK(text("{{#support}}{{#product}}{{/support}}{{/product}}") == where + "section 'product' without its end");
    std::string deep;
    for (std::size_t i = 0; i <= Mustache::most_depth; ++i) deep += "{{#support}}";
    CHECK(text(deep) == where + "more than 64 sections within each other");
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
    CHECK(refusal("en/sms-otp.txt", "x").message == "template 'en/sms-otp.txt': no {{code}}");
    CHECK(refusal("en/reset-otp.txt", "x").message == "template 'en/reset-otp.txt': no {{code}}");
    CHECK(refusal("en/verify-caller.html", "<p title=\"{{code}}\">x</p>").message ==
          "template 'en/verify-caller.html': no visible {{code}}");
}

TEST_CASE("a temporary password is alone on its line and in sight") {
    CHECK(refusal("en/temporary-password.txt", "It is {{password}}.").message ==
          "template 'en/temporary-password.txt': no line that is exactly {{password}}");
    CHECK(refusal("en/temporary-password.html", "<p>{{product}}</p>").message ==
          "template 'en/temporary-password.html': no visible {{password}}");
    CHECK_THAT(refusal("en/temporary-password.subject", "{{password}}").message,
               ContainsSubstring("'password' in the subject"));
}

TEST_CASE("a mail of a change knows no link, code, password or validity") {
    const std::string name = GENERATE("link", "code", "password", "valid_for", "valid_until");
    const Error error = refusal("en/password-changed.txt", "{{" + name + "}}");
    CHECK_THAT(error.message, ContainsSubstring("unknown variable '" + name + "'"));
    CHECK(error.hint == "known here: {{product}} {{support}} {{reference}} {{changed_at}}");
    CHECK(refusal("en/password-changed.txt", "").message == "template 'en/password-changed.txt': empty body");
}

TEST_CASE("everything that is wrong is found, not only the first of it") {
    const Overrides overrides;
    overrides.write("de/reset-otp.txt", "{{cod}}\n{{>footer}}\x07");
    overrides.write("de/reset-lnik.txt", "x");
    overrides.write("fr/reset-otp.html", "{{code}}");
    std::vector<Error> faults;
    const TemplateSources sources = read_sources(overrides.path(), faults);
    for (const Error& fault : faults_of(sources)) faults.push_back(fault);
    std::string all;
    for (const Error& fault : faults) all += fault.message + "\n";
    for (const std::string folder = overrides.path().string() + "/"; all.find(folder) != std::string::npos;) {
        all.erase(all.find(folder), folder.size());
    }
    CHECK(all ==
          "unknown template 'de/reset-lnik.txt'\n"
          "missing template 'fr/reset-otp.subject'\n"
          "missing template 'fr/reset-otp.txt'\n"
          "template 'de/reset-otp.txt', line 2: control character U+0007\n"
          "template 'de/reset-otp.txt', line 1: unknown variable 'cod'\n"
          "template 'de/reset-otp.txt', line 2: partial '>footer'\n");
}

TEST_CASE("control characters and broken UTF-8 are refused") {
    CHECK(refusal("en/reset-otp.txt", "{{code}}\n\x1B[2J").message ==
          "template 'en/reset-otp.txt', line 2: control character U+001B");
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\x1A").message, ContainsSubstring("control character"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\rx").message, ContainsSubstring("control character"));
    CHECK_THAT(refusal("en/reset-otp.txt", "{{code}}\u0085").message, ContainsSubstring("control character"));
    CHECK(refusal("en/reset-otp.txt", "{{code}}\xFF").message == "template 'en/reset-otp.txt': text that is not UTF-8");
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
