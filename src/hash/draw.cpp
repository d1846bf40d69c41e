#include "src/hash/draw.h"

namespace pwreset {

Secret draw_letters(const Env& env, std::string_view letters, std::size_t size) {
    // Bytes above the alphabet's largest multiple are thrown away: a plain remainder would favour the first letters.
    const std::size_t limit = 256 - 256 % letters.size();
    Secret text(size);
    Secret bytes(size);
    for (std::size_t drawn = 0; drawn < size;) {
        const std::size_t missing = size - drawn;
        env.random(bytes.data(), missing);
        for (const char byte : bytes.reveal().substr(0, missing)) {
            const auto value = static_cast<unsigned char>(byte);
            if (value < limit) text.data()[drawn++] = letters[value % letters.size()];
        }
    }
    return text;
}

}  // namespace pwreset
