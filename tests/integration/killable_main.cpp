// pwreset as it is, but for two seams: at the step that PWRESET_TEST_AT names the process kills itself, or (with
// PWRESET_TEST_PAUSE) waits there until the file of that name is gone. PWRESET_TEST_JOURNAL is a socket in the place of
// the journal's.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cmd/run.h"
#include "cmd/world.h"
#include "src/audit/journal.h"

int main(int argc, char** argv) {
    pwreset::harden_process();
    pwreset::Env world = pwreset::real_world();
    const std::string step = world.variable("PWRESET_TEST_AT").value_or("");
    const auto pause = world.variable("PWRESET_TEST_PAUSE");
    world.checkpoint = [&](std::string_view reached) {
        if (reached != step) return;
        if (!pause) std::raise(SIGKILL);
        std::filesystem::create_directory(*pause);
        while (std::filesystem::exists(*pause)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    };
    if (const auto path = world.variable("PWRESET_TEST_JOURNAL")) {
        world.journal = [socket = std::make_shared<pwreset::JournalSocket>(*path)](const std::string& line) {
            socket->send(line);
        };
    }
    return pwreset::run(world, std::vector<std::string>(argv + 1, argv + argc));
}
