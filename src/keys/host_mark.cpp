#include "src/keys/host_mark.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "src/base/encoding.h"
#include "src/hash/digest.h"

namespace pwreset {

namespace {

constexpr const char* mark_form = "pwreset-mark-1";
/// Within a block of every file system and disk: it is written as a whole.
constexpr std::size_t mark_size = 512;

/// The open file, locked; closed when it goes. Not open when there is none, or one that others may write.
class MarkFile {
public:
    MarkFile(const std::filesystem::path& file, unsigned uid, int flags, int lock)
        : number_(::open(file.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600)) {
        if (number_ < 0) return;
        if (is_ours(uid) && locked(lock)) return;
        close();
        errno = EPERM;
    }
    MarkFile(const MarkFile&) = delete;
    MarkFile& operator=(const MarkFile&) = delete;
    ~MarkFile() { close(); }

    bool open() const { return number_ >= 0; }
    std::string read() const {
        std::string text(mark_size, '\0');
        const auto got = ::pread(number_, text.data(), text.size(), 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        return text;
    }
    bool write(const std::string& text) const {
        return ::pwrite(number_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
    }
    /// What root makes is to be written by whose folder it is.
    void give_to_owner_of(const std::filesystem::path& folder) const {
        struct stat status {};
        if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0 || status.st_uid == 0) return;
        if (::fchown(number_, status.st_uid, status.st_gid) != 0) return;
    }

private:
    bool is_ours(unsigned uid) const {
        struct stat status {};
        if (::fstat(number_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1) return false;
        if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return false;
        return uid == 0 || status.st_uid == uid || status.st_uid == 0;
    }
    bool locked(int how) const {
        while (::flock(number_, how) != 0) {
            if (errno != EINTR) return false;
        }
        return true;
    }
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

    int number_;
};

std::string fields_of(const std::string& app, const HostMark& mark) {
    std::ostringstream text;
    text << mark_form << ' ' << app << ' ' << mark.audit_id << ' ' << hex(mark.mac) << ' ' << mark.key_id << ' '
         << mark.at.time_since_epoch().count() << ' ' << mark.used.audit << ' ' << mark.used.deliveries << ' '
         << mark.used.tokens << ' ' << mark.used.jobs << ' ' << mark.used.seq;
    return text.str();
}

}  // namespace

void Numbers::raise(const Numbers& other) {
    const auto take = [](std::int64_t& ours, std::int64_t theirs) {
        if (theirs > ours && theirs < no_number) ours = theirs;
    };
    take(audit, other.audit);
    take(deliveries, other.deliveries);
    take(tokens, other.tokens);
    take(jobs, other.jobs);
    take(seq, other.seq);
}

std::filesystem::path mark_file(const std::filesystem::path& folder, const std::string& app) {
    return folder / (app + ".mark");
}

std::string mark_text(const std::string& app, const HostMark& mark) {
    std::string text = fields_of(app, mark);
    text += ' ' + hex(sha256(text));
    text.resize(mark_size - 1, ' ');
    return text + '\n';
}

std::optional<HostMark> parse_mark(const std::string& app, const std::string& text) {
    std::istringstream in(text);
    std::string form, name, mac, sum;
    std::int64_t at = 0;
    HostMark mark;
    in >> form >> name >> mark.audit_id >> mac >> mark.key_id >> at >> mark.used.audit >> mark.used.deliveries >>
        mark.used.tokens >> mark.used.jobs >> mark.used.seq >> sum;
    if (!in || form != mark_form || name != app) return {};
    mark.mac = unhex(mac).value_or("");
    mark.at = Time(std::chrono::microseconds(at));
    if (hex(sha256(fields_of(app, mark))) != sum) return {};
    return mark;
}

std::optional<HostMark> read_mark(const std::filesystem::path& folder, const std::string& app, unsigned uid) {
    if (folder.empty()) return {};
    const MarkFile file(mark_file(folder, app), uid, O_RDONLY, LOCK_SH);
    if (!file.open()) return {};
    return parse_mark(app, file.read());
}

bool replace_mark(const std::filesystem::path& folder, const std::string& app, unsigned uid,
                  const std::optional<HostMark>& former, const HostMark& mark) {
    if (folder.empty()) return false;
    const MarkFile file(mark_file(folder, app), uid, O_RDWR | O_CREAT, LOCK_EX);
    if (!file.open()) return false;
    const auto now = file.read();
    if (parse_mark(app, now) != former) return false;
    if (now.empty()) file.give_to_owner_of(folder);
    return file.write(mark_text(app, mark));
}

std::string why_no_mark(const std::filesystem::path& folder, const std::string& app, unsigned uid) {
    const auto file = mark_file(folder, app);
    if (MarkFile(file, uid, O_RDWR, LOCK_SH).open()) return {};
    if (errno != ENOENT) return "'" + file.string() + "': " + std::strerror(errno);
    if (::access(folder.c_str(), W_OK) == 0) return {};
    return "'" + folder.string() + "': " + std::strerror(errno);
}

}  // namespace pwreset
