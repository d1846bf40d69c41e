// Marking: what became of a message that was claimed, written down with its audit row.
#pragma once

#include <string>

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
    std::string relay;  ///< empty when it was not asked
    Seconds pause{0};   ///< before the next try, if there is one
};

/// Writes the mark in one transaction; the token of a message that will not arrive becomes void with it.
void write_mark(Context& context, const std::string& owner, const Outgoing& outgoing, const Sending& sending,
                Marked& marked);

}  // namespace pwreset
