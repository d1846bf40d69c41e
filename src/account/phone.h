// Phone numbers, as people type them and as applications store them. What a number means is libphonenumber's word; it
// costs 3 ms of start-up and 6 ms at the first number, so it is a module that is opened when a number is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pwreset {

/// A number that can be: of a country there is, and as long as its numbers are.
struct Phone {
    std::string e164;           ///< "+989121234567": two numbers are the same when this is
    std::string region;         ///< where it belongs: "IR"
    bool mobile = false;        ///< text messages reach it, or (North America) it cannot be told
    std::string international;  ///< "+98 912 123 4567"
    std::string national;       ///< "0912 123 4567"; empty when it is of another country than ours
    bool given_out = true;  ///< such numbers are given out, as far as the library's data knows (it may be years old)
};

/// A number, or what is wrong: "it is too short".
struct PhoneReading {
    std::optional<Phone> phone;
    std::string fault;
};

/// Whether a text is meant as a number: it begins like one and has no '@'.
bool looks_like_phone(std::string_view text);
/// Reads "0912 123 4567", "+98-912-123-4567", "0098…", "98…", in ASCII, Persian or Arabic digits. Without a country
/// code it is of `region`, an ISO 3166 code. Letters, extensions and short numbers are faults. Throws Error UNAVAILABLE
/// when the module is missing, CONFIG when it does not know the region.
PhoneReading parse_phone(std::string_view text, const std::string& region);
/// The ways in which applications store this number, to look it up by an index; each once.
std::vector<std::string> spellings_of(const Phone& phone);
/// The last seven digits of the number, with which each of its forms ends; empty when it has fewer besides its
/// country's code.
std::string tail_of(const Phone& phone);
/// The digits of a text, in ASCII.
std::string digits_of(std::string_view text);

}  // namespace pwreset

/// The door of the module pwreset-phone.so. `digits` is "+" (or nothing) and ASCII digits. False when the region is
/// unknown.
extern "C" bool pwreset_read_phone(const std::string& digits, const std::string& region,
                                   pwreset::PhoneReading& reading) noexcept;
