#include "src/keys/keyring.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "src/base/encoding.h"
#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;
namespace fs = std::filesystem;

namespace {

/// A private folder with a key file, which goes with the test.
struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "pwreset-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
        world.env.uid = world.env.effective_uid = ::geteuid();
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    fs::path write(const std::string& content, mode_t mode = 0600) const {
        std::ofstream(path / "a.key") << content;
        REQUIRE(::chmod((path / "a.key").c_str(), mode) == 0);
        return path / "a.key";
    }
    fs::path path;
    FakeEnv world;
};

std::string line(const std::string& id, std::size_t size = 32, char byte = 'x') {
    return id + ":" + base64(std::string(size, byte)) + "\n";
}

template <typename Act>
Error fault_of(Act act) {
    try {
        act();
    } catch (const Error& error) {
        return error;
    }
    return {Exit::ok, "NONE", "no fault"};
}

Error fault_of_file(const fs::path& file) {
    return fault_of([&] { Keyring(file, ::geteuid()); });
}

}  // namespace

TEST_CASE("the first key of a file mints, and all are found") {
    const Folder folder;
    const Keyring ring(folder.write("# made today\n\n" + line("k2", 32, 'b') + line("k1", 64, 'a')), ::geteuid());
    CHECK(ring.keys().size() == 2);
    CHECK(ring.current().id == "k2");
    CHECK(ring.current().bytes.reveal() == std::string(32, 'b'));
    REQUIRE(ring.find("k1"));
    CHECK(ring.find("k1")->bytes.reveal() == std::string(64, 'a'));
    CHECK_FALSE(ring.find("k3"));
    CHECK_FALSE(ring.find(""));
}

TEST_CASE("a last line without its end counts") {
    const Folder folder;
    const std::string text = line("0-a");
    CHECK(Keyring(folder.write(text.substr(0, text.size() - 1)), ::geteuid()).current().id == "0-a");
}

TEST_CASE("a line that is not a key is named by its number, never by its text") {
    const Folder folder;
    const std::string secret = base64("s3cr3t s3cr3t s3cr3t s3cr3t s3cr3t");
    const std::string bad = GENERATE_COPY(values<std::string>(
        {"k1 " + secret, secret, ":" + secret, "K1:" + secret, "k_1:" + secret, " k1:" + secret,
         "seventeen-letters:" + secret, "k1:" + secret + "!", "k1:" + secret + " ", "k1:", "k1:" + secret.substr(1),
         "k1:" + base64("s3cr3t: only 31 bytes, so short"), "k1:" + secret + "\r"}));
    INFO(bad);
    const fs::path file = folder.write("# comment\n" + line("k0") + bad + "\n" + line("k9"));
    const Error fault = fault_of_file(file);
    CHECK(fault.exit == Exit::config);
    CHECK(fault.code == "CONFIG");
    CHECK(fault.message == file.string() + ":3: not a key");
    CHECK_FALSE(fault.hint.empty());
    CHECK((fault.message + fault.hint).find(secret.substr(1, 8)) == std::string::npos);
}

TEST_CASE("two lines with the same id are refused, also when they are equal") {
    const Folder folder;
    for (const char second : {'a', 'b'}) {
        const fs::path file = folder.write(line("k1", 32, 'a') + line("k2") + "# note\n" + line("k1", 32, second));
        const Error fault = fault_of_file(file);
        CHECK(fault.code == "CONFIG");
        CHECK(fault.message == file.string() + ":4: a second key 'k1'");
        CHECK_FALSE(fault.hint.empty());
    }
}

TEST_CASE("another key than the first can be the current one") {
    const Folder folder;
    Keyring ring(folder.write(line("k2", 32, 'b') + line("k1", 32, 'a')), ::geteuid());
    CHECK(ring.make_current("k1"));
    CHECK(ring.current().id == "k1");
    CHECK(ring.first().id == "k2");
    CHECK_FALSE(ring.make_current("k3"));
    CHECK(ring.current().id == "k1");
}

