// An expression as a person would say it.
#pragma once

#include <string>

#include "src/expression/node.h"

namespace pwreset {

/// "the time of issue in seconds since 1970, ':', and the phpass hash of the token".
std::string in_words(const ExpressionNode& node);

}  // namespace pwreset
