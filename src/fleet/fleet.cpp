#include "src/fleet/fleet.h"

#include <algorithm>
#include <utility>

#include "src/transport/open.h"

namespace pwreset {

namespace {

using namespace std::chrono_literals;

/// A connection that was idle for longer is tried out before anything is claimed for it.
constexpr auto trusted_while = 100ms;
/// A relay that is away again and again is left alone for longer each time, at most …
constexpr int longest_absence = 20;  ///< times the shortest
/// One that bears fewer connections is asked for one more after so long.
constexpr std::chrono::seconds shortest_restraint{5};
constexpr std::chrono::seconds longest_restraint{300};
/// One that says it is busy gets nothing new for so long.
constexpr std::chrono::milliseconds shortest_rest{100};
constexpr std::chrono::milliseconds longest_rest{5000};
/// Messages that make another connection worth it.
constexpr std::size_t worth_one = 4;
constexpr std::size_t least_window = 8;  ///< for each connection
constexpr std::size_t largest_window = 2000;
constexpr auto span_of_window = 500ms;

/// Busy, or full for now: fewer at a time may do.
bool is_busy(const SendResult& result) {
    return result.asked && result.verdict == Verdict::temporary && !result.connection_full && result.concern &&
           (*result.concern == Concern::relay || *result.concern == Concern::quota);
}

}  // namespace

Fleet::Fleet(const Env& env, const Config& config, std::chrono::milliseconds absence)
    : env_(env),
      absence_(absence),
      most_(static_cast<std::size_t>(config.mail.connections)),
      dial_([this](std::size_t host) { return env_.open_transport(*hosts_[host].config, Channel::email); }),
      pace_(config.mail),
      window_(least_window * most_) {
    for (auto& each : by_relay(config)) {
        hosts_.emplace_back().config = std::move(each);
        hosts_.back().most = most_;
    }
    for (std::size_t i = 0; i < most_; ++i)
        carriers_.push_back(std::make_unique<Carrier>(yard_, i, dial_, env_.signalled));
    connections_.resize(most_);
}

Fleet::~Fleet() {
    {
        const Lock lock(yard_.mutex);
        yard_.ending = true;
        yard_.work.notify_all();
    }
    carriers_.clear();
}

std::size_t Fleet::connected() const {
    return static_cast<std::size_t>(
        std::count_if(carriers_.begin(), carriers_.end(), [](const auto& each) { return each->connected(); }));
}

/// The relays in the order in which they are asked: those first that were not found to be away.
std::vector<std::size_t> Fleet::hosts_in_turn() const {
    std::vector<std::size_t> turn;
    for (const bool away : {false, true}) {
        for (std::size_t i = 0; i < hosts_.size(); ++i)
            if ((Clock::now() < hosts_[i].away_until) == away) turn.push_back(i);
    }
    return turn;
}

bool Fleet::is_trusted() const {
    return std::any_of(carriers_.begin(), carriers_.end(), [](const auto& each) {
        return each->connected() && Clock::now() - each->used() < trusted_while;
    });
}

/// Has a connection to that relay made, or tried out. What became of it.
News Fleet::ready_at(Lock& lock, std::size_t host) {
    yard_.host = host;
    const auto known =
        std::find_if(carriers_.begin(), carriers_.end(), [](const auto& each) { return each->connected(); });
    (known == carriers_.end() ? carriers_.front() : *known)->make_ready();
    yard_.work.notify_all();
    yard_.arrived.wait(lock, [&] { return !yard_.news.empty(); });
    News news = std::move(yard_.news.front());
    yard_.news.pop_front();
    if (news.fault) std::rethrow_exception(news.fault);
    return news;
}

bool Fleet::open() {
    Lock lock(yard_.mutex);
    const auto turn = hosts_in_turn();
    if (yard_.host == turn.front() && is_trusted()) return false;
    std::optional<RelayUnavailable> failure;
    for (const std::size_t host : turn) {
        const News news = ready_at(lock, host);
        if (!news.away) return is_new(news);
        if (!failure) failure.emplace(unavailable_by(news));
        leave(host);
        if (env_.signalled() != 0) break;
    }
    throw RelayUnavailable(*failure);
}

/// Whether the news came over a connection that was not there before.
bool Fleet::is_new(const News& news) {
    Connection& known = connections_[news.carrier];
    if (known.number == news.connection) return false;
    known = {news.connection, {}};
    return true;
}

/// What it sends in half a second.
void Fleet::count_ended() {
    ++ended_;
    const auto now = Clock::now();
    if (now - since_ < span_of_window) return;
    // After a pause the first figure says nothing.
    if (now - since_ < 2 * span_of_window) window_ = std::clamp(ended_, least_window * most_, largest_window);
    ended_ = 0;
    since_ = now;
}

std::size_t Fleet::room() {
    const Lock lock(yard_.mutex);
    if (stop_ || returning_ || yard_.waiting.size() >= window_) return 0;
    return std::min(window_ - yard_.waiting.size(), pace_.room(Clock::now()));
}

void Fleet::offer(std::size_t ticket, Envelope envelope, Secret message) {
    pace_.note(pace_.by_domain() ? domain_of(envelope.recipient) : std::string(), Clock::now());
    const Lock lock(yard_.mutex);
    yard_.waiting.push_back({ticket, std::move(envelope), std::move(message)});
    ++on_their_way_;
    muster();
}

/// Permits as many carriers as are worth it, those first that have a connection.
void Fleet::muster() {
    if (stop_ || returning_) return;
    Host& host = hosts_[yard_.host];
    if (host.most < most_ && Clock::now() >= host.more_at) {
        ++host.most;
        host.more_at = Clock::now() + host.more_after;
    }
    const std::size_t wanted = std::min(host.most, 1 + yard_.waiting.size() / worth_one);
    for (const bool connected : {true, false}) {
        for (auto& carrier : carriers_) {
            if (yard_.permitted >= wanted || yard_.waiting.empty()) break;
            const bool idle = !carrier->permitted() && !carrier->awaits_judgement();
            if (carrier->connected() == connected && idle) carrier->permit(true);
        }
    }
    // A few do not need one more connection where there are some.
    for (const bool connected : {false, true}) {
        for (std::size_t i = carriers_.size(); i-- > 0 && yard_.permitted > (connected ? host.most : wanted);) {
            Carrier& carrier = *carriers_[i];
            if (carrier.connected() == connected && carrier.permitted()) carrier.permit(false);
        }
    }
    if (!yard_.waiting.empty()) yard_.work.notify_all();
}

std::optional<Arrival> Fleet::next(Clock::time_point deadline) {
    Lock lock(yard_.mutex);
    for (bool late = false;;) {
        if (auto arrival = not_offered()) return arrival;
        if (!yard_.news.empty()) {
            News news = std::move(yard_.news.front());
            yard_.news.pop_front();
            if (auto arrival = made_of(std::move(news))) return arrival;
            continue;
        }
        if (on_their_way_ == 0 || late) return {};
        late = yard_.arrived.wait_until(lock, deadline) == std::cv_status::timeout;
    }
}

/// What comes back because nothing more is offered.
std::optional<Arrival> Fleet::not_offered() {
    if ((!stop_ && !returning_) || yard_.waiting.empty()) return {};
    Arrival arrival;
    arrival.ticket = yard_.waiting.front().ticket;
    arrival.offered = arrival.result.asked = false;
    yard_.waiting.pop_front();
    --on_their_way_;
    return arrival;
}

std::optional<Arrival> Fleet::made_of(News news) {
    carriers_[news.carrier]->judged();
    if (news.fault) {
        if (news.load) --on_their_way_;
        std::rethrow_exception(news.fault);
    }
    if (news.away) return not_connected(news);
    if (!news.load) return {};
    --on_their_way_;
    count_ended();
    is_new(news);
    Bearer& bearer = connections_[news.carrier].bearer;
    bearer.name = news.relay;
    bearer.usable = news.usable;
    Host& host = hosts_[news.host];
    Arrival arrival{news.load->ticket, {}, news.result.asked ? news.relay : std::string()};
    arrival.result =
        host.judgement.weighed(std::move(news.result), bearer, host.config->mail.from_address, env_.signalled() != 0);
    note_pace(host, arrival.result);
    if (const auto why = host.judgement.take_stop()) lost(news.host, *why);
    muster();
    return arrival;
}

RelayUnavailable Fleet::unavailable_by(const News& news) {
    return news.login ? RelayUnavailable(*news.away, Concern::login) : RelayUnavailable(*news.away);
}

/// A relay that lets some of us in and not one more bears as many as it has: nobody is told, for nothing is wrong.
std::optional<Arrival> Fleet::not_connected(News& news) {
    if (news.load) yard_.waiting.push_front(std::move(*news.load));
    const std::size_t others = connected();
    if (others > 0 && news.host == yard_.host) {
        restrain(hosts_[news.host], others);
    } else {
        lost(news.host, unavailable_by(news));
    }
    muster();
    return {};
}

/// Fewer connections, and one more only after a while, which grows.
void Fleet::restrain(Host& host, std::size_t most) {
    host.most = std::max<std::size_t>(most, 1);
    host.more_after = std::clamp(host.more_after * 2, shortest_restraint, longest_restraint);
    host.more_at = Clock::now() + host.more_after;
}

void Fleet::note_pace(Host& host, const SendResult& result) {
    if (result.verdict == Verdict::accepted) {
        host.away_for = {};
        host.busy_for = {};
        if (host.most == most_) host.more_after = {};
    }
    if (!is_busy(result)) return;
    restrain(host, yard_.permitted / 2);
    host.busy_for = std::clamp(host.busy_for * 2, shortest_rest, longest_rest);
    yard_.not_before = Clock::now() + host.busy_for;
}

void Fleet::leave(std::size_t host) {
    Host& left = hosts_[host];
    left.away_for = std::clamp(left.away_for * 2, absence_, longest_absence * absence_);
    left.away_until = Clock::now() + left.away_for;
}

/// Goes on with the next relay, if there is one that was not found to be away.
void Fleet::lost(std::size_t host, const RelayUnavailable& why) {
    if (host != yard_.host || stop_) return;  // known already
    leave(host);
    const std::size_t other = hosts_in_turn().front();
    yard_.not_before = {};
    if (Clock::now() >= hosts_[other].away_until) {
        yard_.host = other;
        return;
    }
    stop_.emplace(why);
    for (auto& carrier : carriers_) carrier->permit(false);
}

bool Fleet::withdraw(std::size_t ticket) {
    const Lock lock(yard_.mutex);
    auto& waiting = yard_.waiting;
    const auto found =
        std::find_if(waiting.begin(), waiting.end(), [&](const Load& load) { return load.ticket == ticket; });
    bool mine = found != waiting.end();
    if (mine) waiting.erase(found);
    for (auto& carrier : carriers_) mine = mine || carrier->withdraw(ticket);
    if (mine) --on_their_way_;
    return mine;
}

void Fleet::withdraw_all() {
    const Lock lock(yard_.mutex);
    returning_ = true;
    for (auto& carrier : carriers_) {
        carrier->permit(false);
        if (auto load = carrier->withdraw({})) yard_.waiting.push_front(std::move(*load));
    }
    yard_.work.notify_all();
}

void Fleet::end_batch() {
    const Lock lock(yard_.mutex);
    returning_ = false;
    if (!stop_) return;
    for (auto& carrier : carriers_) carrier->hang_up();
    yard_.work.notify_all();
    throw RelayUnavailable(*std::exchange(stop_, std::nullopt));
}

std::vector<Arrival> Fleet::drop() {
    std::vector<Arrival> arrivals;
    withdraw_all();
    while (on_their_way_ > 0) {
        try {
            if (auto arrival = next(Clock::now() + longest_rest)) arrivals.push_back(std::move(*arrival));
        } catch (...) {
            // Something else went wrong already, and that is what is told.
        }
    }
    const Lock lock(yard_.mutex);
    returning_ = false;
    stop_.reset();
    return arrivals;
}

void Fleet::hang_up_after(std::chrono::seconds idle) {
    const Lock lock(yard_.mutex);
    for (auto& carrier : carriers_)
        if (Clock::now() - carrier->used() >= idle) carrier->hang_up();
    if (connected() == 0)
        for (Host& host : hosts_) host.judgement.forget();
    yard_.work.notify_all();
}

}  // namespace pwreset
