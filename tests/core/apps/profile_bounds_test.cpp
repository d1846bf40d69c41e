// A profile that means harm by its size: refused in under a second, whatever it is made of.
#include <ctime>
#include <fstream>

#include "src/apps/profile.h"
#include "src/base/error.h"
#include "src/config/load.h"
#include "tests/catch.h"
#include "tests/core/folder.h"

using namespace pwreset;

namespace {

std::string many(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

/// Seconds of this processor: the machine may be busy with something else.
double seconds_used() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// What the sanitizers look at takes them several times as long.
#ifdef __SANITIZE_ADDRESS__
constexpr double in_time = 5;
#else
constexpr double in_time = 1;
#endif

/// The fault of a configuration that stands on such a profile, found in time; empty when there is none.
std::string refusal_in_time(const std::string& profile) {
    const TestFolder folder;
    std::ofstream(folder.path / "our-shop.toml") << profile;
    std::filesystem::permissions(folder.path / "our-shop.toml", std::filesystem::perms(0600));
    const std::string text =
        "application = \"shop\"\n[database]\nhost = \"db.example\"\nname = \"shop\"\nuser = \"pwreset\"\n"
        "[users]\nprofile = \"our-shop.toml\"\nprotected = []\n"
        "[mail]\nfrom = \"no-reply@shop.example\"\nhost = \"mail.example\"\n"
        "[reset]\nbase = \"https://shop.example\"\n";
    const double began = seconds_used();
    std::string refusal;
    try {
        read_profile(parse_config(text, folder.path / "shop.toml", false), nullptr);
    } catch (const Error& error) {
        CHECK(error.exit == Exit::config);
        refusal = error.message;
    }
    CHECK(seconds_used() - began < in_time);
    return refusal;
}

/// Everything but `token` and what is put behind it.
const std::string reset_start = "[reset]\nlink = \"{base}/reset/{token}\"\napplication_lifetime = \"1h\"\n";
const std::string store = "[reset.store]\nmode = \"columns\"\nrevoke = \"empty\"\nempty = { t = \"null\" }\n";
const std::string set = "set.t = \"unix(issued) + token\"\n";
const std::string drawn = "token = \"random(hex, 64)\"\n";

}  // namespace

TEST_CASE("a profile is a small file") {
    CHECK(refusal_in_time(reset_start + drawn + store + set).empty());
    CHECK(refusal_in_time(reset_start + drawn + store + set + many("# nothing\n", 6'000)).empty());
    for (const std::size_t size : {70'000, 1'000'000, 1'100'000, 20'000'000}) {
        INFO(size);
        CHECK_THAT(refusal_in_time(reset_start + drawn + store + set + many("# nothing\n", size / 10)),
                   ContainsSubstring("larger than"));
    }
}

TEST_CASE("a small file of many keys, tables, lists and vectors is read or refused in time") {
    std::string columns, parts, vectors, tables;
    for (int i = 0; i < 1'300; ++i) {
        const std::string name = "c" + std::to_string(i);
        columns += "set." + name + " = \"hex(sha256(token))\"\n";
        parts += "parts." + name + " = \"random(hex, 64)\"\n";
        vectors += "[[vector]]\ngiven.token = \"a\"\nmailed = \"a\"\n";
        tables += "[" + name + ".x]\n";
    }
    refusal_in_time(reset_start + drawn + store + set + columns);
    refusal_in_time(reset_start + parts + drawn + store + set);
    refusal_in_time(reset_start + drawn + store + set + vectors);
    CHECK_FALSE(refusal_in_time(reset_start + drawn + store + set + tables).empty());
    CHECK_FALSE(refusal_in_time("x = " + many("[\n", 10'000) + many("]\n", 10'000)).empty());
    CHECK_FALSE(refusal_in_time(many("[a.", 1) + many("a.", 500) + "a]\nx = 1\n").empty());
}

TEST_CASE("calls within each other are refused by the thousand, on however many lines they stand") {
    const auto nested = [](std::size_t depth) {
        return "token = \"\"\"" + many("sha256(\\\n", depth) + "key" + many("\\\n)", depth) + "\"\"\"\n";
    };
    CHECK_THAT(refusal_in_time(reset_start + nested(10'000) + store + set), ContainsSubstring("larger than 64 KiB"));
    CHECK_THAT(refusal_in_time(reset_start + nested(4'000) + store + set), ContainsSubstring("more than 4096 bytes"));
    CHECK_THAT(refusal_in_time(reset_start + nested(400) + store + set), ContainsSubstring("deeper than 32"));
}

TEST_CASE("names in a circle are names that are not known") {
    CHECK_THAT(refusal_in_time(reset_start + "parts.a = \"b\"\nparts.b = \"a\"\ntoken = \"a + b\"\n" + store + set),
               ContainsSubstring("'b'"));
    CHECK_THAT(refusal_in_time(reset_start + "token = \"token\"\n" + store + set), ContainsSubstring("'token'"));
    CHECK_THAT(refusal_in_time(reset_start + drawn + "mailed = \"mailed\"\n" + store + set),
               ContainsSubstring("'mailed'"));
    CHECK_THAT(refusal_in_time(reset_start + drawn + "places.a = \"b\"\nplaces.b = \"a\"\n" + store + set),
               ContainsSubstring("'b'"));
    CHECK_FALSE(refusal_in_time("[users]\nprofile = \"our-shop.toml\"\n" + reset_start + drawn + store + set).empty());
}
