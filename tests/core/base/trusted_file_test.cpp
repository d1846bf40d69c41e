#include "src/base/trusted_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
namespace fs = std::filesystem;

namespace {

/// A private folder, below the system's temporary one, that goes with the test.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "pwreset-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { fs::remove_all(path); }
    fs::path write(const std::string& name, const std::string& content, mode_t mode = 0600) const {
        std::ofstream(path / name) << content;
        REQUIRE(::chmod((path / name).c_str(), mode) == 0);
        return path / name;
    }
    fs::path path;
};

const uid_t us = ::geteuid();

std::string fault_of(const fs::path& file, Trust trust, uid_t uid = us) {
    try {
        read_trusted(file, trust, uid);
    } catch (const Error& error) {
        CHECK(error.code == "CONFIG");
        return error.message + " | " + error.hint;
    }
    return "no fault";
}

/// Only root can make a file somebody else's.
void skip_without_root() { WARN("not tested: needs root"); }

std::string in_quotes(const fs::path& path) { return "'" + path.string() + "'"; }

}  // namespace

TEST_CASE("a secret file of ours is read, byte for byte") {
    const Folder folder;
    const std::string content("a\0b\n", 4);
    CHECK(read_trusted(folder.write("secret", content), Trust::secret, us).reveal() == content);
    CHECK(read_trusted(folder.write("read-only", "x", 0400), Trust::secret, us).reveal() == "x");
    CHECK(read_trusted(folder.write("empty", ""), Trust::secret, us).empty());
}

TEST_CASE("a secret file that others may touch is refused") {
    const Folder folder;
    for (const mode_t mode : {0640U, 0604U, 0620U, 0610U, 0700U, 04600U}) {
        const fs::path file = folder.write("secret", "x", mode);
        const std::string digits = std::string(mode > 0777 ? "4" : "0") + static_cast<char>('0' + (mode >> 6 & 7)) +
                                   static_cast<char>('0' + (mode >> 3 & 7)) + static_cast<char>('0' + (mode & 7));
        CHECK(fault_of(file, Trust::secret) ==
              "mode " + digits + " of " + in_quotes(file) + " is not 0600 or 0400 | chmod 600 " + in_quotes(file));
    }
}

TEST_CASE("a configuration may be read by others, not written") {
    const Folder folder;
    CHECK(read_trusted(folder.write("a.toml", "x", 0644), Trust::configuration, us).reveal() == "x");
    for (const mode_t mode : {0664U, 0646U}) {
        const fs::path file = folder.write("a.toml", "x", mode);
        CHECK(fault_of(file, Trust::configuration) == "mode " + std::string(mode == 0664U ? "0664" : "0646") + " of " +
                                                          in_quotes(file) + " lets others write it | chmod go-w " +
                                                          in_quotes(file));
    }
}

TEST_CASE("a folder above that others may write is refused") {
    const Folder folder;
    const fs::path inner = folder.path / "inner";
    fs::create_directory(inner);
    const fs::path file = folder.write("inner/secret", "x");
    REQUIRE(::chmod(folder.path.c_str(), 0770) == 0);
    CHECK(fault_of(file, Trust::secret) == "mode 0770 of folder " + in_quotes(folder.path) + " lets others replace " +
                                               in_quotes(file) + " | chmod go-w " + in_quotes(folder.path));
}

TEST_CASE("a file that lies in a sticky folder itself is refused") {
    const Folder folder;
    const fs::path file = folder.write("secret", "x");
    REQUIRE(::chmod(folder.path.c_str(), 01777) == 0);
    CHECK(fault_of(file, Trust::secret) == "mode 1777 of folder " + in_quotes(folder.path) + " lets others replace " +
                                               in_quotes(file) +
                                               " | move the file into a folder that only its owner can write");
}

