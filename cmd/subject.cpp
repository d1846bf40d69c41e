#include "cmd/subject.h"

#include <ostream>

#include "src/base/printable.h"

namespace pwreset {

namespace {

struct SubjectOptions {
    std::string identity;
};

using Run = void (*)(Stage&, const std::string&);

Command below(CommandLine& group, const char* name, const char* about, std::vector<Capability> capabilities, Run run) {
    auto options = std::make_shared<SubjectOptions>();
    auto& line = group.command(name, about);
    line.argument("IDENTITY", options->identity, Presence::required,
                  "an e-mail address (also one no account has any more), id:42 or login:bob");
    return {&line, Needs::database, std::move(capabilities),
            [options, run](Stage& stage) { run(stage, options->identity); }};
}

}  // namespace

std::string holdings_text(const Subject& subject, const Holdings& held) {
    std::string text = subject.accounts.empty() ? subject.typed : "";
    for (const auto& account : subject.accounts) text += (text.empty() ? "id:" : ", id:") + account;
    const auto add = [&](const char* before, std::int64_t count, const char* what) {
        text += before + std::to_string(count) + what;
    };
    add("  ", held.tokens, " tokens");
    add(", ", held.deliveries, " deliveries");
    add(", ", held.jobs, " jobs");
    add(", ", held.limits, " limits");
    add(", ", held.intake, " intake");
    add(", ", held.answers, " answers");
    add(", ", held.audit_rows, " audit rows");
    return text;
}

void answer_holdings(Stage& stage, const Subject& subject, const Holdings& held, bool erased) {
    const std::vector<std::pair<const char*, std::int64_t>> tables{
        {"tokens", held.tokens},        {"deliveries", held.deliveries}, {"jobs", held.jobs},
        {"limits", held.limits},        {"intake", held.intake},         {"answers", held.answers},
        {"audit_rows", held.audit_rows}};
    if (stage.common.format == Format::json) {
        Json data{{"accounts", subject.accounts}, {"dry_run", stage.common.dry_run}};
        for (const auto& [name, count] : tables) data[name] = count;
        data["left_out"] = held.left_out;
        return print_success(stage.env, data, stage.trace_id);
    }
    if (!stage.for_people()) {
        Listing listing(stage.env, stage.common.format, "tables", {{"table", ""}, {"rows", ""}}, stage.trace_id);
        for (const auto& [name, count] : tables) listing.row({std::string(name), count});
        return listing.finish();
    }
    tell_left_out(stage, held.left_out);
    if (stage.common.quiet) return;
    stage.env.out << (erased ? "erased  " : "held  ") << printable(holdings_text(subject, held)) << "\n";
}

void tell_left_out(Stage& stage, std::int64_t rows) {
    if (rows == 0 || stage.common.quiet) return;
    stage.env.err << "pwreset: note: left out: " << rows << (rows == 1 ? " audit row " : " audit rows ") << why_left_out
                  << "\n";
}

Command subject_command(CommandLine& parent) {
    auto& line = parent.command("subject", "export or erase everything that is held about one person");
    line.require_command();
    Command command{&line};
    command.subcommands.push_back(below(line, "export", "print everything that is held about a person, as JSON",
                                        {Capability::audit, Capability::unmask}, run_subject_export));
    command.subcommands.push_back(below(line, "erase", "erase a person from pwreset's tables",
                                        {Capability::audit, Capability::maintain}, run_subject_erase));
    return command;
}

}  // namespace pwreset
