// The end of the chain as a line of text, to be kept where nobody who can write to the database can reach it: the one
// way to notice that the newest rows were cut off.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "src/audit/chain.h"

namespace pwreset {

/// "audit head: shop 1042 9f86…": application, number and chain MAC of the last row, 64 hexadecimal digits.
std::string head_line(const std::string& app, const Link& head);

/// Heads that were printed earlier, in the order of their numbers.
using Heads = std::vector<Link>;
/// Every head line of the application in a text, whatever else is in it: years of nightly mails, quoted-printable ones
/// too. Of an endless input the first GiB is read. Throws Error INVALID_INPUT for more than 100 000 heads.
Heads read_heads(std::istream& in, const std::string& app);

}  // namespace pwreset
