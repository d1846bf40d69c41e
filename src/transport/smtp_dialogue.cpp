#include "src/transport/smtp_dialogue.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/process.h"

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

Error refused(const MailConfig& config, const std::string& what, const SmtpReply& reply) {
    return unavailable("relay '" + config.host + "' refused " + what + ": " + reply.summary());
}

/// A line with base64 (RFC 4648) in it, for a login: in one wiped buffer of its final size.
Secret base64_line(std::string_view prefix, std::string_view bytes) {
    const std::size_t encoded = (bytes.size() + 2) / 3 * 4;
    Secret line(prefix.size() + encoded + 2);
    std::copy(prefix.begin(), prefix.end(), line.data());
    // EVP_EncodeBlock ends its text with a NUL, which falls where the CR goes.
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(line.data() + prefix.size()),
                    reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    line.data()[line.size() - 2] = '\r';
    line.data()[line.size() - 1] = '\n';
    return line;
}

SmtpReply ask_secretly(SmtpDialogue& dialogue, std::string_view prefix, std::string_view bytes) {
    const Secret line = base64_line(prefix, bytes);
    dialogue.write(line.reveal());
    return dialogue.reply();
}

/// RFC 4616, with the initial response of RFC 4954.
SmtpReply login_with_plain(SmtpDialogue& dialogue, const MailConfig& config) {
    const std::string_view password = config.password.reveal();
    Secret message(config.user.size() + password.size() + 2);  // NUL, user, NUL, password
    std::copy(config.user.begin(), config.user.end(), message.data() + 1);
    std::copy(password.begin(), password.end(), message.data() + config.user.size() + 2);
    return ask_secretly(dialogue, "AUTH PLAIN ", message.reveal());
}

/// draft-murchison-sasl-login: never a standard, but all that some relays offer.
SmtpReply login_with_login(SmtpDialogue& dialogue, const MailConfig& config) {
    SmtpReply reply = dialogue.ask("AUTH LOGIN");
    if (reply.code == 334) reply = ask_secretly(dialogue, "", config.user);
    if (reply.code == 334) reply = ask_secretly(dialogue, "", config.password.reveal());
    return reply;
}

void log_in(SmtpDialogue& dialogue, const SmtpExtensions& offered, const MailConfig& config) {
    if (config.user.empty()) return;
    if (!offered.auth_plain && !offered.auth_login)
        throw unavailable("relay '" + config.host + "' offers neither AUTH PLAIN nor AUTH LOGIN",
                          "remove mail.user if it takes mail without a login, or turn on mail.tls");
    const SmtpReply reply =
        offered.auth_plain ? login_with_plain(dialogue, config) : login_with_login(dialogue, config);
    if (reply.code == 235) return;
    // Only the numbers: a relay that repeats what it was told must not carry the password into a message.
    const std::string status = std::to_string(reply.code) + (reply.enhanced.empty() ? "" : " " + reply.enhanced);
    throw unavailable("relay '" + config.host + "' refused the login of '" + config.user + "': " + status,
                      "check mail.user and the password file");
}

/// The name we greet with: what is configured, else the host's, if it can stand in a command.
std::string greeting_name(const MailConfig& config) {
    const std::string name = config.helo.empty() ? host_name() : config.helo;
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
    return plain && !name.empty() ? name : "localhost";
}

SmtpExtensions greet(SmtpDialogue& dialogue, const MailConfig& config) {
    const std::string name = greeting_name(config);
    const SmtpReply ehlo = dialogue.ask("EHLO " + name);
    if (ehlo.code == 250) return read_extensions(ehlo);
    // HELO offers neither TLS nor a login, so it will do only where none is wanted.
    if (config.tls != Tls::off || ehlo.code < 500) throw refused(config, "EHLO", ehlo);
    const SmtpReply helo = dialogue.ask("HELO " + name);
    if (helo.code != 250) throw refused(config, "HELO", helo);
    return {};
}

SmtpExtensions upgrade(SmtpDialogue& dialogue, const SmtpExtensions& offered, const MailConfig& config) {
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
        const std::vector<std::string> line = words(ehlo.lines[i]);
        if (line.empty()) continue;
        if (line[0] == "STARTTLS") offered.starttls = true;
        if (line[0] == "PIPELINING") offered.pipelining = true;
        if (line[0] == "SIZE") offered.size = true;
        if (line[0] == "SMTPUTF8") offered.smtputf8 = true;
        if (line[0] != "AUTH") continue;
        offered.auth_plain |= std::find(line.begin() + 1, line.end(), "PLAIN") != line.end();
        offered.auth_login |= std::find(line.begin() + 1, line.end(), "LOGIN") != line.end();
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

SmtpExtensions open_dialogue(SmtpDialogue& dialogue, const MailConfig& config) {
    if (config.tls == Tls::implicit) dialogue.start_tls();
    const SmtpReply greeting = dialogue.reply();
    if (greeting.code != 220) throw refused(config, "the connection", greeting);
    SmtpExtensions offered = greet(dialogue, config);
    if (config.tls == Tls::starttls) offered = upgrade(dialogue, offered, config);
    log_in(dialogue, offered, config);
    return offered;
}

}  // namespace pwreset
