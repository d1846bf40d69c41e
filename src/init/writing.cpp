#include "src/init/writing.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/trusted_file.h"

namespace pwreset {
namespace {

namespace fs = std::filesystem;

std::string shown_file(const fs::path& file) { return "'" + printable(file.native()) + "'"; }

Error is_there(const fs::path& file) {
    return config_error(shown_file(file) + " is there already",
                        "name another file with --config; or remove it, if nothing needs it");
}

/// Takes back what was written, unless all of it was.
class Written {
public:
    Written() = default;
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;
    ~Written() {
        for (const auto& file : files_) ::unlink(file.c_str());
    }
    void add(const fs::path& file) { files_.push_back(file); }
    void keep() { files_.clear(); }

private:
    std::vector<fs::path> files_;
};

void give(const NewFile& file) {
    if (file.whose == NewFile::For::administrators) return;
    const struct passwd* user = ::getpwnam("pwreset");
    if (!user) return;
    const bool shared = file.whose == NewFile::For::everybody;
    // The folder is root's, so nobody can have put another file in the place of ours.
    const uid_t owner = shared ? 0 : user->pw_uid;
    const mode_t mode = shared ? 0640 : 0600;
    if (::lchown(file.path.c_str(), owner, user->pw_gid) == 0 && ::chmod(file.path.c_str(), mode) == 0) return;
    throw io_error("cannot give " + shown_file(file.path) + " to the user 'pwreset': " + std::strerror(errno), "");
}

}  // namespace

bool has_system_user() { return ::getpwnam("pwreset") != nullptr; }

void refuse_existing(const std::vector<fs::path>& files) {
    for (const auto& file : files) {
        struct stat status {};
        if (::lstat(file.c_str(), &status) == 0) throw is_there(file);
    }
}

void write_new_files(const std::vector<NewFile>& files, bool to_pwreset) {
    Written written;
    for (const auto& file : files) {
        if (!create_secret(file.path, file.content)) throw is_there(file.path);
        written.add(file.path);
        if (to_pwreset) give(file);
    }
    written.keep();
}

}  // namespace pwreset
