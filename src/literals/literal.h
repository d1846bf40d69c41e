// What a file of an application says of a name: the text where it is written out, and nothing of what the application
// would compute.
#pragma once

#include <string>
#include <string_view>

#include "src/base/secret.h"

namespace pwreset {

struct Literal {
    enum class Kind {
        absent,    ///< the name does not stand there
        written,   ///< its value does, in full
        computed,  ///< its value depends on what would have to be run, or is written in a way that is not understood
    };
    Kind kind = Kind::absent;
    Secret text{};  ///< of a written one; it may be a password

    bool is_written() const { return kind == Kind::written; }
    bool is_computed() const { return kind == Kind::computed; }
    /// The text of a value that is no secret; "" for what is not written.
    std::string plain() const { return std::string(text.reveal()); }
};

inline Literal written(std::string_view text) { return {Literal::Kind::written, Secret(text)}; }
inline Literal computed() { return {Literal::Kind::computed}; }

}  // namespace pwreset
