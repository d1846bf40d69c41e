#include <dlfcn.h>

#include <string>

#include "src/base/error.h"
#include "src/base/process.h"
#include "src/net/wire.h"

namespace pwreset {
namespace {

constexpr const char* module_name = "pwreset-net.so";  // found by the program's RUNPATH

[[noreturn]] void no_module() {
    const char* why = dlerror();
    throw unavailable("cannot load the network module: " + std::string(why != nullptr ? why : module_name),
                      remedy_for_missing_module());
}

/// The module stays loaded until the program ends: its objects may live that long.
decltype(&pwreset_connect_wire) load_module() {
    void* const module = dlopen(module_name, RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) no_module();
    void* const door = dlsym(module, "pwreset_connect_wire");
    if (door == nullptr) no_module();
    return reinterpret_cast<decltype(&pwreset_connect_wire)>(door);
}

}  // namespace

std::unique_ptr<Wire> connect_wire(const WireTarget& target, Wire::Deadline deadline) {
    static const auto connect = load_module();  // tried again at the next call when it throws
    return std::unique_ptr<Wire>(connect(target, deadline));
}

}  // namespace pwreset
