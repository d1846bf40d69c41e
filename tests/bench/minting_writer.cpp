// Mints links as a worker does, without mail: minting-writer CONFIG COUNT, for the accounts 1 to COUNT, a page a
// transaction. Connects, says "ready", begins when a line comes on standard input, and prints how long it took, in
// seconds.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "cmd/world.h"
#include "db/retrying.h"
#include "src/apps/application.h"
#include "src/apps/users_table.h"
#include "src/config/connect.h"
#include "src/config/load.h"
#include "src/secrets/secrets.h"

using namespace pwreset;

namespace {

constexpr int page_size = 50;

void mint_page(Application& application, db::Session& session, db::Accounts& accounts,
               const std::vector<std::string>& keys) {
    db::Transaction transaction(session);
    const Time now = session.now();
    auto cells = application.read(keys);
    std::vector<MintedLink> minted;
    for (const auto& account : accounts.by_ids(keys))
        minted.push_back(application.mint(account, cells[account.id], now, Seconds(3600)));
    application.write(minted);
    transaction.commit();
}

int mint_all(const std::string& file, int count) {
    Env env = real_world();
    const Config config = load_config(env, file);
    db::Session session(connect_options(config.database));
    db::Accounts accounts(session, users_table(config.users));
    const Profile profile = read_profile(config, nullptr);
    Application application(env, config, profile, session, accounts);
    std::cout << "ready" << std::endl;
    std::string go;
    std::getline(std::cin, go);
    const auto began = std::chrono::steady_clock::now();
    for (int from = 1; from <= count; from += page_size) {
        std::vector<std::string> keys;
        for (int id = from; id < from + page_size && id <= count; ++id) keys.push_back(std::to_string(id));
        mint_page(application, session, accounts, keys);
    }
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() << std::endl;
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 64;
    try {
        return mint_all(argv[1], std::atoi(argv[2]));
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << "\n";
        return 70;
    }
}
