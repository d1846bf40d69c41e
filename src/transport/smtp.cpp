#include "src/transport/smtp.h"

#include <algorithm>
#include <array>
#include <climits>
#include <optional>
#include <utility>

#include "src/base/address.h"
#include "src/base/error.h"
#include "src/transport/smtp_dialogue.h"
#include "src/transport/smtp_verdict.h"

namespace pwreset {
namespace {

/// MAIL, RCPT and DATA, each a whole line.
using Lines = std::array<std::string, 3>;

/// One message on its way: what has been decided about it so far.
struct Transaction {
    Lines lines;
    bool utf8 = false;  ///< SMTPUTF8 is asked for
    bool took_recipient = false;
    bool asked = false;                 ///< the lines left with the message before (RFC 2920)
    std::optional<SendResult> refusal;  ///< the first refusal of a step
    bool handed_over = false;           ///< some of the final dot has left, so the relay may have it all
};

bool goes_on(Step step, const SmtpReply& reply) {
    const int wanted = step == Step::data ? 3 : 2;
    if (reply.code / 100 == wanted) return true;
    if (reply.code >= 400) return false;
    throw WireError(WireError::Kind::broken, "the relay gave an answer out of turn: " + std::to_string(reply.code));
}

bool has_ascii_local(std::string_view address) {
    for (const char c : address.substr(0, address.rfind('@')))
        if (static_cast<unsigned char>(c) >= 0x80) return false;
    return true;
}

/// The message as dot_stuffed() says, and commands that follow it.
Secret stuffed(const Secret& message, std::string_view commands) {
    constexpr std::string_view end_of_data = "\r\n.\r\n";
    const std::string_view text = message.reveal();
    Secret result(2 * text.size() + end_of_data.size() +
                  commands.size());  // at worst each byte is a lone line end or a dot
    char* to = result.data();
    bool line_start = true;
    std::size_t carriage = text.find('\r');
    std::size_t feed = text.find('\n');
    for (std::size_t i = 0; i < text.size();) {
        if (carriage < i) carriage = text.find('\r', i);
        if (feed < i) feed = text.find('\n', i);
        // What is no line end goes as it is, the whole stretch of it.
        const std::size_t stretch = std::min({carriage, feed, text.size()});
        if (stretch > i) {
            if (line_start && text[i] == '.') *to++ = '.';
            to = std::copy(text.begin() + static_cast<std::ptrdiff_t>(i),
                           text.begin() + static_cast<std::ptrdiff_t>(stretch), to);
            line_start = false;
            i = stretch;
            continue;
        }
        i += text.substr(i, 2) == "\r\n" ? 2 : 1;
        *to++ = '\r';
        *to++ = '\n';
        line_start = true;
    }
    const std::string_view end = line_start ? end_of_data.substr(2) : end_of_data;
    to = std::copy(end.begin(), end.end(), to);
    to = std::copy(commands.begin(), commands.end(), to);
    result.shrink(static_cast<std::size_t>(to - result.data()));
    return result;
}

class SmtpTransport : public Transport {
public:
    SmtpTransport(SmtpDialogue dialogue, const SmtpExtensions& offered, const RelayConfig& config)
        : dialogue_(std::move(dialogue)),
          offered_(offered),
          host_(config.host),
          room_(most_mails(config.per_connection, offered.mails)) {}
    SmtpTransport(const SmtpTransport&) = delete;
    SmtpTransport& operator=(const SmtpTransport&) = delete;
    ~SmtpTransport() override {
        if (usable_ && !asked_) dialogue_.quit();  // to a relay that waits for a message, QUIT would be its text
    }

