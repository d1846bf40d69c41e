// pwreset as it is, but for one seam: at the step that PWRESET_TEST_AT names the process kills itself, or (with
// PWRESET_TEST_PAUSE) waits there until the file of that name is gone.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "cmd/run.h"
#include "cmd/world.h"

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
    return pwreset::run(world, std::vector<std::string>(argv + 1, argv + argc));
}
