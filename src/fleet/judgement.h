// What the results of a relay, one after the other, say of the relay itself.
#pragma once

#include <optional>
#include <string>

#include "src/base/concern.h"
#include "src/base/error.h"
#include "src/transport/transport.h"

namespace pwreset {

/// What sends messages of a channel cannot be opened, or takes nothing: nothing was claimed, what is due stays so.
struct RelayUnavailable : Error {
    explicit RelayUnavailable(const Error& fault, std::optional<Concern> of = {}) : Error(fault), concern(of) {}

    std::optional<Concern> concern;  ///< what it holds against us, where it said so
};

/// The connection that a result came over.
struct Bearer {
    std::string name;    ///< the relay's
    bool usable = true;  ///< after the result
    bool moved = false;  ///< a message has come to its end on it
};

class Judgement {
public:
    /// What a result means beside those that came before it: a refusal that names nothing condemns only once the relay
    /// has taken a recipient. Notes when the relay would tell all others the same, or is not fit for any. `sender` is
    /// for the words; a connection that breaks because we were `interrupted` says nothing.
    SendResult weighed(SendResult result, Bearer& bearer, const std::string& sender, bool interrupted);
    /// Whether nothing more is to be offered for now.
    bool stopped() const { return stop_.has_value(); }
    void stop(const RelayUnavailable& why) { stop_.emplace(why); }
    /// Why nothing more was offered, and all begins anew; nothing where it was not stopped.
    std::optional<RelayUnavailable> take_stop();
    /// The relay was not spoken to for a while: it has to take a recipient again before it condemns one.
    void forget() { proven_ = false; }

private:
    bool proven_ = false;  ///< it has taken a recipient, whatever it said of others
    int bare_ = 0;         ///< refusals in a row since then that name nothing
    int refusals_ = 0;     ///< in a row that were about us
    std::optional<RelayUnavailable> stop_{};
};

}  // namespace pwreset
