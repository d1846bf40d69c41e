// A world that stands still: one moment, the same randomness at each run, no terminal.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <sstream>
#include <string>

#include "src/base/env.h"

namespace pwreset {

struct FakeEnv {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    Time now = *parse_rfc3339("2026-03-01T12:34:56Z");
    std::map<std::string, std::string> variables;
    /// Bytes that are given before those of the generator.
    std::string first_random;
    std::mt19937 generator;
    Env env = world();

private:
    Env world() {
        Env made{in, out, err, {}, 0, 0, [this] { return now; }, {}, {}, {}, {}, {}, {}};
        made.random = [this](char* to, std::size_t size) { std::generate_n(to, size, [this] { return next_byte(); }); };
        made.variable = [this](const char* name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            if (found == variables.end()) return {};
            return found->second;
        };
        return made;
    }
    char next_byte() {
        if (first_random.empty()) return static_cast<char>(generator() & 0xff);
        const char byte = first_random.front();
        first_random.erase(0, 1);
        return byte;
    }
};

}  // namespace pwreset
