// A first configuration, made: facts from files or tables, answers, files, and what an administrator has to run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/base/env.h"

namespace pwreset {

struct InitRequest {
    std::optional<std::string> from;     ///< the application's folder; without it, its database is asked
    std::optional<std::string> base;     ///< what links begin with; without it, it is asked for
    std::optional<std::string> name;     ///< of the application, to pwreset
    std::optional<std::string> profile;  ///< instead of the one that was found
    std::string config;                  ///< --config, may be empty
    bool yes = false;                    ///< nothing is asked
    bool dry_run = false;                ///< nothing is written
};

struct InitResult {
    std::string application{};
    std::string profile{};  ///< empty: not known
    std::string found{};    ///< "Laravel", for people; empty where nothing was
    std::string file{};     ///< the configuration
    std::string text{};     ///< what it says
    std::vector<std::string> read{};
    std::vector<std::string> files{};       ///< that were made, or would be
    std::vector<std::string> unknown{};     ///< what could not be known, with what to do about it
    std::vector<std::string> statements{};  ///< for an administrator of the database
    std::string after_migration{};          ///< the statement that takes back what is needed once
    std::vector<std::string> next{};        ///< commands
};

/// Makes it. Throws Error FORBIDDEN when run for somebody else, USAGE where an answer is missing that nothing can stand
/// for, CONFIG where a file is there already or the application cannot be served, and what its reading throws.
InitResult make_first_configuration(Env& env, const InitRequest& request);

}  // namespace pwreset
