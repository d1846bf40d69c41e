// A relay in memory: answers each command as the test says, in pieces of any size, and records what it was told.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/net/wire.h"

namespace pwreset {

/// What the relay says and has heard. Shared with the test, because the transport owns the wire.
struct FakeRelay {
    /// Answers by the first word of a command ("MAIL"; "greeting"; "." for the end of a message; a key with a '*' such
    /// as "EHLO*" under TLS; "word" for a line that continues a login). Several are given one after the other, the last
    /// again and again. Text goes out as it is; @close ends the stream, @silence says nothing, @interrupt ends the next
    /// wait by a signal.
    std::map<std::string, std::vector<std::string>> answers{
        {"greeting", {"220 relay.test\r\n"}},
        {"EHLO", {"250-relay.test\r\n250 SIZE 1000000\r\n"}},
        {"HELO", {"250 relay.test\r\n"}},
        {"STARTTLS", {"220 go\r\n"}},
        {"AUTH", {"235 2.7.0 welcome\r\n"}},
        {"word", {"334 \r\n"}},
        {"MAIL", {"250 2.1.0 ok\r\n"}},
        {"RCPT", {"250 2.1.5 ok\r\n"}},
        {"DATA", {"354 go ahead\r\n"}},
        {".", {"250 2.0.0 queued as 4F2A\r\n"}},
        {"RSET", {"250 ok\r\n"}},
        {"NOOP", {"250 ok\r\n"}},
        {"QUIT", {"221 bye\r\n"}},
    };
    std::size_t piece = 4096;       ///< bytes a read delivers at most
    std::size_t accept = SIZE_MAX;  ///< bytes it takes before the connection breaks

    std::vector<std::string> commands;  ///< "T " before those that came under TLS
    std::vector<std::string> writes;
    std::vector<std::string> messages;  ///< as they came, dots and all, without the end
    bool hung_up = false;               ///< the client has closed the connection
};

/// The client's end of it.
class FakeWire : public Wire {
public:
    explicit FakeWire(std::shared_ptr<FakeRelay> relay) : relay_(std::move(relay)) { answer("greeting"); }
    ~FakeWire() override { relay_->hung_up = true; }

    std::size_t read(char* buffer, std::size_t size, Deadline) override {
        if (outgoing_.empty() && interrupt_) {
            interrupt_ = false;
            throw WireError(WireError::Kind::interrupted, "interrupted");
        }
        if (outgoing_.empty() && closed_) return 0;
        if (outgoing_.empty()) throw WireError(WireError::Kind::timeout, "no answer in time");
        const std::size_t count = std::min({size, relay_->piece, outgoing_.size()});
        std::copy_n(outgoing_.begin(), count, buffer);
        outgoing_.erase(0, count);
        return count;
    }

    void write(std::string_view bytes, Deadline) override {
        relay_->writes.emplace_back(bytes);
        const std::size_t taken = std::min(bytes.size(), relay_->accept);
        relay_->accept -= taken;
        incoming_ += bytes.substr(0, taken);
        if (taken < bytes.size()) {
            WireError error(WireError::Kind::closed, "the connection was reset");
            error.written = taken;
            throw error;
        }
        while (take_line()) continue;
    }

    void start_tls(Deadline) override { encrypted_ = true; }

private:
    bool take_line() {
        const std::size_t end = incoming_.find("\r\n");
        if (end == std::string::npos || closed_) return false;
        const std::string line = incoming_.substr(0, end);
        incoming_.erase(0, end + 2);
        if (!in_message_) {
            relay_->commands.push_back((encrypted_ ? "T " : "") + line);
            answer(line.substr(0, line.find(' ')));
        } else if (line == ".") {
            in_message_ = false;
            relay_->messages.push_back(message_);
            answer(".");
        } else {
            message_ += line + "\r\n";
        }
        return true;
    }

    void answer(std::string key) {
        if (relay_->answers.count(key) == 0) key = "word";
        if (encrypted_ && relay_->answers.count(key + "*") != 0) key += "*";
        std::vector<std::string>& choices = relay_->answers[key];
        std::string text = choices.front();
        if (choices.size() > 1) choices.erase(choices.begin());
        if (take(text, "@interrupt")) interrupt_ = true;
        if (take(text, "@silence")) text.clear();
        if (take(text, "@close")) closed_ = true;
        outgoing_ += text;
        if (key == "DATA" && text.rfind("354", 0) == 0) {
            in_message_ = true;
            message_.clear();
        }
    }

    static bool take(std::string& text, const std::string& word) {
        const std::size_t at = text.find(word);
        if (at != std::string::npos) text.erase(at, word.size());
        return at != std::string::npos;
    }

    std::shared_ptr<FakeRelay> relay_;
    std::string incoming_;
    std::string outgoing_;
    std::string message_;
    bool in_message_ = false;
    bool encrypted_ = false;
    bool closed_ = false;
    bool interrupt_ = false;
};

}  // namespace pwreset
