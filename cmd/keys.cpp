#include <ostream>

#include "cmd/command.h"
#include "db/own/keys.h"
#include "src/rotation/rotation.h"

namespace pwreset {

namespace {

/// What a key is for: the recorded one mints; one that stands before it waits for 'keys rotate'.
const char* role_of(const Keyring& ring, const Key& key) {
    if (key.id == ring.current().id) return "mints";
    return key.id == ring.first().id ? "prepared" : "verifies";
}

void run_list(Stage& stage) {
    auto& context = *stage.context;
    const auto files = key_files(context.config.keys);
    const auto recorded = db::current_keys(context.session, context.config.application);
    Listing listing(
        stage.env, stage.common.format, "keys",
        {{"purpose", "PURPOSE"}, {"key_id", "KEY"}, {"role", "ROLE"}, {"since", "SINCE"}, {"file", "FILE", true, true}},
        stage.trace_id);
    for (std::size_t i = 0; i < key_purposes.size(); ++i) {
        const std::string purpose(key_purposes[i]);
        const Keyring& ring = context.keys.of(purpose);
        for (const Key& key : ring.keys()) {
            Cell since;
            for (const auto& current : recorded) {
                if (current.purpose == purpose && current.key_id == key.id) since = current.since;
            }
            listing.row({purpose, key.id, role_of(ring, key), since, files[i].string()});
        }
    }
    listing.finish();
}

struct RotateOptions {
    std::string purpose;
    bool prepare = false;
};

std::string sentence(const RotatedKey& key, bool prepare, bool dry_run) {
    const std::string file = key.file.string() + ": ";
    if (!key.added && prepare) return file + key.key_id + " is prepared already";
    if (dry_run && !key.added) return file + "would make " + key.key_id + " current, which is prepared";
    if (dry_run) return file + "would get a new first key" + (prepare ? "" : ", the current one");
    if (prepare) return file + key.key_id + " is prepared; " + key.former + " stays current";
    return file + key.key_id + " is current; " + key.former + " verifies what it made";
}

/// Where the files have to go, for whoever has more than one of them.
void tell_what_follows(Stage& stage, const std::vector<RotatedKey>& rotated, bool prepare) {
    auto& out = stage.env.out;
    for (const auto& key : rotated) {
        const bool shared = key.purpose == "application";
        out << "copy " << key.file.string() << " to every other host of pwreset"
            << (shared ? " and to the application" : "");
        out << (prepare ? "; then run 'pwreset keys rotate'" : shared ? ", which cannot use new codes before" : "");
        out << "\n";
    }
}

void answer(Stage& stage, const std::vector<RotatedKey>& rotated, bool prepare) {
    const auto id_of = [](const std::string& id) { return id.empty() ? Json(nullptr) : Json(id); };
    const bool dry_run = stage.common.dry_run;
    if (stage.common.format == Format::json) {
        Json keys = Json::array();
        for (const auto& key : rotated) {
            keys.push_back({{"purpose", key.purpose},
                            {"key_id", id_of(key.key_id)},
                            {"former", key.former},
                            {"added", key.added},
                            {"file", key.file.string()}});
        }
        return print_success(stage.env, {{"dry_run", dry_run}, {"prepared", prepare}, {"keys", keys}}, stage.trace_id);
    }
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "keys",
                        {{"purpose", ""}, {"key_id", ""}, {"former", ""}, {"added", ""}, {"file", ""}}, stage.trace_id);
        for (const auto& key : rotated) {
            const Cell id = key.key_id.empty() ? Cell() : Cell(key.key_id);
            listing.row({key.purpose, id, key.former, key.added, key.file.string()});
        }
        return listing.finish();
    }
    if (stage.common.quiet) return;
    for (const auto& key : rotated) stage.env.out << sentence(key, prepare, dry_run) << "\n";
    if (!dry_run) tell_what_follows(stage, rotated, prepare);
}

void run_rotate(const RotateOptions& options, Stage& stage) {
    RotationRequest request;
    for (const auto purpose : key_purposes) {
        if (options.purpose.empty() || options.purpose == purpose) request.purposes.emplace_back(purpose);
    }
    request.prepare = options.prepare;
    request.dry_run = stage.common.dry_run;
    request.grounds = stage.common.grounds;
    answer(stage, rotate_keys(*stage.context, request), options.prepare);
}

Command list_command(CommandLine& parent) {
    auto& line = parent.command("list", "the ids of the keys in both files, and what each is for");
    return {&line, Needs::database, {Capability::maintain}, run_list};
}

Command rotate_command(CommandLine& parent) {
    auto options = std::make_shared<RotateOptions>();
    auto& line = parent.command("rotate", "make new keys; the old ones go on verifying");
    line.argument_choice("purpose", options->purpose, Presence::optional, "PURPOSE", {"application", "own"},
                         "application or own; both when it is left out");
    line.flag("--prepare", options->prepare, "write the new keys, and use them after the next 'keys rotate' only");
    return {&line, Needs::database, {Capability::maintain}, [options](Stage& stage) { run_rotate(*options, stage); }};
}

}  // namespace

Command keys_command(CommandLine& parent) {
    auto& line = parent.command("keys", "list and rotate the keys of codes and of the audit trail");
    line.require_command();
    return {&line, Needs::database, {}, {}, {}, {list_command(line), rotate_command(line)}};
}

}  // namespace pwreset