TEST_CASE("a file of somebody else's is refused") {
    if (us != 0) return skip_without_root();
    const Folder folder;
    const fs::path file = folder.write("secret", "x");
    REQUIRE(::chown(file.c_str(), 54321, 54321) == 0);
    CHECK(fault_of(file, Trust::secret) == in_quotes(file) + " belongs to '54321', not to root | chown -h root " +
                                               in_quotes(file) + ", or run pwreset as the user whose file it is");
    CHECK(fault_of(file, Trust::secret, 54322) ==
          in_quotes(file) + " belongs to '54321', not to root or '54322' | chown -h 54322 " + in_quotes(file));
    CHECK(fault_of(file, Trust::secret, 54321) == "no fault");
    CHECK(owner_of(file) == 54321);
}

TEST_CASE("a folder of somebody else's is refused") {
    if (us != 0) return skip_without_root();
    const Folder folder;
    const fs::path file = folder.write("secret", "x");
    REQUIRE(::chown(folder.path.c_str(), 54321, 54321) == 0);
    CHECK(fault_of(file, Trust::secret, 54322) == "folder " + in_quotes(folder.path) +
                                                      " belongs to '54321', not to root or '54322' | chown -h 54322 " +
                                                      in_quotes(folder.path));
}

TEST_CASE("a link is followed when it is ours, and what it leads through is checked") {
    const Folder folder;
    const Folder target;
    const fs::path file = target.write("secret", "x");
    fs::create_symlink(file, folder.path / "link");
    fs::create_symlink(target.path, folder.path / "folder");
    CHECK(read_trusted(folder.path / "link", Trust::secret, us).reveal() == "x");
    CHECK(read_trusted(folder.path / "folder/../" / target.path.filename() / "secret", Trust::secret, us).reveal() ==
          "x");
    REQUIRE(::chmod(target.path.c_str(), 0777) == 0);
    CHECK_THAT(fault_of(folder.path / "link", Trust::secret), ContainsSubstring("mode 0777 of folder"));
    CHECK_THAT(fault_of(folder.path / "folder/secret", Trust::secret), ContainsSubstring("mode 0777 of folder"));
}

TEST_CASE("a link of somebody else's is refused") {
    if (us != 0) return skip_without_root();
    const Folder folder;
    const fs::path link = folder.path / "link";
    fs::create_symlink(folder.write("secret", "x"), link);
    REQUIRE(::lchown(link.c_str(), 54321, 54321) == 0);
    CHECK(fault_of(link, Trust::secret) == "link " + in_quotes(link) +
                                               " belongs to '54321', not to root | chown -h root " + in_quotes(link) +
                                               ", or run pwreset as the user whose file it is");
}

TEST_CASE("links that lead nowhere, or in a circle, end") {
    const Folder folder;
    const fs::path link = folder.path / "link";
    fs::create_symlink("link", link);
    CHECK(fault_of(link, Trust::secret) ==
          "cannot open " + in_quotes(link) + ": Too many levels of symbolic links | check the path");
    fs::create_symlink("missing", folder.path / "dangling");
    CHECK(fault_of(folder.path / "dangling", Trust::secret) ==
          "cannot open " + in_quotes(folder.path / "dangling") + ": No such file or directory | check the path");
}

TEST_CASE("what is no regular file is refused, and a pipe does not keep us waiting") {
    const Folder folder;
    const fs::path pipe = folder.path / "pipe";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(fault_of(pipe, Trust::secret) == "not a regular file: " + in_quotes(pipe) + " | name a file");
    const fs::path inner = folder.path / "inner";
    fs::create_directory(inner);
    CHECK(fault_of(inner, Trust::secret) == "not a regular file: " + in_quotes(inner) + " | name a file");
    CHECK(fault_of("/", Trust::secret) == "not a regular file: '/' | name a file");
}

TEST_CASE("a file of more than 1 MiB is refused, one of exactly that is read") {
    const Folder folder;
    CHECK(read_trusted(folder.write("full", std::string(1 << 20, 'x')), Trust::secret, us).size() == 1 << 20);
    const fs::path file = folder.write("big", std::string((1 << 20) + 1, 'x'));
    CHECK(fault_of(file, Trust::secret) == "larger than 1 MiB: " + in_quotes(file) + " | name another file");
}

