// What takes messages, in memory: answers each one as the test says, and keeps what it was handed.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/base/channel.h"
#include "src/base/error.h"
#include "src/transport/transport.h"

namespace pwreset {

/// A message that was handed over, whatever became of it.
struct Posted {
    Channel channel = Channel::email;
    std::string to;
    std::string reference;
    std::string text;  ///< with its headers

    /// The line after the next empty one behind `words`: where the templates put what is secret.
    std::string line_after(const std::string& words) const {
        const auto at = text.find("\r\n\r\n", text.find(words));
        if (at == text.npos) return {};
        return text.substr(at + 4, text.find("\r\n", at + 4) - at - 4);
    }
    std::string header(const std::string& name) const {
        const auto at = text.find(name + ": ");
        if (at == text.npos) return {};
        return text.substr(at + name.size() + 2, text.find("\r\n", at) - at - name.size() - 2);
    }
    /// The 64 digits of the link.
    std::string token() const {
        const auto at = text.find("token=");
        return at == text.npos ? std::string() : text.substr(at + 6, 64);
    }
};

/// The other end of all channels.
struct FakePost {
    std::vector<Posted> posted;
    std::deque<SendResult> answers;        ///< to the next messages; afterwards each is accepted
    std::map<Channel, Error> away;         ///< what cannot be opened
    int opened = 0;                        ///< connections
    std::function<void(Channel)> opening;  ///< happens while a connection is made
    std::function<void()> sending;         ///< happens while a message is handed over
    bool breaks = false;                   ///< the connection breaks after a message that is not accepted
    bool broken = false;

    std::unique_ptr<Transport> open(Channel channel);
};

/// Our end of one connection.
class FakeTransport : public Transport {
public:
    FakeTransport(FakePost& post, Channel channel) : post_(post), channel_(channel) {}

    SendResult send(const Envelope& envelope, const Secret& message) override {
        post_.posted.push_back({channel_, envelope.recipient, envelope.reference, std::string(message.reveal())});
        if (post_.sending) post_.sending();
        if (post_.answers.empty()) return {Verdict::accepted, false, "250 2.0.0 queued as 4F2A"};
        SendResult answer = post_.answers.front();
        post_.answers.pop_front();
        post_.broken = post_.breaks && answer.verdict != Verdict::accepted;
        return answer;
    }
    bool usable() const override { return !post_.broken; }
    std::string name() const override { return channel_ == Channel::sms ? "gateway.test" : "relay.test"; }

private:
    FakePost& post_;
    Channel channel_;
};

inline std::unique_ptr<Transport> FakePost::open(Channel channel) {
    if (opening) opening(channel);
    if (const auto gone = away.find(channel); gone != away.end()) throw Error(gone->second);
    ++opened;
    broken = false;
    return std::make_unique<FakeTransport>(*this, channel);
}

}  // namespace pwreset
