#include <string>
#include <vector>

#include "src/transport/smtp.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

/// What a server makes of the bytes after DATA. Servers differ in what they take for a line end (the root of SMTP
/// smuggling), so this one is as lax as the laxest of them: CRLF, bare CR and bare LF all end a line.
struct Received {
    std::vector<std::string> lines;
    std::string after_the_end;
    bool ended = false;
};

Received receive(std::string_view bytes) {
    Received result;
    std::string line;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != '\r' && bytes[i] != '\n') {
            line += bytes[i];
            continue;
        }
        if (bytes[i] == '\r' && i + 1 < bytes.size() && bytes[i + 1] == '\n') ++i;
        if (line == ".") {
            result.ended = true;
            result.after_the_end = bytes.substr(i + 1);
            return result;
        }
        if (!line.empty() && line[0] == '.') line.erase(0, 1);
        result.lines.push_back(line);
        line.clear();
    }
    return result;
}

/// The lines a person would see in the text, whatever its line ends.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r' && text[i] != '\n') {
            line += text[i];
            continue;
        }
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
        lines.push_back(line);
        line.clear();
    }
    if (!line.empty()) lines.push_back(line);
    return lines;
}

std::string stuffed_text(std::string_view message) { return std::string(dot_stuffed(Secret(message)).reveal()); }

}  // namespace

TEST_CASE("no message smuggles a second one past the end of the first") {
    const std::string inner = "MAIL FROM:<evil@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nboo\r\n";
    const auto end = GENERATE(as<std::string>{}, "\r\n.\r\n", "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r.\r\n",
                              "\r\n.\r", "\n.\r", "\r.\n", "\r\r\n.\r\r\n", "\r\n.\r\r\n", "\n\n.\n\n", "\r\n..\r\n",
                              "\r\n.\r\n.\r\n", "\r\n\r.\r\n", ".\r\n", ".\n", "\n..\n", "\r\n. \r\n", "\r\n.\t\r\n");
    CAPTURE(end);
    const std::string message = "Subject: x\r\n\r\nfirst" + end + inner;
    const std::string bytes = stuffed_text(message);
    const Received received = receive(bytes);
    CHECK(received.ended);
    CHECK(received.after_the_end.empty());
    CHECK(received.lines == lines_of(message));
}

TEST_CASE("every line end becomes CRLF and stands alone nowhere") {
    const std::string bytes = stuffed_text("a\nb\rc\r\nd\r\r\ne\n\rf");
    CHECK(bytes == "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\nf\r\n.\r\n");
}

TEST_CASE("every short message arrives as it was, with one end") {
    // All texts of up to six of the characters that matter.
    const std::string alphabet = ".\r\na";
    std::size_t faults = 0;
    for (int length = 0; length <= 6; ++length) {
        for (int number = 0; number < 1 << (2 * length); ++number) {
            std::string message;
            for (int i = 0; i < length; ++i) message += alphabet[static_cast<std::size_t>(number >> (2 * i)) & 3];
            const Received received = receive(stuffed_text(message));
            if (!received.ended || !received.after_the_end.empty() || received.lines != lines_of(message)) ++faults;
        }
    }
    CHECK(faults == 0);
}

TEST_CASE("dots at the start of a line are doubled, others not") {
    CHECK(stuffed_text(".a.\r\n..\r\nb.c\r\n") == "..a.\r\n...\r\nb.c\r\n.\r\n");
    CHECK(stuffed_text("no end") == "no end\r\n.\r\n");
    CHECK(stuffed_text("an end\r\n") == "an end\r\n.\r\n");
    CHECK(stuffed_text("") == ".\r\n");
    CHECK(stuffed_text(std::string_view("\0.\0", 3)) == std::string("\0.\0\r\n.\r\n", 8));
}
