#include "src/transport/maildir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone after the test.
struct TemporaryFolder {
    TemporaryFolder() {
        std::string pattern = (fs::temp_directory_path() / "pwreset-maildir-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path path;
};

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

unsigned mode(const fs::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

std::set<fs::path> files_in(const fs::path& folder) {
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.insert(entry.path());
    return files;
}

const Envelope maildir_envelope{"noreply@example.com", "ann@example.com"};

}  // namespace

TEST_CASE("a message lies in new, whole, and nobody else may read it") {
    const TemporaryFolder home;
    const auto maildir = open_maildir(home.path / "mail");
    const std::string text = "Subject: x\r\n\r\n.dot\r\n";
    const SendResult result = maildir->send(maildir_envelope, Secret(text));
    CHECK(result.verdict == Verdict::accepted);
    const auto files = files_in(home.path / "mail/new");
    REQUIRE(files.size() == 1);
    CHECK(content(*files.begin()) == text);
    CHECK(mode(*files.begin()) == 0600);
    CHECK(result.answer == "stored as new/" + files.begin()->filename().string());
    CHECK(files_in(home.path / "mail/tmp").empty());
    CHECK(maildir->usable());
    CHECK(maildir->name() == "maildir");
}

TEST_CASE("the folders of a maildir are made, for their owner only") {
    const TemporaryFolder home;
    open_maildir(home.path / "mail");
    for (const char* name : {"mail", "mail/tmp", "mail/new", "mail/cur"}) CHECK(mode(home.path / name) == 0700);
    CHECK_NOTHROW(open_maildir(home.path / "mail"));
}

TEST_CASE("no two messages share a file") {
    const TemporaryFolder home;
    const auto one = open_maildir(home.path / "mail");
    for (int i = 0; i < 50; ++i)
        CHECK(one->send(maildir_envelope, Secret(std::string_view("x"))).verdict == Verdict::accepted);
    CHECK(files_in(home.path / "mail/new").size() == 50);
}

TEST_CASE("a maildir that cannot be made is unavailable") {
    const TemporaryFolder home;
    std::ofstream(home.path / "file") << "x";
    CHECK_THROWS_AS(open_maildir(home.path / "file"), Error);
    CHECK_THROWS_AS(open_maildir(home.path / "missing" / "mail"), Error);
}

TEST_CASE("a maildir that breaks is a temporary failure that leaves nothing behind") {
    const TemporaryFolder home;
    const auto maildir = open_maildir(home.path / "mail");
    SECTION("new is gone") { fs::remove(home.path / "mail/new"); }
    SECTION("tmp is gone") { fs::remove(home.path / "mail/tmp"); }
    const SendResult result = maildir->send(maildir_envelope, Secret(std::string_view("secret")));
    CHECK(result.verdict == Verdict::temporary);
    CHECK_FALSE(result.counts);
    CHECK_THAT(result.answer, ContainsSubstring("No such file or directory"));
    if (fs::exists(home.path / "mail/tmp")) CHECK(files_in(home.path / "mail/tmp").empty());
}
