// The configuration and its files on this host: whose they are, who may read them, what follows from what they say.
#pragma once

#include "src/doctor/check.h"
#include "src/operator/operator.h"

namespace pwreset {

/// The file, the user that pwreset runs as, the secrets, the link. Whether the files can be trusted was decided when
/// the configuration was loaded.
Checks check_installation(const Env& env, const Operator& who, const Config& config);
/// Lifetimes and the link's scheme and host.
Checks judge_link(const ResetConfig& reset, const std::string& sender);
/// The host of a link: "shop.example" of "https://shop.example:8443/reset/{token}".
std::string host_of_link(const std::string& link);

}  // namespace pwreset
