// What somebody who asked through a web back end is told: the same whether there is an account or not (S3).
#pragma once

#include <string>

#include "src/base/route.h"

namespace pwreset {

/// The sentence for a page, in the language of the first tag ("fa", "de-AT") that is known here, else in English.
std::string public_text(const Route& route, const std::string& locale, const std::string& fallback);

}  // namespace pwreset
