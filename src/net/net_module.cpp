// The doors of pwreset-net.so, which is opened at the first call of either.
#include <dlfcn.h>

#include <string>

#include "src/base/error.h"
#include "src/base/process.h"
#include "src/net/http_engine.h"
#include "src/net/wire.h"

namespace pwreset {
namespace {

constexpr const char* module_name = "pwreset-net.so";  // found by the program's RUNPATH

[[noreturn]] void no_module() {
    const char* why = dlerror();
    throw unavailable("cannot load the network module: " + std::string(why != nullptr ? why : module_name),
                      remedy_for_missing_module());
}

/// A function of the module. That stays loaded until the program ends: its objects may live that long.
template <class Door>
Door* door(const char* name) {
    void* const module = dlopen(module_name, RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) no_module();
    void* const found = dlsym(module, name);
    if (found == nullptr) no_module();
    return reinterpret_cast<Door*>(found);
}

}  // namespace

std::unique_ptr<Wire> connect_wire(const WireTarget& target, Wire::Deadline deadline) {
    // Tried again at the next call when it throws.
    static auto* const connect = door<decltype(pwreset_connect_wire)>("pwreset_connect_wire");
    return std::unique_ptr<Wire>(connect(target, deadline));
}

HttpOutcome speak_http(Wire& wire, const HttpRequest& request, const std::string& host, Wire::Deadline deadline) {
    static auto* const speak = door<decltype(pwreset_speak_http)>("pwreset_speak_http");
    HttpOutcome outcome;
    speak(wire, request, host, deadline, outcome);
    return outcome;
}

}  // namespace pwreset
