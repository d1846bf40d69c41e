#include <algorithm>

#include "src/config/users_sources.h"
#include "src/toml/forms.h"

namespace pwreset {
namespace {

void read_tests(const Section& section, Condition& condition) {
    condition.is = section.constants("is");
    condition.unless = section.constants("unless");
    condition.starts = section.texts("starts");
    if (section.given("set")) condition.set = section.flag("set", true);
    const bool tested =
        !condition.is.empty() || !condition.unless.empty() || !condition.starts.empty() || condition.set.has_value();
    if (tested != condition.column.empty()) return;
    const std::string subject = "'" + section.full("column") + "'";
    if (tested) section.fail("table", "missing " + subject, "name the column that is tested");
    section.fail("column", "no test beside " + subject,
                 "write is = [\"VALUE\"], unless = [\"VALUE\"], starts = [\"TEXT\"], set = true or set = false");
}

Condition read_condition(const Section& section, std::string_view words, const UsersConfig& users) {
    Condition condition;
    if (section.given("table")) {
        condition.in = read_other_table(section, "write { table = \"bans\", user = \"user_id\", … }", users);
        condition.column = section.text("column", identifier);
        condition.none = section.flag("none", false);
    } else {
        section.refuse({"user", "where", "none"}, "no 'table'");
        section.required("column", "write { column = \"deleted_at\", set = true, … }");
        condition.column = section.text("column", identifier);
    }
    read_tests(section, condition);
    condition.words = section.required(words, "say what it means to who reads it: " + std::string(words) + " = \"…\"");
    return condition;
}

}  // namespace

std::vector<Condition> read_conditions(const Section& section, std::string_view key, std::string_view words,
                                       const UsersConfig& users) {
    std::vector<Condition> conditions;
    for (const auto& one : section.tables(key)) conditions.push_back(read_condition(one, words, users));
    return conditions;
}

}  // namespace pwreset
