#include "src/message/compose.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "src/base/address.h"
#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

// SUB: one byte, ASCII, refused in templates and in header values, and left alone by HTML escaping.
constexpr char placeholder_byte = '\x1A';

// Cannot occur in a base64 part, which has no "_"; a 7bit part that holds it is made base64. The secret cannot complete
// it either: a secret has no "=", and here every second character is one.
constexpr std::string_view boundary = "=_=_=_=";

constexpr std::size_t header_line = 76;       // RFC 2047, section 2: a line with an encoded word
constexpr std::size_t encoded_word_max = 75;  // the same: an encoded word
constexpr std::size_t body_line = 998;        // RFC 5322, section 2.1.1, without CRLF
constexpr std::size_t address_max = 254;      // RFC 5321, section 4.5.3.1.3, without the angle brackets

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

/// RFC 5322, section 3.2.3.
bool is_atext(char c) { return is_alphanumeric(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~"); }

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_printable_ascii(char c) { return c >= 0x20 && c < 0x7F; }

/// Whether the text is UTF-8 without control characters other than those in `allowed`.
bool is_clean(std::string_view text, std::string_view allowed = {}) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        if (is_printable_ascii(text[start]) || is_one_of(text[start], allowed)) {
            ++at;
            continue;
        }
        const char32_t c = next_code_point(text, at);
        const bool broken = c == U'\uFFFD' && at == start + 1;
        const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
        if (broken || control) return false;
    }
    return true;
}

// --- what may not be sent --------------------------------------------------------------------------------------------

void check_header(std::string_view name, std::string_view value) {
    if (is_clean(value)) return;
    throw invalid_input("control character or broken UTF-8 in the mail header '" + std::string(name) + "'");
}

