#include "src/fleet/pace.h"

#include "src/base/address.h"
#include "src/base/ascii.h"

namespace pwreset {

Pace::Pace(const MailConfig& mail) {
    if (mail.rate) all_.emplace(Log{*mail.rate});
    for (const auto& [domain, rate] : mail.domains) domains_.emplace(domain, Log{rate});
}

std::size_t Pace::Log::room(Clock::time_point now) {
    while (!left.empty() && now - left.front() >= rate.window) left.pop_front();
    return static_cast<std::size_t>(rate.count) - left.size();
}

std::size_t Pace::room(Clock::time_point now) { return all_ ? all_->room(now) : SIZE_MAX; }

std::optional<Pace::Clock::time_point> Pace::next_at(Clock::time_point now) {
    if (room(now) > 0) return {};
    return all_->left.front() + all_->rate.window;
}

std::optional<std::size_t> Pace::room_for(const std::string& domain, Clock::time_point now) {
    const auto found = domains_.find(domain);
    if (found == domains_.end()) return {};
    return found->second.room(now);
}

void Pace::note(const std::string& domain, Clock::time_point now) {
    if (all_) all_->left.push_back(now);
    if (const auto found = domains_.find(domain); found != domains_.end()) found->second.left.push_back(now);
}

const Rate* Pace::rate_of(const std::string& domain) const {
    const auto found = domains_.find(domain);
    return found == domains_.end() ? nullptr : &found->second.rate;
}

std::string domain_of(const std::string& address) {
    const std::string ascii = ascii_domain(address);
    return ascii_lower(ascii.substr(ascii.rfind('@') + 1));
}

}  // namespace pwreset
