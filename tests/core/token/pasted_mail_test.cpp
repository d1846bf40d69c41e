#include "src/token/pasted_mail.h"

#include <functional>
#include <string>
#include <vector>

#include "src/base/encoding.h"
#include "tests/core/token/pasted_fixture.h"

using namespace pwreset;
using namespace pwreset::pasted_fixture;

namespace {

const std::string words = "Hello Ana,\n\nopen this link:\n\n" + url + "\n\nBye\n";
const std::string page = "<html><body><p>Hello</p><a href=\"https://shop.example/?id=1&amp;token=" + token +
                         "\">Choose a new password</a></body></html>\n";
const std::string top =
    "From: Shop <no-reply@shop.example>\nTo: ana@example.com\nSubject: Reset\n"
    "Message-ID: <00112233445566778899aabbccddeeff@shop.example>\nMIME-Version: 1.0\n";

/// Every line with something in front.
std::string marked(const std::string& text, const std::string& mark) {
    std::string out = mark;
    for (const char c : text) out += c == '\n' ? "\n" + mark : std::string(1, c);
    return out;
}

std::string with_crlf(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
    return out;
}

std::string in_base64(const std::string& text) {
    std::string out = base64(text);
    for (std::size_t at = 76; at < out.size(); at += 77) out.insert(at, "\n");
    return out + "\n";
}

std::string in_quoted_printable(const std::string& text) {
    std::string out;
    std::size_t column = 0;
    for (const char c : text) {
        const bool plain = c == '\n' || (c >= ' ' && c <= '~' && c != '=');
        const std::string written = plain ? std::string(1, c) : escaped(std::string(1, c), std::string(1, c), '=');
        if (column + written.size() > 75 && c != '\n') {
            out += "=\n";
            column = 0;
        }
        out += written;
        column = c == '\n' ? 0 : column + written.size();
    }
    return out;
}

std::string part(const std::string& type, const std::string& encoding, const std::string& body) {
    return "Content-Type: " + type + "\nContent-Transfer-Encoding: " + encoding + "\n\n" + body;
}

std::string text_part(const std::string& body) { return part("text/plain; charset=utf-8", "base64", in_base64(body)); }

std::string multipart(const std::string& kind, const std::string& boundary, const std::vector<std::string>& parts) {
    std::string out = "Content-Type: multipart/" + kind + ";\n boundary=\"" + boundary + "\"\n\n";
    for (const auto& one : parts) out += "--" + boundary + "\n" + one + "\n";
    return out + "--" + boundary + "--\n";
}

std::string without(std::string text, const std::string& what) {
    const auto at = text.find(what);
    REQUIRE(at != text.npos);
    return text.erase(at, what.size());
}

/// Of ASCII and Persian.
std::string in_utf16(const std::string& text, bool big, bool mark) {
    std::string out;
    const auto put = [&](unsigned unit) {
        const char high = static_cast<char>(unit >> 8U);
        const char low = static_cast<char>(unit & 0xFFU);
        out += big ? std::string{high, low} : std::string{low, high};
    };
    if (mark) put(0xFEFF);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x80)
            put(byte);
        else
            put((byte & 0x1FU) << 6U | (static_cast<unsigned char>(text[++at]) & 0x3FU));
    }
    return out;
}

void check_found(const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        INFO(i << ": " << texts[i]);
        CHECK(found(texts[i]) == "none");
    }
}

}  // namespace

TEST_CASE("pasted mail: the encoding of a part is no damage") {
    const std::string quoted = in_quoted_printable(words + "https://shop.example/?token=" + token + " = گذرواژه\n");
    check_found({
        top + part("text/plain", "7bit", words),
        top + part("text/plain", "base64", in_base64(words)),
        top + part("text/plain", "quoted-printable", quoted),
        with_crlf(top + part("text/plain", "base64", in_base64(words))),
        with_crlf(top + part("text/plain", "quoted-printable", quoted)),
        top + "content-transfer-encoding:BASE64\n\n" + in_base64(words),
        top + "Content-Transfer-Encoding:\n\tbase64\nContent-Type: text/plain\n\n" + in_base64(words),
        top + part("text/plain", "Quoted-Printable", replaced(quoted, "=3D", "=3d")),
        top + part("text/plain", "quoted-printable", replaced(quoted, "=\n", "= \t\n")),
        top + part("text/plain", "base64", base64(words)),
        top + part("text/plain", "base64", without(base64(words + "!"), "==")),
        top + part("text/plain", "base64", in_base64(words) + "_____\nthe list's footer\n"),
        top + part("text/plain; charset=iso-8859-1", "quoted-printable", "Gr=FC=DFe " + in_quoted_printable(words)),
        top + part("text/plain; charset=gb2312", "base64", in_base64("\xC4\xE3\xBA\xC3 " + words)),
        part("text/plain", "base64", in_base64(words)),
        "Content-Transfer-Encoding: base64\n" + in_base64(words),
        "\n\n" + top + part("text/plain", "base64", "\n" + in_base64(words)),
    });
}

