// Every preset holds what its own vectors say, and nothing else: one byte of them changed, it does not.
#include "src/apps/vectors.h"

#include "src/apps/preset.h"
#include "src/config/profile.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"

using namespace pwreset;

namespace {

Profile preset(std::string_view name) { return preset_by_name(std::string(name)).profile; }

std::string other_byte(std::string text, std::size_t at) {
    text[at] = text[at] == '1' ? '2' : '1';
    return text;
}

/// The texts that a vector says are stored, mailed or placed.
std::vector<std::string*> claims_of(Vector& vector) {
    std::vector<std::string*> texts;
    for (auto& [column, text] : vector.stored) texts.push_back(&text);
    for (auto& [place, text] : vector.places) texts.push_back(&text);
    if (!vector.mailed.empty()) texts.push_back(&vector.mailed);
    return texts;
}

void check_changes(const Profile& profile, Vector vector, const Env& env) {
    for (std::string* text : claims_of(vector)) {
        const std::string held = *text;
        for (const std::size_t at : {std::size_t{0}, held.size() / 2, held.size() - 1}) {
            *text = other_byte(held, at);
            INFO(*text);
            CHECK(faults_of(profile, vector, env).size() == 1);
        }
        *text = held;
    }
}

}  // namespace

TEST_CASE("every preset loads and agrees with its vectors, and not with other ones") {
    FakeEnv world;
    for (const auto name : preset_names()) {
        INFO(name);
        const Profile profile = preset(name);
        CHECK(profile.name == name);
        CHECK((name == "native") == profile.vectors.empty());
        CHECK(faults_of_vectors(profile, world.env).empty());
        for (const Vector& vector : profile.vectors) {
            INFO(vector.line);
            check_changes(profile, vector, world.env);
        }
    }
}

TEST_CASE("a vector that names what the profile does not hold is a fault, at its line") {
    FakeEnv world;
    Profile profile = preset("laravel");
    Vector vector = profile.vectors.front();
    vector.line = 48;
    vector.stored.emplace_back("created", "2025-06-07 08:09:10");
    vector.places.emplace_back("uid", "NDI");
    const auto faults = faults_of(profile, vector, world.env);
    REQUIRE(faults.size() == 2);
    CHECK(faults[0] == "stored 'created' of the vector at line 48 does not agree");
    CHECK(faults[1] == "place 'uid' of the vector at line 48 does not agree");
}

TEST_CASE("a moment that a vector does not give agrees with nothing") {
    FakeEnv world;
    const Profile profile = preset("laravel");
    Vector vector = profile.vectors.front();
    vector.stored.emplace_back("created_at", "2025-06-07 08:09:10");
    CHECK(faults_of(profile, vector, world.env).size() == 1);
    vector.given.emplace_back("issued", "1749283750");
    CHECK(faults_of(profile, vector, world.env).empty());
}

TEST_CASE("MediaWiki's temporary password stands in columns of its own, with its own end") {
    const Profile profile = preset("mediawiki");
    REQUIRE(profile.password_store.set.size() == 2);
    CHECK(profile.password_store.set.front().name == "user_newpassword");
    CHECK(profile.password_store.empty.size() == 2);
    CHECK(profile.password_store.lifetime == Seconds(7 * 24 * 3600));
    CHECK(profile.password_store.void_by == std::vector<std::string>{"password", "e-mail"});
    CHECK_FALSE(profile.password_store.hint.empty());
}
