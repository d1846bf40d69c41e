// The outside world of an output test: streams to read back, a terminal and a clock to set.
#pragma once

#include <sstream>
#include <streambuf>

#include "src/base/env.h"

namespace pwreset {

struct Console {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    Time now = *parse_rfc3339("2026-03-01T12:34:56Z");
    Env env = outside(out);

    Env outside(std::ostream& stdout_stream) {
        return {in, stdout_stream, err, {}, 0, 0, [this] { return now; }, {}, {}, {}, {}, {}, {}};
    }
};

/// Takes so many bytes, then is full.
class SmallDisk : public std::streambuf {
public:
    explicit SmallDisk(std::size_t room) : room_(room) {}

protected:
    int_type overflow(int_type c) override { return room_ == 0 ? traits_type::eof() : (--room_, c); }

private:
    std::size_t room_;
};

/// Takes everything, and loses it when it is flushed.
class LostDisk : public SmallDisk {
public:
    LostDisk() : SmallDisk(1'000'000) {}

protected:
    int sync() override { return -1; }
};

}  // namespace pwreset
