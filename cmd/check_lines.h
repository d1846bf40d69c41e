// What an examination found, a line each, and how it ended: for doctor and profile check.
#pragma once

#include <string>

#include "cmd/command.h"
#include "src/doctor/check.h"

namespace pwreset {

/// The lines on their way out, and how many there were of each level.
class CheckLines {
public:
    /// `command` is what to run again once everything is mended.
    CheckLines(Stage& stage, std::string command);

    /// Who reads them may do what this configuration says.
    void read_under(const Config& config) { config_ = &config; }
    void add(Check check);
    /// The end of the answer; throws CommandFailure PROBLEMS when there are any.
    void finish();

private:
    void show(const Check& check);
    std::string colored(Level level) const;

    Stage& stage_;
    std::string command_;
    const Config* config_ = nullptr;
    Listing listing_;
    Json rows_ = Json::array();
    std::int64_t ok_ = 0, warnings_ = 0, problems_ = 0;
    bool headed_ = false;
};

}  // namespace pwreset