TEST_CASE("pasted mail: parts are found in multiparts, whole or not") {
    const std::string alternative = multipart(
        "alternative", "b1", {part("text/plain", "7bit", "Hello\n"), part("text/html", "base64", in_base64(page))});
    const std::string mixed =
        top + multipart("mixed", "outer",
                        {multipart("related", "=_x.y", {alternative, part("image/png", "base64", in_base64(words))}),
                         part("text/plain", "7bit", "footer\n")});
    check_found({
        top + alternative,
        top + multipart("alternative", "b'()+_,-./:=? 1", {text_part(words)}),
        top + "Content-Type: multipart/mixed; boundary=plain1\n\nFor old programs.\n--plain1\n" + text_part(words) +
            "--plain1--",
        mixed,
        with_crlf(mixed),
        without(top + multipart("mixed", "b2", {text_part(words)}), "--b2--\n"),
        without(without(mixed, "--b1--\n"), "--outer--\n"),
        without(mixed, top),
        mixed.substr(mixed.find("--b1\n")),
        mixed.substr(mixed.find("Content-Type: text/html")),
        without(top + multipart("mixed", "b3", {text_part(words)}), " boundary=\"b3\"\n"),
        replaced(top + multipart("mixed", "b4", {text_part(words)}), "\n boundary", "\nboundary"),
        replaced(top + multipart("mixed", "b5", {text_part(words)}), "base64\n\n", "base64\n"),
        "Open the mail below.\n\n-----Original Message-----\n" + top + alternative,
        top + part("text/plain", "quoted-printable", "one\n") + "\n" + top + text_part(words),
    });
}

TEST_CASE("pasted mail: a picture's base64 is not looked into") {
    CHECK(found(top + multipart("mixed", "b", {part("image/png", "base64", in_base64(words))})) == "-");
    CHECK(found(top + multipart("mixed", "b", {part("AUDIO/mpeg", "base64", in_base64(words))})) == "-");
}

TEST_CASE("pasted mail: mails within mails are read") {
    const std::string inner =
        top + multipart("alternative", "in",
                        {text_part(words), part("text/html", "quoted-printable", in_quoted_printable(page))});
    check_found({
        top + multipart("mixed", "out",
                        {part("text/plain", "7bit", "see below\n"), part("message/rfc822", "7bit", inner)}),
        top + multipart("mixed", "out", {"Content-Type: message/rfc822\nContent-Disposition: attachment\n\n" + inner}),
        top + multipart("mixed", "out", {part("message/rfc822", "base64", in_base64(inner))}),
        top + multipart("mixed", "out",
                        {part("application/octet-stream; name=\"mail.eml\"", "base64", in_base64(with_crlf(inner)))}),
        top + multipart("mixed", "out", {part("message/rfc822", "quoted-printable", in_quoted_printable(inner))}),
        top + multipart("digest", "out", {"\n" + top + text_part("first\n"), "\n" + inner}),
    });
}

TEST_CASE("pasted mail: marks of a reply, and blanks, in front of its lines do not hide it") {
    const std::string mail =
        top + multipart("alternative", "b",
                        {text_part(words), part("text/html", "quoted-printable", in_quoted_printable(page))});
    for (const char* mark : {"> ", ">", "> > ", ">> ", "    ", "\t", "| ", "  > "})
        check_found({marked(mail, mark), "See:\n" + marked(with_crlf(mail), mark)});
    check_found(
        {marked(words, "> "), marked("\n" + in_base64(words), "> "), top + text_part("See:\n" + marked(mail, "> "))});
}

TEST_CASE("pasted mail: base64 without any header is tried, and words that look like it are not taken for it") {
    check_found({in_base64(words), "The body:\n\n" + in_base64(words) + "\n--\nBob\n", with_crlf(in_base64(page)),
                 base64(words), in_base64(words) + url, token, token + "\n" + token});
    CHECK(read_mail(pasted_text(token + "\n" + std::string(64, 'A') + "\n" + std::string(80, 'x'))).texts.size() <= 1);
}

TEST_CASE("pasted mail: HTML is read as a browser does") {
    const auto link = [](const std::string& attribute) {
        return "<p>Hi <a class=\"b\" " + attribute + ">here</a></p>\n";
    };
    check_found({
        page,
        link("href='" + url + "'"),
        link("href=" + url + " "),
        link("HREF = \"" + url + "&#38;id=1\""),
        link("href=\"https://shop.example/reset&#x2F;" + token + "\""),
        link("href=\"https&colon;&sol;&sol;shop.example/?token&equals;" + token + "&amp;a=1\""),
        link("href=\"" + broken(30, "\n  \t").substr(0, 58) + "\n" + token.substr(30) + "\""),
        link("href=\"" + broken(30, "&#10;") + "\""),
        "<p>" + broken(30, "<wbr>") + "</p>",
        "<div>" + broken(20, "</b><b class='x'>") + "</div>",
        "<div>https://shop.example/reset/<span style=\"color:red\">" + token + "</span></div>",
        "<div>" + broken(40, "<!-- a > b -->") + "</div>",
        "<style>a{b:c}</style><p>" + broken(40, "<style>x</style>") + "</p>",
        "<p>" + broken(1, "&#" + std::to_string(static_cast<int>(token[1])) + ";").erase(28 + 5, 1) + "</p>",
        top + part("text/html; charset=\"us-ascii\"", "quoted-printable", in_quoted_printable(page)),
        top + part("text/html", "base64", in_base64(page)),
        top + part("text/html", "8bit", page),
        top + part("text/plain", "base64", in_base64(page)),
    });
    CHECK(found("<p>" + broken(30, "&shy;") + "</p>") == "invisible 30@61");
    CHECK(found("<p>" + broken(30, "&#8203;") + "</p>") == "invisible 30@61");
    CHECK(found("<p>" + broken(30, "<br>") + "</p>") == "line_break 30@61");
    CHECK(found("<p>" + broken(30, "</p><p>") + "</p>") == "line_break 30@61");
    CHECK(found("<a href=\"x\">" + token.substr(0, 30) + "</a> and <a href=\"y\">" + token.substr(30)) == "-");
}

