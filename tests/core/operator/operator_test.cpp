#include "src/operator/operator.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

constexpr uid_t nobody_we_know = 4000000000;

Operator operator_of(uid_t uid, const std::optional<std::string>& sudo_uid = {}) {
    FakeEnv world;
    world.env.uid = uid;
    if (sudo_uid) world.variables["SUDO_UID"] = *sudo_uid;
    return find_operator(world.env);
}

Operator tom(const std::vector<std::string>& groups = {"users", "support"}) {
    Operator who;
    who.name = "tom";
    who.uid = 1007;
    who.groups = groups;
    return who;
}

/// "may", or what the operator is told.
std::string verdict(Capability capability, const Operator& who, const Config& config) {
    try {
        require(capability, who, config);
        return "may";
    } catch (const Error& error) {
        CHECK(error.exit == Exit::forbidden);
        CHECK(error.code == "FORBIDDEN");
        CHECK_FALSE(error.hint.empty());
        return error.message;
    }
}

}  // namespace

TEST_CASE("the operator is who runs the program, with name and groups") {
    const Operator root = operator_of(0);
    CHECK(root.uid == 0);
    CHECK(root.name == ::getpwuid(0)->pw_name);
    const std::string primary = ::getgrgid(::getpwuid(0)->pw_gid)->gr_name;
    CHECK(std::find(root.groups.begin(), root.groups.end(), primary) != root.groups.end());
}

TEST_CASE("an operator without a login name is named by the number") {
    REQUIRE(::getpwuid(nobody_we_know) == nullptr);
    const Operator who = operator_of(nobody_we_know);
    CHECK(who.name == "uid:4000000000");
    CHECK(who.groups.empty());
}

TEST_CASE("SUDO_UID counts for root") {
    CHECK(operator_of(0, "4000000000").uid == nobody_we_know);
    CHECK(operator_of(0, "4000000000").name == "uid:4000000000");
}

TEST_CASE("SUDO_UID does not count for anybody else, who may have set it") {
    CHECK(operator_of(nobody_we_know, "0").uid == nobody_we_know);
    CHECK(operator_of(nobody_we_know, "1").uid == nobody_we_know);
}

TEST_CASE("a SUDO_UID that is no number is not believed") {
    for (const char* text :
         {"", " ", "root", "4000000000x", " 4000000000", "-1", "+1", "0x10", "99999999999999999999"}) {
        CHECK(operator_of(0, text).uid == 0);
    }
}

TEST_CASE("without [operators] the owner of the configuration may do everything, and root") {
    Config config;
    config.owner = 1007;
    Operator root = tom();
    root.uid = 0;
    Operator other = tom();
    other.uid = 1008;
    for (const auto& [capability, word] : capability_words) {
        CHECK(verdict(capability, tom(), config) == "may");
        CHECK(verdict(capability, root, config) == "may");
        CHECK(verdict(capability, other, config) == "operator 'tom' does not own this configuration");
    }
}

TEST_CASE("a group gives its capabilities and no others, to root neither") {
    Config config;
    config.owner = 1007;
    config.operators.emplace();
    (*config.operators)["support"] = {"support", "unmask"};
    (*config.operators)["wheel"] = {"maintain"};
    CHECK(verdict(Capability::support, tom(), config) == "may");
    CHECK(verdict(Capability::unmask, tom(), config) == "may");
    CHECK(verdict(Capability::maintain, tom(), config) == "operator 'tom' lacks the capability 'maintain'");
    CHECK(verdict(Capability::maintain, tom({"support", "wheel"}), config) == "may");
    CHECK(verdict(Capability::support, tom({}), config) == "operator 'tom' lacks the capability 'support'");
    Operator root = tom({});
    root.uid = 0;
    CHECK(verdict(Capability::support, root, config) == "operator 'tom' lacks the capability 'support'");
}

TEST_CASE("a user is named with 'user:', a group of that name is not meant") {
    Config config;
    config.operators.emplace();
    (*config.operators)["user:tom"] = {"audit"};
    CHECK(verdict(Capability::audit, tom({}), config) == "may");
    config.operators->clear();
    (*config.operators)["tom"] = {"audit"};
    CHECK(verdict(Capability::audit, tom({}), config) == "operator 'tom' lacks the capability 'audit'");
    CHECK(verdict(Capability::audit, tom({"tom"}), config) == "may");
}

TEST_CASE("a name counts as the directory has it, to the letter") {
    Config config;
    config.operators.emplace();
    (*config.operators)["CORP\\Domain Users"] = {"support"};
    (*config.operators)["user:anna.k@corp.example"] = {"audit"};
    CHECK(may(Capability::support, tom({"CORP\\Domain Users"}), config));
    for (const char* other : {"CORP\\domain users", "Domain Users", "CORP\\Domain Users ", "CORP\\Domain"})
        CHECK_FALSE(may(Capability::support, tom({other}), config));
    Operator anna = tom({});
    anna.name = "anna.k@corp.example";
    CHECK(may(Capability::audit, anna, config));
    anna.name = "Anna.K@corp.example";
    CHECK_FALSE(may(Capability::audit, anna, config));
}

TEST_CASE("an empty [operators] lets nobody do anything") {
    Config config;
    config.owner = 1007;
    config.operators.emplace();
    CHECK(verdict(Capability::support, tom(), config) == "operator 'tom' lacks the capability 'support'");
}

TEST_CASE("each capability has a word of its own") {
    CHECK(word_of(Capability::override_limits) == "override");
    CHECK(word_of(Capability::print_link) == "print-link");
    for (const auto& [capability, word] : capability_words) {
        for (const auto& [other, other_word] : capability_words) CHECK((capability == other) == (word == other_word));
    }
}
