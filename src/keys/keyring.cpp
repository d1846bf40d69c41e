#include "src/keys/keyring.h"

#include <string.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "src/base/ascii.h"
#include "src/base/encoding.h"
#include "src/base/error.h"
#include "src/base/trusted_file.h"

namespace pwreset {

namespace {

constexpr std::size_t key_size = 32;

bool is_key_id(std::string_view id) {
    return !id.empty() && id.size() <= 16 &&
           std::all_of(id.begin(), id.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

Error bad_line(const std::filesystem::path& file, int line) {
    return config_error(file.string() + ":" + std::to_string(line) + ": not a key",
                        std::string("a line is 'id:base64' with at least 32 bytes; ") + way_to_lost_keys);
}

Key parse_key(std::string_view line, const std::filesystem::path& file, int number) {
    const auto colon = line.find(':');
    if (colon == line.npos || !is_key_id(line.substr(0, colon))) throw bad_line(file, number);
    auto bytes = unbase64(line.substr(colon + 1));
    if (!bytes || bytes->size() < key_size) throw bad_line(file, number);
    Key key{std::string(line.substr(0, colon)), Secret(std::string_view(*bytes))};
    ::explicit_bzero(bytes->data(), bytes->size());
    return key;
}

std::vector<Key>::const_iterator key_of(const std::vector<Key>& keys, std::string_view id) {
    return std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.id == id; });
}

std::vector<Key> parse_keys(const Secret& content, const std::filesystem::path& file) {
    std::vector<Key> keys;
    std::string_view rest = content.reveal();
    for (int number = 1; !rest.empty(); ++number) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty() || line.front() == '#') continue;
        Key key = parse_key(line, file, number);
        // Which of the two made a MAC, nobody could tell.
        if (key_of(keys, key.id) != keys.end()) {
            throw config_error(file.string() + ":" + std::to_string(number) + ": a second key '" + key.id + "'",
                               "keep the line that other copies of this file have, and remove the other");
        }
        keys.push_back(std::move(key));
    }
    if (!keys.empty()) return keys;
    throw config_error("key file '" + file.string() + "' holds no key", way_to_lost_keys);
}

/// "k" and eight hexadecimal digits: unlike any other key's, and saying nothing about the key.
std::string new_key_id(const Env& env) {
    std::string bytes(4, '\0');
    env.random(bytes.data(), bytes.size());
    return "k" + hex(bytes);
}

/// The line of a new key, and behind it `rest` as it is.
Secret with_new_key(const Env& env, const std::string& id, std::string_view rest) {
    Secret bytes(key_size);
    env.random(bytes.data(), bytes.size());
    std::string encoded = base64(bytes.reveal());
    Secret content(id.size() + 1 + encoded.size() + 1 + rest.size());
    char* to = content.data();
    for (const std::string_view part :
         {std::string_view(id), std::string_view(":"), std::string_view(encoded), std::string_view("\n"), rest}) {
        to = std::copy(part.begin(), part.end(), to);
    }
    ::explicit_bzero(encoded.data(), encoded.size());
    return content;
}

}  // namespace

Keyring::Keyring(const std::filesystem::path& file, unsigned uid)
    : keys_(parse_keys(read_trusted(file, Trust::secret, uid), file)) {}

const Key* Keyring::find(std::string_view id) const {
    const auto found = key_of(keys_, id);
    return found == keys_.end() ? nullptr : &*found;
}

bool Keyring::make_current(std::string_view id) {
    const auto found = key_of(keys_, id);
    if (found == keys_.end()) return false;
    current_ = static_cast<std::size_t>(found - keys_.begin());
    return true;
}

std::vector<std::filesystem::path> key_files(const std::filesystem::path& folder) {
    return {folder / "application.key", folder / "pwreset.key"};
}

void require_key_files(const std::filesystem::path& folder) {
    for (const auto& file : key_files(folder)) {
        if (!std::filesystem::exists(file)) {
            throw config_error("key file '" + file.string() + "' is missing", way_to_lost_keys);
        }
    }
}

Keys load_keys(const Env& env, const std::filesystem::path& folder) {
    require_key_files(folder);
    const auto files = key_files(folder);
    return {Keyring(files[0], env.effective_uid), Keyring(files[1], env.effective_uid)};
}

std::vector<std::filesystem::path> create_keys(const Env& env, const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        throw io_error("cannot make the key folder '" + folder.string() + "'",
                       "make it, owned by this user, mode 0700");
    }
    std::vector<std::filesystem::path> made;
    for (const auto& file : key_files(folder)) {
        if (create_secret(file, with_new_key(env, new_key_id(env), {}))) made.push_back(file);
    }
    return made;
}

std::string add_key(const Env& env, const std::filesystem::path& file) {
    std::string id;
    change_secret(file, env.effective_uid, [&](const Secret& content) {
        const auto present = parse_keys(content, file);
        do id = new_key_id(env);
        while (key_of(present, id) != present.end());
        return with_new_key(env, id, content.reveal());
    });
    return id;
}

std::string key_files_stamp(const std::filesystem::path& folder) {
    std::string stamp;
    for (const auto& file : key_files(folder)) {
        struct stat status {};
        if (::stat(file.c_str(), &status) != 0) status = {};
        for (const auto number :
             {static_cast<long>(status.st_dev), static_cast<long>(status.st_ino), static_cast<long>(status.st_size),
              static_cast<long>(status.st_mtim.tv_sec), static_cast<long>(status.st_mtim.tv_nsec),
              static_cast<long>(status.st_ctim.tv_sec), static_cast<long>(status.st_ctim.tv_nsec)}) {
            stamp += std::to_string(number) + " ";
        }
    }
    return stamp;
}

}  // namespace pwreset
