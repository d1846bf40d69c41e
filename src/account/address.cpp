#include "src/account/address.h"

#include "src/delivery/smtp.h"

namespace pwreset {
bool is_address(std::string_view address, bool utf8) { return is_smtp_address(address, utf8); }
}  // namespace pwreset
