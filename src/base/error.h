// What went wrong, in the form a person and a program can use: an exit code, a code word, a message and a hint.
#pragma once

#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pwreset {

/// Exit codes of the program. A contract, documented in pwreset(1); the numbers from 64 on follow sysexits.h.
enum class Exit {
    ok = 0,
    failed = 1,
    usage = 64,
    bad_data = 65,
    no_user = 67,
    unavailable = 69,
    internal = 70,
    outcome_unknown = 71,
    io = 74,
    limited = 75,
    forbidden = 77,
    config = 78,
    interrupted = 130,
    terminated = 143,
};

/// A failure that the operator is told about. `message` is lower case, the fault first, the subject in single quotes,
/// no full stop; `hint` is the next step, or empty. Neither ever holds a secret. Only cmd/run.cpp words it.
struct Error : std::exception {
    Error(Exit status, std::string word, std::string fault, std::string next_step = {})
        : exit(status), code(std::move(word)), message(std::move(fault)), hint(std::move(next_step)) {}
    const char* what() const noexcept override { return message.c_str(); }

    Exit exit;
    std::string code;                                        ///< the word programs test, such as RATE_LIMITED
    std::string message;                                     ///< what is wrong
    std::string hint;                                        ///< what to do next; may be empty
    std::map<std::string, std::vector<std::string>> errors;  ///< by field, as in S4 and S5
    std::optional<long> available_in_seconds;                ///< RATE_LIMITED only
};

inline Error usage_error(std::string message, std::string hint = {}) {
    return {Exit::usage, "USAGE", std::move(message), std::move(hint)};
}
inline Error config_error(std::string message, std::string hint = {}) {
    return {Exit::config, "CONFIG", std::move(message), std::move(hint)};
}
inline Error unavailable(std::string message, std::string hint = {}) {
    return {Exit::unavailable, "UNAVAILABLE", std::move(message), std::move(hint)};
}
inline Error forbidden(std::string message, std::string hint = {}) {
    return {Exit::forbidden, "FORBIDDEN", std::move(message), std::move(hint)};
}
inline Error invalid_input(std::string message, std::string hint = {}) {
    return {Exit::bad_data, "INVALID_INPUT", std::move(message), std::move(hint)};
}
inline Error io_error(std::string message, std::string hint = {}) {
    return {Exit::io, "IO_ERROR", std::move(message), std::move(hint)};
}
inline Error internal_error(std::string message) {
    return {Exit::internal, "INTERNAL_ERROR", std::move(message), "this is a fault of pwreset: please report it"};
}

}  // namespace pwreset
