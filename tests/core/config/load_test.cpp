#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "src/base/env.h"
#include "tests/core/config/fixture.h"

using namespace pwreset;
using namespace pwreset::config_fixture;
namespace fs = std::filesystem;

namespace {

/// A private folder of configurations, and the world as load_config sees it.
struct World {
    World() {
        std::string name = (fs::temp_directory_path() / "pwreset-test-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        env.variable = [this](const char* variable) {
            const auto found = variables.find(variable);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        };
    }
    ~World() { fs::remove_all(folder); }

    fs::path write(const std::string& name, const std::string& content, mode_t mode = 0600) const {
        std::ofstream(folder / name) << content;
        REQUIRE(::chmod((folder / name).c_str(), mode) == 0);
        return folder / name;
    }
    /// Somebody runs pwreset as the user 990, through sudo or as a setuid program.
    void run_as_another(uid_t real) {
        env.uid = real;
        env.effective_uid = 990;
    }
    std::string fault_of_path(const std::string& name) const {
        try {
            return config_path(env, name, folder).string();
        } catch (const Error& error) {
            return error.code + ": " + error.message + " | " + error.hint;
        }
    }
    std::string fault_of_load(const fs::path& file) const {
        try {
            load_config(env, file);
        } catch (const Error& error) {
            return error.code + ": " + error.message + " | " + error.hint;
        }
        return "no fault";
    }

    fs::path folder;
    std::map<std::string, std::string> variables;
    std::istringstream in;
    std::ostringstream out;
    Env env{in, out, out, {}, ::geteuid(), ::geteuid(), {}, {}, {}, {}, {}, {}, {}};
};

const std::string password_file = user + "\npassword_file = \"database.password\"";

}  // namespace

TEST_CASE("a bare name is a file of the folder, a path is itself") {
    const World world;
    CHECK(config_path(world.env, "shop") == "/etc/pwreset/shop.toml");
    CHECK(config_path(world.env, "shop.toml") == "shop.toml");
    CHECK(config_path(world.env, "./shop") == "./shop");
}

TEST_CASE("without a name the only configuration is taken") {
    const World world;
    const std::string folder = "'" + world.folder.string() + "'";
    CHECK(world.fault_of_path("") == "CONFIG: no configuration in " + folder + " | name a file with --config FILE");
    world.write("shop.toml", "");
    world.write(".shop.toml", "");
    world.write("shop.toml~", "");
    CHECK(world.fault_of_path("") == world.folder / "shop.toml");
    world.write("blog.toml", "");
    CHECK(world.fault_of_path("") == "CONFIG: several configurations in " + folder +
                                         ": blog, shop | choose one with --config NAME, such as --config blog");
}

TEST_CASE("who runs pwreset as somebody else names no path") {
    World world;
    const std::string refusal =
        "FORBIDDEN: configuration named by its path: './evil.toml' | write --config NAME for the file NAME.toml in '" +
        world.folder.string() + "'";
    SECTION("setuid") {
        world.run_as_another(1000);
        CHECK(world.fault_of_path("./evil.toml") == refusal);
        CHECK(world.fault_of_path("shop") == world.folder / "shop.toml");
    }
    SECTION("sudo") {
        world.run_as_another(990);
        world.variables["SUDO_UID"] = "1000";
        CHECK(world.fault_of_path("./evil.toml") == refusal);
        CHECK(world.fault_of_path("shop") == world.folder / "shop.toml");
    }
    SECTION("not cron") {
        world.run_as_another(990);
        CHECK(world.fault_of_path("./my.toml") == "./my.toml");
    }
    SECTION("not sudo to oneself") {
        world.run_as_another(990);
        world.variables["SUDO_UID"] = "990";
        CHECK(world.fault_of_path("./my.toml") == "./my.toml");
    }
    SECTION("not root") {
        world.env.uid = world.env.effective_uid = 0;
        world.variables["SUDO_UID"] = "1000";
        CHECK(world.fault_of_path("./my.toml") == "./my.toml");
    }
}

TEST_CASE("a configuration knows its owner, and its password without the end of the line") {
    for (const std::string& end : std::vector<std::string>{"", "\n", "\r\n"}) {
        const World world;
        world.write("database.password", "hunter 2" + end);
        const Config config = load_config(world.env, world.write("shop.toml", with(user, password_file)));
        CHECK(config.owner == ::geteuid());
        CHECK(config.database.password.reveal() == "hunter 2");
        CHECK(config.keys == world.folder / "shop.keys");
    }
}

