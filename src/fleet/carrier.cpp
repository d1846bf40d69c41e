#include "src/fleet/carrier.h"

#include <csignal>
#include <utility>

namespace pwreset {

namespace {

/// A connection that was idle for longer is tried out before anything is begun on it.
constexpr std::chrono::milliseconds trusted_idle{100};

/// A thread that no signal goes to: they are for the one that looks for them.
template <typename Run>
std::thread quiet_thread(Run run) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(run));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

}  // namespace

Carrier::~Carrier() {
    if (thread_.joinable()) thread_.join();
}

void Carrier::permit(bool may) {
    if (may != permitted_) yard_.permitted += may ? 1 : std::size_t(-1);
    permitted_ = may;
    if (may && !thread_.joinable()) thread_ = quiet_thread([this] { run(); });
}

void Carrier::make_ready() {
    readying_ = true;
    permit(true);
}

std::optional<Load> Carrier::withdraw(std::optional<std::size_t> ticket) {
    if (!next_ || (ticket && next_->ticket != *ticket)) return {};
    hanging_up_ = true;  // the relay waits for a message that does not follow
    return std::exchange(next_, std::nullopt);
}

bool Carrier::has_work() const {
    if (readying_ || hanging_up_) return true;
    // After a signal nothing is begun: the worker takes back what waits.
    if (!next_ && (!permitted_ || yard_.waiting.empty())) return false;
    if (signalled_() != 0) return false;
    return next_ || Yard::Clock::now() >= yard_.not_before;
}

/// Takes the next message, and the one after it where nobody else is there for it: the relay is then asked about that
/// one in the same round trip.
std::optional<Load> Carrier::take() {
    auto& waiting = yard_.waiting;
    const auto front = [&] {
        Load first = std::move(waiting.front());
        waiting.pop_front();
        return first;
    };
    follows_ = next_.has_value();
    std::optional<Load> load = std::exchange(next_, std::nullopt);
    if (!permitted_ || waiting.empty() || Yard::Clock::now() < yard_.not_before) return load;
    if (!load) load = front();
    if (!waiting.empty() && waiting.size() + yard_.busy >= yard_.permitted) next_ = front();
    return load;
}

/// Whether the connection takes another message.
bool Carrier::is_there() const {
    if (!transport_ || host_ != wanted_host_ || !transport_->usable() || transport_->room() <= 0) return false;
    return follows_ || Yard::Clock::now() - used_ <= trusted_idle || transport_->alive();
}

/// Makes sure that such a one is there. False where none can be made, which is told.
bool Carrier::connect(News& news, bool fresh) {
    if (!fresh && is_there()) return true;
    transport_.reset();
    try {
        transport_ = dial_(wanted_host_);
        host_ = wanted_host_;
        ++connection_;
        return true;
    } catch (const LoginRefused& fault) {
        news.away = fault;
        news.login = true;
    } catch (const Error& fault) {
        news.away = fault;
    }
    return false;
}

void Carrier::send(News& news, const std::optional<Envelope>& ahead) {
    for (bool fresh = false;; fresh = true) {
        if (!connect(news, fresh)) return;
        if (ahead) transport_->announce(*ahead);
        news.offered = true;
        try {
            news.result = transport_->send(news.load->envelope, news.load->message);
        } catch (const Error& error) {
            // A row that no mail can be made of must not stop the others.
            news.result = {.verdict = Verdict::permanent, .answer = error.message, .asked = false};
        }
        // A connection that has carried mails and takes no more says nothing of this one: on another one it goes at
        // once, and that one cannot say so of its first.
        if (!news.result.connection_full || fresh) break;
    }
    news.load->message = Secret();
}

/// What is done without the lock.
News Carrier::carry(std::optional<Load> load, const std::optional<Envelope>& ahead) {
    News news;
    news.carrier = number_;
    news.load = std::move(load);
    try {
        if (news.load)
            send(news, ahead);
        else
            connect(news, false);
        news.usable = transport_ && transport_->usable();
        if (transport_) news.relay = transport_->name();
    } catch (...) {
        news.fault = std::current_exception();
    }
    news.host = wanted_host_;
    news.connection = transport_ ? connection_ : 0;
    return news;
}

/// With the lock: where a message was not taken, what is to follow goes back, and nothing is begun before the worker
/// has judged: all others may be told the same.
void Carrier::report(News news) {
    --yard_.busy;
    used_ = Yard::Clock::now();
    connected_ = news.usable;
    const bool fine =
        news.offered && !news.fault && (news.result.connection_full || news.result.verdict == Verdict::accepted);
    if (next_ && !fine) give_back();
    if (!fine && news.load) {
        permit(false);
        awaits_judgement_ = true;
    }
    yard_.news.push_back(std::move(news));
    yard_.arrived.notify_one();
}

void Carrier::give_back() {
    if (next_) yard_.waiting.push_front(*std::exchange(next_, std::nullopt));
    yard_.work.notify_all();
}

void Carrier::say_goodbye(std::unique_lock<std::mutex>& lock) {
    hanging_up_ = connected_ = false;
    give_back();
    lock.unlock();
    transport_.reset();
    lock.lock();
}

void Carrier::wait(std::unique_lock<std::mutex>& lock) {
    while (!yard_.ending && !has_work()) {
        if (permitted_ && !yard_.waiting.empty() && Yard::Clock::now() < yard_.not_before)
            yard_.work.wait_until(lock, yard_.not_before);
        else
            yard_.work.wait(lock);
    }
}

void Carrier::run() {
    std::unique_lock lock(yard_.mutex);
    while (true) {
        wait(lock);
        if (yard_.ending) break;
        if (hanging_up_) {
            say_goodbye(lock);
            continue;
        }
        const bool ready = std::exchange(readying_, false);
        std::optional<Load> load = ready ? std::nullopt : take();
        if (!ready && !load) continue;
        ++yard_.busy;
        wanted_host_ = yard_.host;
        const std::optional<Envelope> ahead = load && next_ ? std::optional(next_->envelope) : std::nullopt;
        lock.unlock();
        News news = carry(std::move(load), ahead);
        lock.lock();
        report(std::move(news));
    }
    lock.unlock();
    transport_.reset();
}

}  // namespace pwreset