TEST_CASE("a new key stands before all lines that were there") {
    Folder folder;
    const std::string before = "# made by hand\n" + line("k1", 40, 'a') + "\n# the oldest\n" + line("k0").substr(0, 47);
    const fs::path file = folder.write(before, 0400);
    const std::string id = add_key(folder.world.env, file);
    const Keyring ring(file, ::geteuid());
    CHECK(ring.first().id == id);
    CHECK(ring.first().bytes.size() == 32);
    CHECK(ring.keys().size() == 3);
    std::ifstream stream(file);
    const std::string after((std::istreambuf_iterator<char>(stream)), {});
    CHECK(after == id + ":" + base64(ring.first().bytes.reveal()) + "\n" + before);
    CHECK((fs::status(file).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a new key gets an id that no other key of the file has") {
    Folder folder;
    folder.world.first_random = std::string(8, '\0') + "\x01\x02\x03\x04";
    CHECK(add_key(folder.world.env, folder.write(line("k00000000"))) == "k01020304");
}

TEST_CASE("no key is added to a file that is not a good one") {
    Folder folder;
    for (const std::string& content : {std::string("rubbish\n"), std::string(), line("k1") + line("k1")}) {
        const fs::path file = folder.write(content);
        CHECK(fault_of([&] { add_key(folder.world.env, file); }).code == "CONFIG");
        CHECK(fs::file_size(file) == content.size());
    }
}

TEST_CASE("the stamp of the key files changes with each of them") {
    Folder folder;
    std::vector<std::string> stamps{key_files_stamp(folder.path)};
    const auto changed = [&] {
        stamps.push_back(key_files_stamp(folder.path));
        return stamps.back() != stamps[stamps.size() - 2];
    };
    CHECK_FALSE(changed());
    create_keys(folder.world.env, folder.path);
    CHECK(changed());
    for (const auto& file : key_files(folder.path)) {
        add_key(folder.world.env, file);
        CHECK(changed());
        CHECK_FALSE(changed());
    }
    fs::remove(folder.path / "pwreset.key");
    CHECK(changed());
}

TEST_CASE("a file without a key is refused") {
    const Folder folder;
    for (const char* content : {"", "\n\n", "# only a comment\n"}) {
        const fs::path file = folder.write(content);
        CHECK(fault_of_file(file).message == "key file '" + file.string() + "' holds no key");
        CHECK_THAT(fault_of_file(file).hint, ContainsSubstring("'pwreset migrate'"));
    }
}

TEST_CASE("a key file that others may read is refused") {
    const Folder folder;
    for (const mode_t mode : {0640U, 0604U, 0660U}) {
        const Error fault = fault_of_file(folder.write(line("k1"), mode));
        CHECK(fault.exit == Exit::config);
        CHECK_THAT(fault.hint, ContainsSubstring("chmod 600"));
    }
    CHECK(fault_of_file(folder.write(line("k1"), 0400)).message == "no fault");
}

TEST_CASE("new keys are made once, each its own, for us alone") {
    Folder folder;
    const fs::path keys = folder.path / "keys";
    CHECK(create_keys(folder.world.env, keys) == key_files(keys));
    CHECK((fs::status(keys).permissions() & fs::perms::mask) == fs::perms::owner_all);
    const Keys made = load_keys(folder.world.env, keys);
    for (const Keyring* ring : {&made.application, &made.own}) {
        CHECK(ring->keys().size() == 1);
        CHECK(ring->current().id.size() == 9);
        CHECK(ring->current().bytes.size() == 32);
    }
    CHECK(made.application.current().id != made.own.current().id);
    CHECK(made.application.current().bytes.reveal() != made.own.current().bytes.reveal());
    for (const auto& file : key_files(keys)) {
        CHECK((fs::status(file).permissions() & fs::perms::mask) == (fs::perms::owner_read | fs::perms::owner_write));
    }
    CHECK(create_keys(folder.world.env, keys).empty());
    CHECK(load_keys(folder.world.env, keys).own.current().id == made.own.current().id);
}

TEST_CASE("the key file that is missing is made, the other stays") {
    Folder folder;
    create_keys(folder.world.env, folder.path);
    const std::string own = load_keys(folder.world.env, folder.path).own.current().id;
    fs::remove(folder.path / "application.key");
    const Error fault = fault_of([&] { load_keys(folder.world.env, folder.path); });
    CHECK(fault.exit == Exit::config);
    CHECK(fault.message == "key file '" + (folder.path / "application.key").string() + "' is missing");
    CHECK(fault.hint == way_to_lost_keys);
    CHECK(create_keys(folder.world.env, folder.path) == std::vector<fs::path>{folder.path / "application.key"});
    CHECK(load_keys(folder.world.env, folder.path).own.current().id == own);
}

TEST_CASE("a key folder that cannot be made is an I/O error") {
    Folder folder;
    const Error fault = fault_of([&] { create_keys(folder.world.env, folder.path / "missing/keys"); });
    CHECK(fault.exit == Exit::io);
    CHECK_FALSE(fault.hint.empty());
}
