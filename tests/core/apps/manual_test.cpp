// pwreset-profiles(5) against the reader: every key and function is there, and its example loads as it is printed.
#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "src/apps/vectors.h"
#include "src/config/profile.h"
#include "src/config/sections.h"
#include "src/expression/function.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

std::string profiles_page() {
    std::ifstream stream(std::string(PWRESET_SOURCE_DIR) + "/man/pwreset-profiles.5");
    std::stringstream text;
    text << stream.rdbuf();
    REQUIRE_FALSE(text.str().empty());
    return text.str();
}

/// The part of the page from a heading to the next.
std::string part_of(const std::string& page, const std::string& heading) {
    const std::size_t begin = page.find(heading + "\n");
    if (begin == page.npos) return {};
    const std::size_t end = std::min(page.find("\n.Ss ", begin + 1), page.find("\n.Sh ", begin + 1));
    return page.substr(begin, end - begin);
}

/// Whether an item is headed by this word, alone or among others.
bool has_item(const std::string& part, const std::string& word) {
    std::istringstream lines(part);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(".It Ic ") && (line + " ").find(" " + word + " ") != line.npos) return true;
    }
    return false;
}

bool has_word(const std::string& part, const std::string& word) {
    for (const char* before : {" ", "\n"}) {
        for (const char* after : {" ", "\n"}) {
            if (part.find(before + word + after) != part.npos) return true;
        }
    }
    return false;
}

std::vector<std::string> split_key(const std::string& key) {
    std::vector<std::string> parts;
    std::istringstream stream(key);
    for (std::string part; std::getline(stream, part, '.');) parts.push_back(part);
    return parts;
}

/// Whether the page tells of a key: as an item of its section, or as a word where its table is told.
bool is_told(const std::string& page, const std::string& key) {
    auto parts = split_key(key);
    std::string section = parts.front();
    parts.erase(parts.begin());
    if (section == "reset" && parts.size() > 1 && parts.front() == "store") {
        section += ".store";
        parts.erase(parts.begin());
    }
    const std::string part = part_of(page, ".Ss [" + section + "]\\&");
    if (parts.empty()) return !part.empty();
    if (!has_item(part, parts.front())) return false;
    return std::all_of(parts.begin() + 1, parts.end(),
                       [&](const std::string& word) { return word == any_name || has_word(part, word); });
}

std::string example_of(const std::string& page) {
    const std::string begin = ".Bd -literal\n";
    const std::size_t at = page.find(begin, page.find("in twenty lines")) + begin.size();
    return page.substr(at, page.find(".Ed", at) - at);
}

}  // namespace

TEST_CASE("every key of a profile is in the manual") {
    const std::string page = profiles_page();
    for (const auto key : profile_keys()) {
        INFO(key);
        CHECK(is_told(page, std::string(key)));
    }
}

TEST_CASE("every function, alphabet and preset is in the manual") {
    const std::string page = profiles_page();
    const std::string functions = part_of(page, ".Ss Functions");
    for (const auto& name : all_function_names()) {
        INFO(name);
        CHECK(has_item(functions, name));
    }
    for (const auto& name : all_alphabet_names()) {
        INFO(name);
        CHECK(has_word(functions, name));
    }
    const std::string presets = part_of(page, ".Sh PRESETS");
    for (const auto name : preset_names()) {
        INFO(name);
        CHECK(has_word(presets, std::string(name)));
    }
}

TEST_CASE("the manual's own application in twenty lines loads, and its vector agrees") {
    const std::string example = example_of(profiles_page());
    CHECK(std::count(example.begin(), example.end(), '\n') == 20);
    Config config;
    auto text = std::make_shared<ConfigText>("", "shop.toml", known_keys());
    const auto own = std::make_shared<const ConfigText>(example, "our-shop.toml", keys_of_profiles());
    CHECK_NOTHROW(own->refuse_unknown());
    text->stand_on(own);
    config.text_of_file = text;
    const Profile profile = read_profile(config, nullptr);
    CHECK(profile.store.table == "password_resets");
    FakeEnv world;
    REQUIRE(profile.vectors.size() == 1);
    CHECK(faults_of_vectors(profile, world.env).empty());
}
