// How fast mails may leave: in no span of time more than the configuration says, over all and to a domain.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "src/mail/section.h"

namespace pwreset {

/// The mails of one worker.
class Pace {
public:
    using Clock = std::chrono::steady_clock;

    explicit Pace(const MailConfig& mail);

    /// How many may leave now to anybody.
    std::size_t room(Clock::time_point now);
    /// When the next may leave; nothing: at once.
    std::optional<Clock::time_point> next_at(Clock::time_point now);
    /// How many may leave now to a domain (of an address in any form), whatever room there is over all; nothing: as
    /// many as you like.
    std::optional<std::size_t> room_for(const std::string& domain, Clock::time_point now);
    /// One leaves.
    void note(const std::string& domain, Clock::time_point now);
    /// The rate of mails to a domain; null where it has none.
    const Rate* rate_of(const std::string& domain) const;
    /// Whether any domain has one.
    bool by_domain() const { return !domains_.empty(); }

private:
    /// When those left that count against a rate.
    struct Log {
        Rate rate;
        std::deque<Clock::time_point> left{};

        std::size_t room(Clock::time_point now);
    };

    std::optional<Log> all_{};
    std::map<std::string, Log> domains_{};
};

/// The domain of an address in small letters and punycode, as the configuration has it.
std::string domain_of(const std::string& address);

}  // namespace pwreset
