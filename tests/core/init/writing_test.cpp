#include "src/init/writing.h"

#include <sys/stat.h>

#include <fstream>

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/folder.h"

using namespace pwreset;
namespace fs = std::filesystem;

namespace {

std::string content_of_file(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<NewFile> two_files(const fs::path& folder) {
    std::vector<NewFile> files;
    files.push_back({folder / "shop.password", Secret("hunter2")});
    files.push_back({folder / "shop.toml", Secret("application = \"shop\"\n"), NewFile::For::everybody});
    return files;
}

}  // namespace

TEST_CASE("the files of a first configuration are for nobody else to read") {
    const TestFolder folder;
    write_new_files(two_files(folder.path), false);
    CHECK(content_of_file(folder.path / "shop.password") == "hunter2");
    struct stat status {};
    REQUIRE(::stat((folder.path / "shop.password").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600U);
}

TEST_CASE("a file that is there stays as it is, and none of the others is left") {
    const TestFolder folder;
    std::ofstream(folder.path / "shop.toml") << "mine";
    CHECK_THROWS_WITH(write_new_files(two_files(folder.path), false), ContainsSubstring("is there already"));
    CHECK(content_of_file(folder.path / "shop.toml") == "mine");
    CHECK_FALSE(fs::exists(folder.path / "shop.password"));
    CHECK_THROWS_AS(refuse_existing({folder.path / "other", folder.path / "shop.toml"}), Error);
}

TEST_CASE("a link that leads nowhere is a name that is taken") {
    const TestFolder folder;
    fs::create_symlink("elsewhere", folder.path / "shop.toml");
    CHECK_THROWS_AS(refuse_existing({folder.path / "shop.toml"}), Error);
    CHECK_THROWS_AS(write_new_files(two_files(folder.path), false), Error);
    CHECK_FALSE(fs::exists(folder.path / "elsewhere"));
}

TEST_CASE("a folder that is not there gets no files") {
    CHECK_THROWS_AS(write_new_files(two_files("/nowhere/at/all"), false), Error);
}
