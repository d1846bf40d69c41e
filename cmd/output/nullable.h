// What may be missing, as JSON: null, or the value in the form of the contract.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cmd/output/envelope.h"
#include "src/base/reference.h"
#include "src/base/time.h"

namespace pwreset {

inline Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }
/// RFC 3339.
inline Json time_or_null(const std::optional<Time>& time) { return time ? Json(rfc3339(*time)) : Json(nullptr); }
/// The reference of a delivery id.
inline Json reference_or_null(const std::optional<std::int64_t>& id) {
    return id ? Json(reference_of(*id)) : Json(nullptr);
}

}  // namespace pwreset
