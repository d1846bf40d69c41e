// Drives a fuzz target without libFuzzer:
//   fuzz-NAME FILE...                            runs the target on each file
//   fuzz-NAME --inputs N FOLDER [DICTIONARY]     runs it on the seeds in the folder and on N inputs made of them,
//   always
//                                                the same ones; the one that ends it is kept in fuzz-NAME.input
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <random>

#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_input = 1U << 16U;
constexpr unsigned seed = 20260301;
constexpr unsigned seconds_per_input = 60;  // then it is an endless loop

/// What the child is at, for its parent to see: it outlives whatever ends the child.
struct Progress {
    bool done;
    long number;
    std::size_t size;
    std::uint8_t input[longest_input];
};

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read '" + path.string() + "'");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> read_seeds(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());  // a folder has no order of its own
    std::vector<std::string> seeds;
    for (const fs::path& file : files) seeds.push_back(read(file).substr(0, longest_input));
    return seeds;
}

/// The words of a dictionary of libFuzzer's: a line each, name="word" with \\, \" and \xAB.
std::vector<std::string> read_words(const fs::path& dictionary) {
    std::vector<std::string> words;
    std::ifstream file(dictionary);
    for (std::string line; std::getline(file, line);) {
        const std::size_t open = line.find('"');
        const std::size_t close = line.rfind('"');
        if (line.front() == '#' || open == close) continue;
        std::string& word = words.emplace_back();
        for (std::size_t at = open + 1; at < close; ++at) {
            const bool byte = line.compare(at, 2, "\\x") == 0;
            if (!byte && line[at] == '\\') ++at;
            word += byte ? static_cast<char>(std::stoi(line.substr(at + 2, 2), nullptr, 16)) : line[at];
            if (byte) at += 3;
        }
    }
    return words;
}

/// Makes new inputs of old ones.
class Mutator {
public:
    Mutator(std::vector<std::string> seeds, std::vector<std::string> words)
        : seeds_(std::move(seeds)), words_(std::move(words)) {}

    std::string next() {
        std::string input = seeds_[below(seeds_.size())];
        for (std::size_t steps = 1 + below(6); steps > 0; --steps) change(input);
        input.resize(std::min(input.size(), longest_input));
        return input;
    }

private:
    // Not a distribution of the library's: those differ from one library to another.
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }
    char byte() { return static_cast<char>(random_() & 0xFF); }
    std::string piece(const std::string& text) {
        const std::size_t from = below(text.size() + 1);
        return text.substr(from, 1 + below(text.size() < 64 ? text.size() : 64));
    }

    void change(std::string& input) {
        const std::size_t at = below(input.size() + 1);
        switch (below(8)) {
            case 0:
                if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
                break;
            case 1:
                if (at < input.size()) input[at] = byte();
                break;
            case 2:
                input.insert(at, 1 + below(4), byte());
                break;
            case 3:
                input.erase(at, 1 + below(below(4) == 0 ? input.size() + 1 : 8));
                break;
            case 4:
                input.insert(at, piece(input));
                break;
            case 5:
                input.insert(at, piece(seeds_[below(seeds_.size())]));
                break;
            case 6:
                if (!words_.empty()) input.insert(at, words_[below(words_.size())]);
                break;
            default:
                if (!words_.empty()) replace(input, at, words_[below(words_.size())]);
                break;
        }
    }
    static void replace(std::string& input, std::size_t at, const std::string& word) {
        input.replace(at, word.size(), word);
    }

    std::vector<std::string> seeds_;
    std::vector<std::string> words_;
    std::mt19937_64 random_{seed};
};

void run(const std::string& input) {
    // A buffer of exactly this size, so that a read behind its end is noticed.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void run_all(long inputs, const fs::path& folder, const fs::path& dictionary, Progress& progress) {
    const std::vector<std::string> seeds = read_seeds(folder);
    if (seeds.empty()) throw std::runtime_error("no seeds in '" + folder.string() + "'");
    Mutator mutator(seeds, read_words(dictionary));
    for (long i = 0; i < inputs + static_cast<long>(seeds.size()); ++i) {
        const std::string input =
            i < static_cast<long>(seeds.size()) ? seeds[static_cast<std::size_t>(i)] : mutator.next();
        progress.number = i;
        progress.size = input.size();
        std::memcpy(progress.input, input.data(), input.size());
        ::alarm(seconds_per_input);
        run(input);
    }
}

/// Runs the target in a child, and tells what ended it.
int run_in_child(const std::string& name, long inputs, const fs::path& folder, const fs::path& dictionary) {
    void* shared = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) throw std::bad_alloc();
    auto& progress = *static_cast<Progress*>(shared);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("cannot fork");
    if (child == 0) {
        run_all(inputs, folder, dictionary, progress);
        progress.done = true;
        return 0;
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status == 0 && progress.done) return 0;  // a target that calls exit() has not run through
    const std::string file = name + ".input";
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(progress.input), static_cast<std::streamsize>(progress.size));
    std::fprintf(stderr, "%s: ended at input %ld of seed %u (%s %d)\nhint: it is kept: %s %s\n", name.c_str(),
                 progress.number, seed, WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), name.c_str(), file.c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv, argv + argc);
    if (argc >= 4 && arguments[1] == "--inputs") {
        return run_in_child(fs::path(arguments[0]).filename(), std::stol(arguments[2]), arguments[3],
                            argc > 4 ? arguments[4] : "");
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) run(read(arguments[i]));
    return 0;
}
