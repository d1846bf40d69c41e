#include "src/doctor/keys.h"

#include <sys/stat.h>

#include "src/hash/digest.h"
#include "src/keys/key_registry.h"

namespace pwreset {

namespace {

constexpr const char* keys_area = "keys";

std::string described(const char* file, const Keyring& ring) {
    const auto count = ring.keys().size();
    return std::string(file) + " has " + std::to_string(count) + (count == 1 ? " key" : " keys") + ", current '" +
           ring.current().id + "'";
}

Checks judge_folder(const std::filesystem::path& folder) {
    struct stat status {};
    const std::string name = "'" + folder.string() + "'";
    if (::stat(folder.c_str(), &status) != 0 || (status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
    return {warning(keys_area, "others can look into the key folder " + name, "chmod 700 " + name)};
}

}  // namespace

Checks judge_shared_keys(const Keys& keys) {
    for (const Key& ours : keys.own.keys()) {
        for (const Key& theirs : keys.application.keys()) {
            if (!equal_in_constant_time(ours.bytes.reveal(), theirs.bytes.reveal())) continue;
            return {problem(keys_area,
                            "key '" + ours.id + "' of pwreset.key is in application.key too: the application could " +
                                "forge audit rows",
                            "give pwreset.key a new first key")};
        }
    }
    return {};
}

Checks check_keys(const Env& env, const Config& config) {
    const Keys keys = load_keys(env, config.keys);
    Checks checks{
        fine(keys_area, described("application.key", keys.application) + "; " + described("pwreset.key", keys.own))};
    for (auto& check : judge_folder(config.keys)) checks.push_back(std::move(check));
    for (auto& check : judge_shared_keys(keys)) checks.push_back(std::move(check));
    return checks;
}

Checks check_recorded_keys(const Env& env, db::Session& session, const Config& config) {
    const Keys keys = recorded_keys(env, session, config);
    return {fine(keys_area, "the keys in use are the recorded ones: '" + keys.application.current().id +
                                "' for codes, '" + keys.own.current().id + "' for the audit trail")};
}

}  // namespace pwreset