/// One address and nothing else: no display name, no list, no comment, no address literal. The local part may hold
/// UTF-8 (RFC 6532) and be quoted; the domain is ASCII, an internationalised one in punycode.
void check_address(std::string_view header, std::string_view address) {
    check_header(header, address);
    if (address.starts_with('"') && is_address(address, true) && address_on_the_wire(address) == address) return;
    const std::size_t at = address.rfind('@');
    const std::string_view local = address.substr(0, std::min(at, address.size()));
    const std::string_view domain = at == std::string_view::npos ? "" : address.substr(at + 1);
    const auto local_char = [](char c) { return is_atext(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80; };
    const auto domain_char = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
    const bool labels =
        !domain.empty() && domain.front() != '.' && domain.back() != '.' && domain.find("..") == std::string_view::npos;
    if (!local.empty() && labels && address.size() <= address_max &&
        std::all_of(local.begin(), local.end(), local_char) && std::all_of(domain.begin(), domain.end(), domain_char)) {
        return;
    }
    throw invalid_input("not one plain e-mail address in the mail header '" + std::string(header) + "'");
}

void check_token(std::string_view header, std::string_view value, std::string_view punctuation) {
    const auto ok = [&](char c) { return is_alphanumeric(c) || is_one_of(c, punctuation); };
    if (!value.empty() && value.size() <= body_line / 4 && std::all_of(value.begin(), value.end(), ok)) return;
    throw invalid_input("unusable value for the mail header '" + std::string(header) + "'");
}

/// Whether the body holds placeholders; each run of them must be whole secrets.
bool check_body(std::string_view body, std::size_t secret_size) {
    if (!is_clean(body, std::string_view("\n\t\x1A")))
        throw invalid_input("control character or broken UTF-8 in a mail body");
    bool found = false;
    for (std::size_t at = 0; (at = body.find(placeholder_byte, at)) != std::string_view::npos; found = true) {
        const std::size_t end = std::min(body.find_first_not_of(placeholder_byte, at), body.size());
        if ((end - at) % secret_size != 0)
            throw invalid_input("placeholder of another length than the secret in a mail body");
        at = end;
    }
    return found;
}

/// Only what stays as it is in HTML can take the place of the placeholder. Links hold hexadecimal digits, so what a URL
/// would change is not met.
void check_secret(std::string_view secret) {
    const auto ok = [](char c) { return c > ' ' && c < '\x7F' && !is_one_of(c, "&<>\"'"); };
    if (secret.size() >= 2 && std::all_of(secret.begin(), secret.end(), ok)) return;
    throw invalid_input("secret with characters that HTML would have to change");
}

/// A mail that only tells something. A link or code without its secret would be a mail of no use.
void check_no_placeholder(const Mail& mail) {
    for (const std::string& body : {mail.text, mail.html}) {
        if (is_clean(body, "\n\t")) continue;
        throw invalid_input("control character, placeholder or broken UTF-8 in the body of a mail without a secret");
    }
}

void check(const Mail& mail, std::string_view secret) {
    check_address("From", mail.from_address);
    check_header("From", mail.from_name);
    if (!mail.reply_to.empty()) check_address("Reply-To", mail.reply_to);
    check_address("To", mail.to);
    if (mail.subject.find(placeholder_byte) != std::string::npos) {
        throw invalid_input("secret in the subject of a mail",
                            "lock screens show subjects: name the link or code in the body only");
    }
    check_header("Subject", mail.subject);
    check_token("Message-ID", mail.message_id, "@.-_+");
    check_token("Content-Language", mail.language, "-");
    if (secret.empty()) return check_no_placeholder(mail);
    check_secret(secret);
    const bool in_text = check_body(mail.text, secret.size());
    const bool in_html = check_body(mail.html, secret.size());
    if (!in_text && !in_html) throw invalid_input("mail that does not hold the link or code it is about");
}

// --- headers ---------------------------------------------------------------------------------------------------------

/// RFC 2047 encoded words in base64, folded; `column` is where on its line the first one starts.
std::string encoded_words(std::string_view text, std::size_t column) {
    constexpr std::string_view head = "=?UTF-8?B?", tail = "?=";
    std::string result;
    while (!text.empty()) {
        const std::size_t room = std::min(header_line - column, encoded_word_max) - head.size() - tail.size();
        const std::size_t bytes = room / 4 * 3;
        std::size_t end = 0;
        for (std::size_t next = 0; next < text.size();) {
            next_code_point(text, next);
            if (next > bytes) break;
            end = next;
        }
        if (!result.empty()) result += "\r\n ";
        result.append(head).append(base64(text.substr(0, end))).append(tail);
        text.remove_prefix(end);
        column = 1;
    }
    return result;
}

/// Whether the text can stand in a header as it is, on a line that already holds `column` characters.
bool is_plain(std::string_view text, std::size_t column) {
    return is_ascii(text) && column + text.size() <= header_line && text.find("=?") == std::string_view::npos &&
           (text.empty() || (text.front() != ' ' && text.back() != ' '));
}

std::string unstructured(std::string_view text, std::size_t column) {
    return is_plain(text, column) ? std::string(text) : encoded_words(text, column);
}

std::string quoted_string(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

/// A display name (RFC 5322, section 3.4): words as they are, else a quoted string, else encoded words.
std::string phrase(std::string_view name, std::size_t column) {
    if (!is_plain(name, column)) return encoded_words(name, column);
    const auto word_char = [](char c) { return is_atext(c) || c == ' '; };
    const bool words = name.find("  ") == std::string_view::npos && std::all_of(name.begin(), name.end(), word_char);
    const std::string result = words ? std::string(name) : quoted_string(name);
    return column + result.size() <= header_line ? result : encoded_words(name, column);
}

/// The address as a header takes it: "a..b@example.com", which some telephone companies gave out, needs quotes.
std::string addr_spec(const std::string& address) {
    const std::size_t at = address.rfind('@');
    const std::string local = address.substr(0, at);
    if (local.front() == '"') return address;
    const bool dot_atom = local.front() != '.' && local.back() != '.' && local.find("..") == std::string::npos;
    return dot_atom ? address : quoted_string(local) + address.substr(at);
}

std::string mailbox(const std::string& name, const std::string& address, std::size_t column) {
    if (name.empty()) return addr_spec(address);
    const std::string shown = phrase(name, column);
    const std::string angled = "<" + addr_spec(address) + ">";
    const std::size_t fold = shown.rfind('\n');
    const std::size_t used = fold == std::string::npos ? column + shown.size() : shown.size() - fold - 1;
    return shown + (used + 1 + angled.size() <= header_line ? " " : "\r\n ") + angled;
}

std::string headers(const Mail& mail) {
    const auto line = [](std::string_view name, std::string_view value) {
        return std::string(name).append(": ").append(value).append("\r\n");
    };
    std::string result;
    result += line("From", mailbox(mail.from_name, mail.from_address, std::strlen("From: ")));
    result += line("To", addr_spec(mail.to));
    if (!mail.reply_to.empty()) result += line("Reply-To", addr_spec(mail.reply_to));
    result += line("Subject", unstructured(mail.subject, std::strlen("Subject: ")));
    result += line("Date", rfc5322(mail.date));
    result += line("Message-ID", "<" + mail.message_id + ">");
    result += line("MIME-Version", "1.0");
    result += line("Auto-Submitted", "auto-generated");  // RFC 3834: no vacation notes, please
    result += line("X-Auto-Response-Suppress", "All");   // the same for Exchange
    result += line("Content-Language", mail.language);
    result += line("Content-Type", "multipart/alternative; boundary=\"" + std::string(boundary) + "\"");
    return result + "\r\n";
}

// --- bodies ----------------------------------------------------------------------------------------------------------

/// One body on its way into the message: CRLF line ends, placeholders still in it.
struct Part {
    std::string head;
    std::string body;
    bool as_base64 = false;
};

std::string with_crlf(std::string_view text) {
    std::string result;
    result.reserve(text.size() + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
    for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
        result.append(text.substr(0, end));
        result.append("\r\n");
    }
    return result.append(text);
}

bool is_7bit(std::string_view body) {
    if (!is_ascii(body) || body.find(boundary) != std::string_view::npos) return false;
    for (std::size_t start = 0; start < body.size();) {
        const std::size_t end = std::min(body.find('\n', start), body.size());
        if (end - start > body_line) return false;
        start = end + 1;
    }
    return true;
}

Part make_part(std::string_view type, std::string_view text) {
    const bool as_base64 = !is_7bit(text);
    std::string head = "--" + std::string(boundary) + "\r\nContent-Type: " + std::string(type) +
                       "; charset=utf-8\r\nContent-Transfer-Encoding: " + (as_base64 ? "base64" : "7bit") + "\r\n\r\n";
    return {std::move(head), with_crlf(text), as_base64};
}

constexpr std::size_t base64_line_bytes = 57;  // 76 characters, the most RFC 2045, section 6.8 allows

std::size_t encoded_size(const Part& part) {
    if (!part.as_base64 || part.body.empty()) return part.body.size();
    const std::size_t lines = (part.body.size() + base64_line_bytes - 1) / base64_line_bytes;
    return (part.body.size() + 2) / 3 * 4 + (lines - 1) * 2;
}

/// Puts the secret where the placeholders are.
void fill(char* begin, char* end, std::string_view secret) {
    while ((begin = std::find(begin, end, placeholder_byte)) != end) {
        std::memcpy(begin, secret.data(), secret.size());
        begin += secret.size();
    }
}

/// Appends to a buffer that was made as large as needed; each call answers the place behind what it wrote.
char* append(char* out, std::string_view text) { return std::copy(text.begin(), text.end(), out); }

char* append_base64(char* out, std::string_view bytes) {
    for (std::size_t start = 0; start < bytes.size(); start += base64_line_bytes) {
        const std::string_view line = bytes.substr(start, base64_line_bytes);
        if (start > 0) out = append(out, "\r\n");
        // It also writes a NUL; the boundary that follows every part takes that place.
        out += EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out),
                               reinterpret_cast<const unsigned char*>(line.data()), static_cast<int>(line.size()));
    }
    return out;
}

