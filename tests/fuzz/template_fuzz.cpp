// Any text as a template: it is refused, or it says the link or code where readers need it, and nothing unknown or
// unescaped, whatever the facts are; and lines that show nothing change nothing.
#include <algorithm>

#include "src/message/compose.h"
#include "src/message/templates.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

const std::string hostile = "<pwn '\"&{{link}}{{{code}}}>";

void check_names(const std::string& text, Message message, const std::string& part) {
    using Kind = MustachePiece::Kind;
    const auto known = variables_of(message, part);
    const Mustache parsed(text);
    require(parsed.faults().empty(), "a template that is used is Mustache");
    for (const MustachePiece& piece : parsed.pieces()) {
        require(piece.kind != Kind::partial, "a template that is used is one file");
        require(piece.kind != Kind::unescaped || part != "html", "HTML that is used is escaped");
        if (piece.kind == Kind::text || piece.kind == Kind::comment || piece.kind == Kind::change) continue;
        require(std::ranges::count(known, piece.text) != 0, "a template that is used looks up known names only");
    }
}

std::string shown_or_refused(Message message, const std::string& part, const std::string& text,
                             const MessageFacts& facts) try {
    return render_template(message, part, text, facts);
} catch (const Error& error) {
    return "refused: " + error.message;
}

/// Lines in front of a template that show nothing.
void check_lines(Message message, const std::string& part, const std::string& text, const MessageFacts& facts,
                 const std::string& shown) {
    if (text.starts_with("\xEF\xBB\xBF")) return;  // which is no part of a text only where it begins
    for (const char* lines : {"{{! note }}\n", " {{!\n a\n}} \r\n", "{{=<% %>=}}\n  <%={{ }}=%>\n",
                              "{{#support}}\n{{/support}}\n", "{{^product}}\nx\n{{product}}\n{{/product}}\n"}) {
        require(shown_or_refused(message, part, lines + text, facts) == shown,
                "lines that show nothing change nothing");
    }
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
    return found;
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text + "\n").find("\n" + line + "\n") != std::string::npos;
}

void check_shown(Message message, const std::string& part, const std::string& text, const std::string& shown,
                 const std::string& secret) {
    require(is_utf8(shown), "a message is UTF-8");
    if (part == "subject") {
        require(!shown.empty() && shown.find('\n') == shown.npos, "a subject is one line");
        require(shown.find(secret) == shown.npos, "no subject holds the secret");
        return;
    }
    const std::string_view name = secret_variable(message);
    require(name.empty() || shown.find(secret) != shown.npos, "a message holds what it is about");
    const bool link = name == "link";
    if (part == "txt") {
        require((!link && name != "password") || has_line(shown, secret), "a link or password is alone on its line");
    }
    if (part == "html") {
        require(!link || shown.find("href=\"" + secret + "\"") != shown.npos ||
                    shown.find("href='" + secret + "'") != shown.npos,
                "a link can be followed");
        require(count(shown, "<pwn") <= count(text, "<pwn"), "facts are escaped in HTML");
    }
}

}  // namespace
}  // namespace pwreset::fuzz

namespace {

/// Of the message that the file's name begins with; a code where it is none.
pwreset::Message message_of(const std::string& name) {
    for (const pwreset::Message message : pwreset::all_messages) {
        if (name.starts_with(pwreset::template_name(message))) return message;
    }
    return pwreset::Message::reset_otp;
}

}  // namespace

/// The file's name ("reset-link.html"), "%%", and its text.
int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    const std::vector<std::string> parts = parts_of(text_of(input, size));
    const std::string& name = parts.front();
    const std::string& text = parts.back();
    const Message message = message_of(name);
    const std::string part = name.ends_with("html") ? "html" : name.ends_with("txt") ? "txt" : "subject";
    const std::string secret = "https://shop.example/reset/" + placeholder(64);
    for (const std::string& support : {hostile, std::string()}) {
        MessageFacts facts{hostile, support, "", "", "7K3Q-M2", hostile, hostile, "", hostile};
        const std::string_view variable = secret_variable(message);
        if (variable == "link") facts.link = secret;
        if (variable == "code") facts.code = secret;
        if (variable == "password") facts.password = secret;
        try {
            const std::string shown = render_template(message, part, text, facts);
            check_names(text, message, part);
            check_shown(message, part, text, shown, secret);
            check_lines(message, part, text, facts, shown);
        } catch (const Error& error) {
            require(error.exit == Exit::config && error.code == "CONFIG", "a faulty template is CONFIG");
            require_printable(error);
        }
    }
    return 0;
}
