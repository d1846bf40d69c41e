// The grammar of the e-mail addresses we look up and send to.
#pragma once

#include <string>
#include <string_view>

namespace pwreset {

/// RFC 5321, section 4.1.2: a dot-string or quoted local part of at most 64 bytes, a domain name (no literal), at most
/// 254 bytes in all, no control characters, no source route. An international domain is judged by its punycode form.
/// Besides, what carriers have really given out: dots anywhere in the local part, underscores in the domain.
/// `utf8`: the local part may hold characters beyond ASCII (RFC 6531).
bool is_address(std::string_view address, bool utf8);
/// The address with its domain in punycode (IDNA 2008, libidn2), or unchanged when it is ASCII; empty when the domain
/// has no ASCII form.
std::string ascii_domain(std::string_view address);

/// The address as SMTP wants it: as ascii_domain(), and a local part that has its dots where the
/// grammar has none in quotes.
std::string address_on_the_wire(std::string_view address);
/// The address with its domain in letters; empty where the domain is none.
std::string unicode_domain(std::string_view address);

}  // namespace pwreset