TEST_CASE("pasted mail: text in UTF-16 is read, with a mark or without, of either order") {
    const std::string persian = "\u0633\u0644\u0627\u0645 \u06AF\u0630\u0631\u0648\u0627\u0698\u0647 ";
    const std::string mail = top + multipart("mixed", "b", {text_part(persian + words)});
    for (const bool big : {false, true}) {
        for (const bool mark : {false, true}) {
            const auto convert = [&](const std::string& text) { return in_utf16(text, big, mark); };
            check_found(
                {convert(url), convert(words), convert(with_crlf(words)), convert(persian + persian + words),
                 convert(mail), convert(page), convert(words) + "\x0A", top + text_part(convert(words)),
                 top + part("text/plain; charset=utf-16", "quoted-printable", escaped(convert(url), convert(url), '=')),
                 top + part("text/html; charset=utf-16le", "base64", in_base64(convert(page)))});
            CHECK(found(convert(persian + broken(30, "\n"))) == "line_break 30@71");
        }
    }
}

TEST_CASE("pasted mail: a damage inside of a part is told, at its place in what was pasted") {
    const std::string start = top + "Content-Transfer-Encoding: quoted-printable\n\n";
    const std::string at = std::to_string(start.size() + 58);
    CHECK(found(start + broken(30, "=0A")) == "line_break 30@" + at);
    CHECK(found(start + broken(30, "=E2=80=8B")) == "invisible 30@" + at);
    CHECK(found(top + text_part(broken(30, "\n"))).starts_with("line_break 30@"));
    CHECK(found(top + text_part(url + ".")).starts_with("punctuation 64@"));
}

TEST_CASE("pasted mail: what a filter wrapped is told inside of a part too, and is told once") {
    const std::string once = escaped(url, ":/?=&%", '%');
    const std::string wrapper = "https://eur05.safelinks.example/?url=" + once + "&amp;data=05%7C02%7C&amp;reserved=0";
    const std::string mail = "<html><a href=\"" + wrapper + "\" originalsrc=\"" + url + "\">" + url + "</a></html>";
    const std::string alternative =
        top + multipart("alternative", "b",
                        {text_part(words), part("text/html", "quoted-printable", in_quoted_printable(mail))});
    for (const std::string& text : {mail, top + text_part(mail), alternative}) {
        INFO(text);
        const std::string told = found(text);
        CHECK(told.starts_with("wrapped 0@"));
        CHECK(told.find(',') == told.npos);
    }
}

TEST_CASE("pasted mail: digits in its headers are no piece of a link") {
    const auto digits = [](const std::string& text) { return read_pasted(Secret(std::string_view(text))).digits; };
    CHECK(digits(top + text_part("no link\n")) == 0);
    CHECK(digits(top + text_part(url.substr(0, url.size() - 3) + "\n")) == 61);
    CHECK(digits("00112233445566778899aabbccddeeff") == 32);
}

TEST_CASE("pasted mail: however deep, however many and however large, its parts are bounded") {
    std::string deep = words;
    for (int i = 0; i < most_mail_depth; ++i) deep = part("message/rfc822", "base64", in_base64(deep));
    CHECK(found(deep) == "none");
    CHECK(found(part("message/rfc822", "base64", in_base64(deep))) == "-");
    std::string many = top;
    for (std::size_t i = 0; i < 3 * most_mail_parts; ++i) many += "--b\n" + text_part("x\n");
    CHECK(read_mail(pasted_text(many)).texts.size() == most_mail_parts);
    std::string nested = "x";
    while (nested.size() < longest_pasted / 8) nested = part("text/plain", "quoted-printable", nested + nested);
    std::size_t bytes = 0;
    for (const auto& text : read_mail(pasted_text(marked(nested, "> "))).texts) bytes += text.view().size();
    CHECK(bytes <= 3 * most_mail_bytes);
    for (const std::string piece : {"<a ", "<!--", "<style>", "href=\"", "href='", "&#", "--b\nContent-Type: x;\n",
                                    "> Content-Type:\n", "A:;\n", "=\n", "<"}) {
        std::string text;
        while (text.size() < longest_pasted / 8) text += piece;
        INFO(piece);
        CHECK(read_pasted(Secret(std::string_view(text))).candidates.empty());
    }
}
