// The one JSON envelope in which every command answers, success or not. Its fields and codes are a contract: pwreset(1)
// documents them, and programs rely on them.
#pragma once

#include <string>

#include "cmd/output/json.h"
#include "src/base/env.h"
#include "src/base/error.h"

namespace pwreset {

/// One JSON value on a line of its own. Text is escaped as in print_success. Throws Error IO_ERROR.
void print_line(Env& env, const Json& value);
/// {"success":true,"data":…,"trace_id":…}, a line of its own on standard output. Throws Error IO_ERROR when it cannot
/// be written. Bytes that are not UTF-8 become U+FFFD.
void print_success(Env& env, const Json& data, const std::string& trace_id);
/// {"success":false,"message":…,"code":…,"errors":{…},"available_in_seconds":…,"trace_id":…}; `data` as well where some
/// of several succeeded (null otherwise, and then left out). `errors` is always an object, `available_in_seconds` only
/// where it is known. A hint becomes "hint". Does not throw when it cannot be written: the exit code of the fault
/// itself stands.
void print_failure(Env& env, const Error& error, const Json& data, const std::string& trace_id);
/// The same fault for a person, on standard error: "pwreset: message", and the hint on a line of its own.
void word_failure(Env& env, const Error& error);
/// The next step alone, on a line of its own on standard error; nothing for an empty one.
void word_hint(Env& env, const std::string& hint);
/// Flushes standard output and throws Error IO_ERROR when anything was lost (a full disk, a closed pipe).
void check_output(Env& env);

}  // namespace pwreset
