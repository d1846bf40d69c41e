#include "src/keys/key_registry.h"

#include "src/base/error.h"
#include "tests/catch.h"

using namespace pwreset;

namespace {

const Time since = *parse_rfc3339("2026-03-01T12:34:56Z");

Keyring ring_of(std::initializer_list<const char*> ids) {
    std::vector<Key> keys;
    for (const char* id : ids) keys.push_back({id, Secret(std::string(32, 'x'))});
    return Keyring(std::move(keys));
}

Config config_of(const std::string& folder) {
    Config config;
    config.application = "shop";
    config.keys = folder;
    return config;
}

/// The fault of using the recorded keys; message and hint.
std::string registry_fault_of(const std::vector<db::CurrentKey>& recorded, Keys& keys) {
    try {
        use_recorded_keys(config_of("/k"), recorded, keys);
    } catch (const Error& error) {
        CHECK(error.code == "CONFIG");
        return error.message + " | " + error.hint;
    }
    return "no fault";
}

}  // namespace

TEST_CASE("the recorded keys mint, wherever in their files they stand") {
    Keys keys{ring_of({"k3", "k1"}), ring_of({"k4", "k2"})};
    CHECK(registry_fault_of({{"application", "k1", since}, {"own", "k4", since}}, keys) == "no fault");
    CHECK(keys.application.current().id == "k1");
    CHECK(keys.own.current().id == "k4");
}

TEST_CASE("a file without the recorded key is refused, and the message says which and since when") {
    Keys keys{ring_of({"k1"}), ring_of({"k2"})};
    CHECK(
        registry_fault_of({{"application", "k1", since}, {"own", "k\x1b", since}}, keys) ==
        std::string("key file '/k/pwreset.key' lacks key 'k\\u{1B}', which is current since 2026-03-01T12:34:56Z | ") +
            way_to_lost_keys);
}

TEST_CASE("without a record nothing mints, and the hint names 'migrate'") {
    Keys keys{ring_of({"k1"}), ring_of({"k2"})};
    CHECK(registry_fault_of({{"application", "k1", since}}, keys) ==
          "no key of '/k/pwreset.key' is recorded as the current one | run 'pwreset migrate'");
}

TEST_CASE("what is not recorded yet is the first key of its file") {
    const Keys keys{ring_of({"k3", "k1"}), ring_of({"k4", "k2"})};
    CHECK(unrecorded_keys({}, keys).size() == 2);
    CHECK(unrecorded_keys({{"application", "k1", since}, {"own", "k2", since}}, keys).empty());
    const auto own = unrecorded_keys({{"application", "k1", since}}, keys);
    REQUIRE(own.size() == 1);
    CHECK(own.front().purpose == "own");
    CHECK(own.front().key_id == "k4");
}

TEST_CASE("a missing file whose key is recorded is not one to be made anew") {
    CHECK_NOTHROW(refuse_missing_files(config_of("/no such folder"), {}));
    try {
        refuse_missing_files(config_of("/no such folder"), {{"own", "k2", since}});
        FAIL("not refused");
    } catch (const Error& error) {
        CHECK(error.code == "CONFIG");
        CHECK(error.message ==
              "key file '/no such folder/pwreset.key' is missing, and with it key 'k2', which is current since "
              "2026-03-01T12:34:56Z");
    }
}
