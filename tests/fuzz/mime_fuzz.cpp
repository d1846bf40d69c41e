// A mail of any text: what leaves is one message with exactly the headers it should have, and with its bodies whole.
#include <algorithm>
#include <array>

#include "src/base/encoding.h"
#include "src/message/compose.h"
#include "tests/fuzz/target.h"

namespace pwreset::fuzz {
namespace {

constexpr std::size_t longest_line = 998;  // RFC 5322, section 2.1.1
const std::string secret = "0123456789abcdef0123456789ABCDEF";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

/// In an input, where SUB would be hard to read.
std::string with_placeholders(const std::string& text) {
    return replaced(text, "{secret}", placeholder(secret.size()));
}

std::vector<std::string> lines_of(std::string_view message) {
    std::vector<std::string> lines;
    for (std::size_t end = message.find("\r\n"); end != message.npos; end = message.find("\r\n")) {
        const std::string_view line = message.substr(0, end);
        require(line.find_first_of("\r\n") == line.npos, "no CR or LF stands alone");
        require(line.size() <= longest_line, "no line is longer than 998 bytes");
        lines.emplace_back(line);
        message.remove_prefix(end + 2);
    }
    require(message.empty(), "the last line is ended");
    return lines;
}

/// RFC 2047 as far as we write it: the encoded words of a text, else the text itself.
std::string decoded(const std::string& value) {
    constexpr std::string_view head = "=?UTF-8?B?";
    if (!value.starts_with(head)) return value;
    std::string text;
    for (std::string_view rest = value; rest.starts_with(head);) {
        const std::size_t end = rest.find("?=");
        require(end != rest.npos && end + 2 <= 75, "an encoded word ends after 75 characters at most");
        const auto bytes = unbase64(rest.substr(head.size(), end - head.size()));
        require(bytes && is_utf8(*bytes), "an encoded word holds whole characters");
        text += *bytes;
        rest.remove_prefix(std::min(end + 3, rest.size()));  // and the space between two of them
    }
    return text;
}

struct Header {
    std::string name;
    std::string value;
};

/// The headers up to the empty line, unfolded; `line` goes on behind it.
std::vector<Header> headers_of(const std::vector<std::string>& lines, std::size_t& line) {
    std::vector<Header> headers;
    for (; line < lines.size() && !lines[line].empty(); ++line) {
        if (lines[line].front() == ' ') {
            require(!headers.empty(), "a folded line continues a header");
            headers.back().value += lines[line];
            continue;
        }
        const std::size_t colon = lines[line].find(": ");
        require(colon != std::string::npos, "a header has a name and a value");
        headers.push_back({lines[line].substr(0, colon), lines[line].substr(colon + 2)});
    }
    require(line < lines.size(), "an empty line ends the headers");
    ++line;
    return headers;
}

/// A display name (RFC 5322, section 3.4) without its quotes or encoding.
std::string shown_name(const std::string& phrase) {
    if (!phrase.starts_with('"')) return decoded(phrase);
    require(phrase.size() >= 2 && phrase.ends_with('"'), "a quoted name ends in a quote");
    std::string name;
    for (std::size_t i = 1; i + 1 < phrase.size(); ++i) {
        require(phrase[i] != '"', "a quote inside a quoted name is escaped");
        if (phrase[i] == '\\') ++i;
        name += phrase[i];
    }
    return name;
}

void check_sender(const Mail& mail, const std::string& value) {
    const std::size_t open = value.rfind(" <");
    const std::string address = open == value.npos ? value : value.substr(open + 2, value.size() - open - 3);
    require(replaced(address, "\"", "") == mail.from_address, "the sender is the sender alone");
    require(shown_name(open == value.npos ? "" : value.substr(0, open)) == mail.from_name, "the name is what it was");
}

void check_headers(const Mail& mail, const std::vector<Header>& headers) {
    std::vector<std::string> expected{"From",
                                      "To",
                                      "Subject",
                                      "Date",
                                      "Message-ID",
                                      "MIME-Version",
                                      "Auto-Submitted",
                                      "X-Auto-Response-Suppress",
                                      "Content-Language",
                                      "Content-Type"};
    if (!mail.reply_to.empty()) expected.insert(expected.begin() + 2, "Reply-To");
    std::vector<std::string> names;
    for (const Header& header : headers) {
        names.push_back(header.name);
        const std::string& value = header.value;
        require(printable(value) == value || is_utf8(value), "a header is text");
        if (header.name == "Subject") require(decoded(value) == mail.subject, "the subject is what it was");
        if (header.name == "From") check_sender(mail, value);
        if (header.name == "To") require(replaced(value, "\"", "") == mail.to, "the recipient is the recipient alone");
        if (header.name == "Message-ID") require(value == "<" + mail.message_id + ">", "the id is what it was");
    }
    require(names == expected, "a mail has exactly its headers");
}

/// The text of the part that begins at `line`, which goes on behind it.
std::string part_of(const std::vector<std::string>& lines, std::size_t& line, const std::string& type) {
    const std::vector<Header> headers = headers_of(lines, line);
    require(headers.size() == 2 && headers[0].value == type + "; charset=utf-8", "a part has its type");
    const std::string& encoding = headers[1].value;
    require(encoding == "7bit" || encoding == "base64", "a part is 7bit or base64");
    std::string text;
    std::string base64_text;
    for (bool first = true; !lines[line].starts_with("--=_=_=_="); ++line, first = false) {
        require(line + 1 < lines.size(), "a part is ended");
        require(encoding == "7bit" || lines[line].size() <= 76, "a line of base64 has 76 characters at most");
        require(std::all_of(lines[line].begin(), lines[line].end(), [](unsigned char c) { return c < 0x80; }),
                "a part is ASCII on the wire");
        text += (first ? "" : "\r\n") + lines[line];
        base64_text += lines[line];
    }
    if (encoding == "7bit") return text;
    const auto bytes = unbase64(base64_text);
    require(bytes.has_value(), "base64 is base64");
    return *bytes;
}

void check_message(const Mail& mail, std::string_view message) {
    const std::vector<std::string> lines = lines_of(message);
    std::size_t line = 0;
    check_headers(mail, headers_of(lines, line));
    for (const auto& [type, body] : {std::pair("text/plain", mail.text), {"text/html", mail.html}}) {
        require(lines[line++] == "--=_=_=_=", "the boundary is before each part");
        const std::string expected = replaced(replaced(body, placeholder(secret.size()), secret), "\n", "\r\n");
        require(part_of(lines, line, type) == expected, "a body is what it was, with the secret in it");
    }
    require(lines[line] == "--=_=_=_=--" && line + 1 == lines.size(), "the last boundary is the end");
}

}  // namespace
}  // namespace pwreset::fuzz

/// Subject, text, HTML, the sender's name, recipient, sender, reply-to, message id and language, "%%" between them;
/// what is missing at the end is ordinary. "{secret}" is where the secret goes.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace pwreset;
    using namespace pwreset::fuzz;
    std::vector<std::string> parts = parts_of(text_of(data, size));
    const std::array<std::string, 9> ordinary{
        "Reset your password", "{secret}", "{secret}", "Shop", "ana@example.com", "shop@example.com", "",
        "1.2.abc@example.com", "en"};
    while (parts.size() < ordinary.size()) parts.push_back(ordinary[parts.size()]);
    const Mail mail{.from_address = parts[5],
                    .from_name = parts[3],
                    .reply_to = parts[6],
                    .to = parts[4],
                    .subject = with_placeholders(parts[0]),
                    .text = with_placeholders(parts[1]),
                    .html = with_placeholders(parts[2]),
                    .message_id = parts[7],
                    .language = parts[8],
                    .date = {}};
    try {
        const Secret message = compose(mail, Secret(std::string_view(secret)));
        check_message(mail, message.reveal());
    } catch (const Error& error) {
        require(error.code == "INVALID_INPUT", "a mail that cannot be is INVALID_INPUT");
        require_printable(error);
    }
    return 0;
}
