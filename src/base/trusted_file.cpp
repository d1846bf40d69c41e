#include "src/base/trusted_file.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <list>
#include <utility>

#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {
namespace {

namespace fs = std::filesystem;

constexpr off_t max_size = 1 << 20;
constexpr int max_links = 40;  // as the kernel's own limit

/// A file descriptor, closed when it goes.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }
    bool open() const { return number_ >= 0; }

private:
    int number_;
};

std::string in_quotes(const fs::path& path) { return "'" + printable(path.native()) + "'"; }

std::string user_name(uid_t uid) {
    const passwd* entry = ::getpwuid(uid);
    return entry == nullptr ? std::to_string(uid) : printable(entry->pw_name);
}

std::string octal(mode_t mode) {
    std::string digits;
    for (int shift = 9; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7U));
    return digits;
}

/// Walks from the root to the file, one open folder at a time, so that what was checked is what is used. Links are
/// resolved here, not by the kernel: each has an owner too, and each folder it leads through is checked like the
/// others.
class Walk {
public:
    Walk(const fs::path& file, Trust trust, uid_t uid)
        : file_(file), trust_(trust), uid_(uid), folder_(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)) {
        follow(fs::absolute(file));
    }

    /// The file, open for reading and found trustworthy.
    Descriptor open_file() {
        while (!pending_.empty()) {
            const std::string name = std::move(pending_.front());
            pending_.pop_front();
            if (name.empty() || name == "." || name == "/") continue;
            const struct stat status = look_at(name);
            if (S_ISLNK(status.st_mode)) {
                resolve(name, status);
            } else if (pending_.empty()) {
                return open_last(name);
            } else {
                enter(name);
            }
        }
        throw config_error("not a regular file: " + in_quotes(file_), "name a file");
    }

