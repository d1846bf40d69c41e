// Which of an application's formats a new password is stored in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/hash/password_format.h"

namespace pwreset {

/// The format, parameters included, that most of the hashes have; of several the one that comes first. Of the formats
/// in `accepted` only, and where no hash is of one of these, the first of them. With none in `accepted`, nothing when
/// most hashes are of a format we do not write, or none is usable. Marks are not asked.
std::optional<PasswordFormat> format_to_write(const std::vector<std::string>& hashes,
                                              const std::vector<PasswordFormat>& accepted = {});
/// The name of the first of them that is of another format; empty when there is none.
std::string name_of_foreign(const std::vector<std::string>& hashes);
/// What lets a password be stored that most accounts' format does not.
constexpr const char* name_better = "name in 'formats' of [temporary_password] what else the application takes";

}  // namespace pwreset
