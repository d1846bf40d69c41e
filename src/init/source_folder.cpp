#include "src/init/source_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

namespace fs = std::filesystem;

constexpr off_t largest_source = 1 << 20;

std::string quoted_path(const fs::path& path) { return "'" + printable(path.native()) + "'"; }

/// A descriptor that is closed when it goes.
class OpenFile {
public:
    explicit OpenFile(int number) : number_(number) {}
    OpenFile(OpenFile&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    OpenFile& operator=(OpenFile&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const { return number_; }

private:
    int number_;
};

Error unreadable(const fs::path& file) {
    return io_error("cannot read " + quoted_path(file) + ": " + std::strerror(errno),
                    "run pwreset as a user who may read the application's files");
}

Error refused_link(const fs::path& file) {
    return invalid_input("'" + printable(file.native()) + "' is a link, or stands behind one",
                         "name the folder that holds the file itself, or a copy of it");
}

/// The content, as long as it is what it was when it was opened.
Secret content_of(const OpenFile& file, off_t size, const fs::path& path) {
    Secret content(static_cast<std::size_t>(size));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = ::read(file.number(), content.data() + done, content.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw unreadable(path);
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    content.shrink(done);
    return content;
}

}  // namespace

SourceFolder::SourceFolder(const fs::path& folder)
    : folder_(folder), descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ >= 0) return;
    throw io_error("cannot open folder " + quoted_path(folder) + ": " + std::strerror(errno),
                   "name the application's folder, the one with its configuration");
}

SourceFolder::~SourceFolder() { ::close(descriptor_); }

std::optional<Secret> SourceFolder::read(const std::string& path) const {
    const fs::path shown = folder_ / path;
    OpenFile at(::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0));
    if (at.number() < 0) throw unreadable(shown);
    const fs::path relative(path);
    for (auto part = relative.begin(); part != relative.end(); ++part) {
        if (*part == ".." || *part == "." || *part == "/" || part->empty())
            throw invalid_input("'" + printable(path) + "' leads out of the folder", "");
        const bool last = std::next(part) == relative.end();
        // O_NONBLOCK: a pipe that somebody put here must not keep us waiting.
        const int flags = O_NOFOLLOW | O_CLOEXEC | (last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY);
        OpenFile next(::openat(at.number(), part->c_str(), flags));
        if (next.number() < 0) {
            const int reason = errno;
            struct stat status {};
            const bool there = ::fstatat(at.number(), part->c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
            if (there && S_ISLNK(status.st_mode)) throw refused_link(shown);
            errno = reason;
            if (reason == ENOENT || reason == ENOTDIR) return {};
            throw unreadable(shown);
        }
        at = std::move(next);
    }
    struct stat status {};
    if (::fstat(at.number(), &status) != 0) throw unreadable(shown);
    if (!S_ISREG(status.st_mode)) throw invalid_input(quoted_path(shown) + " is no file", "move it out of the way");
    if (status.st_size > largest_source)
        throw invalid_input(quoted_path(shown) + " is larger than 1 MiB", "it is no configuration of an application");
    return content_of(at, status.st_size, shown);
}

}  // namespace pwreset
