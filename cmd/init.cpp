#include <ostream>

#include "cmd/command.h"
#include "src/base/printable.h"
#include "src/init/make.h"

namespace pwreset {

namespace {

Json data_of(const InitResult& made, bool dry_run) {
    Json data{{"application", made.application},
              {"profile", made.profile},
              {"config", made.file},
              {"read", made.read},
              {"files", made.files},
              {"unknown", made.unknown},
              {"statements", made.statements},
              {"after_migration", made.after_migration},
              {"next", made.next},
              {"dry_run", dry_run}};
    if (dry_run) data["text"] = made.text;
    return data;
}

void print_init_rows(Stage& stage, const InitResult& made) {
    Listing listing(stage.env, stage.common.format, "steps", {{"step", ""}, {"text", ""}}, stage.trace_id);
    const auto all = [&](const std::string& step, const std::vector<std::string>& texts) {
        for (const auto& text : texts) listing.row({step, text});
    };
    all("read", made.read);
    listing.row({std::string("profile"), made.profile});
    all(stage.common.dry_run ? "would write" : "wrote", made.files);
    all("unknown", made.unknown);
    all("statement", made.statements);
    listing.row({std::string("after_migration"), made.after_migration});
    all("next", made.next);
    listing.finish();
}

void tell_init(Stage& stage, const InitResult& made) {
    auto& out = stage.env.out;
    const bool dry_run = stage.common.dry_run;
    for (const auto& read : made.read) out << "read " << printable(read) << "\n";
    if (!made.found.empty()) out << "found " << printable(made.found) << ": profile '" << made.profile << "'\n";
    for (const auto& file : made.files) out << (dry_run ? "would write " : "wrote ") << printable(file) << "\n";
    if (dry_run) out << "\n" << made.text;
    if (!made.unknown.empty()) out << "\nnot known:\n";
    for (const auto& fault : made.unknown) out << "  " << printable(fault) << "\n";
    out << "\nfor an administrator of the database; the file has the password in the place of …:\n";
    for (const auto& statement : made.statements) out << "  " << printable(statement) << ";\n";
    out << "after the first 'migrate', until the next one:\n  " << printable(made.after_migration) << ";\n";
    out << "\nnext:\n";
    for (const auto& command : made.next) out << "  " << printable(command) << "\n";
}

void run_init(const InitRequest& asked, Stage& stage) {
    InitRequest request = asked;
    request.config = stage.common.config;
    request.yes = stage.common.yes;
    request.dry_run = stage.common.dry_run;
    const InitResult made = make_first_configuration(stage.env, request);
    if (stage.common.format == Format::json)
        return print_success(stage.env, data_of(made, stage.common.dry_run), stage.trace_id);
    if (!stage.for_people()) return print_init_rows(stage, made);
    tell_init(stage, made);
}

}  // namespace

Command init_command(CommandLine& parent) {
    auto request = std::make_shared<InitRequest>();
    auto& line = parent.command("init", "write a first configuration from what the application already has");
    line.text("--from", request->from, "DIR", "the application's folder; without it, its database is asked for");
    line.text("--base", request->base, "URL", "what links begin with, such as 'https://shop.example'");
    line.text("--name", request->name, "NAME", "what pwreset calls the application");
    line.text("--profile", request->profile, "NAME", "the preset, where it is not the one that is found");
    return {&line, Needs::nothing, {}, [request](Stage& stage) { run_init(*request, stage); }};
}

}  // namespace pwreset
