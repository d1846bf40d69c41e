#include "src/transport/smtp_dialogue.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/process.h"
#include "src/transport/smtp_login.h"

namespace pwreset {
namespace {

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        if (space != 0) found.push_back(ascii_upper(text.substr(0, space)));
        if (space == std::string_view::npos) break;
        text.remove_prefix(space + 1);
    }
    return found;
}

/// A number of the relay's; 0 for anything else, and for more than can be meant.
std::size_t number_in(std::string_view text) {
    std::size_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    return fault == std::errc() && end == text.data() + text.size() ? number : 0;
}

/// "LIMITS MAILMAX=20 RCPTMAX=100" (RFC 9422): the mails a connection may carry, 0 when that is not told.
int mails_in(const std::vector<std::string>& limits) {
    constexpr std::string_view mailmax = "MAILMAX=";
    for (const std::string& limit : limits)
        if (limit.starts_with(mailmax))
            return static_cast<int>(std::min<std::size_t>(number_in(limit.substr(mailmax.size())), INT_MAX));
    return 0;
}

Error refused(const RelayConfig& config, const std::string& what, const SmtpReply& reply) {
    return unavailable("relay '" + config.host + "' refused " + what + ": " + reply.summary());
}

/// The name we greet with: what is configured, else the host's, if it can stand in a command.
std::string greeting_name(const RelayConfig& config) {
    const std::string name = config.helo.empty() ? host_name() : config.helo;
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
    return plain && !name.empty() ? name : "localhost";
}

SmtpExtensions greet(SmtpDialogue& dialogue, const RelayConfig& config) {
    const std::string name = greeting_name(config);
    const SmtpReply ehlo = dialogue.ask("EHLO " + name);
    if (ehlo.code == 250) return read_extensions(ehlo);
    // HELO offers neither TLS nor a login, so it will do only where none is wanted.
    if (config.tls != Tls::off || ehlo.code < 500) throw refused(config, "EHLO", ehlo);
    const SmtpReply helo = dialogue.ask("HELO " + name);
    if (helo.code != 250) throw refused(config, "HELO", helo);
    return {};
}

SmtpExtensions upgrade(SmtpDialogue& dialogue, const SmtpExtensions& offered, const RelayConfig& config) {
    if (!offered.starttls)
        throw unavailable("relay '" + config.host + "' does not offer STARTTLS",
                          "nothing was sent; use mail.tls = \"implicit\" (port 465) if that is what it speaks");
    const SmtpReply reply = dialogue.ask("STARTTLS");
    if (reply.code != 220) throw refused(config, "STARTTLS", reply);
    // What came in plain text must not count as said under TLS (CVE-2011-0411 and its kin).
    if (dialogue.has_leftovers())
        throw WireError(WireError::Kind::broken, "the relay sent plain text after its answer to STARTTLS");
    dialogue.start_tls();
    return greet(dialogue, config);
}

}  // namespace

SmtpExtensions read_extensions(const SmtpReply& ehlo) {
    SmtpExtensions offered;
    for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {
        std::vector<std::string> line = words(ehlo.lines[i]);
        if (line.empty()) continue;
        // "AUTH=PLAIN LOGIN" is how it was before RFC 2554, and still is with some.
        if (line[0].starts_with("AUTH=")) line.insert(line.begin() + 1, line[0].substr(5)), line[0] = "AUTH";
        const auto has = [&](std::string_view word) {
            return std::find(line.begin() + 1, line.end(), word) != line.end();
        };
        if (line[0] == "STARTTLS") offered.starttls = true;
        if (line[0] == "PIPELINING") offered.pipelining = true;
        if (line[0] == "SMTPUTF8") offered.smtputf8 = true;
        if (line[0] == "SIZE") offered.size = true;
        if (line[0] == "SIZE" && line.size() > 1) offered.largest = number_in(line[1]);
        if (line[0] == "LIMITS") offered.mails = mails_in(line);
        if (line[0] != "AUTH") continue;
        offered.auth_plain |= has("PLAIN");
        offered.auth_login |= has("LOGIN");
        offered.auth_oauthbearer |= has("OAUTHBEARER");
        offered.auth_xoauth2 |= has("XOAUTH2");
    }
    return offered;
}

std::string command_line(std::string_view command) {
    if (command.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
        throw internal_error("a line break in an SMTP command");
    return std::string(command) + "\r\n";
}

SmtpReply SmtpDialogue::reply(Wire::Deadline deadline) {
    std::array<char, 4096> buffer;
    while (!parser_.has_reply()) {
        const std::size_t size = wire_->read(buffer.data(), buffer.size(), deadline);
        if (size == 0) throw WireError(WireError::Kind::closed, "the relay closed the connection");
        parser_.feed({buffer.data(), size});
    }
    return parser_.take_reply();
}

SmtpReply SmtpDialogue::ask(std::string_view command) {
    write(command_line(command));
    return reply();
}

void SmtpDialogue::quit() noexcept {
    try {
        const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        wire_->write("QUIT\r\n", soon);
        reply(soon);
    } catch (const std::exception&) {
        // Nothing depends on it: every message before it has had its answer.
    }
}

SmtpExtensions open_dialogue(SmtpDialogue& dialogue, const RelayConfig& config) {
    if (config.tls == Tls::implicit) dialogue.start_tls();
    const SmtpReply greeting = dialogue.reply();
    if (greeting.code != 220) throw refused(config, "the connection", greeting);
    SmtpExtensions offered = greet(dialogue, config);
    if (config.tls == Tls::starttls) offered = upgrade(dialogue, offered, config);
    log_in(dialogue, offered, config);
    return offered;
}

}  // namespace pwreset
