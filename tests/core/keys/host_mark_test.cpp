#include "src/keys/host_mark.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include "tests/catch.h"
#include "tests/core/folder.h"

using namespace pwreset;
namespace fs = std::filesystem;

namespace {

HostMark mark_of(std::int64_t id) {
    return {.audit_id = id,
            .mac = std::string(32, 'm'),
            .key_id = "k0123abcd",
            .at = parse_db_time("2026-03-01 12:00:00.000001"),
            .used = {.audit = id, .deliveries = 7, .tokens = 6, .jobs = 5, .seq = 4}};
}

}  // namespace

TEST_CASE("a mark is read as it was written, and by its own application alone") {
    const std::string text = mark_text("shop", mark_of(9));
    CHECK(text.size() == 512);
    CHECK(parse_mark("shop", text) == mark_of(9));
    CHECK_FALSE(parse_mark("store", text));
}

TEST_CASE("a number that was written by hand is not taken for one that was given out") {
    Numbers used{.audit = 5, .deliveries = 5, .tokens = 5, .jobs = 5, .seq = 5};
    used.raise({.audit = 4, .deliveries = 6, .tokens = no_number, .jobs = no_number - 1, .seq = INT64_MAX});
    CHECK(used == Numbers{.audit = 5, .deliveries = 6, .tokens = 5, .jobs = no_number - 1, .seq = 5});
}

TEST_CASE("a damaged mark is none") {
    std::string text = mark_text("shop", mark_of(9));
    CHECK_FALSE(parse_mark("shop", ""));
    CHECK_FALSE(parse_mark("shop", text.substr(0, 100)));
    CHECK_FALSE(parse_mark("shop", std::string(512, '\0')));
    text[text.find(" 9 ") + 1] = '8';
    CHECK_FALSE(parse_mark("shop", text));
}

TEST_CASE("a mark takes the place of the one that was read, and of no other") {
    const TestFolder folder;
    CHECK_FALSE(read_mark(folder.path, "shop", ::getuid()));
    CHECK(replace_mark(folder.path, "shop", ::getuid(), {}, mark_of(1)));
    CHECK(read_mark(folder.path, "shop", ::getuid()) == mark_of(1));
    CHECK_FALSE(replace_mark(folder.path, "shop", ::getuid(), {}, mark_of(2)));
    CHECK_FALSE(replace_mark(folder.path, "shop", ::getuid(), mark_of(3), mark_of(2)));
    CHECK(replace_mark(folder.path, "shop", ::getuid(), mark_of(1), mark_of(2)));
    CHECK(read_mark(folder.path, "shop", ::getuid()) == mark_of(2));
}

TEST_CASE("a mark that others can write, or that is a link, is not used") {
    const TestFolder folder;
    const auto file = mark_file(folder.path, "shop");
    REQUIRE(replace_mark(folder.path, "shop", ::getuid(), {}, mark_of(1)));
    CHECK(why_no_mark(folder.path, "shop", ::getuid()).empty());
    fs::permissions(file, fs::perms::group_write, fs::perm_options::add);
    CHECK_FALSE(read_mark(folder.path, "shop", ::getuid()));
    CHECK_FALSE(replace_mark(folder.path, "shop", ::getuid(), mark_of(1), mark_of(2)));
    CHECK_FALSE(why_no_mark(folder.path, "shop", ::getuid()).empty());
    fs::remove(file);
    std::ofstream(folder.path / "victim") << "precious";
    fs::create_symlink(folder.path / "victim", file);
    CHECK_FALSE(replace_mark(folder.path, "shop", ::getuid(), {}, mark_of(2)));
    CHECK(fs::file_size(folder.path / "victim") == 8);
}
