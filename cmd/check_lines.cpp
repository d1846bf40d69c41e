#include "cmd/check_lines.h"

#include <ostream>
#include <utility>

#include "cmd/hints.h"
#include "src/base/printable.h"

namespace pwreset {

namespace {

constexpr std::size_t area_width = 15;  // "configuration" and the gap
constexpr std::size_t level_width = 9;

std::string padded(std::string_view word, std::size_t width) {
    return std::string(word) + std::string(width - word.size(), ' ');
}

std::string counted(std::int64_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

CheckLines::CheckLines(Stage& stage, std::string command)
    : stage_(stage),
      command_(std::move(command)),
      listing_(stage.env, stage.common.format, "checks", {{"area", ""}, {"level", ""}, {"finding", ""}, {"remedy", ""}},
               stage.trace_id) {}

void CheckLines::add(Check check) {
    check.remedy = for_operator(check.remedy, stage_.who, config_);
    ++(check.level == Level::ok ? ok_ : check.level == Level::warning ? warnings_ : problems_);
    const Cell remedy = check.remedy.empty() ? Cell() : Cell(check.remedy);
    if (stage_.for_people()) {
        show(check);
    } else if (stage_.common.format == Format::json) {
        rows_.push_back({{"area", check.area},
                         {"level", word_of(check.level)},
                         {"finding", check.finding},
                         {"remedy", check.remedy.empty() ? Json() : Json(check.remedy)}});
    } else {
        listing_.row({check.area, std::string(word_of(check.level)), check.finding, remedy});
    }
}

void CheckLines::finish() {
    const Json data{{"checks", rows_}, {"ok", ok_}, {"warnings", warnings_}, {"problems", problems_}};
    if (stage_.for_people() && (!stage_.common.quiet || warnings_ + problems_ > 0)) {
        stage_.env.out << ok_ << " ok, " << counted(warnings_, "warning") << ", " << counted(problems_, "problem")
                       << "\n";
    }
    if (stage_.common.format == Format::csv || stage_.common.format == Format::ndjson) listing_.finish();
    if (problems_ > 0) {
        throw CommandFailure(Error(Exit::failed, "PROBLEMS", counted(problems_, "problem") + " found",
                                   "each line tells what to do; then run '" + command_ + "' again"),
                             stage_.common.format == Format::json ? data : Json());
    }
    if (stage_.common.format == Format::json) print_success(stage_.env, data, stage_.trace_id);
}

/// Not cut to the terminal's width: what is found and what to do about it is to be read and copied in full.
void CheckLines::show(const Check& check) {
    if (stage_.common.quiet && check.level == Level::ok) return;
    auto& out = stage_.env.out;
    if (!std::exchange(headed_, true)) out << padded("AREA", area_width) << padded("LEVEL", level_width) << "FINDING\n";
    out << padded(check.area, area_width) << colored(check.level) << printable(check.finding) << "\n";
    if (!check.remedy.empty()) out << padded("", area_width + level_width) << "> " << printable(check.remedy) << "\n";
    out.flush();
}

std::string CheckLines::colored(Level level) const {
    std::string word = padded(word_of(level), level_width);
    if (!stage_.env.terminal.out_color) return word;
    const char* color = level == Level::ok ? "\x1b[32m" : level == Level::warning ? "\x1b[33m" : "\x1b[1;31m";
    return color + word + "\x1b[0m";
}

}  // namespace pwreset
