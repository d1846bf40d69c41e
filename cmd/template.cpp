#include <algorithm>
#include <iterator>
#include <ostream>

#include "cmd/template.h"
#include "src/base/caller.h"
#include "src/base/printable.h"
#include "src/message/check.h"

namespace pwreset {

namespace {

Cell file_or_null(const TemplateSource& source) { return source.path.empty() ? Cell() : Cell(source.path.string()); }

void run_list(const TemplateOptions& options, Stage& stage) {
    std::vector<Error> faults;
    const auto sources = read_sources(folder_of(options, stage), faults);
    Listing listing(stage.env, stage.common.format, "templates",
                    {{"name", "NAME"}, {"locale", "LOCALE"}, {"part", "PART"}, {"source", "SOURCE"}, {"file", "FILE"}},
                    stage.trace_id);
    for (const Message message : all_messages) {
        for (const std::string& locale : locales_of(sources, message)) {
            for (const std::string_view part : parts_of(message)) {
                const auto found = sources.find(source_key(locale, message, part));
                if (found == sources.end()) continue;
                const bool own = !found->second.path.empty();
                listing.row({std::string(template_name(message)), locale, std::string(part),
                             std::string(own ? "site" : "built-in"), file_or_null(found->second)});
            }
        }
    }
    listing.finish();
    if (faults.empty()) return;
    stage.env.err
        << "pwreset: warning: the site's templates have faults\n  hint: 'pwreset template check' lists them\n";
}

std::string counted(std::size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void print_fault(Stage& stage, const Error& fault) {
    stage.env.out << printable(fault.message) << "\n";
    if (!fault.hint.empty()) stage.env.out << "  > " << printable(fault.hint) << "\n";
}

Json data_of(std::size_t templates, const std::vector<std::string>& locales, const std::vector<Error>& faults) {
    Json list = Json::array();
    for (const Error& fault : faults) {
        list.push_back({{"message", fault.message}, {"hint", fault.hint.empty() ? Json() : Json(fault.hint)}});
    }
    return {{"templates", templates}, {"locales", locales}, {"faults", list}};
}

void print_faults(Stage& stage, const std::vector<Error>& faults) {
    if (stage.for_people()) {
        for (const Error& fault : faults) print_fault(stage, fault);
        return;
    }
    Listing listing(stage.env, stage.common.format, "faults", {{"message", ""}, {"hint", ""}}, stage.trace_id);
    for (const Error& fault : faults) {
        listing.row({fault.message, fault.hint.empty() ? Cell() : Cell(fault.hint)});
    }
    listing.finish();
}

void run_check(const TemplateOptions& options, Stage& stage) {
    std::vector<Error> faults;
    const auto sources = read_sources(folder_of(options, stage), faults);
    std::ranges::copy(faults_of(sources), std::back_inserter(faults));
    const auto locales = locales_of(sources);
    const bool json = stage.common.format == Format::json;
    const Json data = data_of(sources.size(), locales, faults);
    if (!json) print_faults(stage, faults);
    if (!faults.empty()) {
        throw CommandFailure(Error(Exit::failed, "PROBLEMS", counted(faults.size(), "problem") + " found",
                                   "mend them before messages are sent; then run 'pwreset template check' again"),
                             json ? data : Json());
    }
    if (json) return print_success(stage.env, data, stage.trace_id);
    if (!stage.for_people() || stage.common.quiet) return;
    stage.env.out << counted(sources.size(), "template") << " in " << counted(locales.size(), "language")
                  << ", no problems\n";
}

Command list_command(CommandLine& group) {
    auto options = std::make_shared<TemplateOptions>();
    auto& line = group.command("list", "which files the messages are made of, in each language");
    bind_folder(line, *options);
    return {&line, Needs::configuration, {Capability::support}, [options](Stage& stage) { run_list(*options, stage); }};
}

Command check_command(CommandLine& group) {
    auto options = std::make_shared<TemplateOptions>();
    auto& line = group.command("check", "find everything that is wrong with the templates");
    bind_folder(line, *options);
    return {
        &line, Needs::configuration, {Capability::support}, [options](Stage& stage) { run_check(*options, stage); }};
}

}  // namespace

void bind_folder(CommandLine& line, TemplateOptions& options) {
    line.text("--folder", options.folder, "FOLDER", "the site's own templates; default: the configuration's");
}

std::filesystem::path folder_of(const TemplateOptions& options, const Stage& stage) {
    if (!options.folder) return stage.config->text.templates;
    if (acts_for_another(stage.env)) {
        throw forbidden("a folder of one's own is not read for somebody else",
                        "leave out --folder, or run it without sudo");
    }
    return *options.folder;
}

Command template_command(CommandLine& parent) {
    auto& line = parent.command("template", "list, check and preview the messages that users are sent");
    line.require_command();
    return {
        &line, Needs::nothing, {}, {}, {}, {list_command(line), check_command(line), template_preview_command(line)}};
}

}  // namespace pwreset
