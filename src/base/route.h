// What is sent, and by which way.
#pragma once

#include "src/base/channel.h"
#include "src/base/kind.h"

namespace pwreset {

struct Route {
    Kind kind = Kind::link;
    Channel channel = Channel::email;
};

}  // namespace pwreset
