#include "src/keys/key_registry.h"

#include <algorithm>

#include "db/retrying.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

const db::CurrentKey* recorded_for(const std::vector<db::CurrentKey>& recorded, std::string_view purpose) {
    const auto found = std::find_if(recorded.begin(), recorded.end(),
                                    [&](const db::CurrentKey& key) { return key.purpose == purpose; });
    return found == recorded.end() ? nullptr : &*found;
}

Error lacks(const std::filesystem::path& file, const std::string& how, const db::CurrentKey& current) {
    return config_error("key file '" + file.string() + "' " + how + " key '" + printable(current.key_id) +
                            "', which is current since " + rfc3339(current.since),
                        way_to_lost_keys);
}

}  // namespace

void use_recorded_keys(const Config& config, const std::vector<db::CurrentKey>& recorded, Keys& keys) {
    const auto files = key_files(config.keys);
    for (std::size_t i = 0; i < key_purposes.size(); ++i) {
        const auto* current = recorded_for(recorded, key_purposes[i]);
        if (!current) {
            throw config_error("no key of '" + files[i].string() + "' is recorded as the current one",
                               "run 'pwreset migrate'");
        }
        if (!keys.of(key_purposes[i]).make_current(current->key_id)) throw lacks(files[i], "lacks", *current);
    }
}

Keys recorded_keys(const Env& env, db::Session& session, const Config& config) {
    // In this order: a rotation writes the file first, so whatever is recorded by now is in a file that is read later.
    const auto recorded = db::current_keys(session, config.application);
    Keys keys = load_keys(env, config.keys);
    use_recorded_keys(config, recorded, keys);
    return keys;
}

void refuse_missing_files(const Config& config, const std::vector<db::CurrentKey>& recorded) {
    const auto files = key_files(config.keys);
    for (std::size_t i = 0; i < key_purposes.size(); ++i) {
        const auto* current = recorded_for(recorded, key_purposes[i]);
        if (current && !std::filesystem::exists(files[i])) throw lacks(files[i], "is missing, and with it", *current);
    }
}

std::vector<db::CurrentKey> unrecorded_keys(const std::vector<db::CurrentKey>& recorded, const Keys& keys) {
    std::vector<db::CurrentKey> out;
    for (const auto purpose : key_purposes) {
        if (recorded_for(recorded, purpose)) continue;
        out.push_back({.purpose = std::string(purpose), .key_id = keys.of(purpose).first().id, .since = {}});
    }
    return out;
}

std::vector<db::CurrentKey> record_first_keys(db::Session& session, const Config& config, const Keys& keys) {
    const std::string& app = config.application;
    std::vector<db::CurrentKey> out;
    db::retrying(session, [&] { out = unrecorded_keys(db::current_keys(session, app), keys); });
    std::erase_if(out, [&](const auto& key) {
        bool first = false;
        db::retrying(session, [&] { first = db::record_first_key(session, app, key.purpose, key.key_id); });
        return !first;
    });
    return out;
}

}  // namespace pwreset
