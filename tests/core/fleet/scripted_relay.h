// Relays in memory that many connections are made to at the same time: each says what the test scripts.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/transport/transport.h"

namespace pwreset {

class ScriptedRelay {
public:
    /// To the message of that number (from 1) on the connection of that number (from 1).
    using Script = std::function<SendResult(int connection, int message)>;

    explicit ScriptedRelay(std::string host) : host_(std::move(host)) {}

    int most = 16;         ///< connections at a time; one more is refused with 421
    bool away = false;     ///< nobody answers
    int closes_after = 0;  ///< messages; 0 = never
    Script script = [](int, int) { return accepted(); };

    static SendResult accepted() {
        SendResult result{Verdict::accepted, false, "250 2.0.0 queued"};
        result.took_recipient = true;
        return result;
    }
    static SendResult busy() {
        SendResult result;
        result.answer = "421 4.3.2 busy";
        result.concern = Concern::relay;
        return result;
    }

    std::unique_ptr<Transport> connect();
    /// To whom a mail was taken, in that order.
    std::vector<std::string> taken() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }
    int dialled() const { return seen(dialled_); }
    int most_open() const { return seen(most_open_); }
    int open() const { return seen(open_); }

private:
    class Line;
    int seen(const int& figure) const {
        const std::lock_guard lock(mutex_);
        return figure;
    }

    std::string host_;
    mutable std::mutex mutex_;
    std::vector<std::string> taken_;
    int dialled_ = 0;
    int open_ = 0;
    int most_open_ = 0;
};

class ScriptedRelay::Line : public Transport {
public:
    Line(ScriptedRelay& relay, int number) : relay_(relay), number_(number) {}
    ~Line() override {
        const std::lock_guard lock(relay_.mutex_);
        --relay_.open_;
    }
    SendResult send(const Envelope& envelope, const Secret&) override {
        if (!usable_) return {.answer = "broken", .asked = false, .connection_full = moved_};
        if (relay_.closes_after > 0 && sent_ == relay_.closes_after) {
            usable_ = false;
            return {.answer = "the connection was closed", .connection_full = moved_};
        }
        SendResult result = relay_.script(number_, ++sent_);
        if (result.answer.starts_with("421") || result.verdict == Verdict::unknown) usable_ = false;
        if (result.verdict == Verdict::accepted) {
            moved_ = true;
            const std::lock_guard lock(relay_.mutex_);
            relay_.taken_.push_back(envelope.recipient);
        }
        return result;
    }
    bool usable() const override { return usable_; }
    std::string name() const override { return relay_.host_; }

private:
    ScriptedRelay& relay_;
    int number_;
    int sent_ = 0;
    bool moved_ = false;
    bool usable_ = true;
};

inline std::unique_ptr<Transport> ScriptedRelay::connect() {
    const std::lock_guard lock(mutex_);
    ++dialled_;
    if (away) throw unavailable("cannot use relay '" + host_ + "': connection refused");
    if (open_ == most)
        throw unavailable("relay '" + host_ + "' refused the connection: 421 4.7.0 too many connections");
    most_open_ = std::max(most_open_, ++open_);
    return std::make_unique<Line>(*this, dialled_);
}

}  // namespace pwreset
