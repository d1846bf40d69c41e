// The process around the program: hardens itself, then hands the real world to run().
#include <string>
#include <vector>

#include "cmd/run.h"
#include "cmd/world.h"

int main(int argc, char** argv) {
    pwreset::harden_process();
    pwreset::Env world = pwreset::real_world();
    return pwreset::run(world, std::vector<std::string>(argv + 1, argv + argc));
}
