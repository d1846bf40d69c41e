// Digits of all scripts and the dashes between them, as people type and paste numbers and codes.
#pragma once

namespace pwreset {

/// What a decimal digit of any script stands for; -1 for any other character.
int digit_value(char32_t c);
/// Whether it is a hyphen, a dash or a minus of some kind.
bool is_dash(char32_t c);

}  // namespace pwreset
