// The clients of web services without the rest of the program: one message or one token, and what is made of the
// answer.
//   service-probe sms CONFIG NUMBER       the text is read from standard input
//   service-probe captcha CONFIG TOKEN
// Prints one line: the verdict and the answer, or the code and the message of an Error.
#include <csignal>
#include <iostream>
#include <iterator>
#include <random>

#include "cmd/world.h"
#include "src/base/error.h"
#include "src/config/load.h"
#include "src/transport/captcha.h"
#include "src/transport/sms.h"

using namespace pwreset;

namespace {

const char* word_of(Verdict verdict) {
    if (verdict == Verdict::accepted) return "accepted";
    if (verdict == Verdict::permanent) return "permanent";
    return verdict == Verdict::temporary ? "temporary" : "unknown";
}

void send(const Env& env, const Config& config, const std::string& number) {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const auto gateway = env.open_transport(config, Channel::sms);
    const SendResult result = gateway->send({"", number, "7K3Q-M2"}, Secret(std::string_view(text)));
    std::cout << word_of(result.verdict) << ": " << result.answer << "\n";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 64;
    try {
        const Env env = real_world();
        const Config config = load_config(env, argv[2]);
        if (argv[1] == std::string("sms")) {
            send(env, config, argv[3]);
        } else {
            check_captcha(env, *config.captcha, argv[3]);
            std::cout << "passed\n";
        }
    } catch (const Error& error) {
        std::cout << error.code << ": " << error.message << (error.hint.empty() ? "" : " | " + error.hint) << "\n";
        return static_cast<int>(error.exit);
    }
    return 0;
}
