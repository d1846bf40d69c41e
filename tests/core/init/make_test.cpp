#include "src/init/make.h"

#include <fstream>
#include <queue>

#include "src/base/error.h"
#include "tests/catch.h"
#include "tests/core/fake_env.h"
#include "tests/core/folder.h"

using namespace pwreset;
namespace fs = std::filesystem;

namespace {

/// A folder with a Ghost in it, whose profile needs nothing besides; and somebody who answers.
struct Site : TestFolder {
    Site() {
        fs::create_directory(path / "app");
        std::ofstream(path / "app/config.production.json")
            << R"({"url":"https://blog.example","database":{"client":"mysql","connection":{"host":"127.0.0.1",)"
            << R"("database":"blog","password":"hunter2"}},"mail":{"from":"b@blog.example","options":{"host":"localhost"}}})";
        fake.env.ask = [this](const std::string& prompt, bool) -> std::optional<std::string> {
            asked += prompt + "\n";
            if (answers.empty()) return {};
            auto answer = answers.front();
            answers.pop();
            return answer;
        };
        request.from = (path / "app").string();
        request.config = (path / "blog.toml").string();
        request.profile = "native";
    }
    InitResult make() { return make_first_configuration(fake.env, request); }
    std::string refusal() {
        try {
            make();
        } catch (const Error& error) {
            return error.code + ": " + error.message;
        }
        return "made";
    }

    FakeEnv fake;
    InitRequest request;
    std::queue<std::string> answers;
    std::string asked;
};

}  // namespace

TEST_CASE("a first configuration is not made for somebody else") {
    Site site;
    site.fake.env.uid = 1000;
    CHECK(site.refusal() == "FORBIDDEN: a first configuration is not made for somebody else");
}

TEST_CASE("where links lead is confirmed, or said") {
    Site site;
    CHECK(site.refusal() == "USAGE: where links lead is not said");
    site.request.yes = true;
    CHECK(site.refusal() == "USAGE: where links lead is not said");
    site.request.yes = false;
    site.answers.push("");
    CHECK(site.make().text.find("https://blog.example/") != std::string::npos);
    CHECK(site.asked.find("links begin with [https://blog.example]: ") != std::string::npos);
}

TEST_CASE("what is said where links begin must be what a link may be") {
    Site site;
    for (const auto* base : {"blog.example", "http://blog.example", "https://u:p@blog.example", "javascript:x"}) {
        CAPTURE(base);
        site.request.base = base;
        CHECK(site.refusal().starts_with("USAGE: "));
    }
}

TEST_CASE("files are made once, and never written over") {
    Site site;
    site.request.base = "https://blog.example";
    site.request.yes = true;
    const InitResult made = site.make();
    CHECK(made.files.size() == 3);
    for (const auto& file : made.files) CHECK(fs::exists(file));
    CHECK(made.text.find("hunter2") == std::string::npos);
    CHECK(site.refusal().starts_with("CONFIG: "));
}

TEST_CASE("a dry run writes nothing") {
    Site site;
    site.request.base = "https://blog.example";
    site.request.yes = true;
    site.request.dry_run = true;
    for (const auto& file : site.make().files) CHECK_FALSE(fs::exists(file));
}

TEST_CASE("what could not be known is told, and the rights come when the file is whole") {
    Site site;
    site.request.base = "https://blog.example";
    site.request.yes = true;
    std::ofstream(site.path / "app/config.production.json")
        << R"({"database":{"client":"mysql","connection":{"host":"db","database":"blog"}}})";
    const InitResult made = site.make();
    CHECK(made.statements.size() == 3);
    CHECK(made.unknown.back().find("profile grants") != std::string::npos);
}

TEST_CASE("a profile that there is not is refused before anything is asked") {
    Site site;
    site.request.profile = "laravle";
    CHECK(site.refusal() == "USAGE: no preset of the name 'laravle'");
    CHECK(site.asked.empty());
}

TEST_CASE("without a folder, somebody has to say which database") {
    Site site;
    site.request.from.reset();
    CHECK(site.refusal() == "USAGE: neither --from nor the name of a schema");
}
