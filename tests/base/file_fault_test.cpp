#include "src/base/file_fault.h"

#include "tests/catch.h"

using namespace pwreset;
namespace fs = std::filesystem;

TEST_CASE("what the library says of a file is an I/O error that names it, and quotes nothing raw") {
    const auto reason = std::make_error_code(std::errc::permission_denied);
    const auto fault = file_fault(fs::filesystem_error("status", "/keys/\x1b[31m", reason));
    CHECK(fault.code == "IO_ERROR");
    CHECK(fault.message == "cannot use '/keys/\\u{1B}[31m': Permission denied");
    CHECK(file_fault(fs::filesystem_error("current_path", reason)).message ==
          "cannot use the current folder: Permission denied");
}