char* append_part(char* out, const Part& part, std::string_view secret) {
    out = append(out, part.head);
    if (part.as_base64) {
        Secret plain{std::string_view(part.body)};
        fill(plain.data(), plain.data() + plain.size(), secret);
        out = append_base64(out, plain.reveal());
    } else {
        char* const end = append(out, part.body);
        fill(out, end, secret);
        out = end;
    }
    return append(
        out,
        "\r\n");  // belongs to the boundary (RFC 2046, section 5.1.1), so the body keeps its own last line end
}

}  // namespace

std::string placeholder(std::size_t length) { return std::string(length, placeholder_byte); }

Secret filled(const std::string& text, const Secret& secret) {
    check_secret(secret.reveal());
    if (!check_body(text, secret.size())) throw invalid_input("message that does not hold the code it is about");
    Secret message{std::string_view(text)};
    fill(message.data(), message.data() + message.size(), secret.reveal());
    return message;
}

Secret compose(const Mail& mail, const Secret& secret) {
    check(mail, secret.reveal());
    const std::string head = headers(mail);
    const std::array parts{make_part("text/plain", mail.text), make_part("text/html", mail.html)};
    const std::string tail = "--" + std::string(boundary) + "--\r\n";
    std::size_t size = head.size() + tail.size();
    for (const Part& part : parts) size += part.head.size() + encoded_size(part) + 2;

    Secret message(size);
    char* out = append(message.data(), head);
    for (const Part& part : parts) out = append_part(out, part, secret.reveal());
    append(out, tail);
    return message;
}

}  // namespace pwreset
