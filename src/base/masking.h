// A recipient as it may be shown to people who need to recognise it, not to know it.
#pragma once

#include <string>
#include <string_view>

namespace pwreset {

/// `a••a@example.com`: first and last letter of the local part, the whole domain. A local part of one or two letters
/// keeps only the first. Text without an `@` is masked like a phone number.
std::string mask_email(std::string_view address);
/// "+49" of a number in E.164 form; empty for any other text.
std::string_view country_code(std::string_view number);
/// `+49•••••12`: the country code where the number has one, and the last two digits.
std::string mask_phone(std::string_view number);

}  // namespace pwreset
