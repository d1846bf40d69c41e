#include "src/transport/smtp_login.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "src/base/ascii.h"
#include "src/base/error.h"
#include "src/base/trusted_file.h"
#include "src/transport/transport.h"

namespace pwreset {
namespace {

/// The pieces one after the other, in one wiped buffer of its final size.
Secret joined(std::initializer_list<std::string_view> pieces) {
    std::size_t size = 0;
    for (const auto piece : pieces) size += piece.size();
    Secret whole(size);
    char* to = whole.data();
    for (const auto piece : pieces) to = std::copy(piece.begin(), piece.end(), to);
    return whole;
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

bool says_nothing(const SmtpReply& reply) {
    return std::all_of(reply.lines.begin(), reply.lines.end(), [](const std::string& line) { return line.empty(); });
}

/// One message, sent with the command; a relay that answers it with a bare prompt has not read it and gets it once
/// more.
SmtpReply in_one_message(SmtpDialogue& dialogue, std::string_view command, const Secret& message) {
    SmtpReply reply = ask_secretly(dialogue, command, message.reveal());
    if (reply.code == 334 && says_nothing(reply)) reply = ask_secretly(dialogue, "", message.reveal());
    return reply;
}

/// RFC 4616.
SmtpReply with_plain(SmtpDialogue& dialogue, const RelayConfig& config, const Secret&) {
    constexpr std::string_view nul("\0", 1);
    return in_one_message(dialogue, "AUTH PLAIN ", joined({nul, config.user, nul, config.password.reveal()}));
}

/// draft-murchison-sasl-login: never a standard, but all that some relays offer.
SmtpReply with_login(SmtpDialogue& dialogue, const RelayConfig& config, const Secret&) {
    SmtpReply reply = dialogue.ask("AUTH LOGIN");
    if (reply.code == 334) reply = ask_secretly(dialogue, "", config.user);
    if (reply.code == 334) reply = ask_secretly(dialogue, "", config.password.reveal());
    return reply;
}

/// A relay that dislikes a token says why in a 334 and waits for an answer before it refuses.
SmtpReply with_token(SmtpDialogue& dialogue, std::string_view command, const Secret& message, const char* sorry) {
    const SmtpReply reply = in_one_message(dialogue, command, message);
    return reply.code == 334 ? dialogue.ask(sorry) : reply;
}

/// A name as GS2 wants it (RFC 5801).
std::string gs2_name(std::string_view name) {
    std::string text;
    for (const char c : name) text += c == ',' ? "=2C" : c == '=' ? "=3D" : std::string(1, c);
    return text;
}

/// RFC 7628.
SmtpReply with_oauthbearer(SmtpDialogue& dialogue, const RelayConfig& config, const Secret& token) {
    const std::string head = "n,a=" + gs2_name(config.user) + ",\x01host=" + config.host +
                             "\x01port=" + std::to_string(config.port) + "\x01" + "auth=Bearer ";
    return with_token(dialogue, "AUTH OAUTHBEARER ", joined({head, token.reveal(), "\x01\x01"}), "AQ==");
}

/// Google's and Microsoft's form of it, older than the RFC.
SmtpReply with_xoauth2(SmtpDialogue& dialogue, const RelayConfig& config, const Secret& token) {
    const std::string head = "user=" + config.user + "\x01" + "auth=Bearer ";
    return with_token(dialogue, "AUTH XOAUTH2 ", joined({head, token.reveal(), "\x01\x01"}), "");
}

struct LoginWay {
    bool SmtpExtensions::*offered;
    SmtpReply (*log_in)(SmtpDialogue&, const RelayConfig&, const Secret& token);
};

constexpr std::array password_ways{LoginWay{&SmtpExtensions::auth_plain, with_plain},
                                   LoginWay{&SmtpExtensions::auth_login, with_login}};
constexpr std::array token_ways{LoginWay{&SmtpExtensions::auth_oauthbearer, with_oauthbearer},
                                LoginWay{&SmtpExtensions::auth_xoauth2, with_xoauth2}};

/// The token as its file has it now (RFC 6750, 2.1). That the file is not fit ends the connection, not the program: the
/// one that refreshes it may be at it.
Secret read_token(const RelayConfig& config) {
    const std::string whose = "the token of '" + config.user + "'";
    try {
        Secret token = read_trusted(config.token_file, Trust::secret, config.token_reader);
        token.shrink(std::min(token.reveal().find_first_of("\r\n"), token.size()));
        const std::string_view text = token.reveal();
        const bool fit = std::all_of(text.begin(), text.end(), [](char c) {
            return is_alphanumeric(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos;
        });
        if (!text.empty() && fit) return token;
    } catch (const Error& error) {
        throw unavailable("cannot use " + whose + ": " + error.message, error.hint);
    }
    throw unavailable("what '" + config.token_file.string() + "' holds is no OAuth token",
                      "its first line must be the access token, as the program that refreshes it got it");
}

}  // namespace

void log_in(SmtpDialogue& dialogue, const SmtpExtensions& offered, const RelayConfig& config) {
    if (config.user.empty()) return;
    const bool by_token = !config.token_file.empty();
    if (by_token && config.tls == Tls::off) throw internal_error("a token for a relay without TLS");
    std::optional<SmtpReply> refusal;
    Secret token;
    for (const LoginWay& way : by_token ? token_ways : password_ways) {
        if (!(offered.*way.offered)) continue;
        if (by_token && token.empty()) token = read_token(config);
        refusal = way.log_in(dialogue, config, token);
        if (refusal->code == 235) return;
        if (refusal->code < 500) break;  // not now: another way would be told the same
    }
    const std::string relay = "relay '" + config.host + "'";
    if (!refusal)
        throw unavailable(
            relay + " offers neither AUTH " + (by_token ? "OAUTHBEARER nor AUTH XOAUTH2" : "PLAIN nor AUTH LOGIN"),
            "remove mail.user if it takes mail without a login, or turn on mail.tls");
    // Only the numbers: a relay that repeats what it was told must not carry the secret into a message.
    const std::string status =
        std::to_string(refusal->code) + (refusal->enhanced.empty() ? "" : " " + refusal->enhanced);
    const Error fault =
        unavailable(relay + " refused the login of '" + config.user + "': " + status,
                    by_token ? "check mail.user and whether the token in mail.token_file is being refreshed"
                             : "check mail.user and the password file");
    if (refusal->code == 421) throw Error(fault);  // it says goodbye, and nothing of the login
    throw LoginRefused(fault);
}

}  // namespace pwreset
