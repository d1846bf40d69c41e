#include "cmd/output/envelope.h"

#include <ostream>
#include <utility>

#include "src/base/printable.h"

namespace pwreset {
namespace {

/// A line of its own, at once.
void write_line(Env& env, std::string line) {
    line += '\n';
    env.out.write(line.data(), static_cast<std::streamsize>(line.size()));
    env.out.flush();
}

}  // namespace

void print_line(Env& env, const Json& value) {
    std::string line;
    append_json(line, value);
    write_line(env, std::move(line));
}

void print_success(Env& env, const Json& data, const std::string& trace_id) {
    // Written round the data: they may be long, and a value of them all would be a copy.
    std::string line = "{\"success\":true,\"data\":";
    append_json(line, data);
    line += ",\"trace_id\":";
    append_json_string(line, trace_id);
    write_line(env, line + "}");
    check_output(env);
}

void print_failure(Env& env, const Error& error, const Json& data, const std::string& trace_id) {
    Json answer{{"success", false}, {"message", error.message}, {"code", error.code}, {"errors", Json::object()}};
    for (const auto& [field, messages] : error.errors) answer["errors"][field] = messages;
    if (!error.hint.empty()) answer["hint"] = error.hint;
    if (error.available_in_seconds) answer["available_in_seconds"] = *error.available_in_seconds;
    if (!data.is_null()) answer["data"] = data;
    answer["trace_id"] = trace_id;
    print_line(env, answer);
}

void word_failure(Env& env, const Error& error) {
    const bool color = env.terminal.err_color;
    env.err << (color ? "\x1b[1;31mpwreset:\x1b[0m " : "pwreset: ") << printable(error.message) << '\n';
    word_hint(env, error.hint);
    env.err.flush();
}

void word_hint(Env& env, const std::string& hint) {
    if (!hint.empty()) env.err << "  hint: " << printable(hint) << '\n';
}

void check_output(Env& env) {
    env.out.flush();
    if (!env.out)
        throw io_error("standard output could not be written", "is the disk full, or the reading program gone?");
}

}  // namespace pwreset
