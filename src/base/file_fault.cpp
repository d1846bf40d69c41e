#include "src/base/file_fault.h"

#include "src/base/printable.h"

namespace pwreset {

Error file_fault(const std::filesystem::filesystem_error& fault) {
    const std::string path =
        fault.path1().empty() ? "the current folder" : "'" + printable(fault.path1().native()) + "'";
    return io_error("cannot use " + path + ": " + fault.code().message(),
                    "check that it is there, and who may read and write it");
}

}  // namespace pwreset
