#include "db/app/condition.h"

#include <algorithm>
#include <string_view>

#include "db/app/state.h"
#include "src/base/ascii.h"

namespace pwreset::db {

bool is_set(const std::optional<std::string>& value) {
    if (!value) return false;
    const auto read = read_state(value);
    // A word that says no is something that stands there.
    return read.says != Says::no || std::string_view(read.form) == "word";
}

bool meets(const Condition& condition, const std::optional<std::string>& value) {
    const std::string folded = ascii_lower(value.value_or(""));
    const auto is = [&](const std::string& one) { return value && ascii_lower(one) == folded; };
    const auto starts = [&](const std::string& one) { return value && folded.starts_with(ascii_lower(one)); };
    if (!condition.is.empty() && std::none_of(condition.is.begin(), condition.is.end(), is)) return false;
    if (!condition.starts.empty() && std::none_of(condition.starts.begin(), condition.starts.end(), starts))
        return false;
    if (!condition.unless.empty() && value &&
        std::find(condition.unless.begin(), condition.unless.end(), *value) != condition.unless.end())
        return false;
    return !condition.set || is_set(value) == *condition.set;
}

}  // namespace pwreset::db
