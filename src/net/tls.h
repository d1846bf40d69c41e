// Whether and how a connection is encrypted.
#pragma once

namespace pwreset {

enum class Tls {
    off,       ///< plain text, because the configuration says so in so many words
    starttls,  ///< SMTP only: upgrade, refuse to go on without
    implicit,  ///< TLS from the first byte (MySQL: required)
};

}  // namespace pwreset
