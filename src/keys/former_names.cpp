#include "src/keys/former_names.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "db/own/deliveries.h"
#include "db/own/keys.h"
#include "db/own/names.h"
#include "db/own/tokens.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/config/load.h"

namespace pwreset {

namespace {

/// Another application that shares the tables goes on recording what it does; a name that was changed does not.
bool is_alive(db::Session& session, const std::string& name, const std::optional<Time>& ours_since) {
    const auto last = db::newest_entry(session, name);
    return ours_since && last && *last > *ours_since;
}

template <typename Count>
std::optional<std::int64_t> counted_if_allowed(const Count& count) {
    try {
        return count();
    } catch (const Error&) {
        return {};
    }
}

std::string amount(std::int64_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::vector<FormerName> look_for_names(const Env& env, db::Session& session, const Config& config) {
    const std::string& ours = config.application;
    const auto configured = applications_beside(env, config.file);
    const auto since = db::oldest_entry(session, ours);
    std::vector<FormerName> found;
    for (const auto& name : db::recorded_names(session)) {
        const bool known = name == ours || std::find(configured.begin(), configured.end(), name) != configured.end();
        if (known || is_alive(session, name, since)) continue;
        FormerName& former = found.emplace_back();
        former.name = name;
        former.live = counted_if_allowed([&] { return db::count_live(session, name, {}, {}); });
        former.open = counted_if_allowed([&] { return db::open_deliveries(session, name, {}, {}); });
    }
    return found;
}

}  // namespace

std::vector<FormerName> former_names(const Env& env, db::Session& session, const Config& config) {
    try {
        return look_for_names(env, session, config);
    } catch (const Error&) {
        return {};
    }
}

std::string in_words(const FormerName& former) {
    std::string counts;
    if (former.live) counts = amount(*former.live, "live token", "live tokens");
    if (former.open) counts += (counts.empty() ? "" : ", ") + amount(*former.open, "open delivery", "open deliveries");
    return "the tables hold rows of application '" + printable(former.name) + "'" +
           (counts.empty() ? "" : " (" + counts + ")") + ", a name that no configuration here has";
}

std::string remedy_for(const FormerName& former) {
    const std::string name = printable(former.name);
    return "if this is the same application under a new name: 'pwreset migrate --adopt " + name +
           "' takes them over; 'pwreset revoke --all' with a configuration that has application = \"" + name +
           "\" ends them";
}

void refuse_new_key_folder(const Env& env, const Config& config) {
    constexpr const char* suffix = ".keys";
    namespace fs = std::filesystem;
    std::error_code error;
    if (config.keys.extension() != suffix || fs::exists(config.keys, error)) return;
    std::vector<std::string> configured;
    try {
        configured = applications_beside(env, config.file);
    } catch (const Error&) {
        return;  // who may not look into the folder cannot tell a former name from a neighbour's
    }
    for (fs::directory_iterator entry(config.keys.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& folder = entry->path();
        const std::string name = folder.stem().string();
        const bool known = std::find(configured.begin(), configured.end(), name) != configured.end();
        if (folder.extension() != suffix || known || !fs::exists(folder / "pwreset.key", error)) continue;
        throw config_error("there are no keys of application '" + config.application + "', but those of '" +
                               printable(name) + "', a name that no configuration here has",
                           "if this is the same application under a new name: write folder = \"" +
                               printable(folder.string()) + "\" in [keys], and run 'pwreset migrate --adopt " +
                               printable(name) + "'; 'pwreset migrate' begins anew");
    }
}

void refuse_new_name(const Env& env, db::Session& session, const Config& config) {
    if (!db::current_keys(session, config.application).empty()) return;
    for (const auto& former : former_names(env, session, config)) {
        if (!former.matters()) continue;
        throw config_error(
            "nothing was recorded of application '" + config.application + "' yet, and " + in_words(former),
            remedy_for(former) + "; 'pwreset migrate' begins beside them");
    }
}

}  // namespace pwreset
