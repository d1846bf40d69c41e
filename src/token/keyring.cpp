#include "src/token/keyring.h"

#include <sys/stat.h>

#include <algorithm>

#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/secret_file.h"

namespace pwreset {

namespace {

constexpr std::size_t key_size = 32;

bool is_key_id(std::string_view id) {
    return !id.empty() && id.size() <= 16 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

Error bad_line(const std::filesystem::path& file, int line) {
    return config_error(file.string() + ":" + std::to_string(line) + ": not a key",
                        "a line is 'id:base64' with at least 32 bytes; 'pwreset migrate' makes a new file");
}

Key parse_key(std::string_view line, const std::filesystem::path& file, int number) {
    const auto colon = line.find(':');
    if (colon == line.npos || !is_key_id(line.substr(0, colon))) throw bad_line(file, number);
    auto bytes = unbase64(line.substr(colon + 1));
    if (!bytes || bytes->size() < key_size) throw bad_line(file, number);
    Key key{std::string(line.substr(0, colon)), Secret(std::string_view(*bytes))};
    std::fill(bytes->begin(), bytes->end(), '\0');
    return key;
}

/// "k" and eight hexadecimal digits: unlike any other key's, and saying nothing about the key.
std::string new_key_id(const Env& env) {
    std::string bytes(4, '\0');
    env.random(bytes.data(), bytes.size());
    return "k" + hex(bytes);
}

}  // namespace

Keyring::Keyring(const std::filesystem::path& file, unsigned uid) {
    const Secret content = read_trusted(file, Trust::secret, uid);
    std::string_view rest = content.reveal();
    for (int number = 1; !rest.empty(); ++number) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        if (!line.empty() && line.front() != '#') keys_.push_back(parse_key(line, file, number));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (keys_.empty())
        throw config_error("key file '" + file.string() + "' holds no key",
                           "remove it, and 'pwreset migrate' makes a new one");
}

const Key* Keyring::find(std::string_view id) const {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
    return found == keys_.end() ? nullptr : &*found;
}

std::vector<std::filesystem::path> key_files(const std::filesystem::path& folder) {
    return {folder / "application.key", folder / "pwreset.key"};
}

Keys load_keys(const Env& env, const std::filesystem::path& folder) {
    const auto files = key_files(folder);
    for (const auto& file : files) {
        if (!std::filesystem::exists(file)) {
            throw config_error("key file '" + file.string() + "' is missing", "'pwreset migrate' makes it");
        }
    }
    return {Keyring(files[0], env.effective_uid), Keyring(files[1], env.effective_uid)};
}

std::vector<std::filesystem::path> create_keys(const Env& env, const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        throw io_error("cannot make the key folder '" + folder.string() + "'",
                       "make it, owned by this user, mode 0700");
    }
    std::vector<std::filesystem::path> made;
    for (const auto& file : key_files(folder)) {
        Secret bytes(key_size);
        env.random(bytes.data(), bytes.size());
        const std::string line = new_key_id(env) + ":" + base64(bytes.reveal()) + "\n";
        if (create_secret(file, Secret(std::string_view(line)))) made.push_back(file);
    }
    return made;
}

}  // namespace pwreset