    SendResult send(const Envelope& envelope, const Secret& message) override;
    void announce(const Envelope& next) override { announced_ = next; }
    bool usable() const override { return usable_; }
    bool alive() override;
    int room() const override { return room_; }
    std::optional<Rehearsal> rehearse(const std::string& sender) override;
    std::string name() const override { return host_; }

private:
    static int most_mails(int ours, int theirs);
    bool goes_unasked(Rehearsal& rehearsal, Step step, const std::string& command);
    std::optional<SendResult> word(const Envelope& envelope, std::optional<std::size_t> size,
                                   Transaction& transaction) const;
    bool is_full(Step step, const SmtpReply& reply) const;
    bool begin(Transaction& transaction);
    void abandon(bool data_open);
    SendResult hand_over(Transaction& transaction, const Secret& message, const std::optional<Envelope>& next);
    std::string ask_ahead(const std::optional<Envelope>& next) const;
    SmtpReply final_reply();
    SendResult broken(const Transaction& transaction, const WireError& error);

    SmtpDialogue dialogue_;
    SmtpExtensions offered_;
    std::string host_;
    int room_;            ///< messages that may still be begun
    bool moved_ = false;  ///< a message has come to its end here: taken, or its recipient refused
    bool usable_ = true;
    std::optional<Envelope> announced_;  ///< whose message follows the one that is sent next
    std::optional<Envelope> asked_;      ///< whose MAIL, RCPT and DATA have left already
};

/// The lower of the two: a relay may tell more than it delivers at once (Exim 4.98 says 1000 and leaves the 11th
/// lying).
int SmtpTransport::most_mails(int ours, int theirs) {
    return std::min(ours > 0 ? ours : INT_MAX, theirs > 0 ? theirs : INT_MAX);
}

SendResult SmtpTransport::send(const Envelope& envelope, const Secret& message) {
    const std::optional<Envelope> next = std::exchange(announced_, std::nullopt);
    const std::optional<Envelope> asked = std::exchange(asked_, std::nullopt);
    // The relay waits for another message than this one: to hang up is the only way of not sending it.
    if (asked && (asked->sender != envelope.sender || asked->recipient != envelope.recipient)) usable_ = false;
    if (!usable_) return {.answer = "the connection to the relay is broken", .asked = false, .connection_full = moved_};

    Transaction transaction;
    transaction.asked = asked.has_value();
    if (auto refusal = word(envelope, message.size(), transaction)) {
        if (asked) usable_ = false;
        return *refusal;
    }
    if (room_ <= 0) return {.answer = "the connection has carried its mails", .asked = false, .connection_full = true};
    --room_;
    SendResult result;
    try {
        result = begin(transaction) ? hand_over(transaction, message, next) : *transaction.refusal;
    } catch (const WireError& error) {
        result = broken(transaction, error);
    }
    result.took_recipient = transaction.took_recipient;
    moved_ = moved_ || result.verdict == Verdict::accepted || result.verdict == Verdict::permanent;
    return result;
}

/// One command of a rehearsal. False when it was refused, which is noted.
bool SmtpTransport::goes_unasked(Rehearsal& rehearsal, Step step, const std::string& command) {
    const SmtpReply reply = dialogue_.ask(command);
    if (reply.code == 421) usable_ = false;
    if (goes_on(step, reply)) return true;
    rehearsal.refusal = refusal_at(step, reply);
    rehearsal.at_recipient = step == Step::rcpt;
    return false;
}

std::optional<Rehearsal> SmtpTransport::rehearse(const std::string& sender) {
    Rehearsal rehearsal{.smtputf8 = offered_.smtputf8, .largest = offered_.largest, .mails = offered_.mails};
    const std::string address = address_on_the_wire(sender);
    if (!usable_ || asked_) return rehearsal;
    try {
        const bool taken = goes_unasked(rehearsal, Step::mail, "MAIL FROM:<" + address + ">") &&
                           goes_unasked(rehearsal, Step::rcpt, "RCPT TO:<" + address + ">");
        static_cast<void>(taken);
        if (usable_ && dialogue_.ask("RSET").code != 250) usable_ = false;
    } catch (const WireError& error) {
        usable_ = false;
        if (!rehearsal.refusal) rehearsal.refusal = SendResult{.answer = error.text};
    }
    return rehearsal;
}

bool SmtpTransport::alive() {
    // To a relay that waits for a message, NOOP would be its text.
    if (asked_) usable_ = false;
    if (!usable_) return false;
    try {
        usable_ = dialogue_.ask("NOOP").code == 250 && !dialogue_.has_leftovers();
    } catch (const WireError&) {
        usable_ = false;
    }
    return usable_;
}

/// Words MAIL, RCPT and DATA; what the relay has said it does not take is refused before anything is sent.
std::optional<SendResult> SmtpTransport::word(const Envelope& envelope, std::optional<std::size_t> size,
                                              Transaction& transaction) const {
    const std::string sender = address_on_the_wire(envelope.sender);
    const std::string recipient = address_on_the_wire(envelope.recipient);
    if (!is_address(recipient, true))
        return SendResult{
            .verdict = Verdict::permanent, .answer = "the address is not one that mail can be sent to", .asked = false};
    if (!envelope.sender.empty() && !is_address(sender, true))
        return not_offered(Concern::sender, "the sender's address is not one that mail can come from");
    transaction.utf8 = !has_ascii_local(sender) || !has_ascii_local(recipient);
    if (transaction.utf8 && !offered_.smtputf8)
        return not_offered(Concern::smtputf8, "the relay does not offer SMTPUTF8, which the address needs");
    if (offered_.largest > 0 && size && *size > offered_.largest)
        return not_offered(Concern::size, "the mail has " + std::to_string(*size) + " bytes, and the relay takes " +
                                              std::to_string(offered_.largest));

    const std::string size_parameter = offered_.size && size ? " SIZE=" + std::to_string(*size) : "";
    auto& lines = transaction.lines;
    lines[0] = command_line("MAIL FROM:<" + sender + ">" + size_parameter + (transaction.utf8 ? " SMTPUTF8" : ""));
    lines[1] = command_line("RCPT TO:<" + recipient + ">");
    lines[2] = command_line("DATA");
    return std::nullopt;
}

/// A connection that has carried mails, and of which the relay says that it carries no more: 421 at any step, or 452 at
/// MAIL (OpenSMTPD, which does not hang up).
bool SmtpTransport::is_full(Step step, const SmtpReply& reply) const {
    if (!moved_) return false;
    return reply.code == 421 || (step == Step::mail && (reply.code == 452 || reply.enhanced == "4.5.3"));
}

/// MAIL, RCPT and DATA: in one write where the relay allows it (RFC 2920). True when it waits for the message.
bool SmtpTransport::begin(Transaction& transaction) {
    const Lines& lines = transaction.lines;
    if (offered_.pipelining && !transaction.asked) dialogue_.write(lines[0] + lines[1] + lines[2]);
    bool data_open = false;
    for (const Step step : {Step::mail, Step::rcpt, Step::data}) {
        if (!offered_.pipelining) dialogue_.write(lines[static_cast<std::size_t>(step)]);
        const SmtpReply reply = dialogue_.reply();
        if (goes_on(step, reply)) {
            data_open = step == Step::data;
            transaction.took_recipient = transaction.took_recipient || step == Step::rcpt;
            continue;
        }
        if (!transaction.refusal) {
            transaction.refusal = refusal_at(step, reply, transaction.utf8);
            transaction.refusal->connection_full = is_full(step, reply);
            if (transaction.refusal->connection_full) room_ = 0;
        }
        if (reply.code == 421) usable_ = false;  // the relay hangs up after it (RFC 5321, 3.8)
        if (!usable_) return false;
        if (!offered_.pipelining) break;
    }
    if (!transaction.refusal) return true;
    abandon(data_open);
    return false;
}

/// Leaves a refused transaction. A relay that waits for a message nobody will get is given an empty one (RFC
/// 2920, 3.1).
void SmtpTransport::abandon(bool data_open) {
    if (data_open && dialogue_.ask(".").code == 421) usable_ = false;
    if (usable_ && dialogue_.ask("RSET").code != 250) usable_ = false;
}

SendResult SmtpTransport::hand_over(Transaction& transaction, const Secret& message,
                                    const std::optional<Envelope>& next) {
    // An answer too many would shift all that follow, and one of them says "accepted".
    if (dialogue_.has_leftovers())
        throw WireError(WireError::Kind::broken, "the relay answered more than it was asked");
    const std::string ahead = ask_ahead(next);
    const Secret bytes = stuffed(message, ahead);
    try {
        dialogue_.write(bytes.reveal());
    } catch (const WireError& error) {
        transaction.handed_over = error.written + 3 > bytes.size() - ahead.size();  // the end is ".\r\n"
        throw;
    }
    transaction.handed_over = true;
    if (!ahead.empty()) asked_ = next;

    const SmtpReply reply = final_reply();
    if (reply.code == 421) usable_ = false;
    if (goes_on(Step::message, reply)) {
        if (!asked_ && dialogue_.has_leftovers()) usable_ = false;
        return {Verdict::accepted, false, reply.summary()};
    }
    transaction.refusal = refusal_at(Step::message, reply, transaction.utf8);
    if (usable_ && !asked_) abandon(false);  // after lines asked ahead, RSET would be taken for text
    return *transaction.refusal;
}

/// The lines of the next transaction, to travel with this message; empty when that cannot be. Its size is not known
/// yet.
std::string SmtpTransport::ask_ahead(const std::optional<Envelope>& next) const {
    Transaction ahead;
    if (!next || !offered_.pipelining || room_ <= 0 || word(*next, std::nullopt, ahead)) return {};
    return ahead.lines[0] + ahead.lines[1] + ahead.lines[2];
}

/// Whether the mail has arrived is decided by now, and a signal does not change it: worth a few seconds to hear it.
SmtpReply SmtpTransport::final_reply() {
    try {
        return dialogue_.reply();
    } catch (const WireError& error) {
        if (error.kind != WireError::Kind::interrupted) throw;
    }
    return dialogue_.reply(std::chrono::steady_clock::now() + std::chrono::seconds(10));
}

SendResult SmtpTransport::broken(const Transaction& transaction, const WireError& error) {
    usable_ = false;
    if (transaction.refusal) return *transaction.refusal;
    const bool interrupted = error.kind == WireError::Kind::interrupted;
    SendResult result{.verdict = transaction.handed_over ? Verdict::unknown : Verdict::temporary,
                      .answer = interrupted ? "interrupted" : error.text};
    // A relay that hangs up after some mails has said nothing of this one.
    result.connection_full = moved_ && error.kind == WireError::Kind::closed && !transaction.handed_over;
    return result;
}

/// A broken wire while a relay is being opened, in the operator's words.
Error relay_error(const RelayConfig& config, const WireError& error) {
    const std::string relay = "'" + config.host + ":" + std::to_string(config.port) + "'";
    std::string hint;
    if (error.kind == WireError::Kind::certificate)
        hint = "mail.host must be the name in the relay's certificate; mail.tls_ca names the authority that signed it";
    return unavailable("cannot use relay " + relay + ": " + error.text, hint);
}

}  // namespace

std::unique_ptr<Transport> open_smtp(const RelayConfig& config, std::unique_ptr<Wire> wire) {
    try {
        SmtpDialogue dialogue(std::move(wire), config.timeout);
        const SmtpExtensions offered = open_dialogue(dialogue, config);
        return std::make_unique<SmtpTransport>(std::move(dialogue), offered, config);
    } catch (const WireError& error) {
        throw relay_error(config, error);
    }
}

std::unique_ptr<Transport> connect_smtp(const RelayConfig& config, std::function<int()> signalled) {
    std::unique_ptr<Wire> wire;
    try {
        const WireTarget target{config.host, config.port, config.tls_ca, std::move(signalled)};
        wire = connect_wire(target, std::chrono::steady_clock::now() + config.timeout);
    } catch (const WireError& error) {
        throw relay_error(config, error);
    }
    return open_smtp(config, std::move(wire));
}

Secret dot_stuffed(const Secret& message) { return stuffed(message, ""); }

}  // namespace pwreset
