#include "src/init/source_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/folder.h"

using namespace pwreset;
namespace fs = std::filesystem;

namespace {

struct Application : TestFolder {
    Application() {
        fs::create_directories(path / "app/config");
        put("outside", "secret");
        put("app/config/inside", "content");
    }
    void put(const std::string& name, const std::string& content) const { std::ofstream(path / name) << content; }
    /// The content; or the fault.
    std::string read(const std::string& name) const {
        const SourceFolder folder(path / "app");
        try {
            const auto content = folder.read(name);
            return content ? std::string(content->reveal()) : "none";
        } catch (const Error& error) {
            return error.code;
        }
    }
};

}  // namespace

TEST_CASE("a file of an application's folder is read by its path from there") {
    const Application application;
    CHECK(application.read("config/inside") == "content");
    CHECK(application.read("config/other") == "none");
    CHECK(application.read("other/inside") == "none");
    CHECK(application.read("config/inside/below") == "none");
}

TEST_CASE("no path and no link leads out of an application's folder") {
    const Application application;
    fs::create_symlink("../outside", application.path / "app/.env");
    fs::create_symlink("config/inside", application.path / "app/within");
    fs::create_symlink("..", application.path / "app/up");
    fs::create_symlink("/nowhere", application.path / "app/dangling");
    CHECK(application.read("../outside") == "INVALID_INPUT");
    CHECK(application.read("config/../../outside") == "INVALID_INPUT");
    CHECK(application.read("/etc/passwd") == "INVALID_INPUT");
    CHECK(application.read("") == "INVALID_INPUT");
    CHECK(application.read(".env") == "INVALID_INPUT");
    CHECK(application.read("within") == "INVALID_INPUT");
    CHECK(application.read("up/outside") == "INVALID_INPUT");
    CHECK(application.read("dangling") == "INVALID_INPUT");
}

TEST_CASE("what is no file of a sane size is not read, and nothing is waited for") {
    const Application application;
    REQUIRE(::mkfifo((application.path / "app/pipe").c_str(), 0600) == 0);
    application.put("app/large", std::string((1 << 20) + 1, 'x'));
    application.put("app/full", std::string(1 << 20, 'x'));
    CHECK(application.read("pipe") == "INVALID_INPUT");
    CHECK(application.read("config") == "INVALID_INPUT");
    CHECK(application.read("large") == "INVALID_INPUT");
    CHECK(application.read("full").size() == 1 << 20);
}

TEST_CASE("a folder that is not there is told") { CHECK_THROWS_AS(SourceFolder("/nowhere/at/all"), Error); }
