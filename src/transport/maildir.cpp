#include "src/transport/maildir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "src/base/error.h"
#include "src/base/process.h"

namespace pwreset {
namespace {

namespace fs = std::filesystem;

/// An open file descriptor.
class Descriptor {
public:
    Descriptor(const fs::path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (fd_ < 0) throw std::system_error(errno, std::generic_category());
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(fd_); }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
            if (done < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category());
            if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
        }
    }
    void sync() {
        if (::fsync(fd_) != 0) throw std::system_error(errno, std::generic_category());
    }

private:
    int fd_;
};

void make_folder(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0 || (errno == EEXIST && fs::is_directory(folder))) return;
    const std::string why = std::generic_category().message(errno);
    throw unavailable("cannot make folder '" + folder.string() + "': " + why,
                      "make it yourself, or correct mail.maildir");
}

/// The host's name as it may stand in a file name (maildir(5): '/' and ':' have meanings of their own).
std::string host_in_file_name() {
    std::string host = host_name();
    for (char& c : host)
        if (c == '/' || c == ':') c = '_';
    return host;
}

class Maildir : public Transport {
public:
    explicit Maildir(fs::path folder) : folder_(std::move(folder)), host_(host_in_file_name()) {}

    SendResult send(const Envelope&, const Secret& message) override {
        const std::string file = next_name();
        const fs::path temporary = folder_ / "tmp" / file;
        try {
            store(temporary, folder_ / "new" / file, message);
            return {Verdict::accepted, false, "stored as new/" + file};
        } catch (const std::system_error& error) {
            ::unlink(temporary.c_str());
            return {Verdict::temporary, false, "cannot write to the maildir: " + error.code().message()};
        }
    }
    bool usable() const override { return true; }
    std::string name() const override { return "maildir"; }

private:
    /// Unique by time, process and count, as maildir(5) wants it.
    std::string next_name() {
        using namespace std::chrono;
        const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
        return std::to_string(now / 1000000) + ".M" + std::to_string(now % 1000000) + "P" + std::to_string(::getpid()) +
               "Q" + std::to_string(++count_) + "." + host_;
    }

    void store(const fs::path& temporary, const fs::path& final, const Secret& message) {
        Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
        file.write(message.reveal());
        file.sync();
        fs::rename(temporary, final);
        Descriptor(final.parent_path(), O_RDONLY | O_DIRECTORY).sync();
    }

    fs::path folder_;
    std::string host_;
    unsigned long count_ = 0;
};

}  // namespace

std::unique_ptr<Transport> open_maildir(const fs::path& folder) {
    for (const fs::path& each : {folder, folder / "tmp", folder / "new", folder / "cur"}) make_folder(each);
    if (::access((folder / "tmp").c_str(), W_OK) != 0 || ::access((folder / "new").c_str(), W_OK) != 0)
        throw unavailable("cannot write to maildir '" + folder.string() + "'",
                          "it must belong to the user pwreset runs as");
    return std::make_unique<Maildir>(folder);
}

}  // namespace pwreset
