// The secrets that a service was started with, read again: whoever changes a password need not stop the service.
#pragma once

#include <map>
#include <string>

#include "src/base/channel.h"
#include "src/context.h"
#include "src/service/outage.h"

namespace pwreset {

/// Says in the log which secret has changed, and, once, which cannot be read. What cannot be read stays as it was.
class Renewal {
public:
    Renewal(Context& context, const ServiceLog& log) : context_(context), log_(log) {}

    /// What a channel's relay or gateway asks for; true when any of it is another one now. `refused`: it did not take
    /// what we have.
    bool of(Channel channel, bool refused);
    /// The same for the database, whose next connection then has it.
    bool of_database(bool refused);
    /// All of them, because somebody asked for it.
    void of_all();

private:
    bool renew(const NamedSecret& secret, bool refused);

    Context& context_;
    const ServiceLog& log_;
    std::map<std::string, std::string> told_;  ///< what was last said of a secret in its file that did not change
};

}  // namespace pwreset
