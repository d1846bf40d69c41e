// Where an answer sends the user next.
#pragma once

#include <string>

#include "cmd/output/envelope.h"
#include "src/base/kind.h"
#include "src/config/reset.h"

namespace pwreset {

/// What the user does next, in the word of answers.
constexpr const char* next_step(Kind kind) {
    switch (kind) {
        case Kind::link:
        case Kind::link_printed:
            return "verify-link";
        case Kind::temporary_password:
            return "sign-in";
        case Kind::reset_otp:
        case Kind::verify_caller:
        case Kind::password_changed:
            break;
    }
    return "verify-otp";
}

/// Where the application takes what was sent. A code that verifies a caller goes to the agent, and to no page.
inline Json next_url(const ResetConfig& reset, Kind kind) {
    if (kind == Kind::verify_caller || kind == Kind::temporary_password) return nullptr;
    const std::string& url = kind == Kind::link ? reset.verify_link_url : reset.verify_otp_url;
    return url.empty() ? Json(nullptr) : Json(url);
}

}  // namespace pwreset
