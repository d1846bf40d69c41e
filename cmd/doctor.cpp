#include <ostream>

#include "cmd/command.h"
#include "cmd/hints.h"
#include "src/apps/users_table.h"
#include "src/audit/trail.h"
#include "src/base/printable.h"
#include "src/config/connect.h"
#include "src/config/load.h"
#include "src/doctor/examination.h"

namespace pwreset {

namespace {

/// The refusal in the audit trail, as of any other command; where that cannot be written it stands all the same.
void record_refusal(Stage& stage, const Config& config, const Error& refusal) {
    try {
        const Keys keys = load_keys(stage.env, config.keys);
        db::Session session(connect_options(config.database));
        db::Accounts accounts(session, users_table(config.users));
        Context context{stage.env, config, keys, session, accounts, stage.who, stage.trace_id};
        AuditEntry entry;
        entry.action = "doctor";
        entry.result = refusal.code;
        entry.ticket = stage.common.grounds.ticket;
        entry.reason = stage.common.grounds.reason;
        record_alone(context, entry);
    } catch (const std::exception&) {
        // Keys, database or tables are what may be wrong.
    }
}

void ask_for_maintain(Stage& stage, const Config& config) {
    try {
        require(Capability::maintain, stage.who, config);
    } catch (const Error& refusal) {
        record_refusal(stage, config, refusal);
        throw;
    }
}

std::string counted(std::int64_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// The lines on their way out, and how many there were of each level.
class Lines {
public:
    explicit Lines(Stage& stage)
        : stage_(stage),
          listing_(stage.env, stage.common.format, "checks",
                   {{"area", ""}, {"level", ""}, {"finding", ""}, {"remedy", ""}}, stage.trace_id) {}

    /// Who reads them may do what this configuration says.
    void read_under(const Config& config) { config_ = &config; }

    void add(Check check) {
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

    /// The end of the answer; throws CommandFailure PROBLEMS when there are any.
    void finish() {
        const Json data{{"checks", rows_}, {"ok", ok_}, {"warnings", warnings_}, {"problems", problems_}};
        if (stage_.for_people() && (!stage_.common.quiet || warnings_ + problems_ > 0)) {
            stage_.env.out << ok_ << " ok, " << counted(warnings_, "warning") << ", " << counted(problems_, "problem")
                           << "\n";
        }
        if (stage_.common.format == Format::csv || stage_.common.format == Format::ndjson) listing_.finish();
        if (problems_ > 0) {
            throw CommandFailure(Error(Exit::failed, "PROBLEMS", counted(problems_, "problem") + " found",
                                       "each line tells what to do; then run 'pwreset doctor' again"),
                                 stage_.common.format == Format::json ? data : Json());
        }
        if (stage_.common.format == Format::json) print_success(stage_.env, data, stage_.trace_id);
    }

private:
    /// Not cut to the terminal's width: what is found and what to do about it is to be read and copied in full.
    void show(const Check& check) {
        if (stage_.common.quiet && check.level == Level::ok) return;
        auto& out = stage_.env.out;
        if (!std::exchange(headed_, true))
            out << padded("AREA", area_width) << padded("LEVEL", level_width) << "FINDING\n";
        out << padded(check.area, area_width) << colored(check.level) << printable(check.finding) << "\n";
        if (!check.remedy.empty())
            out << padded("", area_width + level_width) << "> " << printable(check.remedy) << "\n";
        out.flush();
    }

    static std::string padded(std::string_view word, std::size_t width) {
        return std::string(word) + std::string(width - word.size(), ' ');
    }

    std::string colored(Level level) const {
        std::string word = padded(word_of(level), level_width);
        if (!stage_.env.terminal.out_color) return word;
        const char* color = level == Level::ok ? "\x1b[32m" : level == Level::warning ? "\x1b[33m" : "\x1b[1;31m";
        return color + word + "\x1b[0m";
    }

    static constexpr std::size_t area_width = 15;  // "configuration" and the gap
    static constexpr std::size_t level_width = 9;

    Stage& stage_;
    const Config* config_ = nullptr;
    Listing listing_;
    Json rows_ = Json::array();
    std::int64_t ok_ = 0, warnings_ = 0, problems_ = 0;
    bool headed_ = false;
};

void run_doctor(bool accounts, Stage& stage) {
    std::optional<Config> config;
    Lines lines(stage);
    try {
        config = load_config(stage.env, stage.common.config);
    } catch (const Error& fault) {
        // A path that this operator may not name is no fault of the site.
        if (fault.exit != Exit::config) throw;
        for (const auto& check : unusable_configuration(fault)) lines.add(check);
        return lines.finish();
    }
    ask_for_maintain(stage, *config);
    lines.read_under(*config);
    examine(stage.env, *config, stage.who, accounts, [&](const Check& check) { lines.add(check); });
    lines.finish();
}

}  // namespace

Command doctor_command(CommandLine& parent) {
    auto& line = parent.command("doctor", "check everything, and say what to do; changes and sends nothing");
    auto accounts = std::make_shared<bool>(false);
    line.flag("--accounts", *accounts, "compare all accounts: identities that only differ in their writing");
    // The capability is asked for by itself, once it has a configuration.
    return {&line, Needs::nothing, {Capability::maintain}, [accounts](Stage& stage) { run_doctor(*accounts, stage); }};
}

}  // namespace pwreset
