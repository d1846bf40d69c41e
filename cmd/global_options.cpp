#include "cmd/global_options.h"

#include "src/base/error.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

Format format_of(const std::string& word) {
    if (word == "json") return Format::json;
    if (word == "ndjson") return Format::ndjson;
    return word == "csv" ? Format::csv : Format::table;
}

}  // namespace

void bind_common(CommandLine& program, Common& common) {
    program.text("--config", common.config, "NAME|FILE", "NAME of /etc/pwreset/NAME.toml, or a FILE");
    const auto take_format = [&common](const std::string& word) { common.format = format_of(word); };
    program.choice("--output", Target(take_format), "FORMAT", {"table", "json", "ndjson", "csv"},
                   "table, json, ndjson or csv");
    program.flag(
        "--json", [&common] { common.format = Format::json; }, "the same as --output json");
    program.flag("-q,--quiet", common.quiet, "say nothing but results and errors");
    program.flag("-v,--verbose", common.verbose, "say what is being done, on standard error");
    program.flag("-n,--dry-run", common.dry_run, "check everything, change nothing, send nothing");
    program.flag("-y,--yes", common.yes, "do not ask");
    program.free_text("--ticket", common.grounds.ticket, "ID",
                      "the ticket this belongs to (a filter where things are listed)");
    program.free_text("--reason", common.grounds.reason, "TEXT", "why, for the audit trail");
    program.free_text("--locale", common.locale, "LOCALE", "language of the message to the user, such as 'de'");
    program.choice("--color", common.color, "WHEN", {"auto", "always", "never"}, "auto, always or never");
}

namespace {

void check_text(const std::string& option, const std::optional<std::string>& text, std::size_t most) {
    if (!text) return;
    const auto refuse = [&](const std::string& fault) {
        return invalid_input("the text after " + option + " " + fault, "write a short line of plain text");
    };
    if (text->size() > most) throw refuse("is longer than " + std::to_string(most) + " bytes");
    if (!is_utf8(*text)) throw refuse("is not UTF-8");
    if (printable(*text) != *text) throw refuse("holds control or invisible characters");
}

}  // namespace

void check_common(const Common& common) {
    check_text("--ticket", common.grounds.ticket, 64);
    check_text("--reason", common.grounds.reason, 255);
    check_text("--locale", common.locale, 35);
}

void apply_color(const Common& common, Env& env) {
    const bool declined = !env.variable("NO_COLOR").value_or("").empty();
    const bool wanted = common.color == "always" || (common.color == "auto" && !declined);
    env.terminal.out_color = wanted && (env.terminal.out || common.color == "always");
    env.terminal.err_color = wanted && (env.terminal.err || common.color == "always");
}

bool wants_json(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        if (word == "--json" || word == "--output=json" || word == "--output=ndjson") return true;
        const bool next = i + 1 < arguments.size();
        if (word == "--output" && next && (arguments[i + 1] == "json" || arguments[i + 1] == "ndjson")) return true;
    }
    return false;
}

}  // namespace pwreset
