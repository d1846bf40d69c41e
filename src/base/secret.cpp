#include "src/base/secret.h"

#include <string.h>

namespace pwreset {

void Secret::shrink(std::size_t size) {
    if (size >= bytes_.size()) return;
    explicit_bzero(bytes_.data() + size, bytes_.size() - size);
    bytes_.resize(size);
}

void Secret::wipe() noexcept {
    if (!bytes_.empty()) explicit_bzero(bytes_.data(), bytes_.size());
    bytes_.clear();
}

}  // namespace pwreset
