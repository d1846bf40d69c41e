// The other end of a connection in memory: says what the test wrote down, whatever it is told, and keeps what it was
// told.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/net/wire.h"

namespace pwreset {

/// Shared with the test, because who connects owns the wire.
struct WireScript {
    std::string says;
    std::size_t piece = SIZE_MAX;  ///< bytes that a read delivers at most
    bool closes = false;           ///< behind its words; else it falls silent
    std::size_t takes = SIZE_MAX;  ///< bytes until the connection breaks
    std::string says_under_tls;    ///< from then on
    int signals = 0;               ///< waits that a signal ends

    std::string told;
    std::vector<std::string> writes;  ///< in pieces, with "TLS" where it began
    std::size_t heard = 0;            ///< bytes that were read
    WireTarget target;                ///< whom it was taken for
};

class ScriptedWire : public Wire {
public:
    explicit ScriptedWire(std::shared_ptr<WireScript> script) : script_(std::move(script)) {}
    ScriptedWire(const ScriptedWire&) = delete;
    ScriptedWire& operator=(const ScriptedWire&) = delete;
    ~ScriptedWire() override { script_->says.erase(0, said_); }

    std::size_t read(char* buffer, std::size_t size, Deadline) override {
        if (script_->signals > 0) {
            --script_->signals;
            throw WireError(WireError::Kind::interrupted, "interrupted");
        }
        const std::string_view left = std::string_view(script_->says).substr(said_);
        if (left.empty() && script_->closes) return 0;
        if (left.empty()) throw WireError(WireError::Kind::timeout, "no answer in time");
        const std::size_t count = std::min({size, script_->piece, left.size()});
        std::copy_n(left.begin(), count, buffer);
        said_ += count;
        script_->heard += count;
        return count;
    }

    void write(std::string_view bytes, Deadline) override {
        const std::size_t taken = std::min(bytes.size(), script_->takes);
        script_->takes -= taken;
        script_->told += bytes.substr(0, taken);
        script_->writes.emplace_back(bytes.substr(0, taken));
        if (taken == bytes.size()) return;
        WireError error(WireError::Kind::closed, "the connection was reset");
        error.written = taken;
        throw error;
    }

    void start_tls(Deadline) override {
        script_->writes.emplace_back("TLS");
        script_->says = script_->says_under_tls;
        said_ = 0;
    }

private:
    std::shared_ptr<WireScript> script_;
    std::size_t said_ = 0;  ///< of its words; taking each byte away from a long answer would move the rest each time
};

}  // namespace pwreset
