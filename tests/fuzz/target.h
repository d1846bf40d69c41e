// What the fuzz targets share: a property that must hold, and an input taken apart.
//
// A target is NAME_fuzz.cpp with one LLVMFuzzerTestOneInput. It checks what must be true of whatever it is given, not
// only that nothing crashes. clang's libFuzzer drives it (script/fuzz), or driver.cpp with a fixed number of inputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/base/printable.h"

/// Called with one input after another; always 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pwreset::fuzz {

/// Ends the program when a property does not hold: both drivers then name the input.
inline void require(bool holds, std::string_view property) {
    if (holds) return;
    std::fprintf(stderr, "property broken: %.*s\n", static_cast<int>(property.size()), property.data());
    std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// An input of several parts has "%%" between them, so that seeds can be read and written.
inline std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t end = text.find("%%"); end != text.npos; end = text.find("%%")) {
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 2);
    }
    parts.emplace_back(text);
    return parts;
}

/// What the operator is told can be printed as it is, and is no longer than a screen.
inline void require_printable(const Error& error) {
    require(printable(error.message) == error.message, "an error's message is printable");
    require(printable(error.hint) == error.hint, "an error's hint is printable");
    require(error.message.size() + error.hint.size() < 2000, "an error is short");
}

}  // namespace pwreset::fuzz
