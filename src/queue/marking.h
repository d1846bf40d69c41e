// Marking: what became of a message that was claimed, written down with its audit row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/own/deliveries.h"
#include "src/context.h"
#include "src/queue/outgoing.h"
#include "src/transport/transport.h"

namespace pwreset {

/// A written mark, and whether the delivery was still ours.
struct Marked {
    db::Mark mark;
    bool ours = true;
};

/// What the other end said of a message, and who that was.
struct Sending {
    SendResult result;
    std::string relay;                    ///< empty when it was not asked
    bool immediately = false;             ///< the next try, if there is one, need not wait
    std::optional<std::string> reason{};  ///< why it did not come to that, or was of no use: a word
};

/// Of a delivery: nothing was sent, because its password could not have been stored.
constexpr const char* not_storable = "not_storable";
/// Its mail was taken, and then the database refused its password: what is in the mail does not work.
constexpr const char* not_stored = "not_stored";

/// Writes the mark in one transaction; the token of a message that will not arrive becomes void with it.
void write_mark(Context& context, const std::string& owner, const Outgoing& outgoing, const Sending& sending,
                Marked& marked);
/// A mail that the relay has taken, until that is written down.
struct SentMail {
    const Outgoing* outgoing;
    Sending sending;
};
/// Writes the marks of all of them in one transaction. False when one was revoked or taken over meanwhile: then nothing
/// was written.
bool write_sent(Context& context, const std::string& owner, const std::vector<SentMail>& mails);
/// Whether one of them is claimed by this owner yet.
bool is_any_claimed(Context& context, const std::string& owner, const std::vector<SentMail>& mails);
/// Writes what write_mark() would after the relay took the message, every statement of it, and takes it back. What came
/// of it: not `ours`, or a state but `sent`, where the delivery or the account was changed meanwhile. Throws the Error
/// that the mark would end in; CONFIG for tables on which nothing can be tried.
Marked try_mark(Context& context, const std::string& owner, const Outgoing& outgoing, const std::string& relay);

}  // namespace pwreset
