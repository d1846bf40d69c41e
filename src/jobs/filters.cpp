// The filters of a selection as text, and the list of those who are left out of it.
#include <algorithm>
#include <array>

#include "src/account/matching.h"
#include "src/base/printable.h"
#include "src/jobs/selection.h"
#include "src/toml/reader.h"

namespace pwreset {

namespace {

// What the column of a job's filters holds, less the others.
constexpr std::size_t most_bytes_of_keys = 60000;
constexpr std::size_t most_unknown = 20;

constexpr std::array<std::string_view, 7> filter_keys{
    "all", "roles", "created_before", "not_changed_since", "never_logged_in", "excluded", "upto"};

std::string quoted_in_toml(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string list_in_toml(const std::vector<std::string>& texts) {
    std::string list;
    for (const auto& text : texts) list += (list.empty() ? "" : ", ") + quoted_in_toml(text);
    return "[" + list + "]";
}

std::optional<Time> time_in(const Section& filters, const char* key) {
    if (!filters.given(key)) return {};
    const auto time = parse_rfc3339(filters.text(key));
    if (!time) filters.fail(key, "no time", "the filters of a job are as it wrote them");
    return time;
}

}  // namespace

std::string text_of(const Filters& filters) {
    std::string text;
    const auto add = [&](const char* key, const std::string& value) { text += key + (" = " + value) + "\n"; };
    if (filters.all) add("all", "true");
    if (!filters.roles.empty()) add("roles", list_in_toml(filters.roles));
    if (filters.created_before) add("created_before", quoted_in_toml(rfc3339(*filters.created_before)));
    if (filters.not_changed_since) add("not_changed_since", quoted_in_toml(rfc3339(*filters.not_changed_since)));
    if (filters.never_logged_in) add("never_logged_in", "true");
    if (!filters.upto.empty()) add("upto", quoted_in_toml(filters.upto));
    if (!filters.excluded.empty()) add("excluded", list_in_toml(filters.excluded));
    return text;
}

Filters read_filters(const std::string& text) {
    const ConfigText parsed(text, "filters", filter_keys);
    parsed.refuse_unknown();
    const Section written(parsed, "");
    return {.all = written.flag("all", false),
            .roles = written.texts("roles"),
            .created_before = time_in(written, "created_before"),
            .not_changed_since = time_in(written, "not_changed_since"),
            .never_logged_in = written.flag("never_logged_in", false),
            .excluded = written.texts("excluded"),
            .upto = written.text("upto")};
}

Exclusion read_exclusion(Context& context, Input& input) {
    Exclusion exclusion;
    std::size_t bytes = 0;
    for (InputRow row; input.next(row);) {
        if (row.fault) continue;
        try {
            exclusion.keys.push_back(
                find_account_key(context.accounts, parse_identity(row.typed, context.config.users.phone_region)));
        } catch (const Error& error) {
            if (error.exit != Exit::no_user && error.exit != Exit::forbidden) throw;
            ++exclusion.unknown_rows;
            const std::string told = "line " + std::to_string(row.line) + ": " + error.code;
            if (exclusion.unknown.size() < most_unknown) exclusion.unknown.push_back(told);
            continue;
        }
        bytes += exclusion.keys.back().size() + 4;
        if (bytes > most_bytes_of_keys) {
            throw invalid_input("line " + std::to_string(row.line) + ": more accounts to leave out than a job can keep",
                                "write those who are meant into a file, for --from-file");
        }
    }
    if (input.summary().faulty > 0) throw faulty_rows(input.summary());
    std::sort(exclusion.keys.begin(), exclusion.keys.end());
    exclusion.keys.erase(std::unique(exclusion.keys.begin(), exclusion.keys.end()), exclusion.keys.end());
    return exclusion;
}

}  // namespace pwreset
