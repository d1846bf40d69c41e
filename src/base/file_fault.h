// What the standard library says of a file, in our words: it is the world's fault, and not the program's.
#pragma once

#include <filesystem>

#include "src/base/error.h"

namespace pwreset {

/// "cannot use '/keys': Permission denied", IO_ERROR.
Error file_fault(const std::filesystem::filesystem_error& fault);

}  // namespace pwreset
