// Writes audit rows as fast as it can: sealing-writer CONFIG COUNT never|passing|each, where the last word says when it
// seals. Connects, says "ready", and begins when a line comes on standard input.
#include <cstdlib>
#include <iostream>
#include <string>

#include "cmd/world.h"
#include "src/apps/users_table.h"
#include "src/audit/seal.h"
#include "src/audit/trail.h"
#include "src/config/connect.h"
#include "src/config/load.h"
#include "src/token/mint.h"

using namespace pwreset;

namespace {

void write_rows(Context& context, int count, std::string_view sealing) {
    for (int i = 0; i < count; ++i) {
        AuditEntry entry;
        entry.action = "request";
        entry.result = "done";
        entry.account = std::to_string(i);
        entry.recipient = "user" + std::to_string(i) + "@example.com";
        record_alone(context, entry);
        if (sealing == "passing") seal_in_passing(context);
        if (sealing == "each") seal_quietly(context);
    }
    if (sealing != "never") seal_quietly(context);
}

int write(const std::string& file, int count, std::string_view sealing) {
    Env env = real_world();
    env.journal = {};
    const Config config = load_config(env, file);
    const Keys keys = load_keys(env, config.keys);
    db::Session session(connect_options(config.database));
    db::Accounts accounts(session, users_table(config.users));
    const Operator who = find_operator(env);
    Context context{env, config, keys, session, accounts, who, new_uuid(env)};
    std::cout << "ready" << std::endl;
    std::string go;
    std::getline(std::cin, go);
    write_rows(context, count, sealing);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 64;
    try {
        return write(argv[1], std::atoi(argv[2]), argv[3]);
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << "\n";
        return 70;
    }
}
