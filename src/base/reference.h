// The reference of a delivery: the one id people see, short enough to be read out on the telephone ("7K3Q-M2").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pwreset {

/// The reference of a delivery id (1 … 2^60-1). A fixed bijection, so nothing is stored: the id's digits in base 32 are
/// scrambled so that neighbours look unlike, and a check symbol catches any one wrong or two swapped characters. "?"
/// for any other number, which no delivery of ours has.
std::string reference_of(std::int64_t delivery_id);
/// The delivery id, from a reference as a person types it: any case, with or without dashes and spaces, `o` for `0`,
/// `i` and `l` for `1` (Crockford's base 32). Nothing when it cannot be one of ours.
std::optional<std::int64_t> parse_reference(std::string_view text);

}  // namespace pwreset
