// OUTCOMES.md names a test for each outcome, ABUSES.md for each abuse: that there is such a test, and that no state, no
// exit and no section is left out.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/state.h"
#include "tests/catch.h"

namespace fs = std::filesystem;

namespace {

const fs::path tests_folder = fs::path(PWRESET_SOURCE_DIR) / "tests";

std::string content_of(const fs::path& file) {
    std::ostringstream out;
    out << std::ifstream(file).rdbuf();
    return out.str();
}

/// The columns of each row but the heads and the lines under them.
std::vector<std::pair<std::string, std::string>> outcome_rows(const char* file = "OUTCOMES.md") {
    std::vector<std::pair<std::string, std::string>> rows;
    std::istringstream lines(content_of(tests_folder / "core" / file));
    for (std::string line; std::getline(lines, line);) {
        const auto bar = line.find(" | ");
        if (!line.starts_with("| ") || bar == line.npos || line.ends_with("| test |")) continue;
        rows.emplace_back(line.substr(2, bar - 2), line.substr(bar + 3, line.size() - bar - 5));
    }
    return rows;
}

std::set<std::string> names_of_tests() {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(tests_folder)) {
        const bool python = entry.path().extension() == ".py";
        if (!python && entry.path().extension() != ".cpp") continue;
        const std::string begin = python ? "    def " : "TEST_CASE(\"";
        const std::string text = content_of(entry.path());
        for (auto at = text.find(begin); at != text.npos; at = text.find(begin, at + 1)) {
            const auto from = at + begin.size();
            names.insert(text.substr(from, text.find(python ? '(' : '"', from) - from));
        }
    }
    return names;
}

}  // namespace

TEST_CASE("the list of outcomes names tests that there are") {
    const auto names = names_of_tests();
    const auto rows = outcome_rows();
    CHECK(rows.size() > 100);
    for (const auto& [outcome, test] : rows) {
        INFO(outcome << ": " << test);
        CHECK(names.contains(test));
    }
}

TEST_CASE("the list of abuses names tests that there are, and leaves out no section") {
    const auto names = names_of_tests();
    std::string abuses;
    for (const auto& [abuse, test] : outcome_rows("ABUSES.md")) {
        INFO(abuse << ": " << test);
        CHECK(names.contains(test));
        abuses += "\n" + abuse;
    }
    for (int section = 1; section <= 12; ++section) {
        INFO(section);
        CHECK(abuses.find("\n8." + std::to_string(section) + " ") != abuses.npos);
    }
}

TEST_CASE("the list of outcomes leaves out no state of a delivery and no exit of a use case") {
    std::string outcomes;
    for (const auto& [outcome, test] : outcome_rows()) outcomes += "\n" + outcome;
    for (const auto& [state, word] : pwreset::delivery_state_words) {
        INFO(word);
        CHECK(outcomes.find("`" + std::string(word)) != outcomes.npos);
    }
    using pwreset::Exit;
    for (const auto exit :
         {Exit::ok, Exit::failed, Exit::usage, Exit::bad_data, Exit::no_user, Exit::unavailable, Exit::internal,
          Exit::outcome_unknown, Exit::limited, Exit::forbidden, Exit::config, Exit::interrupted, Exit::terminated}) {
        const std::string number = std::to_string(static_cast<int>(exit));
        INFO(number);
        CHECK((outcomes.find("\n" + number + " ") != outcomes.npos ||
               outcomes.find("\n" + number + ",") != outcomes.npos));
    }
}
