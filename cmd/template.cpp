#include <algorithm>
#include <iterator>
#include <ostream>

#include "cmd/hints.h"
#include "cmd/template.h"
#include "src/base/caller.h"
#include "src/base/printable.h"
#include "src/message/check.h"
#include "src/message/segments.h"
#include "src/message/text_message.h"

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
    warn(stage, "the site's templates have faults", "'pwreset template check' lists them");
}

std::string counted(std::size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void print_fault(Stage& stage, const Error& fault) {
    stage.env.out << printable(fault.message) << "\n";
    if (!fault.hint.empty()) stage.env.out << "  > " << printable(fault.hint) << "\n";
}

Json list_of(const std::vector<Error>& findings) {
    Json list = Json::array();
    for (const Error& finding : findings) {
        list.push_back({{"message", finding.message}, {"hint", finding.hint.empty() ? Json() : Json(finding.hint)}});
    }
    return list;
}

/// What is no fault, and costs the site money: a text message of a code that a character beyond the small alphabet
/// turns into several.
std::optional<Error> costly(const std::string& name, const std::string& text) {
    const Segments segments = segments_of(text);
    if (segments.costly.empty() || segments.count <= segments.plain) return {};
    std::string characters;
    std::string hint;
    for (const char32_t c : segments.costly) {
        characters += (characters.empty() ? "" : ", ") + name_character(c);
        if (!plain_form(c).empty())
            hint +=
                (hint.empty() ? "write " : ", ") + ("\"" + std::string(plain_form(c)) + "\" for " + name_character(c));
    }
    return config_error("template '" + name + "': " + characters +
                            (segments.costly.size() == 1 ? " turns " : " turn ") +
                            counted(static_cast<std::size_t>(segments.plain), "text message") + " into " +
                            std::to_string(segments.count),
                        hint.empty() ? "leave it out, or write a letter without marks" : hint);
}

/// Of the templates as they are filled for this site, in each language.
std::vector<Error> notes_on(const TemplateSources& sources, const TemplateOptions& options, const Stage& stage) {
    const Config& config = *stage.config;
    const Templates templates(folder_of(options, stage));
    const Time issued = *parse_rfc3339("2026-03-01T12:34:00Z");
    std::vector<Error> notes;
    for (const Kind kind : {Kind::reset_otp, Kind::verify_caller}) {
        const Message message = message_of(kind, Channel::sms);
        for (const std::string& locale : locales_of(sources, message)) {
            const Letter letter{.kind = kind,
                                .delivery_id = 4702,
                                .account = "4702",
                                .address = {},
                                .locale = locale,
                                .issued_at = issued,
                                .expires_at = issued + config.reset.code_lifetime};
            const Secret text = write_text_message(config, templates, letter, Secret(std::string_view("123456")));
            const auto& source = sources.at(source_key(locale, message, "txt"));
            if (auto note = costly(source.name(), std::string(text.reveal()))) notes.push_back(std::move(*note));
        }
    }
    return notes;
}

Json data_of(std::size_t templates, const std::vector<std::string>& locales, const std::vector<Error>& faults,
             const std::vector<Error>& notes) {
    return {{"templates", templates}, {"locales", locales}, {"faults", list_of(faults)}, {"notes", list_of(notes)}};
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
    const auto notes = faults.empty() ? notes_on(sources, options, stage) : std::vector<Error>();
    const Json data = data_of(sources.size(), locales, faults, notes);
    if (!json) print_faults(stage, faults);
    if (!faults.empty()) {
        throw CommandFailure(Error(Exit::failed, "PROBLEMS", counted(faults.size(), "problem") + " found",
                                   "mend them before messages are sent; then run 'pwreset template check' again"),
                             json ? data : Json());
    }
    if (json) return print_success(stage.env, data, stage.trace_id);
    if (!stage.for_people() || stage.common.quiet) return;
    for (const Error& note : notes) print_fault(stage, note);
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