TEST_CASE("a name that could move the cursor is printed harmless") {
    CHECK(fault_of("/no\x1b[2J", Trust::secret) ==
          "cannot open '/no\\u{1B}[2J': No such file or directory | check the path");
    CHECK_THROWS_AS(owner_of("/no such file"), Error);
}

TEST_CASE("a new secret is written with mode 0600 and found again") {
    const Folder folder;
    const fs::path file = folder.path / "key";
    CHECK(create_secret(file, Secret(std::string_view("k1:AAAA\n"))));
    CHECK(read_trusted(file, Trust::secret, us).reveal() == "k1:AAAA\n");
    CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(owner_of(file) == us);
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("a secret that is there is never overwritten") {
    const Folder folder;
    const fs::path file = folder.write("key", "old");
    CHECK_FALSE(create_secret(file, Secret(std::string_view("new"))));
    CHECK(read_trusted(file, Trust::secret, us).reveal() == "old");
    fs::create_symlink("elsewhere", folder.path / "link");
    CHECK_FALSE(create_secret(folder.path / "link", Secret(std::string_view("new"))));
    CHECK_FALSE(fs::exists(folder.path / "elsewhere"));
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 2);
}

TEST_CASE("a secret that cannot be written leaves nothing behind") {
    const Folder folder;
    const fs::path file = folder.path / "missing/key";
    try {
        create_secret(file, Secret(std::string_view("x")));
        FAIL("written into a folder that is not there");
    } catch (const Error& error) {
        CHECK(error.exit == Exit::io);
        CHECK(error.code == "IO_ERROR");
        CHECK(error.message == "cannot write " + in_quotes(file) + ": No such file or directory");
        CHECK(error.hint == "check the folder's owner, mode and free space");
    }
    CHECK(fs::is_empty(folder.path));
}

namespace {

/// What change_secret is told to do in these tests.
Secret one_line_more(const Secret& content) { return Secret(std::string_view("x\n" + std::string(content.reveal()))); }

}  // namespace

TEST_CASE("a changed secret is a new file of mode 0600, with nothing left beside it") {
    const Folder folder;
    const fs::path file = folder.write("key", "old\n", 0400);
    change_secret(file, us, one_line_more);
    CHECK(read_trusted(file, Trust::secret, us).reveal() == "x\nold\n");
    CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("changing a secret behind a link changes the file and leaves the link") {
    const Folder folder;
    const Folder target;
    const fs::path file = target.write("key", "old\n");
    fs::create_symlink(file, folder.path / "link");
    change_secret(folder.path / "link", us, one_line_more);
    CHECK(fs::is_symlink(folder.path / "link"));
    CHECK(read_trusted(file, Trust::secret, us).reveal() == "x\nold\n");
}

TEST_CASE("a secret that may not be trusted, or cannot be changed, stays as it is") {
    const Folder folder;
    const fs::path file = folder.write("key", "old", 0640);
    CHECK_THROWS_AS(change_secret(file, us, one_line_more), Error);
    REQUIRE(::chmod(file.c_str(), 0600) == 0);
    CHECK_THROWS_AS(change_secret(file, us, [](const Secret&) -> Secret { throw internal_error("no"); }), Error);
    CHECK_THROWS_AS(change_secret(file, us, [](const Secret&) { return Secret((1 << 20) + 1); }), Error);
    CHECK(read_trusted(file, Trust::secret, us).reveal() == "old");
    CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
}

TEST_CASE("of many changes at the same moment none is lost, and every reader finds a whole file") {
    const Folder folder;
    const fs::path file = folder.write("key", "x\n");
    std::vector<std::thread> writers;
    for (int i = 0; i < 8; ++i) {
        writers.emplace_back([&] {
            for (int j = 0; j < 5; ++j) change_secret(file, us, one_line_more);
        });
    }
    bool whole = true;
    for (std::size_t size = 0; size < 82;) {
        const Secret content = read_trusted(file, Trust::secret, us);
        whole = whole && content.size() % 2 == 0 && content.size() >= size;
        size = content.size();
    }
    for (auto& writer : writers) writer.join();
    CHECK(whole);
}