TEST_CASE("a configuration that others may write is not read") {
    const World world;
    const fs::path file = world.write("shop.toml", least, 0666);
    CHECK(world.fault_of_load(file) ==
          "CONFIG: mode 0666 of '" + file.string() + "' lets others write it | chmod go-w '" + file.string() + "'");
}

TEST_CASE("a fault of a password file is placed where the file is named") {
    const World world;
    const fs::path file = world.write("shop.toml", with(user, password_file));
    const std::string password = "'" + (world.folder / "database.password").string() + "'";
    const std::string place = "CONFIG: " + file.string() + ":6:17: ";
    CHECK(world.fault_of_load(file) ==
          place + "cannot open " + password + ": No such file or directory | check the path");
    world.write("database.password", "hunter2\n", 0644);
    CHECK(world.fault_of_load(file) ==
          place + "mode 0644 of " + password + " is not 0600 or 0400 | chmod 600 " + password);
    world.write("database.password", "\n");
    CHECK(world.fault_of_load(file) ==
          place + "no password in the file of 'database.password_file' | write it there, on one line");
    world.write("database.password", "hunter2\nhunter3\n");
    CHECK(world.fault_of_load(file) ==
          place + "more than one line in the file of 'database.password_file' | keep only the password there");
}

TEST_CASE("a credential comes from the folder that systemd names") {
    World world;
    const fs::path file = world.write("shop.toml", with(user, user + "\npassword_credential = \"db\""));
    CHECK(world.fault_of_load(file) == "CONFIG: " + file.string() +
                                           ":6:23: no credentials passed by systemd for "
                                           "'database.password_credential' | run pwreset as a systemd unit with "
                                           "LoadCredential=, or use password_file");
    fs::create_directory(world.folder / "credentials");
    world.write("credentials/db", "hunter2", 0440);
    world.variables["CREDENTIALS_DIRECTORY"] = world.folder / "credentials";
    CHECK(load_config(world.env, file).database.password.reveal() == "hunter2");
}

TEST_CASE("a credential that is named by its path is told how it is named") {
    const World world;
    const fs::path file = world.write("shop.toml", with(user, password_file));
    const std::string password = "'" + (world.folder / "database.password").string() + "'";
    world.write("database.password", "hunter2\n", 0440);
    CHECK(world.fault_of_load(file) == "CONFIG: " + file.string() + ":6:17: mode 0440 of " + password +
                                           " is not 0600 or 0400 | chmod 600 " + password +
                                           "; what systemd passes (LoadCredential=) is named by password_credential "
                                           "= \"database.password\"");
}

TEST_CASE("a secret is read again under the same rules, for everybody who has it") {
    const World world;
    world.write("database.password", "hunter2\n");
    const Config config = load_config(world.env, world.write("shop.toml", with(user, password_file)));
    const NamedSecret& password = config.database.password;
    const NamedSecret copy = password;
    CHECK_FALSE(password.renew());
    world.write("database.password", "hunter3\n");
    CHECK(password.renew());
    CHECK(copy.reveal() == "hunter3");
    CHECK_FALSE(copy.renew());
    for (const char* bad : {"", "hunter4\nhunter5\n"}) {
        world.write("database.password", bad);
        CHECK_THROWS_AS(password.renew(), Error);
    }
    world.write("database.password", "hunter4\n", 0644);
    CHECK_THROWS_AS(password.renew(), Error);
    CHECK(password.reveal() == "hunter3");
    CHECK_FALSE(NamedSecret(Secret(std::string_view("given"))).renew());
}

TEST_CASE("authorities that somebody else may write are not trusted") {
    const World world;
    const fs::path file = world.write("shop.toml", with(user, user + "\ntls_ca = \"ca.pem\""));
    const std::string authorities = "'" + (world.folder / "ca.pem").string() + "'";
    const std::string place = "CONFIG: " + file.string() + ":6:10: ";
    CHECK(world.fault_of_load(file) ==
          place + "cannot open " + authorities + ": No such file or directory | check the path");
    world.write("ca.pem", "certificates", 0666);
    CHECK(world.fault_of_load(file) ==
          place + "mode 0666 of " + authorities + " lets others write it | chmod go-w " + authorities);
    world.write("ca.pem", "certificates", 0644);
    CHECK(world.fault_of_load(file) == "no fault");
}
