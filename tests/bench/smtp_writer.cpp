// For tests/bench/smtp.py: sends copies of one mail by a fleet, without a database.
//   smtp-writer CONFIG MAILS BYTES   says "ready", waits for a line, then says how many seconds it took
#include <cstdlib>
#include <iostream>
#include <string>

#include "cmd/world.h"
#include "src/config/load.h"
#include "src/fleet/fleet.h"

using namespace pwreset;

namespace {

/// A mail of that size, in lines of 72 characters.
std::string mail_of(std::size_t bytes) {
    std::string text = "From: no-reply@shop.example\r\nTo: u1@example.com\r\nSubject: bench\r\n\r\n";
    while (text.size() < bytes) text += std::string(std::min<std::size_t>(72, bytes - text.size()), 'x') + "\r\n";
    return text;
}

int send_all(const std::string& file, std::size_t mails, std::size_t bytes) {
    Env env = real_world();
    const Config config = load_config(env, file);
    Fleet fleet(env, config);
    fleet.open();
    const std::string text = mail_of(bytes);
    std::cout << "ready" << std::endl;
    std::string go;
    std::getline(std::cin, go);
    const auto began = std::chrono::steady_clock::now();
    std::size_t offered = 0;
    std::size_t accepted = 0;
    while (offered < mails || fleet.on_their_way() > 0) {
        for (std::size_t room = fleet.room(); room > 0 && offered < mails; --room)
            fleet.offer(offered++, {config.mail.from_address, "u1@example.com"}, Secret(text));
        const auto arrival = fleet.next(std::chrono::steady_clock::now() + std::chrono::seconds(10));
        if (arrival && arrival->result.verdict == Verdict::accepted) ++accepted;
        if (fleet.stopped()) break;
    }
    std::cout << std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count() << std::endl;
    return accepted == mails ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 64;
    try {
        return send_all(argv[1], std::strtoul(argv[2], nullptr, 10), std::strtoul(argv[3], nullptr, 10));
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << "\n";
        return 70;
    }
}
