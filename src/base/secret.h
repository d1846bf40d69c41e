// Bytes that must not outlive their use: wiped when they go, never copied by accident, never printed.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace pwreset {

/// A fixed-size buffer for a password, key, token or finished message. Move-only; wiped on destruction and when moved
/// into. It never grows, so no copy is left behind by a reallocation.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::size_t size) : bytes_(size) {}
    explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}
    Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {}
    Secret& operator=(Secret&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        other.wipe();
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(); }

    /// The bytes, for the one call that needs them. The view must not outlive the secret.
    std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }
    char* data() { return bytes_.data(); }
    std::size_t size() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }
    /// Makes it shorter, wiping what is cut off. A size that is not smaller changes nothing.
    void shrink(std::size_t size);
    /// A second secret with the same bytes; spelt out so that it never happens unnoticed.
    Secret duplicate() const { return Secret(reveal()); }

private:
    void wipe() noexcept;

    std::vector<char> bytes_;
};

}  // namespace pwreset
