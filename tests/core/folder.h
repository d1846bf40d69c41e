// A folder of a test's own, which goes with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace pwreset {

struct TestFolder {
    TestFolder() {
        // In memory where there is such a place: a database waits for its disk at every commit.
        const std::filesystem::path memory = "/dev/shm";
        const auto above = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
        std::string name = (above / "pwreset-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~TestFolder() { std::filesystem::remove_all(path); }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    std::filesystem::path path;
};

}  // namespace pwreset