private:
    void follow(const fs::path& path) {
        if (path.is_absolute()) {
            folder_ = Descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
            where_ = "/";
            check_folder();
        }
        pending_.insert(pending_.begin(), path.begin(), path.end());
    }

    struct stat look_at(const std::string& name) {
        struct stat status {};
        if (::fstatat(folder_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) cannot_open();
        return status;
    }

    void resolve(const std::string& name, const struct stat& status) {
        check_owner(status, where_ / name, "link ");
        if (++links_ > max_links) {
            errno = ELOOP;
            cannot_open();
        }
        std::string target(PATH_MAX, '\0');
        const ssize_t length = ::readlinkat(folder_.get(), name.c_str(), target.data(), target.size());
        if (length < 0) cannot_open();
        target.resize(static_cast<std::size_t>(length));
        follow(target);
    }

    void enter(const std::string& name) {
        Descriptor next(::openat(folder_.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next.open()) cannot_open();
        folder_ = std::move(next);
        where_ = (where_ / name).lexically_normal();
        check_folder();
    }

    Descriptor open_last(const std::string& name) {
        // In a folder where anybody may put files, even a sticky one, the name is anybody's: a hard link to another
        // file of ours would pass every check below.
        if (shared_) writable_folder(where_, folder_mode_);
        // O_NONBLOCK: a pipe that somebody put here must not keep us waiting.
        Descriptor opened(::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
        if (!opened.open()) cannot_open();
        check_file(opened);
        return opened;
    }

    void check_folder() {
        struct stat status {};
        if (::fstat(folder_.get(), &status) != 0) cannot_open();
        check_owner(status, where_, "folder ");
        folder_mode_ = status.st_mode & 07777U;
        shared_ = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
        // In a sticky folder, such as the system's temporary one, nobody can rename or replace what is root's or ours:
        // so it may stand above a private folder, which the next step finds to be root's or ours, or not.
        if (shared_ && (status.st_mode & S_ISVTX) == 0) writable_folder(where_, folder_mode_);
    }

    void check_file(const Descriptor& opened) {
        struct stat status {};
        if (::fstat(opened.get(), &status) != 0) cannot_open();
        if (!S_ISREG(status.st_mode)) throw config_error("not a regular file: " + in_quotes(file_), "name a file");
        check_owner(status, file_, "");
        const mode_t mode = status.st_mode & 07777U;
        if (trust_ == Trust::secret && (mode & ~0600U) != 0) {
            throw config_error("mode " + octal(mode) + " of " + in_quotes(file_) + " is not 0600 or 0400",
                               "chmod 600 " + in_quotes(file_));
        }
        if (trust_ == Trust::configuration && (mode & (S_IWGRP | S_IWOTH)) != 0) {
            throw config_error("mode " + octal(mode) + " of " + in_quotes(file_) + " lets others write it",
                               "chmod go-w " + in_quotes(file_));
        }
        if (status.st_size > max_size)
            throw config_error("larger than 1 MiB: " + in_quotes(file_), "name another file");
    }

    void check_owner(const struct stat& status, const fs::path& path, const std::string& what) const {
        if (status.st_uid == 0 || status.st_uid == uid_) return;
        const std::string us = user_name(uid_);
        throw config_error(what + in_quotes(path) + " belongs to '" + user_name(status.st_uid) + "', not to " +
                               (uid_ == 0 ? "root" : "root or '" + us + "'"),
                           "chown -h " + us + " " + in_quotes(path) +
                               (uid_ == 0 ? ", or run pwreset as the user whose file it is" : ""));
    }

    [[noreturn]] void writable_folder(const fs::path& folder, mode_t mode) const {
        throw config_error(
            "mode " + octal(mode) + " of folder " + in_quotes(folder) + " lets others replace " + in_quotes(file_),
            (mode & S_ISVTX) != 0 ? "move the file into a folder that only its owner can write"
                                  : "chmod go-w " + in_quotes(folder));
    }

    [[noreturn]] void cannot_open() const {
        const int reason = errno;
        throw config_error("cannot open " + in_quotes(file_) + ": " + std::strerror(reason),
                           reason == EACCES ? "run pwreset as the user whose file it is" : "check the path");
    }

    const fs::path& file_;
    Trust trust_;
    uid_t uid_;
    Descriptor folder_;
    fs::path where_ = "/";
    mode_t folder_mode_ = 0;
    bool shared_ = false;
    int links_ = 0;
    std::list<std::string> pending_;
};

Error cannot_write(const fs::path& file) {
    return io_error("cannot write " + in_quotes(file) + ": " + std::strerror(errno),
                    "check the folder's owner, mode and free space");
}

void write_all(const Descriptor& to, const Secret& content, const fs::path& file) {
    for (std::size_t done = 0; done < content.size();) {
        const ssize_t count = ::write(to.get(), content.reveal().data() + done, content.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw cannot_write(file);
        done += static_cast<std::size_t>(count);
    }
    if (::fsync(to.get()) != 0) throw cannot_write(file);
}

/// A file under a name of its own in the folder of the final one, removed when it goes.
class TemporaryFile {
public:
    explicit TemporaryFile(const fs::path& file)
        : name_((file.parent_path() / ("." + file.filename().string() + ".XXXXXX")).string()),
          descriptor_(::mkostemp(name_.data(), O_CLOEXEC)) {  // O_EXCL, mode 0600
        if (!descriptor_.open()) throw cannot_write(file);
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { ::unlink(name_.c_str()); }

    const Descriptor& descriptor() const { return descriptor_; }
    /// Gives the file its final name; false when that name is taken. Unlike rename, link never replaces a file.
    bool publish(const fs::path& file) const {
        if (::link(name_.c_str(), file.c_str()) == 0) return true;
        if (errno == EEXIST) return false;
        throw cannot_write(file);
    }
    /// Puts it in the place of the file that has that name.
    void replace(const fs::path& file) const {
        if (::rename(name_.c_str(), file.c_str()) != 0) throw cannot_write(file);
    }

private:
    std::string name_;
    Descriptor descriptor_;
};

Descriptor open_folder(const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.open()) throw cannot_write(file);
    return opened;
}

void sync_folder(const fs::path& file) {
    if (::fsync(open_folder(file).get()) != 0) throw cannot_write(file);
}

/// The folder of the file, ours alone (flock(2)) until the descriptor is closed.
Descriptor locked_folder(const fs::path& file) {
    Descriptor folder = open_folder(file);
    while (::flock(folder.get(), LOCK_EX) != 0) {
        if (errno != EINTR) throw cannot_write(file);
    }
    return folder;
}

}  // namespace

Secret read_trusted(const fs::path& file, Trust trust, unsigned uid) {
    const Descriptor opened = Walk(file, trust, uid).open_file();
    struct stat status {};
    if (::fstat(opened.get(), &status) != 0 || status.st_size > max_size) {
        throw config_error(in_quotes(file) + " changed while it was opened", "try again");
    }
    Secret content(static_cast<std::size_t>(status.st_size));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = ::read(opened.get(), content.data() + done, content.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw config_error("cannot read " + in_quotes(file) + ": " + std::strerror(errno), "try again");
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    content.shrink(done);
    return content;
}

unsigned owner_of(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) {
        throw config_error("cannot open " + in_quotes(file) + ": " + std::strerror(errno), "check the path");
    }
    return status.st_uid;
}

bool create_secret(const fs::path& file, const Secret& content) {
    {
        const TemporaryFile temporary(file);
        write_all(temporary.descriptor(), content, file);
        if (!temporary.publish(file)) return false;
    }
    sync_folder(file);
    return true;
}

void change_secret(const fs::path& file, unsigned uid, const std::function<Secret(const Secret&)>& change) {
    read_trusted(file, Trust::secret, uid);  // before the name is followed: the links on the way are ours or root's
    const fs::path target = fs::canonical(file);
    const Descriptor folder = locked_folder(target);
    const Secret content = change(read_trusted(target, Trust::secret, uid));
    if (content.size() > max_size) throw config_error(in_quotes(target) + " would be larger than 1 MiB", "shorten it");
    const TemporaryFile temporary(target);
    write_all(temporary.descriptor(), content, target);
    temporary.replace(target);
    if (::fsync(folder.get()) != 0) throw cannot_write(target);
}

}  // namespace pwreset
